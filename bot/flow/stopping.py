"""A stop takes five seconds at most: each step has its time, and at the last the process is gone, whatever hangs.

What is cut off is done again at the next start, as after a kill. The times add up to less than the last one.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from typing import NoReturn

import structlog

from bot.flow.loop import report

log = structlog.get_logger()

FINISH_SECONDS = 2.3  # the workers end what they have begun; meanwhile the ways in close
GOODBYE_SECONDS = 0.5  # to one server
RELEASE_SECONDS = 0.5  # the others on this database learn that we are gone
SETTLE_SECONDS = 0.6  # what was begun is written
CLOSE_SECONDS = 0.4  # the database
LAST_SECONDS = 4.5  # the rest is for a busy machine

Last = Callable[[], None]


async def within(seconds: float, step: Awaitable[object], what: str) -> None:
    """Await ``step`` for so long at most. A stop goes on, whatever becomes of it."""
    try:
        async with asyncio.timeout(seconds):
            await step
    except TimeoutError:
        log.warning("a stop waits no longer", what=what, seconds=seconds)
    except Exception as error:
        report(error, "not closed well", what=what)


@asynccontextmanager
async def heard(stop: asyncio.Event, last: Last) -> AsyncIterator[None]:
    """SIGTERM and SIGINT set ``stop``, and call ``last`` at once: also while the loop is busy."""
    loop = asyncio.get_running_loop()

    def told(*_: object) -> None:
        last()
        with suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(stop.set)

    names = (signal.SIGTERM, signal.SIGINT)
    before = [signal.signal(name, told) for name in names]
    try:
        yield
    finally:
        for name, handler in zip(names, before, strict=True):
            signal.signal(name, handler)


def no_last() -> None:
    """Where the process goes on after the stop."""


def end_at_last(seconds: float = LAST_SECONDS) -> None:
    """End this process after so long, by a thread of its own: no loop, lock or server holds that up."""
    timer = threading.Timer(seconds, _late)
    timer.daemon = True
    timer.start()


def _late() -> None:
    with suppress(Exception):
        log.warning("a stop took too long: what was under way is done again at the next start")
    end()


def end() -> NoReturn:
    """End this process now that all is closed: Python would wait for threads that compute, and learning takes long."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):
            stream.flush()
    os._exit(0)
