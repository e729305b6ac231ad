"""What the flow asks of the channels, and how they answer: with a value, never with their library's exceptions.

Delivered          the other side has it
Later(seconds)     not now: try again after so long (None: growing pauses)
Paused(seconds)    nothing can be sent by this channel for so long: no other row is tried meanwhile, an operator is told
Refused            never: the row is buried and reported
Stopped            this channel cannot send at all until an operator mends it
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Literal, Protocol, runtime_checkable

import structlog

from bot.conversation.incoming import Incoming
from bot.handover.answers import File
from bot.presentation.message import Message
from bot.presentation.outgoing import Outgoing

MAIL = "mail"  # the channel of people who ask by mail, and of the office
TELEGRAM = "telegram"
WEB = "web"  # of browsers
Alert = Callable[[str], None]  # takes what an operator must know: no words of anybody


def tell_log(what: str) -> None:
    """The alert that is always there."""
    structlog.get_logger().error("needs an operator", what=what)


Went = Literal["worked", "failed", "contested", "rests"]
Sign = Callable[[Went, str], None]  # how a way in went just now, and why not


def no_sign(went: Went, why: str) -> None:
    """Where nobody wants to know."""


# Keeps (lane, id, payload) rows, each once; how many are new. Once it returns they may be acknowledged.
Store = Callable[[list[tuple[str, str, Any]]], Awaitable[int]]


class Channel(Protocol):
    """What the flow must know of a channel. Both are pure."""

    def parse(self, payload: Any) -> Incoming | None:
        """A stored payload as a message; None for what needs no answer."""

    def render(self, message: Message, incoming: Incoming) -> Sequence[Outgoing]:
        """What shows ``message`` to whoever sent ``incoming``, in order."""

    def attach(self, files: Sequence[File], incoming: Incoming) -> Sequence[Outgoing]:
        """What brings the office's files."""


@dataclass(frozen=True)
class Delivered:
    """Sent. ``note`` is logged."""

    note: str = ""


@dataclass(frozen=True)
class Later:
    """Try again. ``seconds`` is what the other side asked for, None when it did not say. ``alone``: it is about this
    row, and says nothing of the others."""

    reason: str
    seconds: float | None = None
    alone: bool = False


@dataclass(frozen=True)
class Paused:
    """It is not the row but the way out (a wrong password, say): the whole channel rests, and then tries one row."""

    reason: str
    seconds: float


@dataclass(frozen=True)
class Refused:
    """Trying again cannot help. ``quiet``: to be expected, nobody need look."""

    reason: str
    quiet: bool = False


@dataclass(frozen=True)
class Stopped:
    """The channel's settings are wrong; the row waits for the operator."""

    reason: str


Outcome = Delivered | Later | Paused | Refused | Stopped


def unfit(message: Outgoing) -> Refused:
    """What a way out says to a kind of message that is none of its own."""
    return Refused(f"{type(message).__name__} is nothing that this channel sends")


class Sender(Protocol):
    """One channel's way out."""

    def send(self, lane: str, message: Outgoing) -> Awaitable[Outcome]:
        """Send one message. Must not raise for anything the other side does."""


@runtime_checkable
class OneByOne(Protocol):
    """A way out that sends one row after the other: a kill sends at most one of them twice."""

    def connection(self) -> AbstractAsyncContextManager[Sender]:
        """For as many rows as are due; opened by the first of them."""
