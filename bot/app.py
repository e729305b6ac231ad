"""Builds everything that runs. One TaskGroup runs it."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, TextIO

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.brain import Brain, load_live
from bot.building import letters_of, mailbox_of, office_of, postbox_of, sender_of
from bot.channels import email, mail_in, telegram, terminal, webhook
from bot.config import Settings
from bot.delivery import Delivery, Sender
from bot.desk import Channel
from bot.errors import StorageError
from bot.live import LiveKnowledge
from bot.postbox import Postbox
from bot.service import Service
from bot.storage import leases, queue
from bot.storage.database import close, engine_for, migrate
from bot.storage.writer import Writer

log = structlog.get_logger()

POLL_LEASE = 60.0
FINISH_SECONDS = 10.0
TIDY_SECONDS = 3600.0
REMIND_SECONDS = 600.0
HEALTH_PAUSE = 5.0


@dataclass
class Lotse:
    """Everything that runs."""

    settings: Settings
    engine: AsyncEngine
    live: LiveKnowledge
    brain: Brain
    service: Service
    delivery: Delivery
    writer: Writer

    def background(self, group: asyncio.TaskGroup) -> list[asyncio.Task[None]]:
        """Start what may be cancelled at any time."""
        jobs = (
            self.live.watch(),
            _again_and_again(TIDY_SECONDS, lambda: self.service.tidy(self.settings.retention_days)),
            _again_and_again(REMIND_SECONDS, self.service.desk.remind),
            self._health(),
        )
        return [group.create_task(job) for job in jobs]

    async def finish(self, workers: list[asyncio.Task[None]]) -> None:
        """Let the workers end what they have begun: what is sent must also be marked as sent."""
        self.service.worker.stop()
        self.delivery.stop()
        await asyncio.wait(workers, timeout=FINISH_SECONDS)

    async def _health(self) -> None:
        """Write what a health check reads; a full disk or a database that is away must not stop the bot."""
        while True:
            with suppress(OSError, DBAPIError):
                text = json.dumps(await self.health(), indent=1)
                unfinished = self.settings.health.with_suffix(".tmp")
                await asyncio.to_thread(unfinished.write_text, text)
                await asyncio.to_thread(unfinished.replace, self.settings.health)
            await asyncio.sleep(HEALTH_PAUSE)

    async def health(self) -> dict[str, Any]:
        """What an operator wants to see at a glance; no words of anybody."""

        async def count(connection: AsyncConnection) -> dict[str, int]:
            return {
                f"{table.name}_{state}": await queue.waiting(connection, table, state)
                for table in (queue.inbox, queue.outbox)
                for state in ("waiting", "dead")
            }

        counts = await self.writer.run(count)
        errors = [str(problem) for problem in self.live.problems if problem.is_error]
        return {
            "at": time.time(),
            "knowledge_errors": errors,
            "matching": self.brain.degraded or "ok",
            "stopped": self.delivery.stopped,
            **counts,
        }


async def _again_and_again(seconds: float, job: Callable[[], Awaitable[object]]) -> None:
    """Run ``job`` every so often; a database that is away is waited for."""
    while True:
        try:
            await job()
        except (DBAPIError, OSError) as error:
            log.error("database not available, trying again", error=type(error).__name__)
        await asyncio.sleep(seconds)


async def _assemble(settings: Settings, channels: Mapping[str, tuple[Channel, Sender]]) -> Lotse:
    office = office_of(settings)
    live, brain = await asyncio.to_thread(load_live, settings)
    try:
        settings.var.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StorageError(f"{settings.var} cannot be made: {error.strerror}. Set LOTSE_VAR.") from error
    engine = engine_for(settings.database)
    await migrate(engine)
    writer = Writer(engine)
    senders = {name: sender for name, (_, sender) in channels.items()}
    delivery = Delivery(engine, {**senders, email.NAME: sender_of(settings)}, writer=writer)
    service = Service(
        engine,
        live,
        {**{name: channel for name, (channel, _) in channels.items()}, email.NAME: letters_of(office)},
        office,
        per_minute=settings.per_minute,
        wake_delivery=delivery.wake,
        writer=writer,
    )
    return Lotse(settings, engine, live, brain, service, delivery, writer)


async def serve(settings: Settings) -> None:
    """Run until stopped: Telegram where a token is set, mail where it is read.

    Raises ChannelStopped when the token is wrong.
    """
    token = settings.telegram_token.get_secret_value()
    channel = telegram.Telegram(telegram.make_bot(token, settings.telegram_api)) if token else None
    lotse = await _assemble(settings, {telegram.NAME: (channel, channel)} if channel else {})
    postbox = postbox_of(settings, lotse.service) if settings.reads_mail else None
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    log.info(
        "serving",
        city=lotse.live.current.knowledge.city_id,
        telegram=bool(token),
        mail=bool(postbox),
        matching=lotse.brain.degraded or "ok",
    )
    try:
        async with asyncio.TaskGroup() as group:
            workers = [
                group.create_task(lotse.service.worker.run(lotse.service.work)),
                group.create_task(lotse.delivery.run()),
            ]
            tasks = lotse.background(group)
            if channel is not None:
                tasks += [
                    group.create_task(_listen(settings, lotse, channel, stop)),
                    group.create_task(_introduce(lotse, channel)),
                ]
            if postbox is not None:
                workers.append(group.create_task(postbox.worker.run(postbox.work)))
                tasks += [group.create_task(job) for job in _mail_jobs(settings, lotse, postbox)]
            await stop.wait()
            for task in tasks:
                task.cancel()
            if postbox is not None:
                postbox.worker.stop()
            await lotse.finish(workers)
            for task in workers:
                task.cancel()
    finally:
        await lotse.writer.settle()
        await close(lotse.engine)


async def _introduce(lotse: Lotse, channel: telegram.Telegram) -> None:
    with suppress(Exception):  # without commands in the menu the bot still serves
        await channel.introduce(lotse.live.current.composer)


async def _listen(settings: Settings, lotse: Lotse, channel: telegram.Telegram, stop: asyncio.Event) -> None:
    """Take updates, until cancelled: by webhook where one is set, else by polling."""

    async def store(rows: list[tuple[str, str, Any]]) -> int:
        return await lotse.service.receive(telegram.NAME, rows)

    if settings.webhook_url:
        secret = hmac.new(lotse.service.desk.office.secret, b"telegram webhook", hashlib.sha256).hexdigest()
        at = (settings.webhook_url, settings.webhook_host, settings.webhook_port)
        runner = await webhook.serve(*at, secret, store)
        try:
            await channel.hook(settings.webhook_url, secret)
            await stop.wait()
        finally:
            await runner.cleanup()
        return
    async with _only_one(lotse.writer, "telegram-poll") as held:
        await channel.poll(store, held)


@asynccontextmanager
async def _only_one(writer: Writer, name: str) -> AsyncIterator[Callable[[], Awaitable[bool]]]:
    """Of several replicas one does this: whether it is this one may be asked again and again."""
    holder = uuid.uuid4().hex

    async def held() -> bool:
        return await writer.run(lambda connection: leases.take(connection, name, holder, time.time(), POLL_LEASE))

    try:
        yield held
    finally:
        with suppress(Exception):
            await writer.run(lambda connection: leases.release(connection, name, holder))


def _mail_jobs(settings: Settings, lotse: Lotse, postbox: Postbox) -> Iterator[Coroutine[Any, Any, None]]:
    if settings.lmtp_port:
        yield mail_in.LmtpServer(settings.lmtp_host, settings.lmtp_port, postbox.receive).serve()
    if settings.imap_host:
        yield _fetch(settings, lotse, postbox)


async def _fetch(settings: Settings, lotse: Lotse, postbox: Postbox) -> None:
    async with _only_one(lotse.writer, "mail-poll") as held:
        await mailbox_of(settings).poll(postbox.receive, postbox.alert, held)


async def chat(settings: Settings, lines: TextIO, out: TextIO, interactive: bool, hint: str) -> None:
    """Chat with one person in the terminal until the input ends."""
    channel = terminal.Terminal(out, hint, uuid.uuid4().hex)
    lotse = await _assemble(settings, {terminal.NAME: (channel, channel)})

    async def store(rows: list[tuple[str, str, Any]]) -> int:
        return await lotse.service.receive(terminal.NAME, rows)

    async def settled() -> None:
        """Work off what came in and what goes out, now."""
        while await lotse.service.work() or await lotse.delivery.work():
            pass

    if interactive:
        print(
            f"Lotse, {lotse.live.current.knowledge.city_id}. Write a question; a number presses a button; "
            f"Ctrl-D ends. Mails go to {settings.var / 'mail' if not settings.smtp_host else settings.office_email}.",
            file=sys.stderr,
        )
    try:
        async with asyncio.TaskGroup() as group:
            watch = group.create_task(lotse.live.watch())
            await channel.read(lines, store, settled, greet=interactive)
            watch.cancel()
    finally:
        await lotse.writer.settle()
        await close(lotse.engine)
