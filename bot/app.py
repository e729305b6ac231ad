"""Runs what `wiring` puts together, in one TaskGroup."""

from __future__ import annotations

import asyncio
import socket
import sys
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TextIO

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels import terminal
from bot.config import Settings
from bot.errors import ChannelStopped, LotseError
from bot.flow.loop import report
from bot.flow.stopping import Last, heard, no_last
from bot.storage import queue
from bot.storage.database import close
from bot.wiring.chat import Lotse, assemble
from bot.wiring.later import Later

if TYPE_CHECKING:
    from bot.channels import lmtp, telegram, telegram_api
    from bot.channels import web as browser
    from bot.console import site as office_site
    from bot.flow.mails import Mails
    from bot.storage import mailboxes
    from bot.web import metrics, returning, server, site
    from bot.web.chat import Chat
    from bot.wiring import console, mail, web
else:  # what this city does not use is not loaded
    lmtp, browser = Later("bot.channels.lmtp"), Later("bot.channels.web")
    telegram, telegram_api = Later("bot.channels.telegram"), Later("bot.channels.telegram_api")
    metrics, returning = Later("bot.web.metrics"), Later("bot.web.returning")
    server, site = Later("bot.web.server"), Later("bot.web.site")
    console, mail, web = Later("bot.wiring.console"), Later("bot.wiring.mail"), Later("bot.wiring.web")
    mailboxes, office_site = Later("bot.storage.mailboxes"), Later("bot.console.site")

log = structlog.get_logger()

REOPEN_SECONDS = 30.0
LONGEST_PAUSE = 1800.0


async def serve(settings: Settings, last: Last = no_last) -> None:
    """Run until stopped: Telegram where a token is set, mail where it is read. ``last`` is called when that begins.

    Raises ChannelStopped when the token is wrong.
    """
    channel, wrong_token = _telegram(settings)
    found = server.listen(settings.web) if settings.web else None
    doorway = web.Doorway() if found is not None else None
    watched = server.listen(settings.metrics, "LOTSE_METRICS") if settings.metrics else None
    channels: dict[str, Any] = {telegram.NAME: (channel, channel)} if channel else {}
    channels |= {browser.NAME: (doorway.channel, doorway.channel)} if doorway else {}
    lotse = await assemble(settings, channels)
    if doorway is not None and found is not None:
        doorway.chat = web.chat_of(settings, lotse, server.address_of(found))
    mails = mail.mails_of(settings, lotse.chats) if settings.reads_mail else None
    if wrong_token:
        lotse.delivery.stopped[telegram.NAME] = wrong_token
        lotse.chats.alert(f"{telegram.NAME}: {wrong_token} Mail goes on.")
    for remark in settings.remarks():
        lotse.chats.alert(remark)
    await lotse.begin()
    stop = asyncio.Event()
    log.info(
        "serving",
        city=lotse.live.current.knowledge.city_id,
        telegram=bool(channel),
        mail=bool(mails),
        matching=lotse.brain.state,
    )
    try:
        async with heard(stop, last), asyncio.TaskGroup() as group:
            workers = [group.create_task(work) for work in (lotse.chats.run(), lotse.delivery.run())]
            tasks = lotse.background(group)
            ways: dict[str, Callable[[], Awaitable[None]]] = {}
            hook = web.hook_of(settings, lotse) if channel is not None else None
            if channel is not None:
                ways[telegram.NAME] = (
                    partial(_hooked, settings.webhook_url, channel, hook, stop)
                    if hook
                    else partial(_poll, lotse, channel)
                )
                tasks.append(group.create_task(_introduce(lotse, channel)))
            if doorway is not None and doorway.chat is not None and found is not None:
                doorway.chat.room.telegram = channel.username if channel else None
                ways[browser.NAME] = partial(_browse, lotse, doorway.chat, found, hook)
            if watched is not None:
                watch = web.Watch(settings, lotse, doorway.chat if doorway else None)
                figures = metrics.application(watch.figures, lambda: web.ready(lotse))
                tasks.append(group.create_task(server.serve(figures, watched)))
            if mails is not None:
                workers.append(group.create_task(mails.run()))
                ways |= _mail_ways(settings, lotse, mails)
            alone = len(ways) == 1
            tasks += [group.create_task(_kept_open(lotse, name, way, alone)) for name, way in ways.items()]
            await stop.wait()
            log.info("stopping")
            for task in tasks:
                task.cancel()
            if mails is not None:
                mails.stop()
            await lotse.finish(workers)
            for task in workers:
                task.cancel()
    finally:
        await lotse.end()
        log.info("stopped")


def _telegram(settings: Settings) -> tuple[telegram.Telegram | None, str]:
    """The channel where a token is set, or why there is none. Raises ChannelStopped where nothing else would run."""
    token = settings.telegram_token.get_secret_value()
    try:
        return (telegram.Telegram(telegram_api.make_bot(token, settings.telegram_api)) if token else None), ""
    except ChannelStopped as error:
        if not settings.reads_mail and not settings.web:
            raise
        return None, str(error)


async def _kept_open(lotse: Lotse, name: str, way: Callable[[], Awaitable[None]], alone: bool) -> None:
    """Run one way in, for ever. Its trouble is its own: the others go on, and an operator is told.

    Raises LotseError where it is the only way in: then there is nothing that would go on.
    """
    pause = REOPEN_SECONDS
    while True:
        try:
            await way()
            return
        except LotseError as error:
            if alone:
                raise
            lotse.delivery.stopped.setdefault(name, str(error))
            lotse.chats.alert(f"{name}: {error} Everything else goes on; tried again in {pause:.0f} seconds.")
        except Exception as error:  # noqa: BLE001 # a fault of ours in one of them is no reason to close the others
            report(error, "a way in has failed, opening it again", channel=name)
        await asyncio.sleep(pause)
        pause = min(pause * 2, LONGEST_PAUSE)
        lotse.delivery.stopped.pop(name, None)


async def _browse(lotse: Lotse, chat: Chat, found: socket.socket, hook: web.Hook | None = None) -> None:
    """Serve the chat in a browser, the console, and Telegram's calls where they come here, until cancelled."""
    log.info("chat in a browser", address=server.address_of(found))
    office = console.console_of(lotse.settings, lotse, chat.room)
    await console.announce(office)
    more = [*office_site.routes(office), *([hook.route] if hook and not hook.own else [])]
    pages = site.application(chat, returning.Returning(chat.room), lambda: web.ready(lotse), more)
    await server.serve(pages, found, chat.streams.end)


async def _introduce(lotse: Lotse, channel: telegram.Telegram) -> None:
    from telegram.error import TelegramError

    try:
        await channel.introduce(lotse.live.current.composer)
    except TelegramError as error:  # without commands in the menu the bot still serves; a wrong token is told elsewhere
        log.warning("the bot's menu and description are not set", error=type(error).__name__)
    except Exception as error:  # noqa: BLE001
        report(error, "the bot's menu and description are not set", channel=telegram.NAME)


async def _hooked(url: str, channel: telegram.Telegram, hook: web.Hook, stop: asyncio.Event) -> None:
    """Take the updates that Telegram brings, until cancelled. Raises LotseError where it cannot listen."""
    listening = None
    if hook.own:
        from starlette.applications import Starlette

        pages = Starlette(routes=[hook.route])
        listening = asyncio.create_task(server.serve(pages, server.listen(hook.own, "LOTSE_WEBHOOK_PORT")))
    try:
        await channel.hook(url, hook.secret)
        await stop.wait()
    finally:
        if listening is not None:
            listening.cancel()
            await asyncio.wait([listening])


async def _poll(lotse: Lotse, channel: telegram.Telegram) -> None:
    """Fetch updates, until cancelled."""

    async def store(rows: list[tuple[str, str, Any]]) -> int:
        return await lotse.chats.receive(telegram.NAME, rows)

    async with lotse.presence.lasting("telegram-poll") as held:
        await channel.poll(store, held, lotse.sign(f"{telegram.NAME}-in"))


def _mail_ways(settings: Settings, lotse: Lotse, mails: Mails) -> dict[str, Callable[[], Awaitable[None]]]:
    ways: dict[str, Callable[[], Awaitable[None]]] = {}
    if settings.lmtp_port:
        ways["lmtp"] = lmtp.LmtpServer(settings.lmtp_host, settings.lmtp_port, mails.receive).serve
    if settings.imap_host:
        ways["imap"] = partial(_fetch, settings, lotse, mails)
    return ways


async def _fetch(settings: Settings, lotse: Lotse, mails: Mails) -> None:
    async with lotse.presence.lasting("mail-poll") as held:
        box = mail.mailbox_of(settings)
        bookmark = mailboxes.Bookmark(lotse.writer, f"{box.user}@{box.host}/{box.folder}")
        await replace(box, bookmark=bookmark, alert=mails.alert).poll(
            mails.receive, mails.alert, held, lotse.sign("imap")
        )


async def chat(settings: Settings, lines: TextIO, out: TextIO, interactive: bool, hint: str) -> None:
    """Chat with one person in the terminal until the input ends."""
    channel = terminal.Terminal(out, hint, uuid.uuid4().hex)
    channels: dict[str, Any] = {terminal.NAME: (channel, channel)}
    found = server.listen(settings.web) if settings.web and interactive else None
    doorway = web.Doorway() if found is not None else None
    if doorway is not None:
        channels[browser.NAME] = (doorway.channel, doorway.channel)
    lotse = await assemble(settings, channels)

    async def store(rows: list[tuple[str, str, Any]]) -> int:
        return await lotse.chats.receive(terminal.NAME, rows)

    async def settled() -> None:
        """Work off what came in and what goes out, now."""
        while await lotse.chats.work() or await lotse.delivery.work():
            pass
        while found is not None and await lotse.writer.run(_busy):  # noqa: ASYNC110 # it is the database that knows
            await asyncio.sleep(0.02)

    await lotse.chats.begin_anew(terminal.NAME, terminal.YOU)
    if lotse.brain.left:
        print(f"Matching: {lotse.brain.state}.", file=sys.stderr)
    if interactive:
        print(
            f"Lotse, {lotse.live.current.knowledge.city_id}. Write a question; a number presses a button; "
            f"Ctrl-D ends. Mails go to {settings.var / 'mail' if not settings.smtp_host else settings.office_email}.",
            file=sys.stderr,
        )
    try:
        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(lotse.live.watch())]
            if doorway is not None and found is not None:
                doorway.chat = web.chat_of(settings, lotse, server.address_of(found))
                print(f"In a browser: {server.address_of(found)}", file=sys.stderr)
                tasks.append(group.create_task(_browse(lotse, doorway.chat, found)))
                tasks.append(group.create_task(lotse.chats.run()))
                tasks.append(group.create_task(lotse.delivery.run()))
            await channel.read(lines, store, settled, greet=interactive)
            for task in tasks:
                task.cancel()
    finally:
        await lotse.writer.settle()
        await close(lotse.engine)


async def _busy(connection: AsyncConnection) -> bool:
    """Whether anything waits to be read or sent."""
    return any([await queue.waiting(connection, table, "waiting") for table in (queue.inbox, queue.outbox)])
