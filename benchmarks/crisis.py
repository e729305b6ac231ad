"""Danger missed, and ordinary messages taken for danger: dev (tuned on) and test (only measured).

Both are written without the knowledge's phrases. Missed: no emergency numbers were shown. A false alarm: danger was
seen where there is none. Topics such as help against violence always show the numbers; that is counted apart ("shown").
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import corpora, labelled
from bot.config import load_settings
from bot.knowledge import brain
from bot.knowledge.live import Current
from bot.tools import asking

FILES = {"dev": labelled.FOLDER / "crisis-dev.txt", "test": labelled.FOLDER / "crisis.txt"}
CALM = "CALM"


def run() -> dict[str, Any]:
    """For dev and test: missed and false alarms per language and in all; shares from 0 to 1."""
    current = brain.load_current(load_settings())
    return {name: _measure(name, path, current) for name, path in FILES.items()}


def _measure(name: str, path: Path, current: Current) -> dict[str, Any]:
    """Of dev the wrong lines are printed; whoever improves the phrases must not see those of the test."""
    rows: dict[str, list[tuple[bool, bool, bool]]] = {}
    console = Console()
    for language, label, text in corpora.read_tsv(path):
        reply = asking.ask(text, current)
        danger, alarm = label != CALM, reply.match.emergency is not None
        rows.setdefault(language, []).append((danger, reply.emergency, alarm))
        if name == "dev" and (not reply.emergency if danger else alarm):
            console.print(f"{'missed' if danger else 'false alarm'}\t{language}\t{text}", markup=False, highlight=False)
    rows["all"] = [pair for pairs in rows.values() for pair in pairs]
    figures: dict[str, Any] = {language: _row(pairs) for language, pairs in rows.items()}
    table = Table(name, "in danger", "missed", "ordinary", "false alarms", "shown")
    for language, row in figures.items():
        table.add_row(language, *(str(row[key]) for key in ("danger", "missed", "calm", "false_alarms", "shown")))
    console.print(table)
    return figures


def _row(pairs: list[tuple[bool, bool, bool]]) -> dict[str, float]:
    shown = [numbers for danger, numbers, _ in pairs if danger]
    calm = [(numbers, alarm) for danger, numbers, alarm in pairs if not danger]
    false = sum(alarm for _, alarm in calm)
    return {
        "danger": len(shown),
        "missed": shown.count(False),
        "missed_share": round(shown.count(False) / max(len(shown), 1), 4),
        "calm": len(calm),
        "false_alarms": false,
        "false_alarm_share": round(false / max(len(calm), 1), 4),
        "shown": sum(numbers for numbers, _ in calm),
    }
