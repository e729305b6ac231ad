"""Questions, danger and conversations by authors who saw neither the knowledge nor our other sets, dev and test.

benchmarks/fresh/, second/ and third/, all written on 30 November 2026. Lines with an odd number are the dev half,
which was read and tuned on; those with an even one are the test half, which was only measured.
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

SETS = ("fresh", "second", "third")
HALVES = ("dev", "test")
PERSON, CHAT = "person", "chat"  # in place of a topic: a wish for a human, and small talk
NOT_OURS = {evaluation.HANDOVER, "NONE"}
Rows = list[list[str]]


def rows(name: str, file: str) -> tuple[Rows, Rows]:
    """The lines of a file of a set, without its heading: dev and test."""
    dev: Rows = []
    test: Rows = []
    path = labelled.FOLDER.parent / name / f"{file}.tsv"
    for number, *rest in corpora.read_tsv(path)[1:]:
        (dev if int(number.lstrip("ndgq")) % 2 else test).append([number, *rest])
    return dev, test


def questions(name: str) -> tuple[list[evaluation.Labelled], list[evaluation.Labelled]]:
    """Dev and test; without wishes for a human and small talk, which lead to no topic."""
    dev, test = (_questions(half) for half in rows(name, "questions"))
    return dev, test


def run() -> dict[str, Any]:
    """Per set and half: questions per language, wishes for a human found, danger in counts, conversations."""
    current = brain.load_current(load_settings())
    return {name: _run(name, current) for name in SETS}


def _run(name: str, current: Current) -> dict[str, Any]:
    figures: dict[str, Any] = {}
    sections = _sections(name)
    halves = (rows(name, file) for file in ("questions", "danger", "dialogues"))
    for half, asked, dangers, turns in zip(HALVES, *halves, strict=True):
        found = list(evaluation.run(_questions(asked), lambda text: _match(text, current)))
        talks = [_turn(row, sections) for row in turns]
        wishes = [_match(row[2], current)[0].person is not None for row in asked if row[3] == PERSON]
        chat = [_match(row[2], current)[0].smalltalk is not None for row in asked if row[3] == CHAT]
        figures[half] = {
            "questions": evaluation.summary(found),
            "other_city": sum(
                bool(one.match.elsewhere) and not one.labelled.right and one.match.topic is not None for one in found
            ),
            "person": [sum(wishes), len(wishes)],
            "chat": [sum(chat), len(chat)],
            "danger": _danger(dangers, current),
            "dialogues": dialogues.summary(list(dialogues.run(talks, current)))["all"],
        }
        _print(f"{name}, {half}", figures[half])
    return figures


def _questions(lines: Iterable[list[str]]) -> list[evaluation.Labelled]:
    found = []
    for _, language, message, expected in lines:
        right = set(expected.split("|"))
        if not right <= {PERSON, CHAT}:
            found.append(evaluation.Labelled(language, tuple(sorted(right - NOT_OURS)), message))
    return found


def _sections(name: str) -> set[tuple[str, str]]:
    """(dialogue, turn) where a section is asked for: any of that topic's is right, and to say that none is known."""
    if not (labelled.FOLDER.parent / name / "sections.tsv").exists():
        return set()
    return {(row[0], row[1]) for half in rows(name, "sections") for row in half}


def _turn(row: list[str], sections: set[tuple[str, str]]) -> dialogues.Turn:
    number, language, turn, message, expected = row
    right = tuple(dialogues.HANDOVER if label in NOT_OURS else label for label in expected.split("|"))
    if (number, turn) in sections:
        right += tuple(f"{label}#{section}" for label in right if "#" not in label for section in SECTIONS)
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


def _print(title: str, found: dict[str, Any]) -> None:
    console = Console()
    table = Table(title, "ours", "answered", "right when answered", "in three", "answered though not ours")
    for language, row in found["questions"].items():
        keys = ("ours", "answered", "right_when_answered", "right_in_three", "wrong_on_outside")
        table.add_row(language, *("-" if row[key] is None else f"{row[key]:.3g}" for key in keys))
    console.print(table)
    for key in ("other_city", "person", "chat", "danger", "dialogues"):
        console.print(key, found[key])
