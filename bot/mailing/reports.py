"""What a mail server says about a mail of ours: RFC 3464, its relatives, and texts that only quote our mail."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from bot.mailing import parts
from bot.mailing.characters import one_line
from bot.mailing.headers import Headers, fields_of, parse_block

_STATUS_PARTS = ("message/delivery-status", "message/global-delivery-status")
_HEADER_PARTS = ("text/rfc822-headers", "message/global-headers", "text/rfc822-header")
_LOOKED_AT = 300_000  # bytes of all texts
_DEPTH = 4
# The Message-IDs that we write: of a question's mail and those that follow it, and of a letter.
_OURS = (
    r"(?:reply\+\d{1,18}\.[a-z2-7]{20}(?:\.[a-z]{1,20}-\d{1,18})?|answer\.[0-9a-f]{32})"
    r"@[a-z0-9](?:[a-z0-9.-]{0,200}[a-z0-9])?"
)
_NAMED = re.compile(rf"(?<![\w.+-])({_OURS})", re.IGNORECASE)
_AS_ID = re.compile(rf"message-id:\s{{0,20}}<({_OURS})>", re.IGNORECASE)
_FAILED = ("failed", "failure", "fail", "undeliverable", "undelivered", "bounced", "rejected")


@dataclass(frozen=True)
class Delivery:
    """What a mail server reports (RFC 3464) about a mail of ours. Empty where it does not say."""

    action: str  # failed, delayed, delivered, relayed, expanded
    status: str  # 5.1.1
    recipient: str
    message_id: str  # of our mail, without angle brackets


def holds_delivery(message: Message) -> bool:
    """Whether it says that it is a report of a delivery, or has such a part."""
    reported = message.get_content_type() == "multipart/report" and parts.parameter(message, "report-type").lower() in (
        "delivery-status",
        "global-delivery-status",
    )
    return reported or any(leaf.part.get_content_type() in _STATUS_PARTS for leaf in parts.leaves(message))


def delivery(message: Message) -> Delivery:
    """The report in ``message``. Of several recipients the one that failed counts."""
    found: dict[str, str] = {}
    returned = ""
    for leaf in parts.leaves(message):
        kind, within = leaf.part.get_content_type(), parts.inner(leaf.part)
        if kind in _STATUS_PARTS:
            for block in _blocks(leaf.part, within):
                fields = {name: one_line(value)[:300] for name, value in reversed(block.fields)}
                action = _action(fields)
                if action and found.get("action") != "failed":
                    found = {**fields, "action": action}
        elif kind in ("message/rfc822", "message/global") and within:
            returned = returned or fields_of(within[0]).message_id
        elif kind in _HEADER_PARTS:
            text = parts.content(leaf.part) or b"".join(each.as_bytes() for each in within)
            returned = returned or parse_block(text[:_LOOKED_AT].decode("ascii", "surrogateescape")).message_id
    recipient = found.get("original-recipient") or found.get("final-recipient", "")
    return Delivery(
        found.get("action", ""),
        found.get("status", "").partition(" ")[0],
        re.sub(r"^.*?;", "", recipient).strip(" <>").lower(),
        returned,
    )


def _action(fields: dict[str, str]) -> str:
    """``failed (bad destination mailbox address)`` and ``Failure`` are failures; so is a 5.x.x without an action."""
    said = re.match(r"[a-z-]*", fields.get("action", "").strip().lower())
    word = said.group() if said else ""
    if word in _FAILED:
        return "failed"
    if not word and fields.get("final-recipient") and re.match(r"\s*5[.\d]", fields.get("status", "")):
        return "failed"
    return word


def _blocks(part: Message, within: list[Message]) -> Iterator[Headers]:
    """The groups of fields: the standard parser takes them apart in message/delivery-status alone."""
    if part.get_content_type() == "message/delivery-status" and within:
        yield from (fields_of(block) for block in within)
        return
    text = b"\n\n".join(each.as_bytes() for each in within) if within else parts.content(part)
    for block in re.split(r"\r?\n[ \t]*\r?\n", text[:_LOOKED_AT].decode("utf-8", "surrogateescape")):
        if block.strip():
            yield parse_block(block.strip("\r\n"))


def mentioned(message: Message) -> tuple[str, ...]:
    """The Message-IDs of ours that stand anywhere in the mail below its header, as an id first, else as an address."""
    text = "\n".join(_texts(message, _DEPTH))
    found = (*_AS_ID.findall(text), *_NAMED.findall(text))
    return tuple(dict.fromkeys(each.lower() for each in found))[:10]


def _texts(message: Message, depth: int) -> Iterator[str]:
    left = _LOOKED_AT
    for leaf in parts.leaves(message):
        within = parts.inner(leaf.part)
        for each in within if depth else ():
            yield "\n".join(f"{name}: {value}" for name, value in fields_of(each).fields)
            yield from _texts(each, depth - 1)
        kind = leaf.part.get_content_type()
        if not within and left > 0 and kind.startswith(("text/", "message/", "multipart/")):
            content = parts.content(leaf.part)[:left]
            left -= len(content)
            # Quoted-printable within quoted-printable: ids are cut at line ends.
            yield content.decode("latin-1").replace("=\r\n", "").replace("=\n", "").replace("=2E", ".")
