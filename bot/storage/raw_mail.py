"""Large mails as they came, as files beside the database: in it they would make it grow, and it shrinks only slowly.

A row names its file. A file that no row names any more goes at the next sweep.
"""

from __future__ import annotations

import json
import os
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import structlog
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import inbox, quarantine

log = structlog.get_logger()

GRACE_SECONDS = 300.0  # so long a file may wait for its row to be committed
_BEGINS = '{"file": "'  # of the payload of a row that names a file


@dataclass(frozen=True)
class RawMail:
    """For SQLite, whose processes share a disk. All of it blocks."""

    folder: Path

    def keep(self, name: str, raw: bytes) -> None:
        """Write a mail, whole or not at all, to the disk. Raises OSError."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        unfinished = self.folder / f"{name}.tmp"
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.folder / name)

    def read(self, name: str) -> bytes:
        """The mail; b"" for one that is lost (a backup without its files), which then waits as damaged."""
        try:
            return (self.folder / Path(name).name).read_bytes()
        except FileNotFoundError:
            log.error("the file of a mail is gone", file=name)
            return b""

    def drop(self, names: Collection[str]) -> None:
        for name in names:
            (self.folder / Path(name).name).unlink(missing_ok=True)

    def unused(self, used: Collection[str], before: float) -> list[str]:
        """Files that no row names, written before (epoch seconds)."""
        if not self.folder.is_dir():
            return []
        found = [path for path in self.folder.iterdir() if path.name not in used]
        return [path.name for path in found if path.stat().st_mtime < before]


async def used(connection: AsyncConnection) -> set[str]:
    """The files that rows name."""
    return {name for table in (inbox, quarantine) for name in await _named(connection, table)}


async def _named(connection: AsyncConnection, table: Table) -> list[str]:
    query = select(table.c.payload).where(table.c.payload.startswith(_BEGINS, autoescape=True))
    return [str(json.loads(text)["file"]) for text in (await connection.execute(query)).scalars()]
