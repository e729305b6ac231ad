"""Danger missed, and ordinary messages taken for danger, in questions/crisis.txt (written without the knowledge base)."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import corpora, labelled
from bot import app
from bot.config import load_settings

FILE = labelled.FOLDER / "crisis.txt"
CALM = "CALM"


def run() -> dict[str, Any]:
    """Missed and false alarms per language and in all; shares from 0 to 1."""
    matcher = app.load_current(load_settings()).matcher
    rows: dict[str, list[tuple[bool, bool]]] = {}
    wrong: list[str] = []
    for language, label, text in corpora.read_tsv(FILE):
        alarm = matcher.match(text).emergency is not None
        danger = label != CALM
        rows.setdefault(language, []).append((danger, alarm))
        if danger != alarm:
            wrong.append(f"{'missed' if danger else 'false alarm'}\t{language}\t{text}")
    rows["all"] = [pair for pairs in rows.values() for pair in pairs]
    figures: dict[str, Any] = {language: _row(pairs) for language, pairs in rows.items()}
    table = Table("language", "in danger", "missed", "ordinary", "false alarms")
    for language, row in figures.items():
        table.add_row(language, *(str(row[key]) for key in ("danger", "missed", "calm", "false_alarms")))
    console = Console()
    console.print(table)
    for line in wrong:
        console.print(line, markup=False, highlight=False)
    return figures


def _row(pairs: list[tuple[bool, bool]]) -> dict[str, float]:
    danger, calm = (
        [alarm for is_danger, alarm in pairs if is_danger],
        [alarm for is_danger, alarm in pairs if not is_danger],
    )
    return {
        "danger": len(danger),
        "missed": danger.count(False),
        "missed_share": round(danger.count(False) / max(len(danger), 1), 4),
        "calm": len(calm),
        "false_alarms": calm.count(True),
        "false_alarm_share": round(calm.count(True) / max(len(calm), 1), 4),
    }
