"""Everything that leaves, as a value: what a channel makes of a message, and what its sender gets.

The outbox keeps it as JSON, with the keys that it always had: rows outlive the program that wrote them, and whoever
goes back to an older one finds rows that it can read.
"""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass
from typing import Any

from bot.presentation.message import Label, Venue


class UnreadableRow(ValueError):
    """It holds nothing that this version of Lotse can send."""


@dataclass(frozen=True, kw_only=True)
class _InChat:
    """``to``: the chat or the browser's session. ``uid``: by which a session knows what it has already, else ""."""

    to: str
    uid: str = ""


@dataclass(frozen=True, kw_only=True)
class Text(_InChat):
    """``text``: as the channel shows it, HTML of our own making or plain. ``edit``: whose place it takes, or ""."""

    text: str
    buttons: tuple[tuple[Label, ...], ...] = ()
    edit: str = ""


@dataclass(frozen=True, kw_only=True)
class Place(_InChat):
    """A pin on a map."""

    venue: Venue


@dataclass(frozen=True, kw_only=True)
class Document(_InChat):
    """A file from the office."""

    name: str
    content: bytes


@dataclass(frozen=True)
class Receipt:
    """Tells Telegram that a pressed button was heard; ``id`` is the press's."""

    id: str


@dataclass(frozen=True)
class Letter:
    """A mail, whole. ``to``: the envelope's recipient. ``id``: the Message-ID without angle brackets."""

    to: str
    mail: str
    id: str = ""


Outgoing = Text | Place | Document | Receipt | Letter


def write(message: Outgoing) -> str:
    """The row's text: JSON, ASCII alone."""
    return json.dumps(_fields(message), ensure_ascii=True)


def _fields(message: Outgoing) -> dict[str, Any]:
    match message:
        case Receipt(id_):
            return {"receipt": id_}
        case Letter(to, mail, id_):
            return {"to": to, "mail": mail, "id": id_}
        case Place():
            return {**_address(message), "venue": asdict(message.venue)}
        case Document():
            content = base64.b64encode(message.content).decode("ascii")
            return {**_address(message), "file": message.name, "content": content}
        case Text():
            buttons = [[[label.text, label.data] for label in row] for row in message.buttons]
            edit = {"edit": message.edit} if message.edit else {}
            return {**_address(message), "html": message.text, "buttons": buttons, **edit}


def _address(message: _InChat) -> dict[str, str]:
    return {"session": message.to, "uid": message.uid} if message.uid else {"chat": message.to}


def read(row: str) -> Outgoing:
    """What ``write`` wrote, in this version or an earlier one. Raises UnreadableRow."""
    try:
        return _message(json.loads(row))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnreadableRow("it holds nothing that this version of Lotse can send") from error


def _message(fields: Any) -> Outgoing:
    match fields:
        case {"receipt": str(id_)}:
            return Receipt(id_)
        case {"to": str(to), "mail": str(mail)}:
            return Letter(to, mail, str(fields.get("id", "")))
        case {"venue": {"latitude": float() | int(), "longitude": float() | int()} as venue}:
            return Place(**_to(fields), venue=Venue(**venue))
        case {"file": str(name), "content": str(content)}:
            return Document(**_to(fields), name=name, content=base64.b64decode(content, validate=True))
        case {"html": str(text)}:
            rows = fields.get("buttons", ())
            buttons = tuple(tuple(map(_label, row)) for row in rows)
            return Text(**_to(fields), text=text, buttons=buttons, edit=str(fields.get("edit", "")))
        case {"text": str(text)}:  # of the terminal, before it had the others' form
            return Text(**_to(fields), text=text, buttons=(tuple(map(_label, fields.get("buttons", ()))),))
    raise KeyError("no kind of message")


def _label(pair: Any) -> Label:
    match pair:
        case [str(text), str(data)]:
            return Label(text, data)
    raise KeyError("no button")


def _to(fields: dict[str, Any]) -> dict[str, str]:
    return {"to": str(fields.get("chat", fields.get("session", ""))), "uid": str(fields.get("uid", ""))}
