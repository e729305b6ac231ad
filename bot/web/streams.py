"""Who waits for an answer, in this process."""

from __future__ import annotations

import asyncio
from collections import defaultdict


class Streams:
    """Who waits for which session."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.ending = False

    @property
    def count(self) -> int:
        return sum(map(len, self._waiting.values()))

    def of(self, session: str) -> int:
        """How many wait for this session."""
        return len(self._waiting.get(session, ()))

    def open(self, session: str) -> asyncio.Event:
        """An event that is set whenever something comes."""
        event = asyncio.Event()
        self._waiting[session].add(event)
        return event

    def close(self, session: str, event: asyncio.Event) -> None:
        self._waiting[session].discard(event)
        if not self._waiting[session]:
            del self._waiting[session]

    def end(self) -> None:
        """The server stops: whoever waits is let go, and comes again by themselves."""
        self.ending = True
        for session in list(self._waiting):
            self.wake(session)

    def wake(self, session: str) -> None:
        """Something came."""
        for event in self._waiting.get(session, ()):
            event.set()
