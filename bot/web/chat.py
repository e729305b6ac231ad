"""The public chat: pages, forms and the stream of answers. No account; one cookie, which only opens the chat."""

from __future__ import annotations

import asyncio
import json
import re
import time
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import structlog
from markupsafe import Markup
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, RedirectResponse, Response, StreamingResponse

from bot.channels.web import NAME
from bot.conversation.actions import Action, decode
from bot.conversation.events import COMMANDS, Answer, Say
from bot.flow import outbox
from bot.flow.letters import Letters
from bot.flow.ports import MAIL, Store
from bot.presentation import outgoing
from bot.presentation.outgoing import Document, Place, Text
from bot.presentation.render import web as page_html
from bot.storage import persons, webchat
from bot.storage.webchat import Session, Shown
from bot.web import keys
from bot.web.languages import language_in
from bot.web.room import MAX_TEXT, NOTICES, PRESENT_SECONDS, Room, wants_json
from bot.web.streams import Streams

log = structlog.get_logger()

WAIT_SECONDS = 6.0  # a page without scripts waits so long for its answer
BEAT_SECONDS = 15.0  # a stream says that it lives; it looks for what another process stored
STREAM_SECONDS = 900.0  # then the browser opens a new one: a proxy may hold on to those of browsers that are gone
STREAMS_OF_ONE = 4
STREAMS = 1_000


@dataclass
class Chat:
    """``store``: the inbox. ``letters`` and ``wake_delivery``: the way to tell somebody of an answer."""

    room: Room
    store: Store
    letters: Letters
    wake_delivery: Callable[[], None]
    streams: Streams = field(default_factory=Streams)

    async def show(self, message: Text | Place | Document) -> bool:
        """Put a message into a session; whoever is not looking and wants to be told gets a mail with a link."""
        now, session = self.room.clock(), message.to
        replaces = int(message.edit) if isinstance(message, Text) and message.edit else 0

        async def put(connection: AsyncConnection) -> bool:
            if not await webchat.show(connection, session, message.uid, outgoing.write(message), replaces, now):
                return False
            await self._notify(connection, session, now)
            return True

        there = await self.room.writer.run(put)
        self.streams.wake(session)
        return there

    async def _notify(self, connection: AsyncConnection, session: str, now: float) -> None:
        found = await webchat.find(connection, session)
        if found is None or not found.notify or self.streams.of(session):
            return
        if now - found.seen_at < PRESENT_SECONDS or not await webchat.mark_told(connection, session):
            return
        person = await persons.find(connection, NAME, session)
        language = language_in(person.state if person else "") or "de"
        link = await self.room.link(connection, session, now)
        text = f"{self.room.say('web-notice', language)}\n\n{link}\n"
        thread = json.dumps({"subject": self.room.say("web-notice-subject", language), "references": []})
        letter = self.letters.letter(found.notify, text, thread)
        await outbox.put(connection, MAIL, persons.lane_of(MAIL, found.notify), letter, now)
        self.wake_delivery()

    def fragment(self, shown: Shown, language: str) -> str:
        """One message as the page shows it."""
        message = outgoing.read(shown.payload)
        return self.room.templates.get_template("message.html").render(
            id=shown.id,
            message=message,
            body=Markup(message.text) if isinstance(message, Text) else "",  # noqa: S704 # escaped by presentation.render
            base=f"/chat/{self.room.city}",
            stamp=keys.stamp(self.room.rules.secret, self.room.clock()),
            uid=self.room.random(12).hex(),
            code=language,
            t=lambda key, **inserted: self.room.say(key, language, **inserted),
        )

    async def root(self, request: Request) -> Response:
        """Signs and postcards lead here: /?topic=ID&lang=CODE."""
        kept = {name: request.query_params[name] for name in ("topic", "lang", "frame") if name in request.query_params}
        return RedirectResponse(f"/chat/{self.room.city}" + (f"?{urlencode(kept)}" if kept else ""), 303)

    async def page(self, request: Request) -> Response:
        """The chat. Nothing is stored of whoever only looks at it."""
        session = await self.room.session_of(request)
        language = await self.room.language_of(request, session)
        shown = await self._messages(session, 0)
        current = self.room.live.current
        topic, answer = request.query_params.get("topic", ""), ""
        if topic in current.knowledge.topics:
            say = Say((Answer(topic),))
            answer = page_html(current.composer.compose(say, language, now=self.room.clock()).blocks)
        return self.room.page(
            "chat.html",
            language,
            messages=[Markup(self.fragment(each, language)) for each in shown],  # noqa: S704 # made by our template
            last=shown[-1].id if shown else 0,
            answer=Markup(answer),  # noqa: S704 # curated words, escaped by presentation.render
            open=session is not None,
            notice=request.query_params.get("notice", "") if request.query_params.get("notice") in NOTICES else "",
            framed="frame" in request.query_params,
        )

    async def _messages(self, session: Session | None, after: int) -> list[Shown]:
        if session is None:
            return []
        return await self.room.writer.run(lambda connection: webchat.messages(connection, session.id, after))

    async def say(self, request: Request) -> Response:
        """A question, a pressed button or a command: stored, then answered."""
        form = await self.room.form(request)
        if isinstance(form, Response):
            return form
        payload = self._payload(form)
        if isinstance(payload, str):
            return await self.room.refuse(request, payload)
        session = await self.room.session_of(request)
        key = ""
        if session is None:
            id_, key = await self.room.begin()
        else:
            id_ = session.id
        uid = re.sub(r"[^A-Za-z0-9]", "", form.get("uid", ""))[:40] or self.room.random(12).hex()
        row = (persons.lane_of(NAME, id_), f"{id_}:{uid}", {**payload, "session": id_})
        last = await self._newest(id_, 0)
        await self.store([row])
        if wants_json(request):
            response: Response = JSONResponse({"stored": True})
        else:
            await self._answered(id_, last[-1].id if last else 0)
            response = self.room.back(request, form)
        if key:
            self.room.remember(response, key)
        return response

    async def _newest(self, session: str, after: int) -> list[Shown]:
        """The newest message after ``after``; none where there is none."""
        return await self.room.writer.run(lambda connection: webchat.messages(connection, session, after, 1))

    async def _answered(self, session: str, after: int) -> None:
        """Wait a little for the answer, so that a page without scripts shows it at once."""
        event = self.streams.open(session)
        try:
            async with asyncio.timeout(WAIT_SECONDS):
                while not await self.room.writer.run(
                    lambda connection: webchat.messages(connection, session, after, 1)
                ):
                    event.clear()
                    await event.wait()
        except TimeoutError:
            pass
        finally:
            self.streams.close(session, event)

    def _payload(self, form: Mapping[str, str]) -> dict[str, str] | str:
        """The channel's payload; or the notice that says why there is none."""
        hint = form.get("lang", "")
        if (data := form.get("button", "")) and decode(data) is not None:
            return {"kind": "button", "text": data, "message": form.get("message", ""), "hint": hint}
        if (command := form.get("command", "")) in COMMANDS:
            return {"kind": "command", "text": command, "hint": hint}
        text = form.get("text", "").strip()
        if len(text) > MAX_TEXT:
            return "too-long"
        if not text:
            return "empty"
        return {"kind": "text", "text": text, "hint": hint}

    async def language(self, request: Request) -> Response:
        """Choose a language: for the page, and for the answers."""
        form = await self.room.form(request)
        if isinstance(form, Response):
            return form
        code = form.get("lang", "")
        if code not in self.room.live.current.knowledge.languages:
            return self.room.back(request, {})
        session = await self.room.session_of(request)
        if session is not None:
            payload = {"kind": "button", "text": Action("language", code).encode(), "session": session.id}
            await self.store(
                [(persons.lane_of(NAME, session.id), f"{session.id}:{self.room.random(12).hex()}", payload)]
            )
        return self.room.back(request, {"lang": code})

    async def messages(self, request: Request) -> Response:
        """What came after message ``after``: for browsers and proxies that break streams."""
        session = await self.room.session_of(request)
        language = await self.room.language_of(request, session)
        shown = await self._messages(session, _number(request.query_params.get("after", "")))
        return JSONResponse([self._event(each, language) for each in shown], headers={"cache-control": "no-store"})

    def _event(self, shown: Shown, language: str) -> dict[str, Any]:
        message = outgoing.read(shown.payload)
        replaces = int(message.edit) if isinstance(message, Text) and message.edit else 0
        return {"id": shown.id, "html": self.fragment(shown, language), "replaces": replaces}

    async def events(self, request: Request) -> Response:
        """Server-sent events: every message after the last that this browser has seen, once."""
        session = await self.room.session_of(request)
        if session is None:
            return PlainTextResponse("There is no chat yet.", 404)
        if self.streams.of(session.id) >= STREAMS_OF_ONE or self.streams.count >= STREAMS:
            return PlainTextResponse("Too many streams: ask for /messages instead.", 503)
        language = await self.room.language_of(request, session)
        after = _number(request.headers.get("last-event-id", "") or request.query_params.get("after", ""))
        headers = {"cache-control": "no-store", "x-accel-buffering": "no"}
        stream = self._stream(request, session, after, language)
        return StreamingResponse(stream, media_type="text/event-stream", headers=headers)

    async def _stream(self, request: Request, session: Session, after: int, language: str) -> AsyncIterator[str]:
        event = self.streams.open(session.id)
        ends = time.monotonic() + STREAM_SECONDS
        try:
            yield "retry: 2000\n\n"
            while not self.streams.ending and time.monotonic() < ends and not await request.is_disconnected():
                event.clear()
                for shown in await self._messages(session, after):
                    after = shown.id
                    yield f"id: {shown.id}\ndata: {json.dumps(self._event(shown, language))}\n\n"
                try:
                    async with asyncio.timeout(BEAT_SECONDS):
                        await event.wait()
                except TimeoutError:
                    yield ": still here\n\n"
        except (ClientDisconnect, DBAPIError, OSError):
            return  # the browser comes again by itself, with the last id it has
        finally:
            self.streams.close(session.id, event)

    async def file(self, request: Request) -> Response:
        """A file from the office, for whoever holds the chat's key."""
        session = await self.room.session_of(request)
        id_ = _number(request.path_params["id"])
        found = None
        if session is not None:
            found = await self.room.writer.run(lambda connection: webchat.message(connection, session.id, id_))
        message = outgoing.read(found.payload) if found is not None else None
        if not isinstance(message, Document):
            return PlainTextResponse("There is no such file in this chat.", 404)
        name = re.sub(r"[^\w. -]", "_", message.name)[:100] or "file"
        quoted = name.encode("ascii", "replace").decode().replace("?", "_")
        headers = {"content-disposition": f'attachment; filename="{quoted}"', "cache-control": "no-store"}
        return Response(message.content, media_type="application/octet-stream", headers=headers)


def _number(text: str) -> int:
    return int(text) if re.fullmatch(r"\d{1,15}", text, re.ASCII) else 0
