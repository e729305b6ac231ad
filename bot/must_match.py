"""Editors' safety net: questions that must lead to their topic, asked after every edit."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from bot.content.load import Loaded
from bot.content.problems import Problem
from bot.matching.match import Match


def broken(loaded: Loaded, match: Callable[[str], Match]) -> Iterator[Problem]:
    """A warning for each ``must_match`` question whose first choice is another topic, or none."""
    for scope in (loaded.base, loaded.city):
        if scope is None:
            continue
        for (language, topic), words in scope.words.items():
            for index, question in enumerate(words.must_match):
                found = match(question)
                first = found.choices[0].topic if found.choices else ""
                if first == topic and found.outcome != "handover":
                    continue
                yield Problem(
                    scope.place("words", language, topic, at=("must_match", index)),
                    f'"{question}" leads to {first or "nothing"} ({found.outcome}), not to {topic}.',
                    "Add questions like it here, or make those of the other topic more exact.",
                    "warning",
                )
