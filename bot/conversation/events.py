"""What comes in (past tense) and what is to be done (imperative)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.conversation import sensitive
from bot.conversation.actions import Action
from bot.matching.match import Match

Command = Literal["start", "menu", "language", "help", "privacy", "delete", "ask", "status"]
COMMANDS: tuple[Command, ...] = ("start", "ask", "menu", "language", "status", "help", "privacy", "delete")


@dataclass(frozen=True)
class Commanded:
    """A command such as /menu. ``hint`` is the language of the person's app, "" when unknown.

    ``argument`` is what stands behind it: for /start the parameter of a deep link.
    """

    command: Command
    hint: str = ""
    argument: str = ""


@dataclass(frozen=True)
class Asked:
    """Free text, already matched. ``language`` is the one to answer in; the one it is written in: ``match.language``.

    ``forwarded``: it was written by somebody else; from a counsellor it is a client's question. ``edited``: an earlier
    message was changed, or Telegram says so. ``file``: it stood below a picture or a document, ``album``: which shares
    this with others. ``number``: it replies to the office's answer to this question (0: to none). ``post``: the
    channel's id of the message, "" where there is none.
    """

    text: str
    match: Match
    language: str
    forwarded: bool = False
    edited: bool = False
    file: bool = False
    number: int = 0
    album: str = ""
    post: str = ""


@dataclass(frozen=True)
class Invited:
    """A counsellor's invitation was opened; ``valid`` unless it was used before, is too old, or is none of ours."""

    valid: bool
    hint: str = ""


@dataclass(frozen=True)
class Moved:
    """A link was opened that brings questions from a chat in a browser; ``valid`` unless it was used or is too old.

    ``language``: the one that was chosen there.
    """

    valid: bool
    hint: str = ""
    language: str = ""


@dataclass(frozen=True)
class Pressed:
    """A button; ``action`` is None when nobody knows it any more."""

    action: Action | None


OtherKind = Literal["file", "voice", "personal", "other"]  # picture or paper; speech; contact or location; the rest
OTHER_KINDS: tuple[OtherKind, ...] = ("file", "voice", "personal", "other")


@dataclass(frozen=True)
class SentOther:
    """Something that is no text. ``album``: what several pictures sent at once share."""

    kind: OtherKind
    hint: str = ""
    album: str = ""


Event = Commanded | Invited | Moved | Asked | Pressed | SentOther


@dataclass(frozen=True)
class Sentence:
    """One of the bot's own sentences by its key; ``values`` fill its {names}."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A topic's words, or one of its sections, or (see ``Match``) one paragraph. ``everywhere``: only what holds in
    all Germany."""

    topic: str
    section: str = ""
    everywhere: bool = False
    paragraph: int | None = None


@dataclass(frozen=True)
class Emergency:
    """The notice with the emergency numbers."""


@dataclass(frozen=True)
class Preview:
    """The handover mail exactly as it will be sent."""

    draft: Draft


@dataclass(frozen=True)
class PlaceCard:
    """Where a place is and how to reach it."""

    place: str


@dataclass(frozen=True)
class Pin:
    """A place on the map; a message of its own."""

    place: str


@dataclass(frozen=True)
class Quoted:
    """Somebody's own words."""

    text: str


Part = Sentence | Answer | Emergency | Preview | PlaceCard | Pin | Quoted


@dataclass(frozen=True)
class Button:
    """``label`` is a sentence's key, or ``topic:ID``, ``group:ID``, ``section:ID``, ``language:CODE``, ``stay:CODE``,
    ``pin:PLACE``, ``join:NUMBER``, ``withdraw:NUMBER``."""

    label: str
    action: Action


@dataclass(frozen=True)
class Say:
    """One message to the person who wrote. ``edit``: change the message whose button was pressed, where possible.

    ``client``: the language of a counsellor's client; answers come in it, to be forwarded, and then in German.
    ``language``: it comes in this one, whatever was chosen.
    """

    parts: tuple[Part, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    edit: bool = False
    client: str = ""
    language: str = ""


Pieces = tuple[tuple[str, str], ...]  # messages that one question stands in: the channel's id, and the words


@dataclass(frozen=True)
class Draft:
    """A question that may be handed over; kept until sent, dropped, or a day old. ``number`` counts per person.

    ``joins``: the question at the office that it belongs to, 0 for none. ``numbers``: the asker wants passport, file
    and phone numbers in it to be sent; else they are masked. ``client``: a counsellor forwarded it, for somebody else.
    ``offered``: its preview was shown. ``pieces``: the messages that it was written in. ``sent``: so many of its
    letters are at the office already, as a question that it grew from.
    """

    number: int
    question: str
    language: str
    topics: tuple[str, ...]
    at: float
    joins: int = 0
    numbers: bool = False
    client: bool = False
    offered: bool = False
    pieces: Pieces = ()
    sent: int = 0

    @property
    def shown(self) -> str:
        """The words that are previewed and sent."""
        return self.question if self.numbers else sensitive.masked(self.question)


@dataclass(frozen=True)
class Question:
    """A question of this person at the office. ``asked``: the day, as YYYY-MM-DD; ``open``: no answer yet."""

    number: int
    asked: str
    text: str
    open: bool = True


@dataclass(frozen=True)
class HandOver:
    """Send the draft to the office, as a question or as part of the one it joins: the asker agreed."""

    draft: Draft


@dataclass(frozen=True)
class Withdraw:
    """Erase a question at the office; the asker no longer wants an answer."""

    number: int


@dataclass(frozen=True)
class Forget:
    """Delete everything stored about the person."""


Effect = Say | HandOver | Withdraw | Forget
