"""A token instead of a password, for a mailbox at a provider that gives no passwords."""

from __future__ import annotations

import ssl
import time
from dataclasses import dataclass, field

import httpx

SECONDS = 30.0  # that the provider may take
TOKEN_SPARE = 60.0  # seconds before its end from which a token is not used any more


class NoToken(Exception):
    """Why there is no access token: where, what, what to do."""


_TOKEN_REMEDIES = {
    "invalid_client": "Check LOTSE_OAUTH_CLIENT_ID and LOTSE_OAUTH_CLIENT_SECRET: the secret's value, not its id; "
    "it may have expired.",
    "invalid_scope": "Check LOTSE_OAUTH_SCOPE.",
}


@dataclass
class OAuth:
    """Client credentials at Microsoft 365 (or another provider): a token instead of a password. Blocks."""

    token_url: str
    client_id: str
    client_secret: str = field(repr=False)
    scope: str
    _token: str = field(default="", init=False, repr=False)
    _until: float = field(default=0.0, init=False)

    def kept(self) -> str:
        """The last access token, "" when it is about to end."""
        return self._token if time.monotonic() < self._until - TOKEN_SPARE else ""

    def fresh(self, verify: ssl.SSLContext) -> str:
        """A new access token. Raises NoToken."""
        data = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "scope": self.scope,
        }
        where = f"LOTSE_OAUTH_TOKEN_URL ({self.token_url})"
        asked = time.monotonic()
        try:
            answer = httpx.post(self.token_url, data=data, timeout=SECONDS, verify=verify)
        except (httpx.HTTPError, httpx.InvalidURL) as error:
            raise NoToken(
                f"{where} is not reachable ({type(error).__name__}). Check the address and the network."
            ) from error
        try:
            said = dict(answer.json())
            if answer.is_success:
                self._token, self._until = str(said["access_token"]), asked + float(said.get("expires_in", 0))
                return self._token
        except (ValueError, TypeError, KeyError):
            said = {}
        reason = str(said.get("error", ""))
        what = " ".join(str(said.get("error_description", "")).partition("Trace ID")[0].split())[:300]
        what = f"{answer.status_code} {reason} {what}".replace(self.client_secret, "***").strip()
        remedy = _TOKEN_REMEDIES.get(reason, "Check LOTSE_OAUTH_TOKEN_URL, _CLIENT_ID and _SCOPE.")
        raise NoToken(f"{where} gave no token: {what} {remedy}")
