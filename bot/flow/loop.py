"""The loop that inbox and outbox are worked off with: as long as there is work, else wait to be woken."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import structlog
from sqlalchemy.exc import DBAPIError

log = structlog.get_logger()

IDLE_SECONDS = 1.0  # rows may also come from another process, which cannot wake us
OUTAGE_SECONDS = 2.0


@dataclass
class Worker:
    """Runs ``work`` (which says how many rows it took) again and again until stopped."""

    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def stop(self) -> None:
        """Let ``run`` end after what it is doing now: what is sent must also be marked as sent."""
        self._stopping = True
        self._woken.set()

    @property
    def stopping(self) -> bool:
        return self._stopping

    async def run(self, work: Callable[[], Awaitable[int]]) -> None:
        """Work until stopped; a database that is away is waited for."""
        while not self._stopping:
            self._woken.clear()
            busy = 0
            away = False
            try:
                busy = await work()
            except* (DBAPIError, OSError) as errors:  # one, or those of tasks side by side
                log.error("database not available, trying again", error=type(errors.exceptions[0]).__name__)
                away = True
            if away:
                await asyncio.sleep(OUTAGE_SECONDS)
            elif not busy:
                try:
                    async with asyncio.timeout(IDLE_SECONDS):
                        await self._woken.wait()
                except TimeoutError:
                    pass
