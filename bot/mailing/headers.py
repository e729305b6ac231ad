"""The header fields of a mail, as they came, within limits."""

from __future__ import annotations

import re
from dataclasses import dataclass
from email.message import Message
from email.parser import HeaderParser
from email.policy import Compat32

from bot.mailing.characters import decoded, one_line

MAX_BLOCK = 150_000  # bytes of all header fields
_MAX_HEADER = 50_000
_MAX_CONTENT_HEADER = 2_000
_ID = re.compile(r"<([^<>\s]{1,300})>")
_END = re.compile(rb"\r?\n\r?\n")


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


def ids(value: str) -> tuple[str, ...]:
    """The message ids of a Message-ID, References or In-Reply-To value, without angle brackets.

    Some programs write ids as encoded words when they are long.
    """
    return tuple(_ID.findall(decoded(value[:20_000]) if "=?" in value else value))


class _Short(Compat32):
    """Long header values are cut before anything parses them."""

    def header_source_parse(self, sourcelines: list[str]) -> tuple[str, str]:
        name, value = super().header_source_parse(sourcelines)
        return name, value[: _MAX_CONTENT_HEADER if name.lower().startswith("content-") else _MAX_HEADER]


POLICY: Compat32 = _Short()


def read_headers(raw: bytes) -> tuple[Headers, bool]:
    """The fields at the top of a mail, and whether all of them fit into the limit."""
    end = _END.search(raw, 0, MAX_BLOCK)
    fits = end is not None or len(raw) <= MAX_BLOCK
    block = raw[: end.start() if end else MAX_BLOCK].rstrip(b"\r\n")
    lines = re.split(rb"\r?\n", block)
    if re.match(rb"From [^:\s]", lines[0]):  # the separator of an mbox
        del lines[0]
    intact = not any(b"\r" in line or b"\0" in line for line in lines) and all(
        re.match(rb"[!-9;-~]+:", line) or (number and line[:1] in (b" ", b"\t")) for number, line in enumerate(lines)
    )
    return parse_block(block.decode("ascii", "surrogateescape"), intact=intact and fits), fits


def parse_block(block: str, *, intact: bool = True) -> Headers:
    """A block of header lines."""
    return fields_of(HeaderParser(policy=POLICY).parsestr(block), intact=intact)


def fields_of(message: Message, *, intact: bool = True) -> Headers:
    return Headers(
        tuple((name.lower(), re.sub(r"[\r\n]+", "", str(value)).strip()) for name, value in message.raw_items()), intact
    )
