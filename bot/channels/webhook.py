"""Telegram's updates by webhook: an endpoint of our own behind the city's TLS proxy.

Telegram repeats an update until it is answered with 200, so 200 comes after the commit and never before.
"""

from __future__ import annotations

import hmac
import json
from urllib.parse import urlsplit

import structlog
from aiohttp import web

from bot.channels.telegram import Store, row_of
from bot.errors import ChannelStopped

log = structlog.get_logger()

MAX_BYTES = 256_000  # an update holds a few thousand
SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105 # a header's name


def application(path: str, secret: str, store: Store) -> web.Application:
    """The endpoint: POST ``path`` with ``secret`` in its header stores one update."""

    async def take(request: web.Request) -> web.Response:
        # Compared before the body is read: a stranger costs nothing.
        given = request.headers.get(SECRET_HEADER, "").encode("utf-8", "surrogateescape")
        if not hmac.compare_digest(given, secret.encode()):
            log.warning("webhook called without its secret")
            return web.Response(status=403)
        body = await request.read()  # 413 past the limit
        try:
            row = row_of(json.loads(body))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError):  # also JSON that is nested too deeply
            log.error("webhook got what is no update", bytes=len(body))
            return web.Response(status=400)
        try:
            await store([row])
        except Exception as error:  # noqa: BLE001 # whatever it is, Telegram keeps the update
            log.error("update not stored, Telegram will repeat it", error=type(error).__name__)
            return web.Response(status=503)
        return web.Response()

    made = web.Application(client_max_size=MAX_BYTES)
    made.router.add_post(path, take)
    return made


async def serve(url: str, host: str, port: int, secret: str, store: Store) -> web.AppRunner:
    """Listen on ``host``:``port`` for what the proxy passes on from ``url``. Raises ChannelStopped on a taken port."""
    runner = web.AppRunner(application(urlsplit(url).path or "/", secret, store), access_log=None)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, port).start()
    except OSError as error:
        await runner.cleanup()
        raise ChannelStopped(
            f"The webhook cannot listen on {host}:{port}: {error.strerror}. "
            "Stop what listens there, or set LOTSE_WEBHOOK_PORT."
        ) from error
    return runner
