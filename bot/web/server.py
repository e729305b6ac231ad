"""uvicorn inside Lotse's own process: it stops when Lotse does, and listens to no signals itself."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from bot.errors import SettingsError

GRACE_SECONDS = 2  # for requests that are under way; beside the workers' time, not after it
TRIES = 50


class _Quiet(uvicorn.Server):
    """Signals are Lotse's to hear."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


def listen(at: str, setting: str = "LOTSE_WEB") -> socket.socket:
    """A socket on HOST:PORT; with a + behind it, on the next free port. Raises SettingsError.

    ``setting``: whose it is, for the error.
    """
    tries = TRIES if at.strip().endswith("+") else 1
    host, _, port = at.strip().rstrip("+").rpartition(":")
    host = host.strip("[]")
    if not host or not port.isdecimal() or not 0 <= int(port) <= 65535 - tries:  # the last port
        raise SettingsError(f'{setting}="{at}" is no address. Write HOST:PORT, for example 127.0.0.1:8080.')
    reason = ""
    for number in range(int(port), int(port) + tries):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        found = socket.socket(family, socket.SOCK_STREAM)
        found.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            found.bind((host, number))
            found.listen(256)
        except OSError as error:
            found.close()
            reason = error.strerror or str(error)
            continue
        return found
    raise SettingsError(f"{setting}: nothing can listen on {at} ({reason}). Stop what listens there, or change it.")


def address_of(found: socket.socket) -> str:
    """The address to open in a browser on this machine."""
    host, port = found.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"


async def serve(app: ASGIApp, found: socket.socket, ending: Callable[[], None] = lambda: None) -> None:
    """Serve until cancelled; requests that are under way are finished. ``ending`` ends those that never would."""

    async def calm(scope: Scope, receive: Receive, send: Send) -> None:
        """What is cut off because we stop is no error: the browser comes again."""
        try:
            await app(scope, receive, send)
        except asyncio.CancelledError:
            if not server.should_exit:
                raise

    config = uvicorn.Config(
        calm,
        log_config=None,
        access_log=False,  # addresses and links are nobody's business
        server_header=False,
        proxy_headers=False,  # limits.client_address reads them, and only from whom the settings name
        timeout_graceful_shutdown=GRACE_SECONDS,
        timeout_keep_alive=20,
        lifespan="off",
    )
    server = _Quiet(config)
    task = asyncio.create_task(server.serve(sockets=[found]))
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        server.should_exit = True
        ending()
        await asyncio.wait([task], timeout=GRACE_SECONDS + 0.2)
        raise
