"""What stands beside the tables and must go with what is erased: SQLite's log, and mail written as files."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.ext.asyncio import AsyncEngine

from bot.storage.database import shrink, truncate_log
from bot.storage.raw_mail import GRACE_SECONDS, RawMail, used


@dataclass(frozen=True)
class Traces:
    """``folder``: where mails are files while no mail server is set. ``raw``: large mails that came in."""

    engine: AsyncEngine
    folder: Path
    raw: RawMail | None = None

    async def erase(self, lanes: Collection[str]) -> None:
        """After the commit that erased somebody: their mails in the folder, and the log. ``lanes``: of those mails."""
        names = {f"{file_part(lane)}-" for lane in lanes}
        await asyncio.to_thread(self._unlink, lambda path: any(path.name.startswith(name) for name in names))
        await self._sweep()
        await truncate_log(self.engine)

    async def drop_old(self, before: float) -> None:
        """Files that were written before (epoch seconds), and the log."""
        await asyncio.to_thread(self._unlink, lambda path: path.stat().st_mtime < before)
        await self._sweep()
        await shrink(self.engine)
        await truncate_log(self.engine)

    async def _sweep(self) -> None:
        """Mails that no row names any more; a file that is quite new may be waiting for its row."""
        if self.raw is not None:
            unused = await asyncio.to_thread(self.raw.unused, set(), time.time() - GRACE_SECONDS)
            async with self.engine.connect() as connection:  # after looking: whatever is committed by now is named
                named = await used(connection)
            await asyncio.to_thread(self.raw.drop, [name for name in unused if name not in named])

    def _unlink(self, goes: Callable[[Path], bool]) -> None:
        for path in (*self.folder.glob("*.eml"), *self.folder.glob("*.tmp")):
            if goes(path):
                path.unlink(missing_ok=True)


def file_part(lane: str) -> str:
    """A lane as it stands in a file's name."""
    return lane.replace(":", "-").replace("/", "_")
