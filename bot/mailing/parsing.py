"""From the bytes of a mail to what is needed of it. Never raises: what cannot be read is ``Unreadable``.

Size and structure are limited before the standard parser sees anything, and it runs with a small policy of our own on
top of ``compat32``: that takes header values as they are, while ``policy.default`` parses each of them on every look,
and fails or slows down on hostile ones. Around all this stands a process with limits of its own (``flow.reading``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from enum import Enum

from bot.mailing import parts, reports
from bot.mailing.characters import clean, from_bytes
from bot.mailing.files import Attachment, attachment, is_decoration
from bot.mailing.headers import POLICY, Headers, fields_of, read_headers
from bot.mailing.html_text import Document, read_html
from bot.mailing.invitations import words_of_calendar
from bot.mailing.plain_text import unflowed, without_placeholders
from bot.mailing.reports import Delivery

__all__ = ["Attachment", "Delivery", "Headers", "Mail", "Unreadable", "Why", "parse"]

MAX_BYTES = 40_000_000  # 20 MB of attachments are 27 MB in base64
_MAX_WORK = 2_000_000  # lines x nested parts that the standard parser would compare: half a second
_MAX_PARTS = 1_000
_MAX_LINES = 30_000  # and as many more as attachments need: lines of base64 are 76 long
_LINE = 60
_MAX_TEXT = 1_000_000  # characters; a reply stands at the top
_MAX_HTML = 2_000_000
_MAX_ATTACHED_MAILS = 5  # one in the other
_REACTION = "text/vnd.google.email-reaction+json"


class Why(Enum):
    """Why a mail cannot be read."""

    SMIME = "smime"
    PGP = "pgp"
    WINMAIL = "winmail"
    TOO_LARGE = "too-large"
    TOO_NESTED = "too-nested"
    TOO_COSTLY = "too-costly"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Mail:
    """A mail that can be read. ``text`` may be empty; its line ends are \\n."""

    headers: Headers
    text: str = field(default="", repr=False)
    attachments: tuple[Attachment, ...] = ()
    forwarded: tuple[Mail, ...] = field(default=(), repr=False)  # attached mails
    calendar: bool = False  # an invitation or an answer to one
    report: str = ""  # of multipart/report: delivery-status, disposition-notification, ...
    delivery: Delivery | None = None
    mentions: tuple[str, ...] = ()  # Message-IDs of ours below the header
    reaction: bool = False  # a thumb or the like, as Gmail sends it


@dataclass(frozen=True)
class Unreadable:
    """A mail that is kept as it came. ``headers`` are empty when not even they can be read."""

    why: Why
    headers: Headers = field(default_factory=Headers)


def parse(raw: bytes) -> Mail | Unreadable:
    """Read a mail as it came from the mail server, ``Return-Path`` and ``Authentication-Results`` included."""
    headers, fit = read_headers(raw)
    if len(raw) > MAX_BYTES or not fit:
        return Unreadable(Why.TOO_LARGE, headers)
    folded = raw.lower()
    lines = raw.count(b"\n") + raw.count(b"\r") - raw.count(b"\r\n")
    if lines * (1 + folded.count(b"boundary")) > _MAX_WORK or folded.count(b"content-type") > _MAX_PARTS:
        return Unreadable(Why.TOO_NESTED, headers)
    if lines > _MAX_LINES + len(raw) // _LINE:
        return Unreadable(Why.TOO_LARGE, headers)
    try:
        return _Reader().read(message_from_bytes(raw, policy=POLICY), headers)
    except _Sealed as sealed:
        return Unreadable(sealed.why, headers)
    except RecursionError:
        return Unreadable(Why.TOO_NESTED, headers)
    except Exception:  # noqa: BLE001  # whatever a library trips over: the mail is kept, the queue goes on
        return Unreadable(Why.DAMAGED, headers)


class _Sealed(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


@dataclass
class _Text:
    """A part with words; ``named``: it has a file's name, and counts as text only if there is no other."""

    choice: int
    kind: str
    part: Message
    named: bool = False


@dataclass
class _Reader:
    """Reads one mail; ``depth`` counts mails within mails."""

    depth: int = 0
    language: str = ""
    documents: dict[int, Document] = field(default_factory=dict)  # of HTML parts, by id()

    def read(self, message: Message, headers: Headers) -> Mail:
        self.language = headers.first("content-language") or headers.first("accept-language")
        texts: list[_Text] = []
        files: list[parts.Leaf] = []
        attachments: list[Attachment] = []
        forwarded: list[Mail] = []
        invitation = ""
        calendar = winmail = reaction = False
        report = parts.parameter(message, "report-type") if message.get_content_type() == "multipart/report" else ""
        for leaf in parts.leaves(message):
            part, kind = leaf.part, leaf.part.get_content_type()
            name = parts.name(part)
            if kind in ("application/pkcs7-mime", "application/x-pkcs7-mime") or name.lower() == "smime.p7m":
                raise _Sealed(Why.SMIME)
            if kind in ("multipart/encrypted", "application/pgp-encrypted"):
                raise _Sealed(Why.PGP)
            attached = part.get_content_disposition() == "attachment"
            if kind in ("message/rfc822", "message/global"):
                inner = self._attached(part)
                if inner:
                    forwarded.append(inner)
                else:
                    attachments.append(Attachment(name or f"E-Mail-{len(attachments) + 1}", kind, 0))
            elif kind == "text/calendar" and not attached:
                calendar = True
                invitation = invitation or words_of_calendar(self._decoded(part))
            elif kind == _REACTION:
                reaction = True
            elif kind in ("text/plain", "text/html") and not attached:
                texts.append(_Text(leaf.choice, kind, part, bool(name)))
                if name:
                    files.append(leaf)
            elif kind.startswith("message/") or kind == "text/rfc822-headers" or _is_signature(kind):
                continue
            elif kind.startswith("multipart/"):  # one without parts: a boundary that never comes
                texts.append(_Text(leaf.choice, "text/plain", part))
            else:
                winmail = winmail or kind == "application/ms-tnef" or name.lower() == "winmail.dat"
                files.append(leaf)
        text, used = self._chosen(texts)
        self._take_files(files, used, texts, attachments)
        if not text.strip() and invitation:
            text = invitation
        if any(line.startswith("-----BEGIN PGP MESSAGE-----") for line in text.splitlines()):
            raise _Sealed(Why.PGP)
        if winmail and not text.strip():
            raise _Sealed(Why.WINMAIL)
        return Mail(
            headers,
            text,
            tuple(attachments),
            tuple(forwarded),
            calendar,
            report.lower(),
            reports.delivery(message) if reports.holds_delivery(message) else None,
            reports.mentioned(message) if not self.depth else (),
            reaction,
        )

    def _attached(self, part: Message) -> Mail | None:
        """An attached mail; None for one that cannot be read, or is too deep within others."""
        inner = parts.inner(part)
        if self.depth >= _MAX_ATTACHED_MAILS or not inner:
            return None
        try:
            return _Reader(self.depth + 1).read(inner[0], fields_of(inner[0]))
        except _Sealed:
            return None

    def _chosen(self, texts: list[_Text]) -> tuple[str, set[int]]:
        """All texts one after the other, and the parts (by id) they are of.

        Of an alternative the plain one, unless that is empty; a part with a name only if there is no other text.
        """
        for candidates in ([each for each in texts if not each.named], [each for each in texts if each.named]):
            words = {id(each): self._words(each) for each in candidates if each.kind == "text/plain"}
            plain = {each.choice for each in candidates if words.get(id(each), "").strip()}
            kept: list[str] = []
            used: set[int] = set()
            for each in candidates:
                if each.kind == "text/html" and each.choice and each.choice in plain:
                    continue
                said = words[id(each)] if each.kind == "text/plain" else self._words(each)
                if said.strip():
                    kept.append(said.strip("\n"))
                    used.add(id(each.part))
            if kept:
                return "\n\n".join(kept)[:_MAX_TEXT], used
        return "", set()

    def _take_files(
        self, files: list[parts.Leaf], used: set[int], texts: list[_Text], attachments: list[Attachment]
    ) -> None:
        for leaf in files:
            if id(leaf.part) in used:
                continue
            kind = leaf.part.get_content_type()
            found = attachment(leaf.part, kind, parts.name(leaf.part), attachments)
            if kind.startswith("image/") and leaf.part.get("content-id"):
                for each in texts:  # an alternative's HTML says what it shows, though its words are not taken
                    self._words(each)
            if not is_decoration(leaf, found.size, list(self.documents.values())):
                attachments.append(found)

    def _words(self, text: _Text) -> str:
        if text.kind == "text/html":
            if id(text.part) not in self.documents:
                self.documents[id(text.part)] = read_html(self._decoded(text.part)[:_MAX_HTML])
            return self.documents[id(text.part)].text
        words = self._decoded(text.part)[:_MAX_TEXT]
        if parts.parameter(text.part, "format").lower() == "flowed":
            words = unflowed(words, delete_space=parts.parameter(text.part, "delsp").lower() == "yes")
        return without_placeholders(words)

    def _decoded(self, part: Message) -> str:
        content = parts.content(part)[: 4 * _MAX_HTML]
        language = str(part.get("content-language", "")) or self.language
        return clean(from_bytes(content, parts.parameter(part, "charset"), language))


def _is_signature(kind: str) -> bool:
    return kind in ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")
