"""How many messages of one person are read in a minute; the rest waits, and nothing is thrown away. And how many
questions of one sender go to the office in a day."""

from __future__ import annotations

from collections import deque

WINDOW, DAY = 60.0, 86400.0
MANY_LANES = 100_000  # above this the oldest are forgotten: they have long been quiet


class Daily:
    """Counts per sender, in memory: after a restart everybody begins anew."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._recent: dict[str, deque[float]] = {}

    def left(self, sender: str, now: float) -> int:
        """How many more today."""
        recent = self._recent.get(sender, deque())
        while recent and recent[0] <= now - DAY:
            recent.popleft()
        return self._most - len(recent)

    def count(self, sender: str, now: float) -> None:
        """One more."""
        self._recent.setdefault(sender, deque()).append(now)
        if len(self._recent) > MANY_LANES:
            del self._recent[next(iter(self._recent))]


class Flood:
    """Counts per lane, in memory: after a restart everybody begins anew."""

    def __init__(self, per_minute: int) -> None:
        self._per_minute = per_minute
        self._recent: dict[str, deque[float]] = {}
        self._warned: set[str] = set()

    def wait(self, lane: str, now: float) -> float:
        """Seconds until this lane's next message may be read; 0 when it may be read now, which counts it."""
        recent = self._recent.setdefault(lane, deque())
        while recent and recent[0] <= now - WINDOW:
            recent.popleft()
        if len(recent) >= self._per_minute:
            return recent[0] + WINDOW - now
        recent.append(now)
        if len(recent) == 1:
            self._warned.discard(lane)
        if len(self._recent) > MANY_LANES:
            del self._recent[next(iter(self._recent))]
        return 0.0

    def first_warning(self, lane: str) -> bool:
        """Whether this lane has yet to be told, once per burst."""
        if lane in self._warned:
            return False
        self._warned.add(lane)
        return True
