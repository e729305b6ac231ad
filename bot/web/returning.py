"""Coming back to a chat: a private link, a code to write down, a mail that says there is an answer; and the way out."""

from __future__ import annotations

import base64
import io
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import segno
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import Request
from starlette.responses import Response

from bot.channels.web import NAME
from bot.conversation import deep_links
from bot.flow.loop import report
from bot.presentation import formats
from bot.storage import forgetting, moves, webchat
from bot.web import keys
from bot.web.limits import Limits
from bot.web.room import COOKIE, LINK_DAYS, Room

_EMAIL = re.compile(r"[^@\s<>,;:\"()]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


class Returning:
    """The pages behind "come back later"."""

    def __init__(self, room: Room) -> None:
        self.room = room
        self._codes = Limits(8, 120, 600.0, room.random(16))

    async def keys_page(self, request: Request) -> Response:
        """A private link and a code, shown once."""
        form = await self.room.form(request)
        if isinstance(form, Response):
            return form
        session = await self.room.session_of(request)
        if session is None:
            return self.room.back(request, form)
        now, code = self.room.clock(), keys.new_code(self.room.random)

        async def make(connection: AsyncConnection) -> str:
            until = now + LINK_DAYS * 86400
            hashed = self.room.hash("code", keys.read_code(code))
            await webchat.add_key(connection, session.id, hashed, "code", until)
            return await self.room.link(connection, session.id, now)

        link = await self.room.writer.run(make)
        language = await self.room.language_of(request, session)
        until = datetime.fromtimestamp(now + LINK_DAYS * 86400, UTC).date().isoformat()
        return self.room.page(
            "keys.html", language, link=link, back_code=code, until=formats.day(until, language), notify=session.notify
        )

    async def telegram(self, request: Request) -> Response:
        """A link that brings the questions of this chat to whoever opens it on Telegram, once and within minutes."""
        form = await self.room.form(request)
        if isinstance(form, Response):
            return form
        session = await self.room.session_of(request)
        if session is None or self.room.telegram is None:
            return self.room.back(request, form)
        if not (name := await self.room.telegram()):
            return await self.room.refuse(request, "again", 503)
        key = base64.urlsafe_b64encode(self.room.random(keys.KEY_BYTES)).decode().rstrip("=")
        now = self.room.clock()
        await self.room.writer.run(lambda connection: moves.offer(connection, session.id, key, now))
        link = f"https://t.me/{name}?start={deep_links.move(key)}"
        language = await self.room.language_of(request, session)
        return self.room.page("telegram.html", language, link=link, picture=Markup(_code(link)))  # noqa: S704 # our SVG

    async def revoke(self, request: Request) -> Response:
        """Links and codes end now."""
        form = await self.room.form(request)
        if isinstance(form, Response):
            return form
        if (session := await self.room.session_of(request)) is not None:
            await self.room.writer.run(lambda connection: webchat.revoke(connection, session.id))
        return self.room.back(request, form, "revoked")

    async def notify(self, request: Request) -> Response:
        """Whom to tell of an answer; an empty field takes it back."""
        form = await self.room.form(request)
        if isinstance(form, Response):
            return form
        address = form.get("email", "").strip()[:254]
        if address and not _EMAIL.fullmatch(address):
            return await self.room.refuse(request, "no-address")
        if (session := await self.room.session_of(request)) is not None:
            await self.room.writer.run(lambda connection: webchat.set_notify(connection, session.id, address))
        return self.room.back(request, form, "saved")

    async def enter(self, request: Request) -> Response:
        """Open a chat by its code. Guesses are counted."""
        form = await self.room.form(request)
        if isinstance(form, Response):
            return form
        if not self._codes.allows(self.room.address_of(request), self.room.clock()):
            return await self.room.refuse(request, "too-many", 429)
        code = keys.read_code(form.get("code", ""))
        return await self._open(request, "code", code, form)

    async def link(self, request: Request) -> Response:
        """Open a chat by its private link."""
        if not self._codes.allows(self.room.address_of(request), self.room.clock()):
            return await self.room.refuse(request, "too-many", 429)
        return await self._open(request, "link", request.path_params["key"], {})

    async def _open(self, request: Request, kind: str, key: str, form: Mapping[str, str]) -> Response:
        new, now = self.room.random(keys.KEY_BYTES).hex(), self.room.clock()

        async def enter(connection: AsyncConnection) -> bool:
            found = await webchat.opened(connection, self.room.hash(kind, key), now) if key else None
            if found is None:
                return False
            await webchat.seen(connection, found.id, now)
            await self.room.cookie_key(connection, found.id, new)
            return True

        if not await self.room.writer.run(enter):
            return await self.room.refuse(request, "wrong-code", 404)
        response = self.room.back(request, form)
        response.headers["referrer-policy"] = "no-referrer"
        self.room.remember(response, new)
        return response

    async def delete(self, request: Request) -> Response:
        """Everything of this chat, at once."""
        form = await self.room.form(request)
        if isinstance(form, Response):
            return form
        if (session := await self.room.session_of(request)) is not None:
            numbers = await self.room.writer.run(lambda connection: forgetting.forget(connection, NAME, session.id))
            try:
                if self.room.traces is not None:
                    await self.room.traces.erase([f"mail:{number}" for number in numbers])
            except Exception as error:  # noqa: BLE001 # it is committed: what stands beside it goes within the hour
                report(error, "traces not erased, the hourly tidying tries again")
        response = self.room.back(request, form, "deleted")
        response.delete_cookie(COOKIE, path=f"/chat/{self.room.city}")
        return response


def _code(link: str) -> str:
    """The link as a picture to be scanned: black on white in either theme, without code or style of its own."""
    found = io.BytesIO()
    segno.make(link, error="m").save(
        found, kind="svg", scale=5, xmldecl=False, svgns=True, nl=False, light="white", title="QR"
    )
    return found.getvalue().decode()
