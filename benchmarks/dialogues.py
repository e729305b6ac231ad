"""Conversations in seventeen languages, per language, dev and test: are later turns understood?

The dialogues in benchmarks/dialogues/ were written in the manner of real ones: short, without capitals, with pronouns,
corrections, thanks and then a new question. Half of them, by a hash of their number, are the test half.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bot.config import load_settings
from bot.knowledge import brain
from bot.tools import dialogues

FOLDER = Path(__file__).parent / "dialogues"
COLUMNS = (
    "dialogues",
    "dialogues_right",
    "later",
    "later_right",
    "later_near",
    "sections",
    "sections_right",
    "person_right",
)


def load() -> list[dialogues.Turn]:
    """Every dialogue, turn by turn."""
    found = []
    for path in sorted(FOLDER.glob("*.tsv")):
        found += dialogues.read_lines(path.read_text(encoding="utf-8"), str(path))
    return found


def split(turns: list[dialogues.Turn]) -> tuple[list[dialogues.Turn], list[dialogues.Turn]]:
    """Dev and test, whole dialogues; the same for ever."""
    dev = [turn for turn in turns if sha256(turn.dialogue.encode()).digest()[0] % 2 == 0]
    chosen = set(map(id, dev))
    return dev, [turn for turn in turns if id(turn) not in chosen]


def run() -> dict[str, Any]:
    """Figures per language for dev and test."""
    current = brain.load_current(load_settings())
    console = Console()
    figures: dict[str, Any] = {}
    for name, turns in zip(("dev", "test"), split(load()), strict=True):
        found = dialogues.summary(list(dialogues.run(turns, current)))
        figures[name] = found
        table = Table(name, *(column.replace("_", " ") for column in COLUMNS))
        for language, row in found.items():
            table.add_row(language, *(_shown(row[column]) for column in COLUMNS))
        console.print(table)
    return figures


def _shown(value: float | None) -> str:
    return "-" if value is None else f"{value:.1%}" if isinstance(value, float) else str(value)
