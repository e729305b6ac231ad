"""The parts of a mail (MIME), and what each says of itself. Nothing here raises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from email.message import Message

from bot.mailing.characters import decoded, one_line


@dataclass
class Leaf:
    """A part that holds no parts. ``choice``: number of the multipart/alternative it is in, ``inside``: of HTML."""

    part: Message
    choice: int
    inside: bool


def leaves(message: Message) -> Iterator[Leaf]:
    """Every part that holds no parts, in order; attached mails and multipart/encrypted stay whole. No recursion."""
    waiting = [Leaf(message, 0, inside=False)]
    choices = 0
    while waiting:
        leaf = waiting.pop()
        part, kind = leaf.part, leaf.part.get_content_type()
        within = inner(part)
        if not kind.startswith("multipart/") or kind == "multipart/encrypted" or not within:
            yield leaf
            continue
        choice = leaf.choice
        if kind == "multipart/alternative" and not choice:
            choices += 1
            choice = choices
        inside = leaf.inside or kind == "multipart/related"
        waiting.extend(Leaf(each, choice, inside) for each in reversed(within))


def inner(part: Message) -> list[Message]:
    """The parts of a part; none if it holds text."""
    if not part.is_multipart():  # get_payload would decode the text, and trips over charsets that are none
        return []
    return [each for each in part.get_payload() if isinstance(each, Message)]


def content(part: Message) -> bytes:
    found = part.get_payload(decode=True)
    return found if isinstance(found, bytes) else b""


def parameter(part: Message, name: str) -> str:
    """A parameter of the Content-Type; empty when there is none."""
    try:
        value = part.get_param(name, "")
    except Exception:  # noqa: BLE001  # RFC 2231 in pieces that do not fit
        return ""
    if isinstance(value, tuple):  # RFC 2231: charset, language, value
        value = value[2]
    return str(value)


def name(part: Message) -> str:
    """A file's name without folders, control characters and marks of direction; empty when it has none."""
    try:
        found = part.get_filename() or ""
    except Exception:  # noqa: BLE001  # as in parameter
        return "?"
    return one_line(decoded(found)).replace("\\", "/").rpartition("/")[2].strip(". ")[-100:]
