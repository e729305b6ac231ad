"""What an operator asks of a database, running bot or not: one function a command."""

from __future__ import annotations

import asyncio
import secrets
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Literal

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.channels import telegram, terminal, web
from bot.channels.telegram_api import make_bot
from bot.config import Settings
from bot.conversation import deep_links
from bot.conversation.state import State
from bot.flow import resending
from bot.flow.chats import Chats
from bot.flow.ports import MAIL, Channel
from bot.flow.states import state_of
from bot.knowledge.brain import load_live
from bot.storage import accounts, audit, forgetting, invitations, persons, quarantine, queue, tickets
from bot.storage.database import close, engine_for, migrate
from bot.storage.persons import lane_of
from bot.storage.raw_mail import RawMail
from bot.storage.traces import Traces
from bot.tools import mail_test
from bot.wiring.mail import letters_of, mailbox_of, mails_of, office_of, sender_of, signature_of

INVITATION_DAYS = 7


async def list_accounts(settings: Settings) -> list[str]:
    """`lotse accounts list`: name, role and state of each."""
    async with _database(settings) as connection:
        found = await accounts.every(connection)
    return [f"{each.name}\t{each.role}\t{_state(each)}" for each in found]


def _state(account: accounts.Account) -> str:
    if account.disabled:
        return "blocked"
    return "good" if account.password or account.subject else "new"


async def account_link(settings: Settings, name: str) -> str:
    """`lotse accounts link`: the end of an address that sets this account's password anew; "" when there is none."""
    key = secrets.token_urlsafe(32)
    async with _database(settings) as connection:
        account = await accounts.by_name(connection, name)
        if account is None:
            return ""
        await accounts.add_link(connection, key, account.id, time.time() + 86_400)
        await accounts.change(connection, account.id, disabled=0)
        await audit.note(connection, time.time(), "lotse accounts", "change-account", f"{account.name}: link")
    return f"{settings.web_url}/office/first/{key}"


async def relay(settings: Settings, number: int, text: str) -> None:
    """`lotse reply`: put the office's words into the outbox. Raises KeyError."""
    async with _offline(settings) as chats:
        await chats.desk.relay_reply(number, text)


async def release_mail(settings: Settings, id_: int, number: int | None) -> bool:
    """`lotse quarantine release`; False when there is no such mail. Raises KeyError when its question is not known."""
    async with _offline(settings) as chats:
        return await mails_of(settings, chats).releases.release(id_, number)


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


async def forget(settings: Settings, address: str) -> int:
    """`lotse forget`: how many places held something of whoever has this address or chat number."""
    engine = engine_for(settings.database)
    try:
        await migrate(engine)
        async with engine.begin() as connection:
            places, numbers = await forgetting.forget_address(connection, address)
        lanes = [f"mail:{number}" for number in numbers]
        await Traces(engine, settings.var / "mail", RawMail(settings.var / "raw")).erase(
            [*lanes, lane_of(MAIL, address)]
        )
    finally:
        await close(engine)
    return places


async def invite_counsellor(settings: Settings) -> str:
    """`lotse invite counsellor`: a link, or "/start ..." while the bot's name is not known."""
    token = settings.telegram_token.get_secret_value()
    bot = telegram.Telegram(make_bot(token, settings.telegram_api)) if token else None
    name = await bot.username() if bot else ""
    code = secrets.token_urlsafe(16)
    async with _database(settings) as connection:
        await invitations.add(connection, code, time.time() + INVITATION_DAYS * 86400)
    parameter = deep_links.invite(code)
    return f"https://t.me/{name}?start={parameter}" if name else f"/start {parameter}"


async def list_counsellors(settings: Settings) -> list[str]:
    """`lotse counsellors list`: the numbers of their chats."""
    async with _database(settings) as connection:
        return [person.address for person, _ in await _counsellors(connection)]


async def remove_counsellor(settings: Settings, address: str) -> bool:
    """`lotse counsellors remove`; False when nobody with this chat is one."""
    async with _database(settings) as connection:
        for person, state in await _counsellors(connection):
            if person.address == address:
                await persons.change_state(connection, person.id, replace(state, counsellor=False).to_json())
                return True
    return False


async def _counsellors(connection: AsyncConnection) -> list[tuple[persons.Person, State]]:
    found = await persons.whose_state_says(connection, '"counsellor": true')
    states = [(person, state_of(person.state)) for person in found]
    return [(person, state) for person, state in states if state.counsellor]


async def list_inbox(settings: Settings) -> list[str]:
    """`lotse inbox list`: one line a row that is not handled."""
    async with _database(settings) as connection:
        rows = await queue.unread(connection)
    return [f"{row.id}\t{row.channel}\t{row.state}\t{row.attempts} tries\t{row.error}" for row in rows]


async def change_inbox(settings: Settings, id_: int, what: Literal["retry", "drop"]) -> bool:
    """`lotse inbox retry|drop`; False when there is no such row."""
    async with _database(settings) as connection:
        if what == "drop":
            return await queue.drop(connection, id_, queue.inbox)
        return await queue.revive(connection, id_, time.time(), queue.inbox)


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
        if what == "drop":
            return await queue.drop(connection, id_)
        row = next((row for row in await queue.unsent(connection) if row.id == id_), None)
        if row is not None and row.ticket is not None and row.channel == MAIL:
            await tickets.reopen(connection, row.ticket)
        return await queue.revive(connection, id_, time.time())


async def resend(settings: Settings, number: int) -> str:
    """`lotse resend`: to which address the question goes once more. Raises KeyError where none such waits."""
    async with _offline(settings) as chats:
        return await chats.desk.writer.run(lambda connection: resending.resend(chats.desk, connection, number))


async def close_ticket(settings: Settings, number: int) -> bool:
    """`lotse close`; False where no such question waits."""

    async def part(connection: AsyncConnection) -> bool:
        await tickets.lock(connection, number)
        found = await tickets.stored_tickets(connection, number)
        if not found or found[0].state not in (*tickets.OPEN, "undelivered"):
            return False
        await chats.desk.close(connection, number)
        return True

    async with _offline(settings) as chats:
        return await chats.desk.writer.run(part)


async def list_tickets(settings: Settings) -> list[str]:
    """`lotse tickets`: one line a question."""
    async with _database(settings) as connection:
        found = await tickets.stored_tickets(connection)
    now = time.time()
    return [
        f"{ticket.number}\t{ticket.state}\t{ticket.channel}\t{(now - ticket.created_at) / 86400:.0f} days"
        for ticket in found
    ]


async def _shown_elsewhere(*_: object) -> bool:
    """The running bot delivers; a command only writes into the outbox."""
    raise AssertionError


@asynccontextmanager
async def _offline(settings: Settings) -> AsyncIterator[Chats]:
    """Chats that only write into the outbox; the running bot delivers."""
    bot = make_bot(settings.telegram_token.get_secret_value() or "0:none", settings.telegram_api)
    office, engine = office_of(settings), engine_for(settings.database)
    try:
        await migrate(engine)
        live = await asyncio.to_thread(lambda: load_live(settings.model_copy(update={"model": "none"}))[0])
        channels: dict[str, Channel] = {
            telegram.NAME: telegram.Telegram(bot),
            web.NAME: web.Web(_shown_elsewhere),
            terminal.NAME: terminal.Terminal(sys.stdout, "", ""),
            MAIL: letters_of(office),
        }
        yield Chats(engine, live, channels, office)
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
