"""Questions, danger and conversations by an author who saw neither the knowledge nor our other sets, dev and test.

benchmarks/fresh/: sixteen languages, written on 30 November 2026. Lines with an odd number are the dev half, which was
read and tuned on; those with an even one are the test half, which was only measured.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import corpora, labelled
from bot.config import load_settings
from bot.content.entries import SECTIONS
from bot.knowledge import brain
from bot.knowledge.live import Current
from bot.tools import asking, dialogues, evaluation

FOLDER = labelled.FOLDER.parent / "fresh"
PERSON = "person"
HALVES = ("dev", "test")


def rows(name: str) -> tuple[list[list[str]], list[list[str]]]:
    """The lines of a file, without its heading and without their numbers: dev and test."""
    dev: list[list[str]] = []
    test: list[list[str]] = []
    for number, *rest in corpora.read_tsv(FOLDER / f"{name}.tsv")[1:]:
        (dev if int(number.lstrip("ndg")) % 2 else test).append([number, *rest])
    return dev, test


def questions() -> tuple[list[evaluation.Labelled], list[evaluation.Labelled]]:
    """Dev and test; without the wishes for a human, which lead to no topic."""
    dev, test = ([_question(*row) for row in half if row[3] != PERSON] for half in rows("questions"))
    return dev, test


def run() -> dict[str, Any]:
    """Per half: questions per language, wishes for a human found, danger in counts, conversations."""
    current = brain.load_current(load_settings())
    figures: dict[str, Any] = {}
    for half, asked, dangers, turns in zip(HALVES, rows("questions"), rows("danger"), rows("dialogues"), strict=True):
        lines = [_question(*row) for row in asked if row[3] != PERSON]
        wishes = [row[2] for row in asked if row[3] == PERSON]
        found = list(evaluation.run(lines, lambda text: _match(text, current)))
        talks = [_turn(*row) for row in turns]
        figures[half] = {
            "questions": evaluation.summary(found),
            "other_city": sum(
                bool(one.match.elsewhere) and not one.labelled.right and one.match.topic is not None for one in found
            ),
            "person": [sum(current.matcher.match(text).person is not None for text in wishes), len(wishes)],
            "danger": _danger(dangers, current),
            "dialogues": dialogues.summary(list(dialogues.run(talks, current)))["all"],
        }
        _print(half, figures[half])
    return figures


def _question(_number: str, language: str, message: str, expected: str) -> evaluation.Labelled:
    right = () if expected == evaluation.HANDOVER else tuple(expected.split("|"))
    return evaluation.Labelled(language, right, message)


def _turn(number: str, language: str, turn: str, message: str, expected: str) -> dialogues.Turn:
    """Where a section is asked for, any of that topic's is right, and to say that nothing is known of it."""
    right = tuple(expected.split("|"))
    if [number, turn] in [row[:2] for half in rows("sections") for row in half]:
        right += tuple(f"{topic}#{section}" for topic in right for section in SECTIONS)
    return dialogues.Turn(number, language, int(turn), message, right)


def _match(text: str, current: Current) -> tuple[Any, float]:
    reply = asking.ask(text, current)
    return reply.match, reply.milliseconds


def _danger(lines: Iterable[list[str]], current: Current) -> dict[str, dict[str, int]]:
    """For "danger", "worry" (either line will do) and "calm": how many, and how many got which."""
    counts = {level: {"messages": 0, "notice": 0, "quiet": 0} for level in ("danger", "worry", "calm")}
    for _, _, text, level in lines:
        reply = asking.ask(text, current)
        counts[level]["messages"] += 1
        if reply.emergency or reply.worry:
            counts[level]["notice" if reply.emergency else "quiet"] += 1
    return counts


def _print(half: str, found: dict[str, Any]) -> None:
    console = Console()
    table = Table(half, "ours", "answered", "right when answered", "in three", "answered though not ours")
    for language, row in found["questions"].items():
        keys = ("ours", "answered", "right_when_answered", "right_in_three", "wrong_on_outside")
        table.add_row(language, *("-" if row[key] is None else f"{row[key]:.3g}" for key in keys))
    console.print(table)
    for key in ("other_city", "person", "danger", "dialogues"):
        console.print(key, found[key])
