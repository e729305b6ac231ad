"""Danger missed, and ordinary messages taken for danger, in questions/crisis.txt (written without the knowledge base).

Missed: no emergency numbers were shown. A false alarm: danger was seen where there is none. Topics such as help against
violence always show the numbers; that is counted apart ("shown").
"""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import corpora, labelled
from bot import asking, brain
from bot.config import load_settings

FILE = labelled.FOLDER / "crisis.txt"
CALM = "CALM"


def run() -> dict[str, Any]:
    """Missed and false alarms per language and in all; shares from 0 to 1."""
    current = brain.load_current(load_settings())
    rows: dict[str, list[tuple[bool, bool, bool]]] = {}
    wrong: list[str] = []
    for language, label, text in corpora.read_tsv(FILE):
        reply = asking.ask(text, current)
        danger, alarm = label != CALM, reply.match.emergency is not None
        rows.setdefault(language, []).append((danger, reply.emergency, alarm))
        if (danger and not reply.emergency) or (alarm and not danger):
            wrong.append(f"{'missed' if danger else 'false alarm'}\t{language}\t{text}")
    rows["all"] = [pair for pairs in rows.values() for pair in pairs]
    figures: dict[str, Any] = {language: _row(pairs) for language, pairs in rows.items()}
    table = Table("language", "in danger", "missed", "ordinary", "false alarms", "shown")
    for language, row in figures.items():
        table.add_row(language, *(str(row[key]) for key in ("danger", "missed", "calm", "false_alarms", "shown")))
    console = Console()
    console.print(table)
    for line in wrong:
        console.print(line, markup=False, highlight=False)
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
