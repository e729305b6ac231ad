"""A Telegram Bot API server on loopback, for an unmodified python-telegram-bot.

    async with BotApiServer(token="123:abc") as server:
        person = server.person(id=1, first_name="A", language_code="de")
        await person.says("Hallo")
        (answer,) = await person.hears(1)

getUpdates has true offsets and long polling: an update is gone when a later offset confirms it, and not before.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Self

from aiohttp import ClientError, ClientSession, web

from tests.servers.bot_api_faults import Fault, Faults
from tests.servers.bot_api_markup import parse_html


class ApiError(Exception):
    """An answer with ok=false."""

    def __init__(self, code: int, description: str) -> None:
        super().__init__(description)
        self.code, self.description = code, description


@dataclass
class SentMessage:
    """A message as the person sees it now."""

    message_id: int
    chat_id: int
    text: str
    html: str
    buttons: list[list[tuple[str, str]]]
    edited: int = 0
    document: bytes | None = None
    filename: str = ""
    at: float = field(default_factory=time.monotonic)


@dataclass(frozen=True)
class Call:
    """One request: ``outcome`` is "ok" or the error's description."""

    method: str
    params: dict[str, Any]
    outcome: str


@dataclass
class BotApiServer:
    """The server and everything that happened on it."""

    token: str
    port: int = 0
    faults: Faults = field(default_factory=Faults)
    calls: list[Call] = field(default_factory=list)
    commands: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    descriptions: dict[tuple[str, str], str] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    on_message: Callable[[SentMessage], None] = lambda _: None  # called with every message the bot sends
    webhook: tuple[str, str] | None = None  # address and secret
    webhook_answers: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._updates: list[dict[str, Any]] = []
        self._next_update, self._next_message = 1, 1
        self._messages: dict[int, list[SentMessage]] = {}
        self._queries: dict[str, float] = {}
        self._polls = 0
        self._changed = asyncio.Condition()
        self._runner: web.AppRunner | None = None
        self._posting: asyncio.Task[None] | None = None

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/bot"

    async def __aenter__(self) -> Self:
        await self.come_up()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.faults.release()
        if self._posting is not None:
            self._posting.cancel()
        await self.go_down()

    async def come_up(self) -> None:
        """Listen (again, on the same port)."""
        application = web.Application(client_max_size=60_000_000)
        application.router.add_route("*", "/bot{token}/{method}", self._request)
        self._runner = web.AppRunner(application, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port, reuse_address=True)
        await site.start()
        self.port = self._runner.addresses[0][1]

    async def go_down(self) -> None:
        """Close the port and every connection."""
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    # --- the people's side

    def person(self, id: int, first_name: str = "A", language_code: str = "de") -> Person:  # noqa: A002 # Telegram's word
        return Person(self, id, first_name, language_code)

    def messages(self, chat_id: int) -> list[SentMessage]:
        """What the bot sent to a chat, in order."""
        return self._messages.get(chat_id, [])

    async def push(self, **update: Any) -> int:
        """A new update for the bot; its id."""
        async with self._changed:
            number = self._next_update
            self._next_update += 1
            self._updates.append({"update_id": number, **update})
            self._changed.notify_all()
        return number

    def new_message_id(self) -> int:
        self._next_message += 1
        return self._next_message

    def new_query(self, query_id: str) -> None:
        self._queries[query_id] = time.monotonic()

    async def wait_for(self, chat_id: int, count: int, timeout: float = 30) -> list[SentMessage]:
        """Wait until a chat has ``count`` messages in all."""
        try:
            async with asyncio.timeout(timeout), self._changed:
                await self._changed.wait_for(lambda: len(self.messages(chat_id)) >= count)
        except TimeoutError:
            came = [message.text for message in self.messages(chat_id)]
            raise AssertionError(f"chat {chat_id}: {count} messages expected, there are {len(came)}: {came}") from None
        return self.messages(chat_id)

    # --- the bot's side

    async def _request(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        params = dict(request.query)
        if request.content_type == "application/json":
            params |= await request.json()
        else:
            for key, value in (await request.post()).items():
                params[key] = value.file.read() if isinstance(value, web.FileField) else value
                if isinstance(value, web.FileField):
                    params[f"{key}_name"] = value.filename
        fault = self.faults.take(method, params.get("chat_id"))
        if fault is not None and (answer := await fault.before(request)) is not None:
            self.calls.append(Call(method, params, type(fault).__name__))
            return answer
        try:
            if request.match_info["token"] != self.token:
                raise ApiError(401, "Unauthorized")
            handler = getattr(self, f"_on_{method}", None)
            if handler is None:
                raise ApiError(404, "Not Found")
            result = await handler(params)
        except ApiError as error:
            self.calls.append(Call(method, params, error.description))
            body = {"ok": False, "error_code": error.code, "description": error.description}
            return web.json_response(body, status=error.code)
        self.calls.append(Call(method, params, "ok"))
        if fault is not None and (answer := await fault.after(request)) is not None:
            return answer
        return web.json_response({"ok": True, "result": result})

    async def _on_getMe(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 # Telegram's names, here and below
        return {"id": int(self.token.split(":")[0]), "is_bot": True, "first_name": "Lotse", "username": "lotse_bot"}

    async def _on_getUpdates(self, params: dict[str, Any]) -> list[dict[str, Any]]:  # noqa: N802
        if self.webhook:
            raise ApiError(
                409,
                "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete it first",
            )
        self._polls += 1
        mine = self._polls
        offset, limit = int(params.get("offset") or 0), min(int(params.get("limit") or 100), 100)
        if offset < 0:
            self._updates = self._updates[offset:]
        elif offset:
            self._updates = [update for update in self._updates if update["update_id"] >= offset]
        allowed = params.get("allowed_updates")
        wanted = set(json.loads(allowed) if isinstance(allowed, str) else allowed or [])

        def found() -> list[dict[str, Any]]:
            return [update for update in self._updates if not wanted or wanted & update.keys()][:limit]

        async with self._changed:
            self._changed.notify_all()
            try:
                async with asyncio.timeout(float(params.get("timeout") or 0)):
                    await self._changed.wait_for(lambda: found() or self._polls != mine)
            except TimeoutError:
                return []
        if self._polls != mine:
            raise ApiError(
                409, "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
            )
        return found()

    async def _on_sendMessage(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat = self._chat(params)
        text, html = _text(params, "text", 4096)
        message = SentMessage(self.new_message_id(), chat, text, html, _buttons(params))
        return await self._add(message)

    async def _on_sendDocument(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat = self._chat(params)
        if not isinstance(params.get("document"), bytes):
            raise ApiError(400, "Bad Request: there is no document in the request")
        caption = _text(params, "caption", 1024) if params.get("caption") else ("", "")
        message = SentMessage(self.new_message_id(), chat, *caption, _buttons(params))
        message.document, message.filename = params["document"], str(params.get("document_name", ""))
        return await self._add(message)

    async def _on_editMessageText(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat = self._chat(params)
        found = [message for message in self.messages(chat) if message.message_id == int(params.get("message_id", 0))]
        if not found:
            raise ApiError(400, "Bad Request: message to edit not found")
        text, html = _text(params, "text", 4096)
        buttons = _buttons(params)
        message = found[0]
        if (message.html, message.buttons) == (html, buttons):
            raise ApiError(
                400,
                "Bad Request: message is not modified: specified new message content and reply markup are exactly "
                "the same as a current content and reply markup of the message",
            )
        async with self._changed:
            message.text, message.html, message.buttons, message.edited = text, html, buttons, message.edited + 1
            self._changed.notify_all()
        return _as_json(message)

    async def _on_answerCallbackQuery(self, params: dict[str, Any]) -> bool:  # noqa: N802
        if time.monotonic() - self._queries.get(str(params.get("callback_query_id")), -1e9) > 30:
            raise ApiError(400, "Bad Request: query is too old and response timeout expired or query ID is invalid")
        return True

    async def _on_setMyCommands(self, params: dict[str, Any]) -> bool:  # noqa: N802
        commands = params.get("commands")
        self.commands[str(params.get("language_code", ""))] = (
            json.loads(commands) if isinstance(commands, str) else commands
        )
        return True

    async def _on_getMyCommands(self, params: dict[str, Any]) -> list[dict[str, str]]:  # noqa: N802
        return self.commands.get(str(params.get("language_code", "")), [])

    async def _on_setMyDescription(self, params: dict[str, Any]) -> bool:  # noqa: N802
        return self._describe("description", params, 512)

    async def _on_getMyDescription(self, params: dict[str, Any]) -> dict[str, str]:  # noqa: N802
        return {"description": self.descriptions.get(("description", str(params.get("language_code", ""))), "")}

    async def _on_setMyShortDescription(self, params: dict[str, Any]) -> bool:  # noqa: N802
        return self._describe("short_description", params, 120)

    async def _on_getMyShortDescription(self, params: dict[str, Any]) -> dict[str, str]:  # noqa: N802
        code = str(params.get("language_code", ""))
        return {"short_description": self.descriptions.get(("short_description", code), "")}

    def _describe(self, name: str, params: dict[str, Any], limit: int) -> bool:
        code, text = str(params.get("language_code", "")), str(params.get(name, ""))
        if len(code) not in {0, 2}:
            raise ApiError(400, "Bad Request: LANG_CODE_INVALID")
        if len(text) > limit:
            raise ApiError(400, f"Bad Request: {name} is too long")
        self.descriptions[name, code] = text
        return True

    async def _on_sendVenue(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802
        chat = self._chat(params)
        if not params.get("title") or not params.get("address"):
            raise ApiError(400, "Bad Request: VENUE_TITLE_EMPTY")
        text = f"{params['title']}, {params['address']} ({params['latitude']}, {params['longitude']})"
        return await self._add(SentMessage(self.new_message_id(), chat, text, text, _buttons(params)))

    async def _on_setWebhook(self, params: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = (str(params["url"]), str(params.get("secret_token", "")))
        if self._posting is None:
            self._posting = asyncio.create_task(self._post_updates())
        return True

    async def _on_deleteWebhook(self, _: dict[str, Any]) -> bool:  # noqa: N802
        self.webhook = None
        return True

    async def _post_updates(self) -> None:
        """As Telegram does: one after the other, each until it is answered with 200."""
        async with ClientSession() as session:
            while True:
                async with self._changed:
                    await self._changed.wait_for(lambda: self._updates)
                    update = self._updates[0]
                url, secret = self.webhook or ("", "")
                headers = {"X-Telegram-Bot-Api-Secret-Token": secret}
                try:
                    async with session.post(url, json=update, headers=headers) as answer:
                        self.webhook_answers.append(answer.status)
                        if answer.status == 200:
                            self._updates.remove(update)
                            continue
                except ClientError:
                    pass
                await asyncio.sleep(0.2)

    def _chat(self, params: dict[str, Any]) -> int:
        chat = int(params.get("chat_id") or 0)
        if not chat:
            raise ApiError(400, "Bad Request: chat_id is empty")
        if chat in self.blocked:
            raise ApiError(403, "Forbidden: bot was blocked by the user")
        return chat

    async def _add(self, message: SentMessage) -> dict[str, Any]:
        async with self._changed:
            self._messages.setdefault(message.chat_id, []).append(message)
            self._changed.notify_all()
        self.on_message(message)
        return _as_json(message)


@dataclass
class Person:
    """Somebody with a phone."""

    server: BotApiServer
    id: int
    first_name: str
    language_code: str
    heard: int = 0

    @property
    def _user(self) -> dict[str, Any]:
        return {"id": self.id, "is_bot": False, "first_name": self.first_name, "language_code": self.language_code}

    @property
    def _chat(self) -> dict[str, Any]:
        return {"id": self.id, "type": "private", "first_name": self.first_name}

    async def says(self, text: str) -> int:
        """Write a text; the update's id."""
        entities = (
            [{"type": "bot_command", "offset": 0, "length": len(text.split(maxsplit=1)[0])}]
            if text.startswith("/")
            else []
        )
        return await self.sends(text=text, **({"entities": entities} if entities else {}))

    async def sends(self, **fields: Any) -> int:
        """Send anything: photo=..., voice=..., location=..."""
        message = {"message_id": self.server.new_message_id(), "date": int(time.time()), "chat": self._chat}
        return await self.server.push(message={**message, "from": self._user, **fields})

    async def presses(self, message: SentMessage, label: str) -> int:
        """Press a button of a message."""
        labels = {text: data for row in message.buttons for text, data in row}
        if label not in labels:
            raise AssertionError(f"there is no button {label!r}; there are {list(labels)}")
        query = f"{self.id}-{self.server.new_message_id()}"
        self.server.new_query(query)
        return await self.server.push(
            callback_query={
                "id": query,
                "from": self._user,
                "chat_instance": "1",
                "data": labels[label],
                "message": {**_as_json(message), "chat": self._chat},
            }
        )

    async def blocks(self) -> None:
        self.server.blocked.add(self.id)

    async def unblocks(self) -> None:
        self.server.blocked.discard(self.id)

    async def hears(self, count: int, timeout: float = 30) -> list[SentMessage]:
        """The next ``count`` messages since the last call."""
        messages = await self.server.wait_for(self.id, self.heard + count, timeout)
        new = messages[self.heard : self.heard + count]
        self.heard += count
        return new


def _as_json(message: SentMessage) -> dict[str, Any]:
    return {
        "message_id": message.message_id,
        "date": int(time.time()),
        "chat": {"id": message.chat_id, "type": "private", "first_name": "A"},
        "text": message.text,
    }


def _text(params: dict[str, Any], name: str, limit: int) -> tuple[str, str]:
    """The shown text and the HTML it came from, with Telegram's own refusals."""
    html = str(params.get(name) or "")
    text = html
    if params.get("parse_mode") == "HTML":
        try:
            text = parse_html(html)
        except ValueError as error:
            raise ApiError(400, f"Bad Request: can't parse entities: {error}") from error
    if not text.strip():
        raise ApiError(400, "Bad Request: message text is empty")
    if len(text.encode("utf-16-le")) // 2 > limit:
        raise ApiError(400, "Bad Request: message is too long")
    return text, html


def _buttons(params: dict[str, Any]) -> list[list[tuple[str, str]]]:
    markup = params.get("reply_markup")
    rows = (json.loads(markup) if isinstance(markup, str) else markup or {}).get("inline_keyboard", [])
    for row in rows:
        for button in row:
            if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
                raise ApiError(400, "Bad Request: BUTTON_DATA_INVALID")
            if not button.get("text"):
                raise ApiError(400, "Bad Request: inline keyboard button text must be non-empty")
    return [[(button["text"], button.get("callback_data", "")) for button in row] for row in rows]


__all__ = ["ApiError", "BotApiServer", "Call", "Fault", "Person", "SentMessage"]
