"""What can go wrong on the way to Telegram, to be injected into the loopback server."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field

from aiohttp import web


class Fault:
    """``before`` answers instead of the call, ``after`` instead of its result; None goes on."""

    async def before(self, request: web.Request) -> web.StreamResponse | None:
        return None

    async def after(self, request: web.Request) -> web.StreamResponse | None:
        return None


def _error(code: int, description: str, **more: object) -> web.Response:
    return web.json_response({"ok": False, "error_code": code, "description": description, **more}, status=code)


def _cut(request: web.Request) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


@dataclass
class RetryAfter(Fault):
    """429 with retry_after."""

    seconds: int = 1

    async def before(self, request: web.Request) -> web.StreamResponse:
        text = f"Too Many Requests: retry after {self.seconds}"
        return _error(429, text, parameters={"retry_after": self.seconds})


@dataclass
class ServerError(Fault):
    """5xx with an HTML body, as nginx gives."""

    status: int = 502

    async def before(self, request: web.Request) -> web.StreamResponse:
        return web.Response(status=self.status, text="<html><h1>Bad Gateway</h1></html>", content_type="text/html")


class AcceptThenDrop(Fault):
    """The call takes effect, and its answer is lost."""

    async def after(self, request: web.Request) -> web.StreamResponse:
        return _cut(request)


class Drop(Fault):
    """The connection is closed without effect."""

    async def before(self, request: web.Request) -> web.StreamResponse:
        return _cut(request)


class GarbageBody(Fault):
    """The call takes effect; the answer is 200 and no JSON."""

    async def after(self, request: web.Request) -> web.StreamResponse:
        return web.Response(text="{garbage")


class Unauthorized(Fault):
    """The token has been revoked."""

    async def before(self, request: web.Request) -> web.StreamResponse:
        return _error(401, "Unauthorized")


@dataclass
class Forbidden(Fault):
    description: str = "Forbidden: user is deactivated"

    async def before(self, request: web.Request) -> web.StreamResponse:
        return _error(403, self.description)


@dataclass
class BadRequest(Fault):
    description: str = "Bad Request: chat not found"

    async def before(self, request: web.Request) -> web.StreamResponse:
        return _error(400, self.description)


@dataclass
class Delay(Fault):
    """An answer that takes its time."""

    seconds: float = 1.0

    async def before(self, request: web.Request) -> None:
        await asyncio.sleep(self.seconds)


@dataclass
class _Planned:
    method: str
    kind: Fault
    times: int
    chat_id: int | None


@dataclass
class Faults:
    """Faults waiting for their call."""

    planned: list[_Planned] = field(default_factory=list)

    def add(self, method: str, kind: Fault, times: int = 1, chat_id: int | None = None) -> None:
        """The next ``times`` calls of ``method`` (to ``chat_id``) go wrong."""
        self.planned.append(_Planned(method, kind, times, chat_id))

    def take(self, method: str, chat_id: object) -> Fault | None:
        """The fault for this call."""
        for plan in self.planned:
            if plan.method == method and plan.times > 0 and plan.chat_id in (None, int(str(chat_id or 0))):
                plan.times -= 1
                return plan.kind
        return None

    def release(self) -> None:
        """No more faults."""
        self.planned.clear()
