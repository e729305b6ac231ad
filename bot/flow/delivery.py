"""The outbox loop: claim, send, mark. Delivery is at least once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.flow.failures import Kind, kind_of
from bot.flow.loop import MAX_ATTEMPTS, Tasks, Worker, report
from bot.flow.ports import Alert, Delivered, Later, OneByOne, Outcome, Paused, Refused, Sender, Stopped, tell_log
from bot.flow.signs import Signs
from bot.presentation import outgoing
from bot.presentation.outgoing import Outgoing, UnreadableRow
from bot.storage import queue
from bot.storage.writer import Writer

log = structlog.get_logger()

LEASE = 45.0  # after a crash a row waits this long; a sender has ten seconds less
BATCH = 32  # rows at once
FEW = 8  # so many are taken together, if they are there: looking for them costs
LONGEST_PAUSE = 1800.0
AGAIN = (0.1, 1.0, 3.0, 9.0)  # seconds between tries to write down what came of a row: only then it is not sent twice


Refusal = Callable[[AsyncConnection, queue.Row, str], Awaitable[str]]  # gives what an operator must know


def pause(attempts: int) -> float:
    """Seconds to wait after the ``attempts``-th failure: 2, 4, 8 ... at most half an hour."""
    return min(2.0 ** min(attempts, 12), LONGEST_PAUSE)


@dataclass
class Delivery:
    """Works the outbox off. ``alert`` is called with what an operator must know."""

    engine: AsyncEngine
    senders: Mapping[str, Sender]
    clock: Callable[[], float] = time.time
    alert: Alert = tell_log
    stopped: dict[str, str] = field(default_factory=dict)
    resting: dict[str, float] = field(default_factory=dict)  # channel: until when nothing is tried
    worker: Worker = field(default_factory=Worker)
    writer: Writer | None = None  # one for the whole process
    refused: Refusal | None = None  # what a refused row leads to besides, in the same transaction
    signs: Signs = field(default_factory=Signs)
    holder: str = ""  # this process, for the others
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    lives: Callable[[], bool] = lambda: True  # whether they still believe that it does what it has claimed

    def __post_init__(self) -> None:
        self._write = (self.writer or Writer(self.engine)).run
        self._single = {name: sender for name, sender in self.senders.items() if isinstance(sender, OneByOne)}
        self._workers = {name: Worker() for name in self._single}
        self._tasks = Tasks(self.worker.wake)

    async def run(self) -> None:
        """Deliver until stopped. What is sent one by one has a loop of its own: a slow mail server delays no chat."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self._run_side_by_side())
            for name, worker in self._workers.items():
                group.create_task(worker.run(partial(self._one_by_one, name)))

    def wake(self) -> None:
        """Something waits in the outbox."""
        for worker in (self.worker, *self._workers.values()):
            worker.wake()

    def stop(self) -> None:
        """Let ``run`` end after the rows that are being sent."""
        for worker in (self.worker, *self._workers.values()):
            worker.stop()

    async def work(self) -> int:
        """Deliver what is due now; how many rows were taken."""
        taken = await self._start()
        await self._tasks.finish()
        return taken + sum([await self._one_by_one(name) for name in self._single])

    async def _run_side_by_side(self) -> None:
        await self._tasks.run(self.worker, self._start)

    async def _start(self) -> int:
        """Begin with what is due, as far as there is room: one that takes long delays no other."""
        room = BATCH - len(self._tasks)
        if room < FEW:
            return 0  # those that end wake us
        rows = await self._claim([name for name in self.senders if name not in self._single], room)
        for row in rows:
            self._tasks.start(self._deliver(row, self.senders[row.channel]))
        return len(rows)

    async def _one_by_one(self, name: str) -> int:
        taken = 0
        async with self._single[name].connection() as connection:
            while not self._workers[name].stopping and (rows := await self._claim([name], 1)):
                await self._deliver(rows[0], connection)
                taken += 1
        return taken

    async def _claim(self, channels: Sequence[str], limit: int) -> list[queue.Row]:
        now = self.clock()
        able = [name for name in channels if name not in self.stopped and self.resting.get(name, 0) <= now]
        if not able:
            return []
        return await self._write(
            lambda connection: queue.claim(connection, queue.outbox, self.clock(), LEASE, limit, able, self.holder)
        )

    async def _deliver(self, row: queue.Row, sender: Sender) -> None:
        """Whatever fails here fails for this row alone."""
        try:
            if not self.lives():
                raise queue.NotOurs(row.id)
            outcome = await self._outcome(row, sender)
            self._note(row, outcome)
            told = await self._marked(row, outcome)
        except queue.NotOurs:
            log.warning("taken over by another process: this one was away for long", outbox=row.id)
        except Exception as error:
            # The lease will run out and the row be sent again: at least once.
            report(error, "outcome not stored", outbox=row.id)
        else:
            for what in told:
                self.alert(what)

    async def _outcome(self, row: queue.Row, sender: Sender) -> Outcome:
        try:
            message = outgoing.read(row.payload)
        except UnreadableRow as error:
            return Refused(str(error))
        outcome = await self._sent(row, message, sender)
        self._sign(f"{row.channel}-out", outcome)
        return outcome

    async def _sent(self, row: queue.Row, message: Outgoing, sender: Sender) -> Outcome:
        try:
            async with asyncio.timeout(LEASE - 10):  # well before another replica may take the row
                return await sender.send(row.lane, message)
        except TimeoutError:
            return Later("no answer in time")
        except Exception as error:
            kind = report(error, "sender failed", outbox=row.id)
            why = type(error).__name__
            return Refused(why) if kind is not Kind.OUTAGE and row.attempts >= MAX_ATTEMPTS else Later(why)

    def _sign(self, way: str, outcome: Outcome) -> None:
        match outcome:
            case Delivered() | Refused():  # the other side has answered
                self.signs.worked(way)
            case Later(alone=False) | Paused() | Stopped():
                self.signs.failed(way, outcome.reason)

    def _note(self, row: queue.Row, outcome: Outcome) -> None:
        """Whether the row's channel works; an operator is told once, until that changes."""
        match outcome:
            case Delivered():
                self.resting.pop(row.channel, None)
            case Paused():
                known = row.channel in self.resting
                self.resting[row.channel] = self.clock() + outcome.seconds
                if not known:
                    self.alert(f"Channel {row.channel} rests for {outcome.seconds:.0f} seconds: {outcome.reason}")
            case Stopped() if row.channel not in self.stopped:
                self.stopped[row.channel] = outcome.reason
                self.alert(f"Channel {row.channel} has stopped: {outcome.reason}")

    async def _marked(self, row: queue.Row, outcome: Outcome) -> list[str]:
        """Write down what came of it, also when the database is away for a moment; what an operator must be told."""
        for seconds in AGAIN:
            try:
                return await self._write(lambda connection: self._mark(connection, row, outcome))
            except Exception as error:
                if kind_of(error) is not Kind.OUTAGE:
                    raise
                await self.sleep(seconds)
        return await self._write(lambda connection: self._mark(connection, row, outcome))

    async def _mark(self, connection: AsyncConnection, row: queue.Row, outcome: Outcome) -> list[str]:
        """The same in one transaction."""
        now = self.clock()
        told = []
        async with queue.working(connection, row) as work:
            match outcome:
                case Delivered():
                    log.info("delivered", outbox=row.id, channel=row.channel, ticket=row.ticket)
                case Later():
                    seconds = pause(row.attempts) if outcome.seconds is None else outcome.seconds
                    work.put_off(now + seconds, outcome.reason)
                    log.warning("not delivered, trying again", outbox=row.id, why=outcome.reason, seconds=seconds)
                case Paused():
                    work.put_off(now + outcome.seconds, outcome.reason, counted=False)
                case Refused():
                    work.bury(outcome.reason, wordless=outcome.quiet)
                    if not outcome.quiet:
                        told.append(f"Outbox row {row.id} ({row.channel}) was refused: {outcome.reason}")
                    if self.refused is not None and (more := await self.refused(connection, row, outcome.reason)):
                        told.append(more)
                case Stopped():
                    work.put_off(now, outcome.reason, counted=False)
        return told
