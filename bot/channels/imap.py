"""Mail in by IMAP: fetched from a mailbox. Marked as seen only once it is stored."""

from __future__ import annotations

import asyncio
import imaplib
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

import structlog
from imap_tools import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.errors import ImapToolsError, MailboxFolderSelectError, MailboxLoginError
from imap_tools.utils import encode_folder
from sqlalchemy.exc import DBAPIError

from bot.channels.aside import aside
from bot.channels.oauth import NoToken, OAuth
from bot.flow.failures import Kind, kind_of
from bot.flow.ports import Sign, Store, no_sign
from bot.flow.stopping import GOODBYE_SECONDS, within
from bot.mailing import arrival

log = structlog.get_logger()

SOCKET_SECONDS = 30.0
POLL_SECONDS = 20.0
TURN_SECONDS = 1.0  # so often is asked whether it is this replica's turn
LONGEST_PAUSE = 600.0
FETCH_AT_ONCE = 20


class LoginRefused(Exception):
    """The mail server does not know this user, password or token."""


# A server that is away, hangs, says BYE, refuses the login, or a token that does not come.
UNREACHABLE = (OSError, EOFError, imaplib.IMAP4.error, ImapToolsError, NoToken, LoginRefused)


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
    bookmark: Bookmark | None = None
    alert: Callable[[str], None] = lambda _: None  # takes what is wrong with one mail or folder
    _told: set[str] = field(default_factory=set, compare=False, repr=False)

    async def poll(
        self,
        store: Store,
        alert: Callable[[str], None],
        held: Callable[[], Awaitable[bool]],
        sign: Sign = no_sign,
    ) -> None:
        """Fetch for ever, while ``held`` says it is this process's turn; a server that is away is tried again with
        growing pauses, after a refused login with the longest: failed logins lock an account. ``sign`` is told how
        each look went."""
        pause = POLL_SECONDS
        while True:
            try:
                while ours := await held():
                    more = await self.fetch(store)
                    sign("worked", "")
                    if not more:
                        break
                pause = POLL_SECONDS
                if not ours:
                    sign("rests", "")
                    await asyncio.sleep(TURN_SECONDS)
                    continue
            except Exception as error:  # noqa: BLE001 # whatever it is, this mailbox is tried again and ends nothing else
                pause = LONGEST_PAUSE if isinstance(error, LoginRefused) else min(pause * 2, LONGEST_PAUSE)
                sign("failed", self.complaint(error))
                alert(f"{self.complaint(error)} Tried again in {pause:.0f} seconds.")
            await asyncio.sleep(pause)

    async def fetch(self, store: Store) -> int:
        """Store the mails that are new, then mark them; how many there were.

        New is what came after the ``bookmark``, whoever has looked at it since, and what is unseen. What cannot be
        stored, marked or moved holds no other mail up.
        """
        bookmark, alert = self.bookmark, self.alert
        box = await aside(self._login)
        try:
            kept = await bookmark.read() if bookmark else None
            validity, uids = await aside(self._new, box, kept)
            moves = bool(self.done) and await aside(self._has_done, box, alert)
            taken = 0
            for uid in uids:
                raw = await aside(self._content, box, uid, alert)
                if raw:
                    await self._stored(raw, store, alert)
                taken += await aside(self._mark, box, uid, moves, alert)
                if bookmark:
                    await bookmark.write(validity, max(int(uid), kept[1] if kept and kept[0] == validity else 0))
            return taken
        finally:
            await within(GOODBYE_SECONDS, aside(_logout, box), "a mailbox")

    def peek(self, message_id: str) -> bytes:
        """The mail with this Message-ID, which is then marked as seen; b"" while there is none. Blocks."""
        box = self._login()
        try:
            for uid in box.uids(f'HEADER Message-ID "{message_id}"'):
                _, data = box.client.uid("FETCH", uid, "(BODY.PEEK[])")
                _flag(box, uid, "\\Seen")
                return next((bytes(part[1]) for part in data or [] if isinstance(part, tuple)), b"")
            return b""
        finally:
            _logout(box)

    def visit(self) -> None:
        """Log in and out again. Blocks; raises why that cannot be done."""
        _logout(self._login())

    def complaint(self, error: Exception) -> str:
        """Where, what, and what to do, for an operator."""
        where = f"The mailbox {self.user} at {self.host}:{self.port} cannot be read"
        match error:
            case NoToken():
                return f"{where}: {error}"
            case LoginRefused() if self.oauth:
                return f"{where}: its server refused the token. Check LOTSE_IMAP_USER and what the application may do."
            case LoginRefused():
                letters = "" if self.password.isascii() else " The password has letters that some servers do not take."
                return f"{where}: its server refused the login. Check LOTSE_IMAP_USER and LOTSE_IMAP_PASSWORD.{letters}"
            case MailboxFolderSelectError():
                may = ", and that the application was given the mailbox" if self.oauth else ""
                return f"{where}: the folder {self.folder} does not open. Check LOTSE_IMAP_FOLDER{may}."
            case ssl.SSLCertVerificationError():
                return f"{where}: its certificate does not hold. See LOTSE_SMTP_CA_FILE."
            case ssl.SSLError():
                reason = (getattr(error, "reason", "") or type(error).__name__).replace("_", " ").lower()
                return f"{where}: the encryption fails ({reason}). Check LOTSE_IMAP_PORT and LOTSE_IMAP_SECURITY."
            case DBAPIError():
                return f"{where}: nothing can be stored. Check the database and its disk; the mail stays where it is."
            case _:
                return f"{where} ({type(error).__name__}). Check LOTSE_IMAP_HOST and LOTSE_IMAP_PORT."

    def _login(self) -> BaseMailBox:
        context = self._context()
        if self.oauth is None and (self.user + self.password).isascii():
            return self._enter(context, lambda box: box.login(self.user, self.password, self.folder))
        if self.oauth is None:  # LOGIN is ASCII; AUTHENTICATE PLAIN takes every letter
            return self._enter(context, lambda box: box.login_utf8(self.user, self.password, self.folder))
        if kept := self.oauth.kept():
            try:
                return self._enter(context, lambda box: box.xoauth2(self.user, kept, self.folder))
            except LoginRefused:
                log.info("a token was withdrawn before its time, asking for another")
        # Not with the same: the library that asks for a token notes in it that HTTP is spoken, and Dovecot 2.4 refuses
        # what does not speak IMAP.
        fresh = self.oauth.fresh(self._context())
        return self._enter(context, lambda box: box.xoauth2(self.user, fresh, self.folder))

    def _context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self.ca_file:
            context.load_verify_locations(str(self.ca_file))
        return context

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

    async def _stored(self, raw: bytes, store: Store, alert: Callable[[str], None]) -> None:
        """Store one mail. Raises what says that the database is away; what it does not like about a mail is told."""
        try:
            await store([await aside(lambda: arrival.row(raw, self.recipients(raw)))])
        except Exception as error:
            if kind_of(error) is Kind.OUTAGE:
                raise
            alert(f"A mail in {self.user} cannot be stored ({type(error).__name__}). It stays in the mailbox, as seen.")

    def _new(self, box: BaseMailBox, kept: tuple[int, int] | None) -> tuple[int, list[str]]:
        """The folder's UIDVALIDITY, and the UIDs of mails to read, the oldest first."""
        status = box.folder.status(self.folder, ["UIDVALIDITY"])
        validity = int(status.get("UIDVALIDITY", 0))
        found = set(box.uids("UNSEEN"))
        if kept is not None and kept[0] == validity:
            # "n:*" names the last mail even when its UID is below n.
            found |= {uid for uid in box.uids(f"UID {kept[1] + 1}:*") if int(uid) > kept[1]}
        return validity, sorted(found, key=int)[:FETCH_AT_ONCE]

    def _content(self, box: BaseMailBox, uid: str, alert: Callable[[str], None]) -> bytes:
        """The mail as it came, asked for by uid and unparsed; b"" for one that stays in the mailbox, flagged."""
        status, data = box.client.uid("FETCH", uid, "(BODY.PEEK[])")
        raw = next((bytes(part[1]) for part in data or [] if isinstance(part, tuple)), b"")
        if status == "OK" and raw and len(raw) <= arrival.LARGEST:
            return raw
        _flag(box, uid, "\\Flagged")
        alert(
            f"A mail of {len(raw)} bytes was left in the mailbox {self.user}, flagged (UID {uid}): "
            "it is too large or cannot be fetched. Look at it there."
        )
        return b""

    def _has_done(self, box: BaseMailBox, alert: Callable[[str], None]) -> bool:
        if box.folder.exists(self.done):
            return True
        self._told_once(
            alert,
            f"LOTSE_IMAP_DONE: the mailbox {self.user} has no folder {self.done}. "
            "Mail that was read stays where it is, marked as seen. Make the folder, or leave LOTSE_IMAP_DONE empty.",
        )
        return False

    def _mark(self, box: BaseMailBox, uid: str, moves: bool, alert: Callable[[str], None]) -> bool:
        """Mark as seen, and move where that can be done without purging what other people marked as deleted.

        Whether the next look will not find it again.
        """
        seen = False
        try:
            _flag(box, uid, "\\Seen")
            seen = True
            if not moves:
                return True
            folder = encode_folder(self.done).decode("ascii")
            if "MOVE" in box.client.capabilities:
                _well(box.client.uid("MOVE", uid, folder))
                return True
            _well(box.client.uid("COPY", uid, folder))
            if "UIDPLUS" in box.client.capabilities:
                _flag(box, uid, "\\Deleted")
                _well(box.client.uid("EXPUNGE", uid))
        except (ImapToolsError, imaplib.IMAP4.error) as error:
            if isinstance(error, imaplib.IMAP4.abort):  # the connection is gone
                raise
            self._told_once(
                alert,
                f"The mailbox {self.user}: a mail that was read cannot be marked or moved to "
                f"{self.done or self.folder} ({type(error).__name__}). It is read once all the same.",
            )
        return seen

    def _told_once(self, alert: Callable[[str], None], what: str) -> None:
        if what not in self._told:
            self._told.add(what)
            alert(what)

    @staticmethod
    def recipients(raw: bytes) -> list[str]:
        """The envelope's recipient, where the mail server wrote it down."""
        head = raw.split(b"\r\n\r\n", 1)[0].split(b"\n\n", 1)[0][:200_000]
        found = []
        for line in head.replace(b"\r\n", b"\n").split(b"\n"):
            name, _, value = line.partition(b":")
            if name.strip().lower() in _ENVELOPE:
                found.append(value.strip().strip(b"<>").decode("ascii", "replace"))
        return list(dict.fromkeys(found))


# How servers call the header field that says for whom a mail was.
_ENVELOPE = {b"delivered-to", b"x-original-to", b"x-envelope-to", b"envelope-to", b"x-delivered-to", b"x-rcpt-to"}


class Bookmark(Protocol):
    """Up to where a mailbox was read: its UIDVALIDITY and the highest UID."""

    async def read(self) -> tuple[int, int] | None: ...

    async def write(self, validity: int, uid: int) -> None: ...


def _well(answer: tuple[str, Any]) -> None:
    if answer[0] != "OK":
        raise imaplib.IMAP4.error(str(answer[0]))


def _flag(box: BaseMailBox, uid: str, flag: str) -> None:
    """Set one flag. Not imap-tools' ``flag``, which sends EXPUNGE: that purges what other people marked as deleted."""
    _well(box.client.uid("STORE", uid, "+FLAGS", f"({flag})"))


def _logout(box: BaseMailBox) -> None:
    try:
        box.logout()
    except UNREACHABLE as error:
        log.debug("no goodbye from the mailbox", error=type(error).__name__)
        with suppress(OSError):
            box.client.shutdown()
