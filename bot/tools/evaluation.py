"""`lotse eval`: labelled questions in, shares of right answers out."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from bot.errors import UsageError
from bot.matching.match import Match

HANDOVER = "HANDOVER"


@dataclass(frozen=True)
class Labelled:
    """One line: ``right`` holds the topics that are right, nothing for a question that is not ours."""

    language: str
    right: tuple[str, ...]
    question: str


@dataclass(frozen=True)
class Result:
    """What the matcher made of one line, and in how many milliseconds."""

    labelled: Labelled
    match: Match
    milliseconds: float


def read_lines(text: str, path: str) -> list[Labelled]:
    """Parse ``language<TAB>topic|other or HANDOVER<TAB>question``. Raises UsageError naming the line."""
    found = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip():
            continue
        columns = line.split("\t")
        if len(columns) != 3 or not all(column.strip() for column in columns[:2]):
            raise UsageError(
                f"{path}:{number}: expected three columns with tabs between: language, topic (or {HANDOVER}), question."
            )
        labels = tuple(label.strip() for label in columns[1].split("|"))
        found.append(Labelled(columns[0].strip(), () if labels == (HANDOVER,) else labels, columns[2]))
    return found


def run(lines: Iterable[Labelled], match: Callable[[str], tuple[Match, float]]) -> Iterator[Result]:
    """Match every line. ``match`` gives the match and its milliseconds."""
    for line in lines:
        found, milliseconds = match(line.question)
        yield Result(line, found, milliseconds)


def summary(results: Sequence[Result]) -> dict[str, dict[str, float | int | None]]:
    """Per language, and in all under "all"; shares from 0 to 1, None where there is nothing to count."""
    languages = list(dict.fromkeys(result.labelled.language for result in results))
    table = {code: _row([result for result in results if result.labelled.language == code]) for code in languages}
    return {**table, "all": _row(results)}


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _row(results: Sequence[Result]) -> dict[str, float | int | None]:
    ours = [result for result in results if result.labelled.right]
    outside = [result for result in results if not result.labelled.right]
    answered = [result for result in ours if result.match.outcome == "answer"]
    right = [result for result in answered if result.match.topic in result.labelled.right]
    times = [result.milliseconds for result in results] or [0.0]

    def among(first: int) -> int:
        return sum(
            any(choice.topic in result.labelled.right for choice in result.match.choices[:first]) for result in ours
        )

    return {
        "questions": len(results),
        "ours": len(ours),
        "outside": len(outside),
        "right_first": _share(among(1), len(ours)),
        "right_in_three": _share(among(3), len(ours)),
        "answered": _share(len(answered), len(ours)),
        "right_when_answered": _share(len(right), len(answered)),
        "clarified": _share(sum(result.match.outcome == "clarify" for result in ours), len(ours)),
        "handed_over": _share(sum(result.match.outcome == "handover" for result in ours), len(ours)),
        "wrong_on_outside": _share(sum(result.match.outcome == "answer" for result in outside), len(outside)),
        "p50_ms": round(float(np.percentile(times, 50)), 3),
        "p99_ms": round(float(np.percentile(times, 99)), 3),
    }
