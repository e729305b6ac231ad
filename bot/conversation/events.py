"""What comes in (past tense) and what is to be done (imperative)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from bot.conversation.actions import Action
from bot.matching.match import Match

Command = Literal["start", "menu", "language", "help", "privacy", "delete", "ask", "status"]
COMMANDS: tuple[Command, ...] = ("start", "ask", "menu", "language", "status", "help", "privacy", "delete")


@dataclass(frozen=True)
class Commanded:
    """A command such as /menu. ``hint`` is the language of the person's app, "" when unknown."""

    command: Command
    hint: str = ""


@dataclass(frozen=True)
class Asked:
    """Free text, already matched. ``language`` is the one to answer in, ``written_in`` the detected one ("" unsure)."""

    text: str
    match: Match
    language: str
    written_in: str = ""


@dataclass(frozen=True)
class Pressed:
    """A button; ``action`` is None when nobody knows it any more."""

    action: Action | None


@dataclass(frozen=True)
class SentOther:
    """Something that is no text: a photo, a voice message, a sticker ..."""

    kind: str
    hint: str = ""


Event = Commanded | Asked | Pressed | SentOther


@dataclass(frozen=True)
class Sentence:
    """One of the bot's own sentences by its key; ``values`` fill its {names}."""

    key: str
    values: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    """A topic's words, or one of its sections."""

    topic: str
    section: str = ""


@dataclass(frozen=True)
class Emergency:
    """The notice with the emergency numbers."""


@dataclass(frozen=True)
class Preview:
    """The handover mail exactly as it will be sent."""

    draft: Draft


Part = Sentence | Answer | Emergency | Preview


@dataclass(frozen=True)
class Button:
    """``label`` is a sentence's key, or ``topic:ID``, ``group:ID``, ``section:ID``, ``language:CODE``."""

    label: str
    action: Action


@dataclass(frozen=True)
class Say:
    """One message to the person who wrote. ``edit``: change the message whose button was pressed, where possible."""

    parts: tuple[Part, ...]
    buttons: tuple[tuple[Button, ...], ...] = ()
    edit: bool = False


@dataclass(frozen=True)
class Draft:
    """A question that may be handed over; kept until sent, dropped, or a day old. ``number`` counts per person."""

    number: int
    question: str
    language: str
    topics: tuple[str, ...]
    at: float


@dataclass(frozen=True)
class HandOver:
    """Send the draft to the office: the asker agreed."""

    draft: Draft


@dataclass(frozen=True)
class Forget:
    """Delete everything stored about the person."""


Effect = Say | HandOver | Forget
