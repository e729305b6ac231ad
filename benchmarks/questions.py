"""Our own questions in fifteen languages, per language, dev and test apart: what an asker would get."""

from __future__ import annotations

from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import labelled
from bot.config import load_settings
from bot.knowledge import brain
from bot.matching.match import Match
from bot.tools import asking, evaluation

COLUMNS = ("ours", "outside", "right_first", "right_in_three", "answered", "right_when_answered", "wrong_on_outside")


def run() -> dict[str, Any]:
    """Figures per language for dev and test, and how far each language is behind German."""
    current = brain.load_current(load_settings())

    def match(text: str) -> tuple[Match, float]:
        reply = asking.ask(text, current)
        return reply.match, reply.milliseconds

    console = Console()
    figures: dict[str, Any] = {}
    for name, lines in zip(("dev", "test"), labelled.split(labelled.load(editors=False)), strict=True):
        found = evaluation.summary(list(evaluation.run(lines, match)))
        figures[name] = found
        table = Table(name, *(column.replace("_", " ") for column in COLUMNS))
        for language, row in found.items():
            table.add_row(language, *(_shown(row[column]) for column in COLUMNS))
        console.print(table)
    figures["behind_german"] = behind = _behind(figures["test"])
    console.print(f"points of right first behind German, test: {behind}")
    return figures


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}" if isinstance(value, float) else str(value)


def _behind(found: dict[str, dict[str, float | int | None]]) -> dict[str, float]:
    german = found["de"]["right_first"] or 0.0
    return {
        language: round(100 * (german - (row["right_first"] or 0.0)), 1)
        for language, row in found.items()
        if language not in {"de", "all"}
    }
