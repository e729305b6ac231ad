"""The loops: as long as there is work, else wait to be woken; or again after some time. No error ends one."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

import structlog

from bot.flow.failures import Kind, kind_of

log = structlog.get_logger()

IDLE_SECONDS = 1.0  # rows may also come from another process, which cannot wake us
OUTAGE_SECONDS = 2.0
MAX_ATTEMPTS = 8  # after so many failures of its own a row is given up, and an operator told


@dataclass
class Worker:
    """Runs ``work`` (which says how many rows it took) again and again until stopped."""

    _woken: asyncio.Event = field(default_factory=asyncio.Event)
    _stopping: bool = False

    def wake(self) -> None:
        """There is something to do."""
        self._woken.set()

    def stop(self) -> None:
        """Let ``run`` end after what it is doing now: what is sent must also be marked as sent."""
        self._stopping = True
        self._woken.set()

    @property
    def stopping(self) -> bool:
        return self._stopping

    async def run(self, work: Callable[[], Awaitable[int]]) -> None:
        """Work until stopped; whatever fails is logged, and tried again after a pause."""
        while not self._stopping:
            self._woken.clear()
            try:
                busy = await work()
            except Exception as error:
                report(error, "work failed, trying again")
                await asyncio.sleep(OUTAGE_SECONDS)
                continue
            if not busy:
                try:
                    async with asyncio.timeout(IDLE_SECONDS):
                        await self._woken.wait()
                except TimeoutError:
                    pass


class Tasks:
    """Tasks that run side by side; ``ended`` is called whenever one ends. None of them may raise."""

    def __init__(self, ended: Callable[[], None]) -> None:
        self._ended = ended
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def start(self, job: Coroutine[Any, Any, None]) -> None:
        """Run ``job`` beside the others."""
        task = asyncio.create_task(job)
        self._running.add(task)
        task.add_done_callback(self._done)

    async def run(self, worker: Worker, start: Callable[[], Awaitable[int]]) -> None:
        """Let ``worker`` start them until it is stopped, and wait for the last; cancelled, it cancels them."""
        try:
            await worker.run(start)
            await self.finish()
        finally:
            for task in self._running:
                task.cancel()

    async def finish(self) -> None:
        """Wait until none is left."""
        while self._running:
            await asyncio.wait(self._running)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._running.discard(task)
        self._ended()


async def again_and_again(seconds: float, job: Callable[[], Awaitable[object]], what: str) -> None:
    """Run ``job`` every so often for ever; ``what`` names it in the log when it fails."""
    while True:
        try:
            await job()
        except Exception as error:
            report(error, f"{what} failed, trying again")
        await asyncio.sleep(seconds)


def report(error: BaseException, event: str, **ids: object) -> Kind:
    """Log a failure, with a traceback where it is a fault of ours; its kind."""
    kind = kind_of(error)
    first = error
    while isinstance(first, BaseExceptionGroup):
        first = first.exceptions[0]
    log.error(event, error=type(first).__name__, kind=kind.value, exc_info=error if kind is Kind.FAULT else None, **ids)
    return kind
