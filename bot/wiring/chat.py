"""Everything that runs, from the settings: the inbox, the outbox, and what is done again and again."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from bot.config import Settings
from bot.errors import StorageError
from bot.flow.alerts import Operator
from bot.flow.chats import Chats
from bot.flow.delivery import Delivery
from bot.flow.health import Health, Limits
from bot.flow.loop import again_and_again
from bot.flow.ports import MAIL, Channel, Sender, Sign, Went
from bot.flow.presence import Presence
from bot.flow.reminders import remind
from bot.flow.retention import Retention
from bot.flow.stopping import CLOSE_SECONDS, FINISH_SECONDS, RELEASE_SECONDS, SETTLE_SECONDS, within
from bot.knowledge.brain import PATIENCE, Brain, load_live
from bot.knowledge.live import LiveKnowledge
from bot.storage.clock import SET_SECONDS, DatabaseClock
from bot.storage.database import close, engine_for, migrate
from bot.storage.raw_mail import RawMail
from bot.storage.traces import Traces
from bot.storage.writer import Writer
from bot.wiring.mail import letters_of, office_of, sender_of

log = structlog.get_logger()

TIDY_SECONDS = 3600.0
REMIND_SECONDS = 600.0
ALERT_SECONDS = 5.0


@dataclass
class Lotse:
    """Everything that runs."""

    settings: Settings
    engine: AsyncEngine
    live: LiveKnowledge
    brain: Brain
    chats: Chats
    delivery: Delivery
    writer: Writer
    operator: Operator | None = None
    clock: Callable[[], float] = time.time

    def __post_init__(self) -> None:
        self.traces = Traces(self.engine, self.settings.var / "mail", RawMail(self.settings.var / "raw"))
        self.chats.traces = self.traces
        self.retention = Retention(self.writer, self.clock, self.settings.retention_days, self.traces, self.chats.alert)
        self.health = Health(
            self.settings.health,
            self.writer,
            self.live,
            self.delivery,
            lambda: self.brain.state,
            self.delivery.signs,
            Limits(self.settings.health_minutes * 60, self.settings.health_dead, self.settings.health_held),
            clock=self.clock,
            alert=self.chats.alert,
        )
        # A connection of its own: with many messages at once all others are busy, and who waits for one seems dead.
        self._pulse = engine_for(self.settings.database, 2) if self.engine.dialect.name != "sqlite" else None
        self.presence = Presence(Writer(self._pulse) if self._pulse else self.writer, self.clock)
        self.chats.holder = self.delivery.holder = self.presence.id

    def sign(self, way: str) -> Sign:
        """What a way in tells of how it goes."""

        def told(went: Went, why: str) -> None:
            signs = self.delivery.signs
            match went:
                case "worked":
                    signs.worked(way)
                case "rests":
                    signs.rests(way)
                case _:
                    signs.failed(way, why, contested=went == "contested")

        return told

    def background(self, group: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        """Start what may be cancelled at any time."""
        jobs = (
            self.live.watch(),
            again_and_again(TIDY_SECONDS, self.retention.tidy, "tidying"),
            again_and_again(REMIND_SECONDS, partial(remind, self.chats.desk), "reminding"),
            self.health.write(),
            self.presence.keep(),
            *(
                [again_and_again(SET_SECONDS, self.clock.set, "the clock")]
                if isinstance(self.clock, DatabaseClock)
                else []
            ),
            *([again_and_again(ALERT_SECONDS, self.operator.send, "alerts")] if self.operator else []),
        )
        return [group.create_task(job) for job in jobs]

    async def begin(self) -> None:
        """Be known to the other processes on this database, before anything of theirs is touched."""
        await self.presence.renew()
        self.delivery.lives = lambda: self.presence.lives

    async def end(self) -> None:
        """Let go of everything: what this process held is free for the others."""
        await within(RELEASE_SECONDS, self.presence.release(), "this process's lease")
        await within(SETTLE_SECONDS, self.writer.settle(), "what was begun")
        engines = [close(engine) for engine in (self._pulse, self.engine) if engine]
        await within(CLOSE_SECONDS, asyncio.gather(*engines), "the database")

    async def finish(self, workers: list[asyncio.Task[None]]) -> None:
        """Let the workers end what they have begun: what is sent must also be marked as sent."""
        self.chats.worker.stop()
        self.delivery.stop()
        await asyncio.wait(workers, timeout=FINISH_SECONDS)


async def assemble(settings: Settings, channels: Mapping[str, tuple[Channel, Sender]]) -> Lotse:
    settings.check_connections()
    office = office_of(settings)
    live, brain = await asyncio.to_thread(load_live, settings, patience=PATIENCE, keeps=True)
    try:
        settings.make_var()
    except OSError as error:
        raise StorageError(f"{settings.var} cannot be made: {error.strerror}. Set LOTSE_VAR.") from error
    engine = engine_for(settings.database, settings.database_pool)
    await migrate(engine)
    clock, writer = DatabaseClock(engine), Writer(engine)
    await clock.set()
    senders = {name: sender for name, (_, sender) in channels.items()}
    delivery = Delivery(engine, {**senders, MAIL: sender_of(settings)}, clock, writer=writer)
    operator = Operator(
        writer, letters_of(office), delivery.wake, settings.operator_email, str(settings.operator_chat or ""), clock
    )
    delivery.alert = operator
    chats = Chats(
        engine,
        live,
        {**{name: channel for name, (channel, _) in channels.items()}, MAIL: letters_of(office)},
        office,
        clock,
        per_minute=settings.per_minute,
        per_day=settings.questions_per_day,
        wake_delivery=delivery.wake,
        alert=operator,
        writer=writer,
    )
    delivery.refused = chats.desk.refused
    return Lotse(settings, engine, live, brain, chats, delivery, writer, operator, clock)
