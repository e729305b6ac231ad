"""One running Lotse a SQLite database: the system lets go of the lock when its process ends, also by a kill.

Several would agree about rows (`leases`), but share health.json, ports and large mails. PostgreSQL is for several.
"""

from __future__ import annotations

import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError, NoSuchModuleError

from bot.errors import StorageError

if sys.platform == "win32":
    import msvcrt

    def _lock(descriptor: int) -> None:
        msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
else:
    import fcntl

    def _lock(descriptor: int) -> None:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)


_TAKEN = (errno.EAGAIN, errno.EACCES, errno.EDEADLK)  # Windows says the last two


@contextmanager
def only_one(url: str, remedy: str) -> Iterator[None]:
    """While this lasts nobody else gets in. Raises StorageError, with ``remedy``, where somebody is in already.

    ``url``: the database's; on a server nothing is locked. Commands that only look, or add a row, need no lock.
    """
    descriptor = _opened(url)
    try:
        if descriptor is not None:
            try:
                _lock(descriptor)
            except OSError as error:
                if error.errno in _TAKEN:
                    raise StorageError(f"Lotse runs already on {make_url(url).database}. {remedy}") from None
                # a file system that knows no locks: then nobody watches
        yield
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _opened(url: str) -> int | None:
    """The file that is locked; None on a server, and where the database will say itself what is wrong."""
    try:
        parsed = make_url(url)
        if parsed.get_backend_name() != "sqlite" or not parsed.database:
            return None
        Path(parsed.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return os.open(f"{parsed.database}.lock", os.O_RDWR | os.O_CREAT, 0o600)
    except (OSError, ArgumentError, NoSuchModuleError):
        return None
