"""The guard before every page of the console: who asks, whether they may, and whether the form is one of ours."""

from __future__ import annotations

import hmac
from collections.abc import AsyncGenerator, Awaitable, Callable
from urllib.parse import parse_qsl, quote

from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.console.office import IDLE_SECONDS, Office
from bot.console.pages import Page
from bot.console.roles import allowed
from bot.console.visit import COOKIE, LANGUAGE_COOKIE, LANGUAGES, Visit
from bot.flow.loop import report
from bot.storage import accounts
from bot.web import keys
from bot.web.languages import preferred
from bot.web.origins import from_here

SEEN_SECONDS = 60.0  # so often is written down that a session is in use
LONGEST_FIELD = 20_000  # characters
LONGEST_OF_STRANGERS = 1_000_000  # bytes that are read of whoever has not signed in
MOST_FIELDS = 2_000
AWAY = "Die Datenbank ist gerade nicht zu erreichen. Es wurde nichts getan. Bitte versuchen Sie es gleich noch einmal."
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def routes(office: Office) -> list[Route]:
    """A route a page, each behind the guard."""
    return [Route(page.address, _guarded(office, page), methods=[page.method], name=page.name) for page in office.pages]


def _guarded(office: Office, page: Page) -> Callable[[Request], Awaitable[Response]]:
    async def guarded(request: Request) -> Response:
        visit = await _enter(office, request, page)
        try:
            response = await _refused(visit) or await page.handler(visit)
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


async def _enter(office: Office, request: Request, page: Page) -> Visit:
    wanted = (request.query_params.get("lang", ""), request.cookies.get(LANGUAGE_COOKIE, ""))
    browser = preferred(request.headers.get("accept-language", ""), LANGUAGES)
    language = next((each for each in (*wanted, browser) if each in LANGUAGES), "de")
    visit = Visit(office, request, page, language)
    key, now = request.cookies.get(COOKIE, ""), office.clock()
    if key:

        async def find(connection: AsyncConnection) -> tuple[accounts.Session, accounts.Account] | None:
            found = await accounts.session(connection, key, now, IDLE_SECONDS)
            if found and now - found[0].seen_at > SEEN_SECONDS:
                await accounts.seen(connection, found[0].hash, now)
            return found

        visit.session, visit.account = await office.writer.run(find) or (None, None)
    return visit


async def _refused(visit: Visit) -> Response | None:
    """Why the page is not for this visit; None when it is. Reads the form."""
    page, request = visit.page, visit.request
    if page.method == "POST" and not (page.may and visit.account is None and page.longest > LONGEST_OF_STRANGERS):
        if not from_here(request, visit.office.rules.address):
            return visit.refuse("Dieses Formular wurde von einer anderen Seite geschickt. Es wurde nichts getan.", 403)
        if fault := await _read_form(visit):
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
        return _forged(visit) or _fault(visit)
    return None


def _forged(visit: Visit) -> Response | None:
    office = visit.office
    given = str(visit.form.get("csrf", ""))
    if visit.session is None:
        good = keys.stamp_age(office.rules.secret, given, office.clock()) is not None
    else:
        good = hmac.compare_digest(given.encode("utf-8", "replace"), office.form_token(visit.session).encode())
    if good:
        return None
    return visit.refuse(
        "Diese Seite ist zu alt oder gehört zu einer anderen Anmeldung. Es wurde nichts getan. "
        "Bitte laden Sie die Seite neu.",
        403,
    )


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
