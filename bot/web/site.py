"""The routes, and what every answer of the server carries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import ClientDisconnect, Request
from starlette.responses import FileResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.chat import Chat
from bot.web.probes import Ready, probes
from bot.web.returning import Returning

log = structlog.get_logger()

STATIC = Path(__file__).parent / "static"


def application(chat: Chat, returning: Returning, ready: Ready, more: Sequence[BaseRoute] = ()) -> Starlette:
    """The whole site. ``ready`` says how the bot is: {"well": bool, ...}. ``more``: other addresses on this server."""
    base = f"/chat/{chat.room.city}"

    async def widget(_: Request) -> Response:
        headers = {"cache-control": "max-age=3600"}
        return FileResponse(STATIC / "widget.js", media_type="text/javascript", headers=headers)

    routes = [
        *more,
        Route("/", chat.root),
        Route(base, chat.page),
        Route(f"{base}/say", chat.say, methods=["POST"]),
        Route(f"{base}/language", chat.language, methods=["POST"]),
        Route(f"{base}/messages", chat.messages),
        Route(f"{base}/events", chat.events),
        Route(f"{base}/file/{{id}}", chat.file),
        Route(f"{base}/keys", returning.keys_page, methods=["POST"]),
        Route(f"{base}/telegram", returning.telegram, methods=["POST"]),
        Route(f"{base}/revoke", returning.revoke, methods=["POST"]),
        Route(f"{base}/notify", returning.notify, methods=["POST"]),
        Route(f"{base}/enter", returning.enter, methods=["POST"]),
        Route(f"{base}/r/{{key}}", returning.link),
        Route(f"{base}/delete", returning.delete, methods=["POST"]),
        *probes(ready),
        Route("/widget.js", widget),
        Mount("/static", StaticFiles(directory=STATIC)),
    ]

    async def away(request: Request, error: Exception) -> Response:
        """Disk full, or the database gone: said in the asker's language, which needs neither."""
        log.error("database not available, the page was not served", error=type(error).__name__)
        return await chat.room.refuse(request, "away", 503)

    handlers: dict[Any, Any] = {DBAPIError: away, OSError: away, ClientDisconnect: _gone, 404: _not_found}
    app = Starlette(routes=routes, exception_handlers=handlers)
    app.add_middleware(Headers, origins=chat.room.rules.origins)
    return app


async def _gone(*_: object) -> Response:
    """Whoever sent it has hung up in the middle: nobody reads this."""
    return PlainTextResponse("The request was cut off.\n", 400)


async def _not_found(*_: object) -> Response:
    return PlainTextResponse("There is no such page here.\n", 404)


class Headers:
    """Nothing from elsewhere, no code inside pages, and no frame but in pages of the city's own."""

    def __init__(self, app: ASGIApp, origins: tuple[str, ...]) -> None:
        self._app = app
        ancestors = " ".join(("'self'", *origins))
        self._policy = (
            "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
            f"form-action 'self'; base-uri 'none'; frame-ancestors {ancestors}"
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.setdefault("content-security-policy", self._policy)
                headers.setdefault("x-content-type-options", "nosniff")
                headers.setdefault("referrer-policy", "same-origin")
                headers.setdefault("permissions-policy", "camera=(), geolocation=(), microphone=()")
                if headers.get("content-type", "").startswith("text/html"):
                    headers.setdefault("cache-control", "no-store")
            await send(message)

        await self._app(scope, receive, with_headers if scope["type"] == "http" else send)
