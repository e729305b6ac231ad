"""One request to the console: who it is, in which language, what they sent; and how it is answered."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Literal, TypedDict, TypeVar
from urllib.parse import quote, unquote
from zoneinfo import ZoneInfo

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from bot.console.pages import Page
from bot.console.roles import May, allowed
from bot.console.words import translated
from bot.console.words_diff import as_html
from bot.storage import audit
from bot.storage.accounts import Account, Session

if TYPE_CHECKING:
    from bot.console.office import Office

COOKIE = "lotse_office"
LANGUAGE_COOKIE = "lotse_office_language"
NOTE_COOKIE = "lotse_office_note"  # one sentence, for the next page
LANGUAGES = ("de", "en")
ZONE = ZoneInfo("Europe/Berlin")
_SECRET = ("password", "repeat", "code", "csrf", "key", "stand")
T = TypeVar("T")


class _Cookie(TypedDict):
    path: str
    httponly: bool
    secure: bool
    samesite: Literal["lax"]


@dataclass
class Visit:
    """``account``: who has signed in, None while nobody has. ``form``: what a POST brought, checked."""

    office: Office
    request: Request
    page: Page
    language: str
    account: Account | None = None
    session: Session | None = None
    form: FormData = field(default_factory=FormData)

    @property
    def name(self) -> str:
        """Of whoever has signed in."""
        return self.account.name if self.account else ""

    @property
    def now(self) -> float:
        return self.office.clock()

    def may(self, may: May | None) -> bool:
        """Whether whoever has signed in may."""
        return may is None or (self.account is not None and allowed(self.account.role, may))

    def value(self, name: str) -> str:
        """A field of the form without outer spaces; "" when it is not there."""
        return str(self.form.get(name, "")).strip()

    def t(self, german: str, **values: object) -> str:
        """A sentence in the language of this visit."""
        return translated(german, self.language, **values)

    async def read(self, part: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """What ``part`` finds in the database."""
        return await self.office.writer.run(part)

    async def change(
        self, part: Callable[[AsyncConnection], Awaitable[T]], object_: str, action: str = "", who: str = ""
    ) -> T:
        """Do ``part`` and write down who did it, together. ``action``: the page's name unless given.

        A ``part`` that returns None or False has done nothing, and nothing is written down.
        """

        async def whole(connection: AsyncConnection) -> T:
            found = await part(connection)
            if found is not None and found is not False:
                await audit.note(connection, self.now, who or self.name, action or self.page.name, object_)
            return found

        return await self.office.writer.run(whole)

    def show(self, template: str, status: int = 200, **values: object) -> Response:
        """A page. Templates have: t, hidden (for every form), may, May, visit, nav, note."""
        note = unquote(self.request.cookies.get(NOTE_COOKIE, ""))[:500]
        text = self.office.templates.get_template(template).render(
            t=self.t,
            visit=self,
            May=May,
            may=self.may,
            language=self.language,
            here=self.request.url.path,
            hidden=Markup('<input type="hidden" name="csrf" value="{}">').format(self.office.form_token(self.session)),
            nav=[page for page in self.office.pages if page.nav and self.account and self.may(page.may)],
            note=self.t(note) if note else "",
            **values,
        )
        response = Response(text, status, media_type="text/html")
        if note:
            response.delete_cookie(NOTE_COOKIE, path="/office")
        return response

    def go(self, path: str, note: str = "") -> Response:
        """To another page of the console, which shows ``note`` (German)."""
        response = RedirectResponse(f"/office{path}", 303)
        if note:
            response.set_cookie(NOTE_COOKIE, quote(note), max_age=60, **self.cookie())
        return response

    def refuse(self, why: str, status: int = 400, **values: object) -> Response:
        """A clear word (German), and below it what was typed, so that nothing is lost."""
        fields = self.form.multi_items()
        typed = [(name, value) for name, value in fields if name not in _SECRET and isinstance(value, str)]
        return self.show(
            "refused.html", status, why=self.t(why, **values), typed=[each for each in typed if len(each[1]) > 20][:50]
        )

    def difference(self, before: str, after: str) -> Markup:
        """Two texts as one, with what went and what came."""
        return as_html(before, after, self.t("weg"), self.t("neu"))

    def time(self, at: float) -> str:
        """A moment as it is read here: 30.11.2026, 08:15."""
        pattern = "%d.%m.%Y, %H:%M" if self.language == "de" else "%Y-%m-%d %H:%M"
        return datetime.fromtimestamp(at, ZONE).strftime(pattern)

    def cookie(self) -> _Cookie:
        """How every cookie of the console is set."""
        return {"path": "/office", "httponly": True, "secure": self.office.rules.secure, "samesite": "lax"}
