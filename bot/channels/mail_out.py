"""Mail out: through SMTP, or as .eml files into a folder."""

from __future__ import annotations

import asyncio
import hashlib
import os
import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import aiosmtplib

from bot.flow.ports import Delivered, Later, Outcome, Paused, Refused, Sender, unfit
from bot.flow.stopping import GOODBYE_SECONDS
from bot.presentation.outgoing import Letter, Outgoing
from bot.storage.traces import file_part

if TYPE_CHECKING:
    from bot.channels.signing import Signature

TIMEOUT = 30.0
REST = 900.0  # seconds until the next login after a refused one
_ADDRESS = re.compile(r"<?[^\s<>@,;:()\"]+@[^\s<>@,;:()\"]+>?")
_TOO_LARGE = 552


@dataclass(frozen=True)
class MailFolder:
    """Writes each mail as a file, whole or not at all. Writing one twice changes nothing."""

    folder: Path

    async def send(self, lane: str, message: Outgoing) -> Outcome:
        if not isinstance(message, Letter):
            return unfit(message)
        content = message.mail.encode("ascii")
        name = f"{file_part(lane)}-{hashlib.sha256(content).hexdigest()[:8]}.eml"
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

    async def send(self, lane: str, message: Outgoing) -> Outcome:
        """One mail, over a connection of its own."""
        async with self.connection() as connection:
            return await connection.send(lane, message)

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
            timeout=TIMEOUT,
        )


class _Connection:
    """Opened by the first mail, and again after it broke."""

    def __init__(self, server: SmtpServer) -> None:
        self._server = server
        self._client: aiosmtplib.SMTP | None = None

    async def send(self, lane: str, message: Outgoing) -> Outcome:
        """4xx and a server that is away mean later; 5xx for the recipient or the message means never.

        Until the sender is named it is about the server and us, never about this mail: then it waits, as in Postfix.
        """
        if not isinstance(message, Letter):
            return unfit(message)
        server = self._server
        content = message.mail.encode("ascii")
        if server.signature is not None:
            content = await asyncio.to_thread(server.signature.sign, content)
        try:
            client = await self._connected()
        except aiosmtplib.SMTPAuthenticationError as error:
            return _login_refused(error)
        except (aiosmtplib.SMTPException, OSError) as error:
            return self._away(error)
        try:
            await client.sendmail(server.sender, [message.to], content)
        except aiosmtplib.SMTPRecipientsRefused as error:
            worst = error.recipients[0]
            return _refusal(worst.code, worst.message)
        except aiosmtplib.SMTPSenderRefused as error:
            if 500 <= error.code < 600 and error.code != _TOO_LARGE:
                why = f"{server.host} does not take mail from LOTSE_MAIL_FROM ({error.code} {one_line(error.message)})"
                return Paused(f"{why}. Is LOTSE_SMTP_USER allowed to send as it?", REST)
            return _refusal(error.code, error.message)
        except aiosmtplib.SMTPResponseException as error:
            return _refusal(error.code, error.message)
        except (aiosmtplib.SMTPException, OSError) as error:
            return self._away(error)
        except BaseException:  # cancelled within a mail: nobody knows what the server waits for
            self._drop()
            raise
        return Delivered()

    def _away(self, error: Exception) -> Later:
        self._drop()
        server = self._server
        where = f"the mail server {server.host}:{server.port}"
        if _about_tls(error):
            return Later("the mail server's certificate does not hold. See LOTSE_SMTP_CA_FILE", 300)
        if isinstance(error, aiosmtplib.SMTPResponseException):  # a greeting of 554, or 502 to STARTTLS
            return Later(f"{where} does not serve us now ({error.code} {one_line(error.message)})")
        return Later(f"{where} is not reachable ({type(error).__name__})")

    async def close(self) -> None:
        """Say goodbye, if there is anybody."""
        if self._client is not None and self._client.is_connected:
            with suppress(aiosmtplib.SMTPException, OSError):
                await self._client.quit(timeout=GOODBYE_SECONDS)
        self._drop()

    async def _connected(self) -> aiosmtplib.SMTP:
        if self._client is None or not self._client.is_connected:
            self._client = client = self._server.client()
            await client.connect()
            if self._server.user:
                await _login(client, self._server.user, self._server.password)
        return self._client

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None


def _about_tls(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


async def _login(client: aiosmtplib.SMTP, user: str, password: str) -> None:
    """One attempt, with the plainest way that the server offers: the library tries one after the other, and a server
    that counts failed logins locks the account. Raises SMTPAuthenticationError."""
    await client.ehlo()  # again after STARTTLS
    ways = {"plain": client.auth_plain, "login": client.auth_login, "cram-md5": client.auth_crammd5}
    offered = client.supported_auth_methods
    way = next((ways[name] for name in ways if name in offered), None)
    if way is None:
        raise aiosmtplib.SMTPAuthenticationError(504, "it offers no login that Lotse knows")
    try:
        await way(user, password)
    except aiosmtplib.SMTPAuthenticationError:
        client.close()
        raise


def _login_refused(error: aiosmtplib.SMTPAuthenticationError) -> Outcome:
    # The password may be mended at any time; the question must not be lost for it.
    if 400 <= error.code < 500:
        return Later(f"the mail server cannot check the login now ({error.code})", 60)
    return Paused(f"the mail server refused the login ({error.code}): check LOTSE_SMTP_USER and _PASSWORD", REST)


def one_line(text: str) -> str:
    """What a server answered, without line breaks, control characters and bytes that are no letters."""
    shown = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return " ".join("".join(letter if letter.isprintable() else " " for letter in shown).split())[:300]


def _refusal(code: int, message: str) -> Outcome:
    """What the server says, without the addresses in it: logs and alerts show it."""
    reason = f"{code} {_ADDRESS.sub('(an address)', one_line(message))}"
    return Refused(reason) if 500 <= code < 600 else Later(reason)
