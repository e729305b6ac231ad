"""A problem in the knowledge, worded like a compiler's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, order=True)
class Place:
    """Where something stands: a path as the editor knows it, line and column from 1 (0: the whole file)."""

    path: str
    line: int = 0
    column: int = 0

    def __str__(self) -> str:
        return f"{self.path}:{self.line}:{self.column}" if self.line else self.path


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend. ``what`` names it, ``remedy`` says what to do."""

    place: Place
    what: str
    remedy: str
    severity: Severity = "error"

    @property
    def is_error(self) -> bool:
        return self.severity == "error"

    def __str__(self) -> str:
        mark = "" if self.is_error else "warning: "
        return f"{self.place}: {mark}{self.what} {self.remedy}".rstrip()
