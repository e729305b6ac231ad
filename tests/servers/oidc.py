"""An identity provider on loopback, as strict as Keycloak: discovery, keys, authorization code with PKCE, signed tokens."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import secrets
import time
from contextlib import asynccontextmanager
from urllib.parse import urlencode

from joserfc import jwt
from joserfc.jwk import RSAKey
from starlette.applications import Starlette
from starlette.responses import JSONResponse, RedirectResponse
from starlette.routing import Route

from bot.web.server import address_of, listen, serve


class Provider:
    """``claims``: of whoever signs in next. ``forge``: changes of the token that a test makes."""

    def __init__(self, client: str = "lotse", secret: str = "s3cret") -> None:
        self.client, self.secret = client, secret
        self.claims = {"sub": "4711", "preferred_username": "eda.weber", "roles": ["editor"]}
        self.forge = {}
        self.key = RSAKey.generate_key(2048, {"kid": "k1", "alg": "RS256", "use": "sig"})
        self.signing_key = self.key
        self.codes = {}
        self.away = False
        self.socket = listen("127.0.0.1:0")
        self.issuer = address_of(self.socket)
        self.app = Starlette(
            routes=[
                Route("/.well-known/openid-configuration", self.discovery),
                Route("/keys", self.keys),
                Route("/authorize", self.authorize),
                Route("/token", self.token, methods=["POST"]),
            ]
        )

    @property
    def settings(self):
        return {"oidc_issuer": self.issuer, "oidc_client_id": self.client, "oidc_client_secret": self.secret}

    async def discovery(self, request):
        if self.away:
            return JSONResponse({}, 503)
        names = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return JSONResponse({"issuer": self.issuer, **{name: f"{self.issuer}/{end}" for name, end in names.items()}})

    async def keys(self, request):
        return JSONResponse({"keys": [self.key.as_dict(private=False)]})

    async def authorize(self, request):
        """The person is signed in already, and comes back with a code."""
        query = request.query_params
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"]
        code = secrets.token_urlsafe(16)
        self.codes[code] = dict(query)
        return RedirectResponse(f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state']})}", 303)

    async def token(self, request):
        form = await request.form()
        asked = self.codes.pop(form["code"], None)  # each once
        basic = base64.b64encode(f"{self.client}:{self.secret}".encode()).decode()
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        if (
            asked is None
            or request.headers.get("authorization") != f"Basic {basic}"
            or challenge != asked["code_challenge"]
            or form["redirect_uri"] != asked["redirect_uri"]
        ):
            return JSONResponse({"error": "invalid_grant"}, 400)
        now = int(time.time())
        times = {"iat": now, "exp": now + 300}
        whole = {"iss": self.issuer, "aud": self.client, "nonce": asked["nonce"], **times, **self.claims, **self.forge}
        token = jwt.encode({"alg": "RS256", "kid": "k1"}, whole, self.signing_key)
        return JSONResponse({"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": token})

    @asynccontextmanager
    async def running(self):
        task = asyncio.create_task(serve(self.app, self.socket))
        try:
            yield self
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
