"""What every page of the console needs."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from starlette.requests import Request

from bot.config import Settings
from bot.console.pages import Page
from bot.console.shelf import Shelf
from bot.console.survey import Survey
from bot.flow.chats import Chats
from bot.flow.days import week, zone_of
from bot.flow.figures import by_topic
from bot.flow.mails import Mails
from bot.flow.questions import Questions
from bot.knowledge.live import LiveKnowledge
from bot.storage import accounts, counts
from bot.storage.writer import Writer
from bot.web import keys
from bot.web.limits import Limits, client_address
from bot.web.room import Rules

SESSION_SECONDS = 12 * 3600.0
IDLE_SECONDS = 3600.0


@dataclass
class Office:
    """``pages``: all there are. ``random``: bytes that nobody can guess. ``clock``: seconds since 1970."""

    live: LiveKnowledge
    writer: Writer
    chats: Chats
    settings: Settings
    rules: Rules
    clock: Callable[[], float]
    random: Callable[[int], bytes]
    pages: tuple[Page, ...]
    mails: Mails
    bot_name: Callable[[], Awaitable[str]]  # on Telegram; "" where it is not known

    def __post_init__(self) -> None:
        self.questions = Questions(self.chats.desk, self.mails.may_forward_to)
        self.tries = Limits(10, 300, 900.0, self.random(16))  # of passwords, for a name and for an address
        self.trying = asyncio.Lock()  # a trial of a draft takes a processor: one at a time
        self.surveyed: tuple[object, Survey] | None = None
        self.shelf = Shelf(self.settings.knowledge, self.settings.var / "knowledge.lock")
        self.templates = Environment(
            loader=PackageLoader("bot.console"),
            autoescape=select_autoescape(),
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
        )

    async def asked(self) -> Mapping[str, tuple[int, int]]:
        """Topic to how often it was asked for in the last twelve weeks, and how often that did not help."""
        city, zone = self.live.current.knowledge.city_id, zone_of(self.live.current)
        first = week(self.clock() - 12 * 7 * 86400, zone)
        return by_topic(await self.writer.run(lambda connection: counts.read(connection, city, first)))

    def new_key(self) -> str:
        """What opens something: 256 bits, for an address or a cookie."""
        return base64.urlsafe_b64encode(self.random(32)).decode().rstrip("=")

    def form_token(self, session: accounts.Session | None) -> str:
        """What a form of ours holds: it is of this session, or, before anybody has signed in, of today."""
        if session is None:
            return keys.stamp(self.rules.secret, self.clock())
        return hmac.new(self.rules.secret, f"console form:{session.hash}".encode(), "sha256").hexdigest()

    def address_of(self, request: Request) -> str:
        """Who asks, for counting alone."""
        peer = request.client.host if request.client else ""
        return client_address(peer, request.headers.get("x-forwarded-for", ""), self.rules.proxies)
