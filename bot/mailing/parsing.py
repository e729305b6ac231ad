"""From the bytes of a mail to what is needed of it. Never raises: what cannot be read is ``Unreadable``.

The standard parser runs with a small policy of our own on top of ``compat32``: it takes header values as they are,
while ``policy.default`` parses each of them on every look and fails or slows down on hostile ones.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import Message
from email.parser import HeaderParser
from email.policy import Compat32
from enum import Enum

from bot.mailing.characters import clean, decoded, from_bytes, one_line
from bot.mailing.html_text import text_of_html

MAX_BYTES = 40_000_000  # 20 MB of attachments are 27 MB in base64
_MAX_WORK = 10_000_000  # lines x nested parts that the standard parser would compare: some three seconds
_MAX_PARTS = 1_000
_MAX_TEXT = 1_000_000  # characters; a reply stands at the top
_MAX_HTML = 2_000_000
_MAX_HEADER = 50_000
_MAX_CONTENT_HEADER = 2_000
_MAX_ATTACHED_MAILS = 5  # one in the other

_MAX_KEPT = 10
_MAX_KEPT_BYTES = 10_000_000  # Telegram takes photos up to here
_DECORATION_BYTES = 20_000  # a picture inside HTML below this is a logo in a signature

_PICTURES_AND_PDF = (  # how a file begins, what it is, how its name must end
    (re.compile(rb"%PDF-"), "application/pdf", (".pdf",)),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png", (".png",)),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", (".jpg", ".jpeg")),
    (re.compile(rb"GIF8[79]a"), "image/gif", (".gif",)),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp", (".webp",)),
)
_ID = re.compile(r"<([^<>\s]{1,300})>")


class Why(Enum):
    """Why a mail cannot be read."""

    SMIME = "smime"
    PGP = "pgp"
    WINMAIL = "winmail"
    TOO_LARGE = "too-large"
    TOO_NESTED = "too-nested"
    DAMAGED = "damaged"


@dataclass(frozen=True)
class Headers:
    """Header fields, topmost first: lower-case name and unfolded value as it came, encoded words and all.

    ``intact``: every program reads the same fields. Else one program may see another From than the next.
    """

    fields: tuple[tuple[str, str], ...] = ()
    intact: bool = True

    def all(self, name: str) -> tuple[str, ...]:
        return tuple(value for key, value in self.fields if key == name)

    def first(self, name: str) -> str:
        """The topmost value; empty when there is none."""
        return next(iter(self.all(name)), "")

    @property
    def message_id(self) -> str:
        """Without its angle brackets; empty when there is none."""
        return next(iter(ids(self.first("message-id"))), "")

    @property
    def in_reply_to(self) -> tuple[str, ...]:
        return ids(self.first("in-reply-to"))

    @property
    def references(self) -> tuple[str, ...]:
        """Oldest first, as the field has them."""
        return ids(self.first("references"))

    @property
    def subject(self) -> str:
        """Decoded, on one line: an encoded word may hide line breaks."""
        return one_line(decoded(self.first("subject")[:2_000]))[:300]


@dataclass(frozen=True)
class Attachment:
    """A file. ``content`` only for PDF and pictures within the limits; the others are named and no more."""

    name: str
    kind: str  # media type, by its content where it is kept
    size: int  # bytes
    content: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True)
class Delivery:
    """What a mail server reports (RFC 3464) about a mail of ours. Empty where it does not say."""

    action: str  # failed, delayed, delivered, relayed, expanded
    status: str  # 5.1.1
    recipient: str
    message_id: str  # of our mail, without angle brackets


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


@dataclass(frozen=True)
class Unreadable:
    """A mail that is kept as it came. ``headers`` are empty when not even they can be read."""

    why: Why
    headers: Headers = Headers()


def parse(raw: bytes) -> Mail | Unreadable:
    """Read a mail as it came from the mail server, ``Return-Path`` and ``Authentication-Results`` included."""
    headers = _headers(raw)
    if len(raw) > MAX_BYTES:
        return Unreadable(Why.TOO_LARGE, headers)
    folded = raw.lower()
    lines = raw.count(b"\n") + raw.count(b"\r")
    if lines * (1 + folded.count(b"boundary")) > _MAX_WORK or folded.count(b"content-type") > _MAX_PARTS:
        return Unreadable(Why.TOO_NESTED, headers)
    try:
        return _Reader().read(message_from_bytes(raw, policy=_POLICY), headers)
    except _Sealed as sealed:
        return Unreadable(sealed.why, headers)
    except RecursionError:
        return Unreadable(Why.TOO_NESTED, headers)
    except Exception:  # noqa: BLE001  # whatever a library trips over: the mail is kept, the queue goes on
        return Unreadable(Why.DAMAGED, headers)


def ids(value: str) -> tuple[str, ...]:
    """The message ids of a Message-ID, References or In-Reply-To value, without angle brackets."""
    return tuple(_ID.findall(value))


class _Short(Compat32):
    """Long header values are cut before anything parses them."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: _MAX_CONTENT_HEADER if name.lower().startswith("content-") else _MAX_HEADER]


_POLICY: Compat32 = _Short()


class _Sealed(Exception):
    def __init__(self, why: Why) -> None:
        super().__init__(why.value)
        self.why = why


def _headers(raw: bytes) -> Headers:
    block = re.split(rb"\r?\n\r?\n", raw[:5_000_000], maxsplit=1)[0].rstrip(b"\r\n")
    lines = re.split(rb"\r?\n", block)
    if re.match(rb"From [^:\s]", lines[0]):  # the separator of an mbox
        del lines[0]
    intact = not any(b"\r" in line or b"\0" in line for line in lines) and all(
        re.match(rb"[!-9;-~]+:", line) or (number and line[:1] in (b" ", b"\t")) for number, line in enumerate(lines)
    )
    return _fields(HeaderParser(policy=_POLICY).parsestr(block.decode("ascii", "surrogateescape")), intact)


def _fields(message: Message, intact: bool) -> Headers:
    return Headers(
        tuple((name.lower(), re.sub(r"[\r\n]+", "", str(value)).strip()) for name, value in message.raw_items()), intact
    )


@dataclass
class _Leaf:
    """A part that holds no parts. ``choice``: number of the multipart/alternative it is in, ``inside``: of HTML."""

    part: Message
    choice: int
    inside: bool


@dataclass
class _Reader:
    """Reads one mail; ``depth`` counts mails within mails."""

    depth: int = 0

    def read(self, message: Message, headers: Headers) -> Mail:
        texts: list[tuple[int, str, str]] = []  # choice, kind, words
        attachments: list[Attachment] = []
        forwarded: list[Mail] = []
        calendar = winmail = False
        report = _parameter(message, "report-type") if message.get_content_type() == "multipart/report" else ""
        for leaf in _leaves(message):
            part, kind = leaf.part, leaf.part.get_content_type()
            name = _name(part)
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
            elif kind in ("text/plain", "text/html") and not attached and not name:
                texts.append((leaf.choice, kind, _words(part, kind)))
            elif kind.startswith("message/") or kind == "text/rfc822-headers" or _is_signature(kind):
                continue
            elif kind.startswith("multipart/"):  # one without parts: a boundary that never comes
                texts.append((leaf.choice, "text/plain", _words(part, "text/plain")))
            else:
                winmail = winmail or kind == "application/ms-tnef" or name.lower() == "winmail.dat"
                attachment = _attachment(part, kind, name, attachments)
                decoration = leaf.inside and kind.startswith("image/") and attachment.size < _DECORATION_BYTES
                if not decoration:
                    attachments.append(attachment)
        text = _chosen(texts)
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
            _delivery(message) if report.lower() == "delivery-status" else None,
        )

    def _attached(self, part: Message) -> Mail | None:
        """An attached mail; None for one that cannot be read, or is too deep within others."""
        inner = _inside(part)
        if self.depth >= _MAX_ATTACHED_MAILS or not inner:
            return None
        try:
            return _Reader(self.depth + 1).read(inner[0], _fields(inner[0], intact=True))
        except _Sealed:
            return None


def _leaves(message: Message) -> Iterator[_Leaf]:
    """Every part that holds no parts, in order; attached mails and multipart/encrypted stay whole. No recursion."""
    waiting = [_Leaf(message, 0, inside=False)]
    choices = 0
    while waiting:
        leaf = waiting.pop()
        part, kind = leaf.part, leaf.part.get_content_type()
        inner = _inside(part)
        if not kind.startswith("multipart/") or kind == "multipart/encrypted" or not inner:
            yield leaf
            continue
        choice = leaf.choice
        if kind == "multipart/alternative" and not choice:
            choices += 1
            choice = choices
        inside = leaf.inside or kind == "multipart/related"
        waiting.extend(_Leaf(each, choice, inside) for each in reversed(inner))


def _inside(part: Message) -> list[Message]:
    """The parts of a part; none if it holds text."""
    if not part.is_multipart():  # get_payload would decode the text, and trips over charsets that are none
        return []
    return [each for each in part.get_payload() if isinstance(each, Message)]


def _chosen(texts: list[tuple[int, str, str]]) -> str:
    """All texts one after the other; of an alternative the plain one, unless that is empty."""
    plain = {choice for choice, kind, words in texts if kind == "text/plain" and words.strip()}
    kept = [words for choice, kind, words in texts if not (kind == "text/html" and choice and choice in plain)]
    return "\n\n".join(words.strip("\n") for words in kept if words.strip())[:_MAX_TEXT]


def _words(part: Message, kind: str) -> str:
    content = _content(part)[: 4 * _MAX_HTML]
    text = clean(from_bytes(content, _parameter(part, "charset")))
    return text_of_html(text[:_MAX_HTML]) if kind == "text/html" else text[:_MAX_TEXT]


def _content(part: Message) -> bytes:
    content = part.get_payload(decode=True)
    return content if isinstance(content, bytes) else b""


def _parameter(part: Message, name: str) -> str:
    try:
        value = part.get_param(name, "")
    except Exception:  # noqa: BLE001  # RFC 2231 in pieces that do not fit
        return ""
    if isinstance(value, tuple):  # RFC 2231: charset, language, value
        value = value[2]
    return str(value)


def _name(part: Message) -> str:
    """A file's name without folders, control characters and marks of direction; empty when it has none."""
    try:
        name = part.get_filename() or ""
    except Exception:  # noqa: BLE001  # as in _parameter
        return "?"
    return one_line(decoded(name)).replace("\\", "/").rpartition("/")[2].strip(". ")[-100:]


def _is_signature(kind: str) -> bool:
    return kind in ("application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature")


def _attachment(part: Message, kind: str, name: str, before: list[Attachment]) -> Attachment:
    content = _content(part)
    kept = [attachment.size for attachment in before if attachment.content is not None]
    fits = len(kept) < _MAX_KEPT and sum(kept) + len(content) <= 2 * _MAX_KEPT_BYTES
    for beginning, known, endings in _PICTURES_AND_PDF:
        if fits and len(content) <= _MAX_KEPT_BYTES and beginning.match(content):
            shown = name or f"Anhang-{len(before) + 1}"
            # A name that says something else than the content is made to say it.
            shown = shown if shown.lower().endswith(endings) else shown + endings[0]
            return Attachment(shown, known, len(content), content)
    return Attachment(name or f"Anhang-{len(before) + 1}", kind, len(content))


def _delivery(message: Message) -> Delivery:
    found: dict[str, str] = {}
    message_id = ""
    for leaf in _leaves(message):
        part, kind = leaf.part, leaf.part.get_content_type()
        inner = _inside(part)
        if kind in ("message/delivery-status", "message/global-delivery-status"):
            for block in inner:
                # Several recipients: the one that failed counts.
                if str(block.get("action", "")) and found.get("action") != "failed":
                    found = {key.lower(): one_line(str(value)) for key, value in block.items()}
                    found["action"] = found["action"].lower()
        elif kind == "message/rfc822" and inner:
            message_id = _fields(inner[0], intact=True).message_id
        elif kind == "text/rfc822-headers":
            text = _content(part).decode("ascii", "surrogateescape")
            message_id = _fields(HeaderParser(policy=_POLICY).parsestr(text), intact=True).message_id
    recipient = found.get("original-recipient") or found.get("final-recipient", "")
    return Delivery(
        found.get("action", ""), found.get("status", ""), recipient.rpartition(";")[2].strip().lower(), message_id
    )
