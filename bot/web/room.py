"""What every page of the chat needs: who asks, in which language, whether a form may be taken, and the page itself."""

from __future__ import annotations

import base64
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from jinja2 import Environment, PackageLoader, select_autoescape
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response

from bot.channels.web import NAME
from bot.knowledge.live import LiveKnowledge
from bot.presentation.i18n import RIGHT_TO_LEFT, own_name
from bot.presentation.message import Block
from bot.presentation.render import web as page_html
from bot.storage import persons, webchat
from bot.storage.traces import Traces
from bot.storage.webchat import Session
from bot.storage.writer import Writer
from bot.web import keys
from bot.web.bodies import TooLong, body_of, fields
from bot.web.languages import html_code, language_in, preferred
from bot.web.limits import Limits, client_address
from bot.web.origins import from_here

COOKIE = "lotse"
MAX_TEXT = 4_000  # characters of a message
MAX_BODY = 64_000  # bytes of a form
PRESENT_SECONDS = 120.0  # whoever looked so lately is not told by mail
TOO_FAST = 0.8  # seconds: nobody fills in a form so quickly
LINK_DAYS = 30

NOTICES = {
    "too-many": "web-too-many",
    "too-long": "web-too-long",
    "empty": "smalltalk-nothing",
    "again": "web-again",
    "away": "web-away",
    "no-address": "web-no-address",
    "wrong-code": "web-code-wrong",
    "revoked": "web-revoked",
    "saved": "web-saved",
    "deleted": "deleted",
}


@dataclass(frozen=True)
class Rules:
    """``address``: of the whole site, as people reach it. ``origins``: pages that may show the chat in a frame.

    ``proxies``: addresses whose X-Forwarded-For is believed. ``days``: how long a silent chat is kept.
    """

    address: str
    secret: bytes
    days: int
    origins: tuple[str, ...] = ()
    proxies: tuple[str, ...] = ()

    @property
    def secure(self) -> bool:
        """Whether the site is reached by https: only then may a cookie cross into a frame."""
        return self.address.startswith("https://")


@dataclass
class Room:
    """``random``: bytes that nobody can guess."""

    live: LiveKnowledge
    writer: Writer
    rules: Rules
    clock: Callable[[], float]
    random: Callable[[int], bytes]
    traces: Traces | None = None
    telegram: Callable[[], Awaitable[str]] | None = None  # the bot's name there, "" while Telegram does not say it

    def __post_init__(self) -> None:
        self._posts = Limits(40, 12_000, 60.0, self.random(16))
        self.templates = Environment(
            loader=PackageLoader("bot.web"), autoescape=select_autoescape(), trim_blocks=True, lstrip_blocks=True
        )

    @property
    def city(self) -> str:
        return self.live.current.knowledge.city_id

    def say(self, key: str, language: str, **values: str | int) -> str:
        return self.live.current.composer.sentence(key, language, **values)

    def hash(self, kind: str, key: str) -> str:
        return keys.key_hash(self.rules.secret, kind, key)

    def address_of(self, request: Request) -> str:
        """Who asks, for counting alone."""
        peer = request.client.host if request.client else ""
        return client_address(peer, request.headers.get("x-forwarded-for", ""), self.rules.proxies)

    async def session_of(self, request: Request) -> Session | None:
        """The chat that the cookie opens; marked as looked at."""
        key = request.cookies.get(COOKIE, "")
        if not key:
            return None
        now = self.clock()

        async def find(connection: AsyncConnection) -> Session | None:
            found = await webchat.opened(connection, self.hash("cookie", key), now)
            if found is not None and (found.told or now - found.seen_at > PRESENT_SECONDS / 4):
                await webchat.seen(connection, found.id, now)
            return found

        return await self.writer.run(find)

    async def begin(self) -> tuple[str, str]:
        """A new session: its id, and the key for its cookie."""
        session, key = self.random(16).hex(), self.random(keys.KEY_BYTES).hex()

        async def begin(connection: AsyncConnection) -> None:
            await webchat.begin(connection, session, self.clock())
            await self.cookie_key(connection, session, key)

        await self.writer.run(begin)
        return session, key

    async def cookie_key(self, connection: AsyncConnection, session: str, key: str) -> None:
        until = self.clock() + self.rules.days * 86400
        await webchat.add_key(connection, session, self.hash("cookie", key), "cookie", until)

    async def link(self, connection: AsyncConnection, session: str, now: float) -> str:
        key = base64.urlsafe_b64encode(self.random(keys.KEY_BYTES)).decode().rstrip("=")
        await webchat.add_key(connection, session, self.hash("link", key), "link", now + LINK_DAYS * 86400)
        return f"{self.rules.address}/chat/{self.city}/r/{key}"

    def remember(self, response: Response, key: str) -> None:
        """The one cookie. In a frame of the city's pages it must be allowed to cross, and is kept apart by page."""
        framed = bool(self.rules.origins) and self.rules.secure
        response.set_cookie(
            COOKIE,
            key,
            max_age=self.rules.days * 86400,
            path=f"/chat/{self.city}",
            httponly=True,
            secure=self.rules.secure,
            samesite="none" if framed else "lax",
        )
        if framed:
            response.headers["set-cookie"] = response.headers["set-cookie"] + "; Partitioned"

    async def language_of(self, request: Request, session: Session | None) -> str:
        """Asked for in the address; chosen before; else the first of the browser's that we have; else German."""
        offered = self.live.current.knowledge.languages
        if (wanted := request.query_params.get("lang", "")) in offered:
            return wanted
        if session is not None:
            person = await self.writer.run(lambda connection: persons.find(connection, NAME, session.id))
            if (known := language_in(person.state if person else "")) in offered:
                return known
        return preferred(request.headers.get("accept-language", ""), offered) or "de"

    def page(self, name: str, language: str, status: int = 200, **values: object) -> Response:
        knowledge = self.live.current.knowledge

        def say(key: str, **inserted: str | int) -> str:
            return self.say(key, language, **inserted)

        text = self.templates.get_template(name).render(
            t=say,
            language=html_code(language),
            code=language,
            direction="rtl" if language in RIGHT_TO_LEFT else "ltr",
            languages=[(each, own_name(each), html_code(each)) for each in knowledge.languages],
            city=self.city,
            city_name=knowledge.city.name if knowledge.city else "",
            base=f"/chat/{self.city}",
            stamp=keys.stamp(self.rules.secret, self.clock()),
            uid=self.random(12).hex(),
            max_text=MAX_TEXT,
            telegram=self.telegram is not None,
            say_html=lambda key, **inserted: Markup(page_html((Block("markdown", say(key, **inserted)),))),  # noqa: S704 # ours
            **values,
        )
        return Response(text, status, media_type="text/html")

    def back(self, request: Request, form: Mapping[str, str], notice: str = "", anchor: str = "end") -> Response:
        kept = {"lang": form["lang"]} if form.get("lang") in self.live.current.knowledge.languages else {}
        kept |= {"notice": notice} if notice else {}
        kept |= {"frame": "1"} if "frame" in request.query_params or form.get("frame") else {}
        query = f"?{urlencode(kept)}" if kept else ""
        return RedirectResponse(f"/chat/{self.city}{query}#{anchor}", 303)

    async def form(self, request: Request) -> dict[str, str] | Response:
        """The form's fields; or why it is not taken: from another site, too much, too fast, or by a robot."""
        if not from_here(request, self.rules.address):
            return PlainTextResponse("This form was sent from another site.", 403)
        if not self._posts.allows(self.address_of(request), self.clock()):
            return await self.refuse(request, "too-many", 429)
        try:
            form = fields(await body_of(request, MAX_BODY))
        except TooLong:
            return await self.refuse(request, "too-long", 413)
        age = keys.stamp_age(self.rules.secret, form.get("stamp", ""), self.clock())
        if age is None:
            return await self.refuse(request, "again", 409)
        if form.get("website") or (age < TOO_FAST and "text" in form and not wants_json(request)):
            return await self.refuse(request, "again", 409)
        return form

    async def refuse(self, request: Request, notice: str, status: int = 400) -> Response:
        language = await self.language_of(request, None)
        said = self.say(NOTICES[notice], language, **({"most": MAX_TEXT} if notice == "too-long" else {}))
        if wants_json(request):
            return JSONResponse({"stored": False, "notice": said}, status)
        return self.page("notice.html", language, status, said=said)


def wants_json(request: Request) -> bool:
    """Whether a script asks, which shows the answer itself."""
    return "application/json" in request.headers.get("accept", "")
