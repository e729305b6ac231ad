"""What an operator asks of a database, running bot or not: one function a command."""

from __future__ import annotations

import asyncio
import json
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot import mail_test
from bot.brain import load_live
from bot.building import letters_of, mailbox_of, office_of, postbox_of, sender_of, signature_of
from bot.channels import email, telegram, terminal
from bot.config import Settings
from bot.conversation import deep_links
from bot.desk import Channel
from bot.service import Service
from bot.storage import invitations, people, quarantine, queue
from bot.storage.database import close, engine_for, migrate

INVITATION_DAYS = 7
HEALTH_SECONDS = 30.0


async def relay(settings: Settings, number: int, text: str) -> None:
    """`lotse reply`: put the office's words into the outbox. Raises KeyError."""
    async with _offline(settings) as service:
        await service.desk.relay_reply(number, text)


async def release_mail(settings: Settings, id_: int, number: int | None) -> bool:
    """`lotse quarantine release`; False when there is no such mail. Raises KeyError when its question is not known."""
    async with _offline(settings) as service:
        return await postbox_of(settings, service).release(id_, number)


async def test_mail(settings: Settings, to: str) -> AsyncIterator[tuple[bool, str]]:
    """`lotse mail test`: (well, sentence) for each step."""
    office = office_of(settings)
    box = mailbox_of(settings) if settings.imap_host else None
    async for step in mail_test.run(
        sender_of(settings), box, office.sender, to or office.reply_to, settings.authserv_id, signature_of(settings)
    ):
        yield step


async def held_mail(settings: Settings, id_: int | None = None) -> list[quarantine.Held]:
    """`lotse quarantine list|show`."""
    async with _database(settings) as connection:
        return await quarantine.held(connection, id_)


async def drop_mail(settings: Settings, id_: int) -> bool:
    """`lotse quarantine drop`; False when there is no such mail."""
    async with _database(settings) as connection:
        return await quarantine.drop(connection, id_)


async def invite_counsellor(settings: Settings) -> str:
    """`lotse invite counsellor`: a link, or "/start ..." while the bot's name is not known."""
    token = settings.telegram_token.get_secret_value()
    bot = telegram.Telegram(telegram.make_bot(token, settings.telegram_api)) if token else None
    name = await bot.username() if bot else ""
    code = secrets.token_urlsafe(16)
    async with _database(settings) as connection:
        await invitations.add(connection, code, time.time() + INVITATION_DAYS * 86400)
    parameter = deep_links.invite(code)
    return f"https://t.me/{name}?start={parameter}" if name else f"/start {parameter}"


async def list_outbox(settings: Settings) -> list[str]:
    """`lotse outbox list`: one line a row that is not sent."""
    async with _database(settings) as connection:
        rows = await queue.unsent(connection)
    return [
        f"{row.id}\t{row.channel}\t{row.state}\t{row.attempts} tries\t{row.ticket or '-'}\t{row.error}" for row in rows
    ]


async def change_outbox(settings: Settings, id_: int, what: Literal["retry", "drop"]) -> bool:
    """`lotse outbox retry|drop`; False when there is no such row."""
    async with _database(settings) as connection:
        return await (queue.revive(connection, id_, time.time()) if what == "retry" else queue.drop(connection, id_))


async def list_tickets(settings: Settings) -> list[str]:
    """`lotse tickets`: one line a question."""
    async with _database(settings) as connection:
        found = await people.stored_tickets(connection)
    now = time.time()
    return [
        f"{ticket.number}\t{ticket.state}\t{ticket.channel}\t{(now - ticket.created_at) / 86400:.0f} days"
        for ticket in found
    ]


def read_health(settings: Settings) -> tuple[str, bool]:
    """What the running bot last wrote of itself, and whether that is well and fresh."""
    try:
        text = settings.health.read_text(encoding="utf-8")
        state = json.loads(text)
    except (OSError, ValueError):
        return f"{settings.health} cannot be read: the bot is not running, or writes elsewhere (LOTSE_VAR).", False
    fresh = time.time() - float(state.get("at", 0)) < HEALTH_SECONDS
    return text, fresh and not state.get("stopped")


@asynccontextmanager
async def _offline(settings: Settings) -> AsyncIterator[Service]:
    """A service that only writes into the outbox; the running bot delivers."""
    bot = telegram.make_bot(settings.telegram_token.get_secret_value() or "0:none", settings.telegram_api)
    office, engine = office_of(settings), engine_for(settings.database)
    try:
        await migrate(engine)
        live = await asyncio.to_thread(lambda: load_live(settings.model_copy(update={"model": "none"}))[0])
        channels: dict[str, Channel] = {
            telegram.NAME: telegram.Telegram(bot),
            terminal.NAME: terminal.Terminal(sys.stdout, "", ""),
            email.NAME: letters_of(office),
        }
        yield Service(engine, live, channels, office)
    finally:
        await close(engine)


@asynccontextmanager
async def _database(settings: Settings) -> AsyncIterator[AsyncConnection]:
    """One transaction for a one-off command."""
    engine = engine_for(settings.database)
    try:
        await migrate(engine)
        async with engine.begin() as connection:
            yield connection
    finally:
        await close(engine)
