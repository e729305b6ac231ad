"""An identity provider for one test: a token endpoint that answers as Microsoft's does, and introspection for Dovecot."""

from __future__ import annotations

import secrets
import ssl
import time

from aiohttp import web

TENANT = "0f1e2d3c-1111-2222-3333-444455556666"
SCOPE = "https://outlook.office365.com/.default"


class Provider:
    """``secret`` is what the application must know; ``lifetime``: seconds a token is good for."""

    def __init__(self, user: str, secret: str, lifetime: float = 3599) -> None:
        self.user, self.secret, self.lifetime = user, secret, lifetime
        self.client_id = "aaaabbbb-0000-cccc-1111-dddd2222eeee"
        self.good_until: dict[str, float] = {}
        self.introspected = 0
        self.broken: web.Response | None = None  # answered instead of a token
        self._runners: list[web.AppRunner] = []

    @property
    def issued(self) -> int:
        return len(self.good_until)

    def withdraw(self) -> None:
        """No token that was issued is good any more."""
        self.good_until = dict.fromkeys(self.good_until, 0.0)

    async def start(self, context: ssl.SSLContext) -> None:
        """The token endpoint speaks HTTPS, introspection HTTP, each on a port of its own."""
        self.token_port = await self._serve(web.post(f"/{TENANT}/oauth2/v2.0/token", self._token), context)
        self.introspection_port = await self._serve(web.get("/introspect", self._introspect), None)

    async def stop(self) -> None:
        for runner in self._runners:
            await runner.cleanup()

    @property
    def token_url(self) -> str:
        return f"https://localhost:{self.token_port}/{TENANT}/oauth2/v2.0/token"

    @property
    def for_dovecot(self) -> str:
        """What a passdb of the driver oauth2 reads."""
        return (
            f"introspection_url = http://127.0.0.1:{self.introspection_port}/introspect\n"
            "introspection_mode = auth\nforce_introspection = yes\nusername_attribute = upn\n"
            "active_attribute = active\nactive_value = true\n"
        )

    async def _serve(self, route: web.RouteDef, context: ssl.SSLContext | None) -> int:
        app = web.Application()
        app.add_routes([route])
        runner = web.AppRunner(app)
        await runner.setup()
        self._runners.append(runner)
        site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
        await site.start()
        return int(runner.addresses[0][1])

    async def _token(self, request: web.Request) -> web.Response:
        if self.broken is not None:
            return self.broken
        form = await request.post()
        if (
            request.content_type != "application/x-www-form-urlencoded"
            or form.get("grant_type") != "client_credentials"
        ):
            return _error(400, "unsupported_grant_type", 70003, "The app requested an unsupported grant type.")
        if form.get("client_id") != self.client_id:
            return _error(
                400,
                "unauthorized_client",
                700016,
                f"Application with identifier '{form.get('client_id')}' was not found in the directory.",
            )
        if form.get("client_secret") != self.secret:
            return _error(
                401,
                "invalid_client",
                7000215,
                "Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, "
                f"not the client secret ID, for a secret added to app '{self.client_id}'.",
            )
        if form.get("scope") != SCOPE:
            return _error(400, "invalid_scope", 1002012, "The provided value for scope is not valid.")
        token = f"eyJ0eXAiOiJKV1Qi.{secrets.token_urlsafe(600)}"  # as long as Microsoft's
        self.good_until[token] = time.monotonic() + self.lifetime
        return web.json_response(
            {
                "token_type": "Bearer",
                "expires_in": self.lifetime,
                "ext_expires_in": self.lifetime,
                "access_token": token,
            }
        )

    async def _introspect(self, request: web.Request) -> web.Response:
        self.introspected += 1
        token = request.headers.get("Authorization", "").removeprefix("Bearer ")
        active = time.monotonic() < self.good_until.get(token, 0.0)
        return web.json_response({"active": active, "upn": self.user, "scope": "IMAP.AccessAsApp"})


def _error(status: int, error: str, code: int, description: str) -> web.Response:
    trace = "Trace ID: 5f9c1c8e-0000-0000-0000-abcdef012345 Correlation ID: 9d3c0f12-0000-0000-0000-abcdef543210 Timestamp: 2026-11-21 09:00:00Z"
    return web.json_response(
        {
            "error": error,
            "error_description": f"AADSTS{code}: {description} {trace}",
            "error_codes": [code],
            "timestamp": "2026-11-21 09:00:00Z",
            "trace_id": "5f9c1c8e-0000-0000-0000-abcdef012345",
            "correlation_id": "9d3c0f12-0000-0000-0000-abcdef543210",
            "error_uri": f"https://login.microsoftonline.com/error?code={code}",
        },
        status=status,
    )
