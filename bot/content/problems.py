"""A problem in the knowledge, worded like a compiler's."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal

# A note asks for nothing yet: what will be due, what cannot be compared. It never fails a check.
Severity = Literal["error", "warning", "note"]


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where something stands: a path as the editor knows it, line and column from 1 (0: the whole file)."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True)
class Cause:
    """The one thing that problems in many texts come from, and where it is mended."""

    name: str
    place: Place


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend. ``what`` names it, ``remedy`` says what to do."""

    place: Place
    what: str
    remedy: str
    severity: Severity = "error"
    cause: Cause | None = field(default=None, compare=False)

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def as_dict(self) -> dict[str, str | int]:
        """The object `lotse check --json` prints."""
        return {
            "path": self.place.path,
            "line": self.place.line,
            "column": self.place.column,
            "severity": self.severity,
            "what": self.what,
            "remedy": self.remedy,
        }

    def as_annotation(self) -> str:
        """A GitHub workflow command, which shows the problem at its line in a pull request."""
        place = {"file": self.place.path, "line": self.place.line, "col": self.place.column}
        where = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in place.items() if value)
        level = "notice" if self.severity == "note" else self.severity
        return f"::{level} {where}::{_escaped(f'{self.what} {self.remedy}'.rstrip())}"

    def __str__(self) -> str:
        mark = "" if self.is_error else f"{self.severity}: "
        return f"{self.place}: {mark}{self.what} {self.remedy}".rstrip()


def gathered(problems: Iterable[Problem]) -> list[Problem]:
    """In order, each once; what many texts suffer from is one problem: a place that lost its phone is one mistake."""
    found: dict[Cause | Problem, list[Problem]] = {}
    for problem in sorted(set(problems)):
        found.setdefault(problem.cause or problem, []).append(problem)
    return sorted(_one(cause, each) if isinstance(cause, Cause) else cause for cause, each in found.items())


def _one(cause: Cause, found: list[Problem]) -> Problem:
    if len(found) == 1:
        return found[0]
    first = ", ".join(str(problem.place) for problem in found[:3])
    what = f"{cause.name} stands for nothing in {len(found)} texts, first in {first}."
    return Problem(cause.place, what, found[0].remedy, found[0].severity)


def _escaped(text: str, more: str = "") -> str:
    """``text`` as a workflow command wants it: percent sign, line ends and, in properties, ``more`` as %XX."""
    return "".join(f"%{ord(sign):02X}" if sign in f"%\r\n{more}" else sign for sign in text)
