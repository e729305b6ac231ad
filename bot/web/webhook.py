"""Telegram's updates by webhook: one more address of our server, behind the city's TLS proxy.

Telegram repeats an update until it is answered with 200, so 200 comes after the commit and never before.
"""

from __future__ import annotations

import hmac
import json
from collections.abc import Callable
from urllib.parse import urlsplit

import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route

from bot.channels.telegram_updates import row_of
from bot.flow.ports import Store
from bot.web.bodies import TooLong, body_of

log = structlog.get_logger()

MAX_BYTES = 256_000  # an update holds a few thousand
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 # a header's name
WARN_SECONDS = 60.0  # strangers must not fill the log


def route(url: str, secret: str, store: Store, clock: Callable[[], float]) -> Route:
    """POST to the path of ``url`` with ``secret`` in its header stores one update. ``clock``: any that goes on."""
    warned = -WARN_SECONDS
    expected, header = secret.encode(), SECRET_HEADER.lower().encode()

    async def take(request: Request) -> Response:
        nonlocal warned
        # Compared before the body is read, and as bytes, since a stranger may send any: a stranger costs nothing.
        given = next((value for name, value in request.scope["headers"] if name == header), b"")
        if not hmac.compare_digest(given, expected):
            if (now := clock()) >= warned + WARN_SECONDS:
                warned = now
                log.warning("webhook called without its secret")
            return Response(status_code=403)
        try:
            body = await body_of(request, MAX_BYTES)
        except TooLong:
            return Response(status_code=413)
        except ClientDisconnect:
            return Response(status_code=400)  # nobody reads it
        try:
            row = row_of(json.loads(body))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # also JSON that is nested too deeply
            log.error("webhook got what is no update", bytes=len(body))
            return Response(status_code=400)
        try:
            await store([row])
        except Exception as error:  # noqa: BLE001 # whatever it is, Telegram keeps the update
            log.error("update not stored, Telegram will repeat it", error=type(error).__name__)
            return Response(status_code=503)
        return Response()

    return Route(urlsplit(url).path or "/", take, methods=["POST"])
