"""Editors' safety net, asked of the matcher after every edit: questions that must lead to their topic, and example
questions of two topics that mean the same to it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from bot.content.load import Loaded
from bot.content.problems import Place, Problem
from bot.matching.match import Match
from bot.matching.matcher import Matcher

SAME = 0.925  # cosine from which on two example questions are one to the matcher


@dataclass(frozen=True)
class Wanted:
    """A question that must lead to ``topic``, and where it stands."""

    question: str
    topic: str
    place: Place


def wanted(loaded: Loaded) -> Iterator[Wanted]:
    """The ``must_match`` questions."""
    for scope in (loaded.base, loaded.city):
        if scope is None:
            continue
        for (language, topic), words in scope.words.items():
            for index, question in enumerate(words.must_match):
                yield Wanted(question, topic, scope.place("words", language, topic, at=("must_match", index)))


def broken(questions: Iterable[Wanted], match: Callable[[str], Match]) -> Iterator[Problem]:
    """A warning for each whose first choice is another topic, or none."""
    for one in questions:
        found = match(one.question)
        first = found.choices[0].topic if found.choices else ""
        if first == one.topic and found.outcome != "handover":
            continue
        yield Problem(
            one.place,
            f'"{one.question}" leads to {first or "nothing"} ({found.outcome}), not to {one.topic}.',
            "Add questions like it here, or make those of the other topic more exact.",
            "warning",
        )


def confused(loaded: Loaded, matcher: Matcher) -> Iterator[Problem]:
    """A warning for each two example questions of different topics that the matcher cannot tell apart."""
    for _, first, second in matcher.confused(SAME):
        place = next(
            (
                scope.place("words", second.language, second.topic, at=("questions", index))
                for scope in (loaded.city, loaded.base)
                if scope is not None and (words := scope.words.get((second.language, second.topic))) is not None
                for index, question in enumerate(words.questions)
                if question == second.text
            ),
            None,
        )
        if place is not None:
            yield Problem(
                place,
                f'"{second.text}" ({second.topic}) means the same to the matcher as "{first.text}" ({first.topic}).',
                "Keep it where it belongs, or make both more exact.",
                "warning",
            )
