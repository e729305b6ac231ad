"""Mail in: fetched by IMAP, or handed in by the city's mail server over LMTP. Acknowledged only once it is stored."""

from __future__ import annotations

import asyncio
import imaplib
import os
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import httpx
import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from sqlalchemy.exc import DBAPIError

from bot.errors import SettingsError
from bot.mailing import arrival

log = structlog.get_logger()

SOCKET_SECONDS = 30.0
POLL_SECONDS = 20.0
LONGEST_PAUSE = 600.0
FETCH_AT_ONCE = 20
LARGEST = 45_000_000  # bytes; larger is refused by LMTP and left in the mailbox by IMAP
TOKEN_SPARE = 60.0  # seconds before its end from which a token is not used any more


class NoToken(Exception):
    """Why there is no access token: where, what, what to do."""


class LoginRefused(Exception):
    """The mail server does not know this user, password or token."""


# A server that is away, hangs, says BYE, refuses the login, or a token that does not come.
UNREACHABLE = (OSError, EOFError, imaplib.IMAP4.error, ImapToolsError, NoToken, LoginRefused)
Store = Callable[[list[tuple[str, str, Any]]], Awaitable[int]]


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
            answer = httpx.post(self.token_url, data=data, timeout=SOCKET_SECONDS, verify=verify)
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


@dataclass(frozen=True)
class Imap:
    """A mailbox to read. Mails that are stored are marked as seen and moved to ``done`` when that is a folder."""

    host: str
    port: int
    security: Literal["tls", "starttls", "none"]
    user: str
    password: str
    folder: str = "INBOX"
    done: str = ""
    ca_file: Path | None = None
    oauth: OAuth | None = None

    async def poll(self, store: Store, alert: Callable[[str], None], held: Callable[[], Awaitable[bool]]) -> None:
        """Fetch for ever, while ``held`` says it is this process's turn; a server that is away is tried again with
        growing pauses."""
        pause = POLL_SECONDS
        while True:
            try:
                while await held() and await self.fetch(store):
                    pass
                pause = POLL_SECONDS
            except Exception as error:  # noqa: BLE001 # whatever it is, this mailbox is tried again and ends nothing else
                pause = min(pause * 2, LONGEST_PAUSE)
                alert(f"{self.complaint(error)} Tried again in {pause:.0f} seconds.")
            await asyncio.sleep(pause)

    async def fetch(self, store: Store) -> int:
        """Store the unseen mails, then mark them; how many there were."""
        box = await asyncio.to_thread(self._login)
        try:
            found = await asyncio.to_thread(self._unseen, box)
            for uid, raw in found:
                await store([arrival.row(raw, self._recipients(raw))])
                await asyncio.to_thread(self._mark, box, uid)
            return len(found)
        finally:
            await asyncio.to_thread(_logout, box)

    def peek(self, message_id: str) -> bytes:
        """The mail with this Message-ID, which is then marked as seen; b"" while there is none. Blocks."""
        box = self._login()
        try:
            for uid in box.uids(f'HEADER Message-ID "{message_id}"'):
                _, data = box.client.uid("FETCH", uid, "(BODY.PEEK[])")
                self._mark(box, uid)
                return next((bytes(part[1]) for part in data or [] if isinstance(part, tuple)), b"")
            return b""
        finally:
            _logout(box)

    def complaint(self, error: Exception) -> str:
        """Where, what, and what to do, for an operator."""
        where = f"The mailbox {self.user} at {self.host}:{self.port} cannot be read"
        match error:
            case NoToken():
                return f"{where}: {error}"
            case LoginRefused() if self.oauth:
                return f"{where}: its server refused the token. Check LOTSE_IMAP_USER and what the application may do."
            case LoginRefused():
                return f"{where}: its server refused the login. Check LOTSE_IMAP_USER and LOTSE_IMAP_PASSWORD."
            case MailboxFolderSelectError():
                may = ", and that the application was given the mailbox" if self.oauth else ""
                return f"{where}: the folder {self.folder} does not open. Check LOTSE_IMAP_FOLDER{may}."
            case ssl.SSLError():
                return f"{where}: its certificate does not hold. See LOTSE_SMTP_CA_FILE."
            case DBAPIError():
                return f"{where}: nothing can be stored. Check the database and its disk; the mail stays where it is."
            case _:
                return f"{where} ({type(error).__name__}). Check LOTSE_IMAP_HOST and LOTSE_IMAP_PORT."

    def _login(self) -> BaseMailBox:
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(str(self.ca_file))
        if self.oauth is None:
            return self._enter(context, lambda box: box.login(self.user, self.password, self.folder))
        if kept := self.oauth.kept():
            try:
                return self._enter(context, lambda box: box.xoauth2(self.user, kept, self.folder))
            except LoginRefused:
                log.info("a token was withdrawn before its time, asking for another")
        fresh = self.oauth.fresh(context)
        return self._enter(context, lambda box: box.xoauth2(self.user, fresh, self.folder))

    def _enter(self, context: ssl.SSLContext, login: Callable[[BaseMailBox], object]) -> BaseMailBox:
        box: BaseMailBox
        match self.security:
            case "tls":
                box = MailBox(self.host, self.port, SOCKET_SECONDS, ssl_context=context)
            case "starttls":
                box = MailBoxStartTls(self.host, self.port, SOCKET_SECONDS, ssl_context=context)
            case "none":
                box = MailBoxUnencrypted(self.host, self.port, SOCKET_SECONDS)
        try:
            login(box)
        except BaseException as error:
            with suppress(OSError):
                box.client.shutdown()
            refused = isinstance(error, MailboxLoginError | imaplib.IMAP4.error)
            if refused and not isinstance(error, imaplib.IMAP4.abort):  # abort: it broke off
                raise LoginRefused from error
            raise
        return box

    def _unseen(self, box: BaseMailBox) -> list[tuple[str, bytes]]:
        found = []
        for uid in box.uids("UNSEEN")[:FETCH_AT_ONCE]:
            # Asked for by uid and unparsed: a mail that no library can read is stored all the same.
            status, data = box.client.uid("FETCH", uid, "(BODY.PEEK[])")
            raw = next((part[1] for part in data or [] if isinstance(part, tuple)), b"")
            if status == "OK" and raw and len(raw) <= LARGEST:
                found.append((uid, raw))
            else:
                log.error("mail left in the mailbox", uid=uid, size=len(raw))
                box.flag(uid, "\\Flagged", True)
                box.flag(uid, "\\Seen", True)
        return found

    def _mark(self, box: BaseMailBox, uid: str) -> None:
        box.flag(uid, "\\Seen", True)
        if self.done:
            box.move(uid, self.done)

    @staticmethod
    def _recipients(raw: bytes) -> list[str]:
        """The envelope's recipient, where the mail server wrote it down (Delivered-To, X-Original-To)."""
        head = raw.split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0][:200_000]
        found = []
        for line in head.replace(b"\r\n", b"\n").split(b"\n"):
            name, _, value = line.partition(b":")
            if name.strip().lower() in {b"delivered-to", b"x-original-to", b"x-envelope-to"}:
                found.append(value.strip().strip(b"<>").decode("ascii", "replace"))
        return list(dict.fromkeys(found))


def _logout(box: BaseMailBox) -> None:
    try:
        box.logout()
    except UNREACHABLE as error:
        log.debug("no goodbye from the mailbox", error=type(error).__name__)


class _Lmtp(LMTP):
    line_length_limit = 1_000_000  # the standard says 998 letters, but a mail with longer ones must not bounce


class LmtpServer:
    """Listens on loopback behind the city's mail server: 250 only after the commit, 451 when the store fails."""

    def __init__(self, host: str, port: int, store: Store) -> None:
        self._host, self.port, self._store = host, port, store

    async def serve(self) -> None:
        """Until cancelled. Raises SettingsError when it cannot listen there."""
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(self._protocol, self._host, self.port)
        except OSError as error:
            raise SettingsError(
                f"LOTSE_LMTP_PORT: {self._host}:{self.port} cannot be listened on ({os.strerror(error.errno or 0)}). "
                "Stop the program that has it, or choose another port."
            ) from error
        self.port = server.sockets[0].getsockname()[1]
        async with server:
            await server.serve_forever()

    def _protocol(self) -> SMTP:
        return _Lmtp(self, data_size_limit=LARGEST, enable_SMTPUTF8=True, loop=asyncio.get_running_loop())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Store one mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        path = f"Return-Path: <{envelope.mail_from or ''}>\r\n".encode("utf-8", "replace")
        try:
            await self._store([arrival.row(path + content, [str(recipient) for recipient in envelope.rcpt_tos])])
        except (DBAPIError, OSError) as error:
            log.error("mail not stored: is the disk full, or the database away?", error=type(error).__name__)
        except Exception as error:  # whatever it is: the mail server keeps the mail and tries again
            log.exception("mail not stored", error=type(error).__name__)
        else:
            return "250 2.0.0 stored"
        return "451 4.3.0 not stored, try again later"
