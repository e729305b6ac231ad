"""What listens for HTTP, from the settings: the chat in a browser, the webhook, the figures."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from typing import Any

from starlette.routing import Route

from bot.channels.web import NAME, Web
from bot.config import Settings
from bot.content.law import FOLDER, read_laws
from bot.knowledge.folder import read_folder
from bot.knowledge.live import Current
from bot.presentation.outgoing import Document, Place, Text
from bot.storage import counts, tickets
from bot.web.chat import Chat
from bot.web.metrics import Figures
from bot.web.room import Room, Rules
from bot.wiring.chat import Lotse
from bot.wiring.mail import letters_of


class Doorway:
    """The channel, made before the chat that it shows things in: the chat needs the inbox, the inbox the channel."""

    def __init__(self) -> None:
        self.chat: Chat | None = None
        self.channel = Web(self._show)

    async def _show(self, message: Text | Place | Document) -> bool:
        assert self.chat is not None  # delivery starts after everything is put together
        return await self.chat.show(message)


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
    room = Room(lotse.live, lotse.writer, rules, lotse.clock, secrets.token_bytes, lotse.traces)
    return Chat(room, store, letters_of(office), lotse.delivery.wake)


@dataclass(frozen=True)
class Hook:
    """``route`` takes Telegram's calls; ``secret`` is what they carry.

    ``own``: HOST:PORT where it listens by itself; "": on the chat's server.
    """

    route: Route
    secret: str
    own: str


def hook_of(settings: Settings, lotse: Lotse) -> Hook | None:
    """The webhook, where one is set."""
    if not settings.webhook_url:
        return None
    from bot.channels import telegram
    from bot.web import webhook

    async def store(rows: list[tuple[str, str, Any]]) -> int:
        return await lotse.chats.receive(telegram.NAME, rows)

    secret = hmac.new(lotse.chats.desk.office.secret, b"telegram webhook", hashlib.sha256).hexdigest()
    own = f"{settings.webhook_host}:{settings.webhook_port or 8443}"
    if settings.web and not settings.webhook_port:
        own = ""
    return Hook(webhook.route(settings.webhook_url, secret, store, time.monotonic), secret, own)


@dataclass
class Watch:
    """Collects the figures. What changes only with the knowledge is read once for each."""

    settings: Settings
    lotse: Lotse
    chat: Chat | None
    _fetched: tuple[Current, date | None] | None = None

    async def figures(self) -> Figures:
        lotse = self.lotse
        today = datetime.now(UTC).date()

        knowledge = lotse.live.current.knowledge
        dates = [topic.review_by for topic in knowledge.topics.values() if topic.review_by]
        fetched = await self._laws()
        state = await ready(lotse)

        def rows(what: str) -> dict[str, int]:
            return {name: state[f"{name}_{what}"] for name in ("inbox", "outbox")}

        return Figures(
            ready=bool(state["well"]),
            messages=await lotse.writer.run(partial(counts.totals, city=knowledge.city_id)),
            problems=len(state["problems"]),
            waiting=rows("waiting"),
            dead=rows("dead"),
            oldest=rows("oldest_seconds"),
            held=state["quarantine"],
            stopped={name: name in lotse.delivery.stopped for name in lotse.delivery.senders},
            questions=await lotse.writer.run(tickets.by_state),
            streams=self.chat.streams.count if self.chat else None,
            learning_left=lotse.brain.left,
            knowledge_errors=len(state["knowledge_errors"]),
            review_days=(min(dates) - today).days if dates else None,
            law_days=(today - fetched).days if fetched else None,
        )

    async def _laws(self) -> date | None:
        """When the oldest of the kept laws was fetched."""
        current = self.lotse.live.current
        if self._fetched is None or self._fetched[0] is not current:
            self._fetched = (current, await asyncio.to_thread(self._oldest_law))
        return self._fetched[1]

    def _oldest_law(self) -> date | None:
        files = read_folder(self.settings.knowledge)
        laws, _ = read_laws({path: text for path, text in files.items() if path.startswith(f"{FOLDER}/")}, "")
        return min((date.fromisoformat(kept.fetched) for kept in laws.kept.values() if kept.fetched), default=None)


async def ready(lotse: Lotse) -> Mapping[str, Any]:
    """What `lotse health` says, as of now; raises while the database does not answer."""
    return await lotse.health.state()


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip().rstrip("/") for part in text.split(",") if part.strip())
