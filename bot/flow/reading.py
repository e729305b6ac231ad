"""Reading mail in a process of its own, with limits on time and memory: whatever a mail does, the queue goes on."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from multiprocessing.context import SpawnProcess
from typing import Any

import structlog

from bot.mailing import gate
from bot.mailing.gate import Issued, Quarantine, Reason, Rules, Verdict
from bot.mailing.headers import Headers, read_headers
from bot.mailing.parsing import Mail, Unreadable, Why, parse

log = structlog.get_logger()

SECONDS = 10.0  # a mail of the largest size takes about one
MEGABYTES = 1_500  # of the process; a mail of 40 MB needs a few hundred
START_SECONDS = 60.0  # that a new process may take on a busy machine before it reads


class Costly(Exception):
    """The limits were reached: the process is gone, what it read is not known."""


@dataclass
class Reader:
    """One process that reads one mail after the other; after a mail that was too much, a new one."""

    seconds: float = SECONDS
    megabytes: int = MEGABYTES
    _process: SpawnProcess | None = None
    _pipe: Connection | None = None
    _busy: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def read(self, raw: bytes) -> Mail | Unreadable:
        """What `parsing.parse` reads; a mail that exceeds the limits is ``Unreadable`` for ``Why.TOO_COSTLY``."""
        try:
            found: Mail | Unreadable = await self._ask(parse, raw)
        except Costly:
            return Unreadable(Why.TOO_COSTLY, _headers(raw))
        return found

    async def judge(
        self,
        mail: Mail | Unreadable,
        recipients: Collection[str],
        rules: Rules,
        tickets: Mapping[int, Issued],
        now: int,
        own_words: Callable[[str], str],
    ) -> Verdict:
        """What `gate.judge` says, within the same limits."""
        try:
            verdict: Verdict = await self._ask(gate.judge, mail, list(recipients), rules, dict(tickets), now, own_words)
        except Costly:
            return Quarantine(Reason.TOO_COSTLY)
        return verdict

    async def close(self) -> None:
        """End the process; reading again starts a new one."""
        async with self._busy:
            await asyncio.to_thread(self._end)

    async def _ask(self, work: Callable[..., Any], *arguments: Any) -> Any:
        async with self._busy:
            asked = asyncio.create_task(asyncio.to_thread(self._work, work, arguments))
            try:
                failed, found = await asyncio.shield(asked)
            except asyncio.CancelledError:
                self._kill()  # the thread waits for its answer no longer
                await asyncio.gather(asked, return_exceptions=True)
                raise
        if failed:
            raise found
        return found

    def _work(self, work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
        try:
            pipe = self._started()
            pipe.send((work, arguments))
            if pipe.poll(self.seconds):
                failed, found = pipe.recv()
                if not (failed and isinstance(found, MemoryError)):
                    return failed, found
        except (EOFError, OSError):
            pass  # it was ended, by the system or by its own limits
        log.warning("a mail took too much to read", seconds=self.seconds, megabytes=self.megabytes)
        self._end()
        raise Costly

    def _started(self) -> Connection:
        if self._process is None or not self._process.is_alive() or self._pipe is None:
            self._end()
            context = multiprocessing.get_context("spawn")
            self._pipe, theirs = context.Pipe()
            self._process = context.Process(
                target=_serve, args=(theirs, self.megabytes), name="lotse-reading", daemon=True
            )
            self._process.start()
            theirs.close()
            if not self._pipe.poll(START_SECONDS) or self._pipe.recv() != "ready":
                raise EOFError
        return self._pipe

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _end(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.join()
            self._process.close()
        if self._pipe is not None:
            self._pipe.close()
        self._process = self._pipe = None


def _serve(pipe: Connection, megabytes: int) -> None:
    """The process: take work, do it, give back what it found, until the pipe is closed."""
    os.nice(5)  # people who wait for an answer come first
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started us, which then ends us
    most = megabytes * 1_000_000
    resource.setrlimit(resource.RLIMIT_AS, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    pipe.send("ready")
    while True:
        try:
            work, arguments = pipe.recv()
        except EOFError:
            return
        try:
            answer = False, work(*arguments)
        except Exception as error:  # it belongs to whoever asked
            answer = True, error
        try:
            pipe.send(answer)
        except MemoryError:
            pipe.send((True, MemoryError()))


def _headers(raw: bytes) -> Headers:
    try:
        return read_headers(raw[:20_000])[0]
    except Exception:  # it was too much already
        return Headers()
