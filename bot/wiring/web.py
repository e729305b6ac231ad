"""The chat in a browser, from the settings."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from typing import Any

from bot.channels.web import NAME, Web
from bot.config import Settings
from bot.web.chat import Chat
from bot.web.room import Room, Rules
from bot.wiring.chat import Lotse
from bot.wiring.mail import letters_of


class Doorway:
    """The channel, made before the chat that it shows things in: the chat needs the inbox, the inbox the channel."""

    def __init__(self) -> None:
        self.chat: Chat | None = None
        self.channel = Web(self._show)

    async def _show(self, session: str, uid: str, payload: dict[str, Any], replaces: int) -> bool:
        assert self.chat is not None  # delivery starts after everything is put together
        return await self.chat.show(session, uid, payload, replaces)


def chat_of(settings: Settings, lotse: Lotse, address: str) -> Chat:
    """``address``: of the socket; what people reach is `LOTSE_WEB_URL`, where it is set."""

    async def store(rows: list[tuple[str, str, Any]]) -> int:
        return await lotse.chats.receive(NAME, rows)

    office = lotse.chats.desk.office
    rules = Rules(
        settings.web_url or address,
        office.secret,
        settings.retention_days,
        _listed(settings.web_origins),
        _listed(settings.web_proxies),
    )
    room = Room(lotse.live, lotse.writer, rules, time.time, secrets.token_bytes, lotse.traces)
    return Chat(room, store, letters_of(office), lotse.delivery.wake)


async def ready(lotse: Lotse) -> Mapping[str, Any]:
    """What `lotse health` says, as of now; raises while the database does not answer."""
    return await lotse.health.state()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
