"""The files of a mail: what is kept, and what is only part of a letter's look."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import Message

from bot.handover.mail import MARKER
from bot.mailing import closings, parts
from bot.mailing.html_text import Document

_MAX_KEPT = 10
_MAX_KEPT_BYTES = 10_000_000  # Telegram takes photos up to here
_DECORATION_BYTES = 20_000  # a picture that the HTML shows and that is smaller is a logo

_PICTURES_AND_PDF = (  # how a file begins, what it is, how its name must end
    (re.compile(rb"%PDF-"), "application/pdf", (".pdf",)),
    (re.compile(rb"\x89PNG\r\n\x1a\n"), "image/png", (".png",)),
    (re.compile(rb"\xff\xd8\xff"), "image/jpeg", (".jpg", ".jpeg")),
    (re.compile(rb"GIF8[79]a"), "image/gif", (".gif",)),
    (re.compile(rb"RIFF.{4}WEBP", re.DOTALL), "image/webp", (".webp",)),
)


@dataclass(frozen=True)
class Attachment:
    """A file. ``content`` only for PDF and pictures within the limits; the others are named and no more."""

    name: str
    kind: str  # media type, by its content where it is kept
    size: int  # bytes
    content: bytes | None = field(default=None, repr=False)


def attachment(part: Message, kind: str, name: str, before: Sequence[Attachment]) -> Attachment:
    """The file in ``part``; ``before``: those of the mail that came before it."""
    return judged(parts.content(part), kind, name, before)


def judged(content: bytes, kind: str, name: str, before: Sequence[Attachment]) -> Attachment:
    """A file, with its content where it is one that is relayed and fits beside those ``before`` it."""
    kept = [each.size for each in before if each.content is not None]
    fits = len(kept) < _MAX_KEPT and sum(kept) + len(content) <= 2 * _MAX_KEPT_BYTES
    for beginning, known, endings in _PICTURES_AND_PDF:
        if fits and len(content) <= _MAX_KEPT_BYTES and beginning.match(content):
            shown = name or f"Anhang-{len(before) + 1}"
            # A name that says something else than the content is made to say it.
            shown = shown if shown.lower().endswith(endings) else shown + endings[0]
            return Attachment(shown, known, len(content), content)
    return Attachment(name or f"Anhang-{len(before) + 1}", kind, len(content))


def is_decoration(leaf: parts.Leaf, size: int, documents: Sequence[Document]) -> bool:
    """Whether a picture belongs to the letter's look: a logo, or whatever stands in a signature or an older mail."""
    if not leaf.part.get_content_type().startswith("image/"):
        return False
    cid = str(leaf.part.get("content-id", "")).strip().strip("<>").strip()
    shown = next((document for document in documents if cid and cid in document.pictures), None)
    if size < _DECORATION_BYTES and (shown or leaf.inside):
        return True
    if shown is None:
        return False
    before = shown.text[: shown.pictures[cid]]
    last = before.rstrip().rpartition("\n")[2]
    return last.startswith(">") or MARKER in before or closings.without(before) != before.strip()
