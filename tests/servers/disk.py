"""A small disk that can be filled: a real one where a test may mount it (as root), else a SQLite database that may not grow."""

from __future__ import annotations

import errno
import os
import subprocess
from pathlib import Path
from typing import BinaryIO

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine

MEGABYTES = 32


class Mounted:
    """A tmpfs. What anybody writes there fails when it is full."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={MEGABYTES}m", "lotse-test", str(folder)],
            check=True,
            capture_output=True,
        )

    def watch(self, engine: AsyncEngine) -> None:
        """The kernel does it."""

    def fill(self) -> None:
        with (self.folder / "filler").open("ab", buffering=0) as file:
            for size in (1 << 20, 1 << 10, 1):
                while self._fits(file, size):
                    pass

    @staticmethod
    def _fits(file: BinaryIO, size: int) -> bool:
        try:
            return file.write(b"x" * size) > 0
        except OSError as error:
            if error.errno != errno.ENOSPC:
                raise
            return False

    def free(self) -> None:
        (self.folder / "filler").unlink()

    def close(self) -> None:
        subprocess.run(["umount", "--lazy", str(self.folder)], check=True)


class Limited:
    """SQLite itself says "database or disk is full" (``PRAGMA max_page_count``)."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._full = False

    def watch(self, engine: AsyncEngine) -> None:
        @event.listens_for(engine.sync_engine, "begin")
        def limit(connection):
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar_one() if self._full else 1 << 30
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")

    def fill(self) -> None:
        self._full = True

    def free(self) -> None:
        self._full = False

    def close(self) -> None:
        pass


def small_disk(folder: Path) -> Mounted | Limited:
    """At ``folder``, which is made."""
    folder.mkdir()
    if os.getuid() == 0:
        try:
            return Mounted(folder)
        except (subprocess.CalledProcessError, FileNotFoundError):  # a container without the right to mount
            pass
    return Limited(folder)
