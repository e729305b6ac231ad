"""Mail out: through SMTP, or as .eml files into a folder."""

from __future__ import annotations

import asyncio
import hashlib
import os
import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import SMTP as MAIL_POLICY
from pathlib import Path
from typing import Any, Literal

import aiosmtplib

from bot.channels.signing import Signature
from bot.flow.ports import Delivered, Later, Outcome, Refused, Sender

TIMEOUT = 30.0
GOODBYE = 2.0


@dataclass(frozen=True)
class MailFolder:
    """Writes each mail as a file, whole or not at all. Writing one twice changes nothing."""

    folder: Path

    async def send(self, lane: str, payload: Mapping[str, Any]) -> Outcome:
        content = str(payload["mail"]).encode("ascii")
        name = f"{lane.replace(':', '-')}-{hashlib.sha256(content).hexdigest()[:8]}.eml"
        try:
            await asyncio.to_thread(self._write, self.folder / name, content)
        except OSError as error:
            return Later(f"{self.folder} cannot be written: {error.strerror}")
        return Delivered(name)

    def _write(self, path: Path, content: bytes) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(".tmp")
        with unfinished.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(path)


@dataclass(frozen=True)
class SmtpServer:
    """How to reach the outgoing server. Certificates are always verified."""

    host: str
    port: int
    security: Literal["starttls", "tls", "none"]
    user: str = ""
    password: str = ""
    ca_file: Path | None = None
    sender: str = ""
    signature: Signature | None = None

    async def send(self, lane: str, payload: Mapping[str, Any]) -> Outcome:
        """One mail, over a connection of its own."""
        async with self.connection() as connection:
            return await connection.send(lane, payload)

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[Sender]:
        """One connection for several mails: mail servers count logins, and each takes longer than the mail."""
        connection = _Connection(self)
        try:
            yield connection
        finally:
            await connection.close()

    def client(self) -> aiosmtplib.SMTP:
        """Not connected yet. Raises OSError or ssl.SSLError when the CA file cannot be read."""
        return aiosmtplib.SMTP(
            hostname=self.host,
            port=self.port,
            use_tls=self.security == "tls",
            start_tls=self.security == "starttls",
            tls_context=ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None),
            username=self.user or None,
            password=self.password or None,
            timeout=TIMEOUT,
        )


class _Connection:
    """Opened by the first mail, and again after it broke."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, lane: str, payload: Mapping[str, Any]) -> Outcome:
        """4xx and a server that is away mean later; 5xx for the recipient or the message means never."""
        server = self._server
        content = str(payload["mail"]).encode("ascii")
        message = message_from_bytes(content, policy=MAIL_POLICY)
        if server.signature is not None:
            content = await asyncio.to_thread(server.signature.sign, content)
        try:
            client = await self._connected()
            _, answer = await client.sendmail(server.sender, [str(payload["to"])], content)
        except aiosmtplib.SMTPRecipientsRefused as error:
            worst = error.recipients[0]
            return _refusal(worst.code, worst.message)
        except aiosmtplib.SMTPAuthenticationError as error:
            # The password may be mended at any time; the question must not be lost for it.
            return Later(f"the mail server refused the login ({error.code}): check LOTSE_SMTP_USER and _PASSWORD", 300)
        except aiosmtplib.SMTPResponseException as error:
            return _refusal(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            self._drop()
            if _about_tls(error):
                return Later("the mail server's certificate does not hold. See LOTSE_SMTP_CA_FILE", 300)
            return Later(f"the mail server {server.host}:{server.port} is not reachable ({type(error).__name__})")
        except BaseException:  # cancelled within a mail: nobody knows what the server waits for
            self._drop()
            raise
        return Delivered(f"{message['Message-ID']}: {answer[:80]}")

    async def close(self) -> None:
        """Say goodbye, if there is anybody."""
        if self._client is not None and self._client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._client.quit(timeout=GOODBYE)
        self._drop()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is None or not self._client.is_connected:
            self._client = self._server.client()
            await self._client.connect()
        return self._client

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _about_tls(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


def _refusal(code: int, message: str) -> Outcome:
    reason = f"{code} {message}"[:300]
    return Refused(reason) if 500 <= code < 600 else Later(reason)
