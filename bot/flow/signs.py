"""Signs of life of each way in and out: when it last worked, and since when it has been failing."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

CONTESTED_SECONDS = 120.0  # two programs that take turns both work now and then: that is no sign of health


@dataclass
class Sign:
    """Of one way. Times are seconds since the epoch; None: never, or not now."""

    worked_at: float | None = None
    failing_since: float | None = None
    why: str = ""
    contested_until: float = 0.0


@dataclass
class Signs:
    """What works and what does not, as the loops report it."""

    clock: Callable[[], float] = time.time
    ways: dict[str, Sign] = field(default_factory=dict)

    def worked(self, way: str) -> None:
        """It did what it is for."""
        sign, now = self.ways.setdefault(way, Sign()), self.clock()
        sign.worked_at = now
        if now >= sign.contested_until:
            sign.failing_since, sign.why = None, ""

    def failed(self, way: str, why: str, *, contested: bool = False) -> None:
        """It did not. ``contested``: another program does the same, so a success in between says nothing."""
        sign, now = self.ways.setdefault(way, Sign()), self.clock()
        sign.failing_since = now if sign.failing_since is None else sign.failing_since
        sign.why = why
        if contested:
            sign.contested_until = now + CONTESTED_SECONDS

    def rests(self, way: str) -> None:
        """It is another replica's turn: nothing is known of it here."""
        self.ways.pop(way, None)

    def failing(self, seconds: float) -> list[str]:
        """A sentence on each way that has been failing for longer than that."""
        now = self.clock()
        return [
            f"{way} has not worked for {(now - sign.failing_since) / 60:.0f} minutes: {sign.why}"
            for way, sign in self.ways.items()
            if sign.failing_since is not None and now - sign.failing_since > seconds
        ]

    def as_dict(self) -> dict[str, dict[str, Any]]:
        return {
            way: {"worked_at": sign.worked_at, "failing_since": sign.failing_since, "why": sign.why}
            for way, sign in self.ways.items()
        }
