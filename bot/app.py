"""Runs what `wiring` puts together, in one TaskGroup."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import signal
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, suppress
from typing import Any, TextIO

import structlog

from bot.channels import mail_in, telegram, terminal, webhook
from bot.config import Settings
from bot.flow.mails import Mails
from bot.storage import leases
from bot.storage.database import close
from bot.storage.writer import Writer
from bot.wiring.chat import Lotse, assemble
from bot.wiring.mail import mailbox_of, mails_of

log = structlog.get_logger()

POLL_LEASE = 60.0


async def serve(settings: Settings) -> None:
    """Run until stopped: Telegram where a token is set, mail where it is read.

    Raises ChannelStopped when the token is wrong.
    """
    token = settings.telegram_token.get_secret_value()
    channel = telegram.Telegram(telegram.make_bot(token, settings.telegram_api)) if token else None
    lotse = await assemble(settings, {telegram.NAME: (channel, channel)} if channel else {})
    mails = mails_of(settings, lotse.chats) if settings.reads_mail else None
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, stop.set)
    log.info(
        "serving",
        city=lotse.live.current.knowledge.city_id,
        telegram=bool(token),
        mail=bool(mails),
        matching=lotse.brain.degraded or "ok",
    )
    try:
        async with asyncio.TaskGroup() as group:
            workers = [
                group.create_task(lotse.chats.worker.run(lotse.chats.work)),
                group.create_task(lotse.delivery.run()),
            ]
            tasks = lotse.background(group)
            if channel is not None:
                tasks += [
                    group.create_task(_listen(settings, lotse, channel, stop)),
                    group.create_task(_introduce(lotse, channel)),
                ]
            if mails is not None:
                workers.append(group.create_task(mails.worker.run(mails.work)))
                tasks += [group.create_task(job) for job in _mail_jobs(settings, lotse, mails)]
            await stop.wait()
            for task in tasks:
                task.cancel()
            if mails is not None:
                mails.worker.stop()
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
        return await lotse.chats.receive(telegram.NAME, rows)

    if settings.webhook_url:
        secret = hmac.new(lotse.chats.desk.office.secret, b"telegram webhook", hashlib.sha256).hexdigest()
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


def _mail_jobs(settings: Settings, lotse: Lotse, mails: Mails) -> Iterator[Coroutine[Any, Any, None]]:
    if settings.lmtp_port:
        yield mail_in.LmtpServer(settings.lmtp_host, settings.lmtp_port, mails.receive).serve()
    if settings.imap_host:
        yield _fetch(settings, lotse, mails)


async def _fetch(settings: Settings, lotse: Lotse, mails: Mails) -> None:
    async with _only_one(lotse.writer, "mail-poll") as held:
        await mailbox_of(settings).poll(mails.receive, mails.alert, held)


async def chat(settings: Settings, lines: TextIO, out: TextIO, interactive: bool, hint: str) -> None:
    """Chat with one person in the terminal until the input ends."""
    channel = terminal.Terminal(out, hint, uuid.uuid4().hex)
    lotse = await assemble(settings, {terminal.NAME: (channel, channel)})

    async def store(rows: list[tuple[str, str, Any]]) -> int:
        return await lotse.chats.receive(terminal.NAME, rows)

    async def settled() -> None:
        """Work off what came in and what goes out, now."""
        while await lotse.chats.work() or await lotse.delivery.work():
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
