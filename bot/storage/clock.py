"""The clock that all processes on one database share: PostgreSQL's own. Whose clock is wrong takes nobody's rows."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

SET_SECONDS = 60.0  # so often it is asked again: clocks drift by a few milliseconds in that time


@dataclass
class DatabaseClock:
    """Seconds since the epoch. On SQLite, which is on this machine, its clock."""

    engine: AsyncEngine
    here: Callable[[], float] = time.time
    monotonic: Callable[[], float] = time.monotonic
    _began: float | None = field(default=None, init=False)

    def __call__(self) -> float:
        return self.here() if self._began is None else self._began + self.monotonic()

    async def set(self) -> None:
        """Ask the database what time it is. Raises what the database raises."""
        if self.engine.dialect.name != "postgresql":
            return
        async with self.engine.connect() as connection:
            asked = self.monotonic()
            found = await connection.execute(text("SELECT extract(epoch FROM clock_timestamp())"))
            self._began = float(found.scalar_one()) - (asked + self.monotonic()) / 2
