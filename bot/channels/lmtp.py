"""Mail in by LMTP: handed in by the city's mail server. Acknowledged only once it is stored."""

from __future__ import annotations

import asyncio
import os
from contextlib import nullcontext

import structlog
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from sqlalchemy.exc import DBAPIError

from bot.channels.aside import aside
from bot.errors import SettingsError
from bot.flow.ports import Store
from bot.mailing import arrival

log = structlog.get_logger()


class _Lmtp(LMTP):
    """One reply a recipient after the mail (RFC 2033): aiosmtpd sends one in all, and Postfix would wait for the
    others, put the rest off, and hand the mail in again."""

    line_length_limit = 1_000_000  # the standard says 998 letters, but a mail with longer ones must not bounce
    _replies = 1

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802  # aiosmtpd's name
        """While a mail comes in, it takes five times its size: large ones come one after the other."""
        async with nullcontext() if self._is_small() else self.event_handler.turn:
            await super().smtp_DATA(arg)

    def _is_small(self) -> bool:
        """By the size that the client has said; smtplib, Postfix and Exim say it."""
        said = [option[5:] for option in (self.envelope.mail_options if self.envelope else []) if option[:5] == "SIZE="]
        return bool(said) and int(said[0]) <= arrival.SMALL

    async def push(self, status: str | bytes) -> None:
        text = status if isinstance(status, bytes) else status.encode()
        if text.startswith(b"354"):
            self._replies = len(self.envelope.rcpt_tos) if self.envelope else 1
            await super().push(text)
            return
        replies, self._replies = max(self._replies, 1), 1
        for _ in range(replies):
            await super().push(text)


class LmtpServer:
    """Listens on loopback behind the city's mail server: 250 only after the commit, 451 when the store fails."""

    def __init__(self, host: str, port: int, store: Store) -> None:
        self._host, self.port, self._store = host, port, store
        self.turn = asyncio.Lock()  # of large mails

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
        return _Lmtp(self, data_size_limit=arrival.LARGEST, enable_SMTPUTF8=True, loop=asyncio.get_running_loop())

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's name
        """Store one mail."""
        content = envelope.content if isinstance(envelope.content, bytes) else b""
        path = f"Return-Path: <{envelope.mail_from or ''}>\r\n".encode("utf-8", "replace")
        try:
            recipients = [str(recipient) for recipient in envelope.rcpt_tos]
            await self._store([await aside(arrival.row, path + content, recipients)])
        except (DBAPIError, OSError) as error:
            log.error("mail not stored: is the disk full, or the database away?", error=type(error).__name__)
        except Exception as error:  # whatever it is: the mail server keeps the mail and tries again
            log.exception("mail not stored", error=type(error).__name__)
        else:
            return "250 2.0.0 stored"
        return "451 4.3.0 not stored, try again later"
