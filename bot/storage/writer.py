"""Transactions of one process, many at once.

SQLite lets one write at a time, and a commit waits for the disk (5 ms on a small server). What comes while one commits
shares the next transaction: each part in a savepoint of its own, so that it is stored whole or not at all, and
nobody is told "stored" before the commit. PostgreSQL does the same by itself, for many connections.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from contextlib import nullcontext
from typing import Any, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

T = TypeVar("T")
MOST = 64  # parts of one transaction
LONGEST = 40.0  # seconds that a transaction on a server may take: whatever hangs, it is an outage then
_Part = tuple[Callable[[AsyncConnection], Awaitable[Any]], asyncio.Future[Any], bool]


class Writer:
    """Runs parts of transactions; one Writer a process and database."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self._waiting: list[_Part] = []
        self._writing: asyncio.Task[None] | None = None

    async def run(self, part: Callable[[AsyncConnection], Awaitable[T]], *, reads: bool = False) -> T:
        """What ``part`` returns, once it is committed. Raises what ``part`` raises, or why nothing was committed.

        ``reads``: it changes nothing, so that nothing of it would have to be undone.
        """
        if self._engine.dialect.name != "sqlite":
            async with asyncio.timeout(LONGEST), self._engine.begin() as connection:
                return await part(connection)
        done: asyncio.Future[T] = asyncio.get_running_loop().create_future()
        self._waiting.append((part, done, reads))
        if self._writing is None:
            self._writing = asyncio.create_task(self._write())
        return await done

    async def settle(self) -> None:
        """Wait until everything that was begun is written; to be called before the database is closed."""
        if self._writing is not None:
            await self._writing

    async def _write(self) -> None:
        try:
            while self._waiting:
                parts, self._waiting = self._waiting[:MOST], self._waiting[MOST:]
                await self._share(parts)
        finally:
            self._writing = None  # whatever ended it, the next part begins anew
            left, self._waiting = self._waiting, []
            for _, done, _ in left:
                done.cancel()

    async def _share(self, parts: Sequence[_Part]) -> None:
        """One transaction with all of ``parts``; a lone one needs no savepoint, nor does one that only reads."""
        outcomes: list[tuple[asyncio.Future[Any], Any, Exception | None]] = []
        try:
            async with self._engine.begin() as connection:
                for part, done, reads in parts:
                    try:
                        alone = reads or len(parts) == 1
                        async with nullcontext() if alone else connection.begin_nested():
                            result = await part(connection)
                        outcomes.append((done, result, None))
                    except Exception as error:  # its own fault, and undone alone
                        if len(parts) == 1:
                            raise
                        outcomes.append((done, None, error))
        except Exception as error:  # noqa: BLE001 # nothing was stored: everybody has to know
            outcomes = [(done, None, error) for _, done, _ in parts]
        for done, result, failure in outcomes:
            if done.done():  # whoever waited was cancelled
                continue
            if failure is None:
                done.set_result(result)
            else:
                done.set_exception(failure)
