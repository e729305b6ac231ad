"""Signing in at the city's own identity provider, by OpenID Connect: authorization code with PKCE, state and nonce."""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import httpx
import structlog
from joserfc.errors import JoseError
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import RedirectResponse, Response

from bot.config import Settings
from bot.console import signing_in
from bot.console.pages import Page
from bot.console.roles import Role
from bot.console.visit import Visit
from bot.storage import accounts, audit
from bot.storage.accounts import Account

if TYPE_CHECKING:  # loaded where a provider is asked
    from authlib.integrations.httpx_client import AsyncOAuth2Client

log = structlog.get_logger()

STATE_COOKIE = "lotse_office_oidc"
STATE_SECONDS = 600
LEEWAY = 60  # seconds that the provider's clock may differ
SIGNATURES = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
AWAY = "Der Anmeldedienst antwortet nicht. Bitte versuchen Sie es später noch einmal."
NOT_FINISHED = "Die Anmeldung wurde nicht beendet oder ist zu alt. Bitte beginnen Sie noch einmal."
NO_ROLE = "Sie sind angemeldet, aber Ihr Konto hat hier keine Rolle. Fragen Sie Ihre IT-Stelle."


@dataclass(frozen=True)
class Provider:
    """What the provider says of itself. ``keys``: the JSON Web Key Set."""

    authorize: str
    token: str
    keys: Mapping[str, Any]
    issuer: str


async def provider_of(settings: Settings) -> Provider:
    """Ask the provider. Raises httpx.HTTPError, KeyError, ValueError."""
    async with httpx.AsyncClient(timeout=10, follow_redirects=False) as client:
        address = f"{settings.oidc_issuer.rstrip('/')}/.well-known/openid-configuration"
        found = (await client.get(address)).raise_for_status().json()
        if found["issuer"].rstrip("/") != settings.oidc_issuer.rstrip("/"):
            raise ValueError("the provider calls itself otherwise than LOTSE_OIDC_ISSUER")
        jwks = (await client.get(found["jwks_uri"])).raise_for_status().json()
    return Provider(found["authorization_endpoint"], found["token_endpoint"], jwks, found["issuer"])


def roles_in(claims: Mapping[str, Any], path: str) -> list[str]:
    """What a claim holds, by its path with dots (Keycloak: realm_access.roles)."""
    found: Any = claims
    for part in path.split("."):
        found = found.get(part) if isinstance(found, dict) else None
    return [str(each) for each in found] if isinstance(found, list) else [found] if isinstance(found, str) else []


def role_of(claims: Mapping[str, Any], settings: Settings) -> Role | None:
    """The role with the most rights of those that the provider names; None when it names none of ours."""
    pairs = (part.split("=", 1) for part in settings.oidc_roles.split(",") if "=" in part)
    named = {theirs.strip(): ours.strip() for theirs, ours in pairs} or {role.value: role.value for role in Role}
    given = {named[each] for each in roles_in(claims, settings.oidc_role_claim) if each in named}
    order = (Role.ADMINISTRATOR, Role.REVIEWER, Role.EDITOR, Role.OFFICE, Role.FIGURES)
    return next((role for role in order if role.value in given), None)


def _client(visit: Visit) -> AsyncOAuth2Client:
    from authlib.integrations.httpx_client import AsyncOAuth2Client

    settings = visit.office.settings
    return AsyncOAuth2Client(
        settings.oidc_client_id,
        settings.oidc_client_secret.get_secret_value(),
        scope="openid profile",
        redirect_uri=f"{visit.office.rules.address}/office/oidc/back",
        code_challenge_method="S256",
        timeout=10,
    )


def _sealed(visit: Visit, content: str) -> str:
    return hmac.new(visit.office.rules.secret, f"console oidc:{content}".encode(), "sha256").hexdigest()


async def leave(visit: Visit) -> Response:
    """Send the browser to the provider."""
    settings = visit.office.settings
    if not settings.oidc_issuer:
        return visit.refuse("Ein Anmeldedienst ist hier nicht eingerichtet.", 404)
    try:
        provider = await provider_of(settings)
    except (httpx.HTTPError, KeyError, ValueError, AttributeError) as error:
        log.error("the identity provider cannot be asked", error=type(error).__name__, setting="LOTSE_OIDC_ISSUER")
        return signing_in.door(visit, AWAY, 503)
    verifier, nonce = secrets.token_urlsafe(48), secrets.token_urlsafe(24)  # of 64 and 32 characters
    async with _client(visit) as client:
        address, state = client.create_authorization_url(
            provider.authorize, nonce=nonce, code_verifier=verifier, response_type="code"
        )
    to = signing_in.next_page(visit.request.query_params.get("next", ""))
    kept = {"state": state, "nonce": nonce, "verifier": verifier, "to": to, "at": int(visit.now)}
    content = base64.urlsafe_b64encode(json.dumps(kept).encode()).decode()
    response = RedirectResponse(address, 303)
    sealed = f"{content}.{_sealed(visit, content)}"
    response.set_cookie(STATE_COOKIE, sealed, max_age=STATE_SECONDS, **visit.cookie())
    return response


def _kept(visit: Visit) -> dict[str, Any] | None:
    """What was kept when the browser left; None when nothing, too long ago, or by somebody else."""
    content, _, seal = visit.request.cookies.get(STATE_COOKIE, "").partition(".")
    if not content or not hmac.compare_digest(seal.encode(), _sealed(visit, content).encode()):
        return None
    kept: dict[str, Any] = json.loads(base64.urlsafe_b64decode(content))
    asked = visit.request.query_params.get("state", "")
    fresh = 0 <= visit.now - kept["at"] <= STATE_SECONDS
    return kept if fresh and hmac.compare_digest(asked.encode(), kept["state"].encode()) else None


async def back(visit: Visit) -> Response:
    """The browser comes back with a code: ask who it is, and sign in."""
    kept, code = _kept(visit), visit.request.query_params.get("code", "")
    if kept is None or not code or not visit.office.settings.oidc_issuer:
        return _done(signing_in.door(visit, NOT_FINISHED, 400))
    try:
        claims = await _claims(visit, code, kept)
    except (httpx.HTTPError, JoseError, KeyError, ValueError, TypeError, AttributeError) as error:
        log.error("signing in at the identity provider failed", error=type(error).__name__)
        return _done(signing_in.door(visit, AWAY if isinstance(error, httpx.HTTPError) else NOT_FINISHED, 502))
    except Exception as error:  # noqa: BLE001 # Authlib's errors have no common base of their own
        log.error("the identity provider refused the code", error=type(error).__name__)
        return _done(signing_in.door(visit, NOT_FINISHED, 400))
    role = role_of(claims, visit.office.settings)
    account = await _account(visit, claims, role) if role else None
    if account is None:
        return _done(signing_in.door(visit, NO_ROLE, 403))
    return _done(await signing_in.begin(visit, account, kept["to"]))


def _done(response: Response) -> Response:
    response.delete_cookie(STATE_COOKIE, path="/office")
    return response


async def _claims(visit: Visit, code: str, kept: Mapping[str, Any]) -> dict[str, Any]:
    """What the provider says of whoever came back, once its signature, audience, time and nonce are right."""
    from joserfc import jwt
    from joserfc.jwk import KeySet

    settings = visit.office.settings
    provider = await provider_of(settings)
    async with _client(visit) as client:
        token = await client.fetch_token(provider.token, code=code, code_verifier=kept["verifier"])
    decoded = jwt.decode(token["id_token"], KeySet.import_key_set(provider.keys), algorithms=SIGNATURES)  # type: ignore[arg-type]
    rules = jwt.JWTClaimsRegistry(
        now=lambda: int(time.time()),
        leeway=LEEWAY,
        iss={"essential": True, "value": provider.issuer},
        aud={"essential": True, "value": settings.oidc_client_id},
        exp={"essential": True},
        sub={"essential": True},
        nonce={"essential": True, "value": kept["nonce"]},
    )
    rules.validate(decoded.claims)
    return dict(decoded.claims)


async def _account(visit: Visit, claims: Mapping[str, Any], role: Role) -> Account | None:
    """The account of whoever came back, made when it is the first time, with the role the provider gives; None when
    it is switched off here. A local account of the same name stays its owner's."""
    subject = f"{claims['iss']} {claims['sub']}"
    name = str(claims.get("preferred_username") or claims.get("name") or claims["sub"])[:70]

    async def part(connection: AsyncConnection) -> Account | None:
        found = await accounts.by_subject(connection, subject)
        if found is None:
            for number in range(1, 100):
                shown = name if number == 1 else f"{name} ({number})"
                if id_ := await accounts.add(connection, shown, role, visit.now, subject):
                    await audit.note(connection, visit.now, shown, "add-account", f"{shown}: {role}")
                    return await accounts.by_id(connection, id_)
            return None
        if found.disabled:
            return None
        if found.role != role:
            await accounts.change(connection, found.id, role=role)
            await audit.note(connection, visit.now, found.name, "change-account", f"{found.name}: {role}")
        return await accounts.by_id(connection, found.id)

    return await visit.office.writer.run(part)


PAGES = (
    Page("/oidc", "oidc", None, leave),
    Page("/oidc/back", "oidc-back", None, back),
)
