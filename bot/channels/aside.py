"""Blocking work on a thread that nobody waits for at the end: a server that hangs must not hold a stop up."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")


async def aside(work: Callable[P, T], *arguments: P.args, **options: P.kwargs) -> T:
    """As ``asyncio.to_thread``, whose threads are waited for when the loop ends."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def run() -> None:
        try:
            result = work(*arguments, **options)
        except BaseException as error:  # noqa: BLE001 # whatever it is, it belongs to whoever waits
            tell(partial(done.set_exception, error))
        else:
            tell(partial(done.set_result, result))

    def tell(how: Callable[[], None]) -> None:
        with suppress(RuntimeError):  # the loop is gone
            loop.call_soon_threadsafe(lambda: None if done.done() else how())

    threading.Thread(target=run, name="lotse-aside", daemon=True).start()
    return await done
