"""That this process lives, for the others that share its database: whoever is silent loses what it holds.

A process that was frozen (a snapshot, a swapped-out machine) finds out by itself, before it sends anything.
"""

from __future__ import annotations

import asyncio
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

from bot.flow.loop import again_and_again
from bot.flow.stopping import RELEASE_SECONDS, within
from bot.storage import leases
from bot.storage.writer import Writer

HOLD_SECONDS = 6.0  # a process that is silent for so long is taken for dead
RENEW_SECONDS = 1.5


@dataclass
class Presence:
    """``clock`` is the one that all share; ``monotonic`` never jumps, and goes on while this process is frozen."""

    writer: Writer
    clock: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    _until: dict[str, float] = field(default_factory=dict)

    @property
    def lives(self) -> bool:
        """Whether the others still believe it."""
        return self.holds(leases.PROCESS)

    def holds(self, name: str) -> bool:
        return self.monotonic() < self._until.get(name, 0.0)

    async def renew(self, name: str = leases.PROCESS) -> bool:
        """Say once more that this process lives, or that it is the one that does ``name``; False when another is."""
        asked = self.monotonic()  # before the question: the answer may take long
        lease = f"{name}{self.id}" if name == leases.PROCESS else name
        taken = await self.writer.run(
            lambda connection: leases.take(connection, lease, self.id, self.clock(), HOLD_SECONDS)
        )
        self._until[name] = asked + HOLD_SECONDS if taken else 0.0
        return taken

    async def keep(self, name: str = leases.PROCESS) -> None:
        """Renew for ever."""
        await again_and_again(RENEW_SECONDS, lambda: self.renew(name), "the lease")

    @asynccontextmanager
    async def lasting(self, name: str) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
        """Of several replicas one does ``name``: whether it is this one may be asked at any time."""

        async def held() -> bool:
            return self.holds(name)

        task = asyncio.create_task(self.keep(name))
        try:
            yield held
        finally:
            task.cancel()
            await within(RELEASE_SECONDS, self.release(name), name)

    async def release(self, name: str = leases.PROCESS) -> None:
        """Give it back; where the database is away it ends by itself."""
        self._until.pop(name, None)
        lease = f"{name}{self.id}" if name == leases.PROCESS else name
        with suppress(Exception):
            await self.writer.run(lambda connection: leases.release(connection, lease, self.id))
