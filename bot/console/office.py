"""What every page of the console needs, and the guard before each of them."""

from __future__ import annotations

import asyncio
import base64
import hmac
from collections.abc import AsyncGenerator, Awaitable, Callable, Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl, quote

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.config import Settings
from bot.console.pages import Page
from bot.console.roles import allowed
from bot.console.shelf import Shelf
from bot.console.survey import Survey
from bot.console.visit import COOKIE, LANGUAGE_COOKIE, LANGUAGES, Visit
from bot.flow.chats import Chats
from bot.flow.days import week, zone_of
from bot.flow.figures import by_topic
from bot.flow.loop import report
from bot.flow.mails import Mails
from bot.flow.questions import Questions
from bot.knowledge.live import LiveKnowledge
from bot.storage import accounts, counts
from bot.storage.writer import Writer
from bot.web import keys
from bot.web.languages import preferred
from bot.web.limits import Limits, client_address
from bot.web.origins import from_here
from bot.web.room import Rules

SESSION_SECONDS = 12 * 3600.0
IDLE_SECONDS = 3600.0
SEEN_SECONDS = 60.0  # so often is written down that a session is in use
LONGEST_FIELD = 20_000  # characters
LONGEST_OF_STRANGERS = 1_000_000  # bytes that are read of whoever has not signed in
MOST_FIELDS = 2_000
AWAY = "Die Datenbank ist gerade nicht zu erreichen. Es wurde nichts getan. Bitte versuchen Sie es gleich noch einmal."
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


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

    def routes(self) -> list[Route]:
        """A route a page, each behind the guard."""
        return [Route(page.address, self._guarded(page), methods=[page.method], name=page.name) for page in self.pages]

    def _guarded(self, page: Page) -> Callable[[Request], Awaitable[Response]]:
        async def guarded(request: Request) -> Response:
            visit = await self._enter(request, page)
            try:
                response = await self._refused(visit) or await page.handler(visit)
            except (DBAPIError, OSError) as error:  # the disk is full, the database away
                report(error, "console", page=page.name)
                response = visit.refuse(AWAY, 503)
            finally:
                await visit.form.close()  # the files in it
            response.headers["content-security-policy"] = POLICY
            response.headers.setdefault("cache-control", "no-store")
            if request.query_params.get("lang") in LANGUAGES:
                response.set_cookie(LANGUAGE_COOKIE, visit.language, max_age=31_536_000, **visit.cookie())
            return response

        return guarded

    async def _enter(self, request: Request, page: Page) -> Visit:
        wanted = (request.query_params.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, ""))
        browser = preferred(request.headers.get("accept-language", ""), LANGUAGES)
        language = next((each for each in (*wanted, browser) if each in LANGUAGES), "de")
        visit = Visit(self, request, page, language)
        key, now = request.cookies.get(COOKIE, ""), self.clock()
        if key:

            async def find(connection: AsyncConnection) -> tuple[accounts.Session, accounts.Account] | None:
                found = await accounts.session(connection, key, now, IDLE_SECONDS)
                if found and now - found[0].seen_at > SEEN_SECONDS:
                    await accounts.seen(connection, found[0].hash, now)
                return found

            visit.session, visit.account = await self.writer.run(find) or (None, None)
        return visit

    async def _refused(self, visit: Visit) -> Response | None:
        """Why the page is not for this visit; None when it is. Reads the form."""
        page, request = visit.page, visit.request
        if page.method == "POST" and not (page.may and visit.account is None and page.longest > LONGEST_OF_STRANGERS):
            if not from_here(request, self.rules.address):
                return visit.refuse(
                    "Dieses Formular wurde von einer anderen Seite geschickt. Es wurde nichts getan.", 403
                )
            if fault := await self._read_form(visit):
                return visit.refuse(fault, 413)
        if page.may is not None:
            if visit.account is None:
                if page.method == "GET":
                    return visit.go(f"?next={quote(request.url.path)}")
                return visit.refuse(
                    "Ihre Anmeldung ist abgelaufen. Es wurde nichts gespeichert. Bitte melden Sie sich neu an.", 401
                )
            if not allowed(visit.account.role, page.may):
                return visit.refuse("Ihre Rolle darf das nicht. Fragen Sie die Administration.", 403)
        if page.method == "POST":
            return self._forged(visit) or self._fault(visit)
        return None

    def _forged(self, visit: Visit) -> Response | None:
        given = str(visit.form.get("csrf", ""))
        if visit.session is None:
            good = keys.stamp_age(self.rules.secret, given, self.clock()) is not None
        else:
            good = hmac.compare_digest(given.encode("utf-8", "replace"), self.form_token(visit.session).encode())
        if good:
            return None
        return visit.refuse(
            "Diese Seite ist zu alt oder gehört zu einer anderen Anmeldung. Es wurde nichts getan. "
            "Bitte laden Sie die Seite neu.",
            403,
        )

    @staticmethod
    async def _read_form(visit: Visit) -> str:
        """Fill in the visit's form; what is wrong, in German, or ""."""
        body = bytearray()
        try:
            async for chunk in visit.request.stream():
                body += chunk
                if len(body) > visit.page.longest:
                    return "Das ist zu viel auf einmal. Es wurde nichts gespeichert. Bitte kürzen Sie den Text."
        except ClientDisconnect:
            return "Die Verbindung ist abgebrochen."
        if visit.request.headers.get("content-type", "").startswith("multipart/form-data"):
            return await _read_parts(visit, bytes(body))
        try:
            pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        except ValueError:  # not a form, or too many fields
            return "Das ist kein Formular von dieser Seite."
        visit.form = FormData([(name, _plain(value)) for name, value in pairs])
        return ""

    @staticmethod
    def _fault(visit: Visit) -> Response | None:
        """Fields that no page takes."""
        for text in (value for value in visit.form.values() if isinstance(value, str)):
            if any((ord(sign) < 32 and sign not in "\n\t") or 0x7F <= ord(sign) < 0xA0 for sign in text):
                return visit.refuse("Ein Feld enthält Steuerzeichen, die man nicht sieht. Bitte löschen Sie sie.", 400)
            if len(text) > LONGEST_FIELD and not visit.page.any_text:
                return visit.refuse("Ein Feld ist zu lang: höchstens {most} Zeichen.", 413, most=LONGEST_FIELD)
        return None


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


async def _read_parts(visit: Visit, body: bytes) -> str:
    """A form with files, which a page of ``longest`` bytes may take; what is wrong, in German, or ""."""

    async def stream() -> AsyncGenerator[bytes, None]:
        yield body

    parser = MultiPartParser(
        visit.request.headers, stream(), max_files=50, max_fields=MOST_FIELDS, max_part_size=visit.page.longest
    )
    try:
        found = await parser.parse()
    except (MultiPartException, ValueError, LookupError):
        return "Das ist kein Formular von dieser Seite."
    visit.form = FormData([(n, _plain(value) if isinstance(value, str) else value) for n, value in found.multi_items()])
    return ""
