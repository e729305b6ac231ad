"""Mail in: fetched by IMAP, or handed in by the city's mail server over LMTP. Acknowledged only once it is stored."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import imaplib
import os
import ssl
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import httpx
import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError
from sqlalchemy.exc import DBAPIError

from bot.errors import SettingsError

log = structlog.get_logger()

NAME = "mail-in"
SOCKET_SECONDS = 30.0
POLL_SECONDS = 20.0
LONGEST_PAUSE = 600.0
FETCH_AT_ONCE = 20
LARGEST = 45_000_000  # bytes; larger is refused by LMTP and left in the mailbox by IMAP
# A server that is away, hangs, says BYE, refuses the login, or a token that does not come.
UNREACHABLE = (OSError, EOFError, imaplib.IMAP4.error, ImapToolsError, httpx.HTTPError, KeyError)
Store = Callable[[list[tuple[str, str, Any]]], Awaitable[int]]


def row(raw: bytes, recipients: list[str]) -> tuple[str, str, Any]:
    """The inbox row of a mail. The same mail handed in twice has the same id, so it is stored once."""
    digest = hashlib.sha256(raw + "\0".join(sorted(recipients)).encode()).hexdigest()
    payload = {"raw": base64.b64encode(raw).decode("ascii"), "recipients": recipients}
    return f"{NAME}:{digest[:40]}", digest, payload


def unpack(payload: Any) -> tuple[bytes, list[str]]:
    """What ``row`` packed."""
    return base64.b64decode(payload["raw"]), list(payload["recipients"])


@dataclass(frozen=True)
class OAuth:
    """Client credentials at Microsoft 365 (or another provider): a token instead of a password."""

    token_url: str
    client_id: str
    client_secret: str
    scope: str

    def token(self, verify: ssl.SSLContext) -> str:
        """A fresh access token. Raises httpx.HTTPError or KeyError."""
        data = {
            "grant_type": "client_credentials",
            "client_id": self.client_id,
            "client_secret": self.client_secret,
            "scope": self.scope,
        }
        answer = httpx.post(self.token_url, data=data, timeout=SOCKET_SECONDS, verify=verify)
        answer.raise_for_status()
        return str(answer.json()["access_token"])


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
            except (*UNREACHABLE, DBAPIError) as error:
                pause = min(pause * 2, LONGEST_PAUSE)
                alert(f"The mailbox {self.user} at {self.host}:{self.port} cannot be read ({type(error).__name__}).")
            await asyncio.sleep(pause)

    async def fetch(self, store: Store) -> int:
        """Store the unseen mails, then mark them; how many there were."""
        box = await asyncio.to_thread(self._login)
        try:
            found = await asyncio.to_thread(self._unseen, box)
            for uid, raw in found:
                await store([row(raw, self._recipients(raw))])
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

    def _login(self) -> BaseMailBox:
        context = ssl.create_default_context(cafile=str(self.ca_file) if self.ca_file else None)
        box: BaseMailBox
        match self.security:
            case "tls":
                box = MailBox(self.host, self.port, SOCKET_SECONDS, ssl_context=context)
            case "starttls":
                box = MailBoxStartTls(self.host, self.port, SOCKET_SECONDS, ssl_context=context)
            case "none":
                box = MailBoxUnencrypted(self.host, self.port, SOCKET_SECONDS)
        if self.oauth is not None:
            return box.xoauth2(self.user, self.oauth.token(context), self.folder)
        return box.login(self.user, self.password, self.folder)

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
        return LMTP(self, data_size_limit=LARGEST, enable_SMTPUTF8=True, loop=asyncio.get_running_loop())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Store one mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        path = f"Return-Path: <{envelope.mail_from or ''}>\r\n".encode("utf-8", "replace")
        try:
            await self._store([row(path + content, [str(recipient) for recipient in envelope.rcpt_tos])])
        except Exception as error:  # whatever it is: the mail server keeps the mail and tries again
            log.exception("mail not stored", error=type(error).__name__)
            return "451 4.3.0 not stored, try again later"
        return "250 2.0.0 stored"
