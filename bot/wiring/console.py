"""The console, from the settings."""

from __future__ import annotations

import secrets
import sys
import time

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.config import Settings
from bot.console.first import LINK_SECONDS
from bot.console.office import Office
from bot.console.site import PAGES
from bot.storage import accounts
from bot.web.room import Room
from bot.wiring.chat import Lotse
from bot.wiring.mail import mails_of


def console_of(settings: Settings, lotse: Lotse, room: Room) -> Office:
    """Beside the chat whose ``room`` it is."""

    async def bot_name() -> str:
        from bot.channels import telegram

        channel = lotse.chats.channels.get(telegram.NAME)
        return await channel.username() if isinstance(channel, telegram.Telegram) else ""

    return Office(
        lotse.live,
        lotse.writer,
        lotse.chats,
        settings,
        room.rules,
        time.time,
        secrets.token_bytes,
        PAGES,
        mails_of(settings, lotse.chats),
        bot_name,
    )


async def first_link(office: Office) -> str:
    """The address at which the first administrator sets up an account; "" once there is one."""
    key = office.new_key()

    async def part(connection: AsyncConnection) -> bool:
        if await accounts.any_at_all(connection):
            return False
        await accounts.add_link(connection, key, None, office.clock() + LINK_SECONDS)
        return True

    return f"{office.rules.address}/office/first/{key}" if await office.writer.run(part) else ""


async def announce(office: Office) -> None:
    """Print the first administrator's link where one is needed: to whoever starts Lotse, never into the log."""
    if link := await first_link(office):
        print(f"The console for the office has no account yet. Set up yours, within 24 hours: {link}", file=sys.stderr)
