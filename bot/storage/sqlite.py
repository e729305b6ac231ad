"""SQLite without a change of threads for each call, where nothing can wait.

aiosqlite hands every call to a thread of the connection: four for each SELECT, and each of them waits for the
interpreter's lock twice. Once a transaction holds the write lock, most statements take 20 to 60 microseconds, less
than the handing over.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from sqlite3 import connect
from typing import Any

from aiosqlite import Connection

QUICK = 0.005  # seconds of processor time; what once took longer goes to the thread from then on
_AT_HAND = frozenset({"cursor", "close", "fetchall", "fetchmany", "fetchone"})  # rows that SQLite has read already


class Near(Connection):
    """A connection that runs what is quick at once; what waits for the disk or for others, in its thread.

    BEGIN waits for whoever else writes, COMMIT for the disk; what stands between them waits for nobody.
    """

    def __init__(self, connector: Callable[[], Any], iter_chunk_size: int = 64) -> None:
        super().__init__(connector, iter_chunk_size)
        self._thread.daemon = True
        self._slow: set[str] = set()

    async def _execute(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        raw = self._connection
        if raw is None or not raw.in_transaction:
            return await self._aside(fn, *args, **kwargs)
        name = fn.__name__
        if name in _AT_HAND and fn.__self__ is not raw:  # type: ignore[attr-defined] # a method of its cursor
            return fn(*args, **kwargs)
        if name == "cursor":
            return fn()
        if name != "execute" or args[0] in self._slow or args[0].startswith(("COMMIT", "ROLLBACK", "PRAGMA")):
            return await self._aside(fn, *args, **kwargs)
        begun = time.thread_time()
        try:
            return fn(*args, **kwargs)
        finally:
            if time.thread_time() - begun > QUICK:
                self._slow.add(args[0])

    async def _aside(self, fn: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
        return await super()._execute(fn, *args, **kwargs)  # type: ignore[no-untyped-call]


async def near(database: str, **options: Any) -> Connection:
    """Connect to the file ``database``."""
    return await Near(lambda: connect(database, **options))
