"""A composed message: blocks of text and buttons, for any channel."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from bot.content.widths import fits


@dataclass(frozen=True)
class Block:
    """``markdown`` is the bot's own; ``verbatim`` is somebody's text and never read as markup."""

    kind: Literal["markdown", "verbatim"]
    text: str


@dataclass(frozen=True)
class Label:
    """A button as shown: its words, and the action's encoding."""

    text: str
    data: str


def in_rows(labels: Sequence[Label]) -> Iterator[tuple[Label, ...]]:
    """The buttons of one row; each in a row of its own where a phone would cut one of them."""
    if fits([label.text for label in labels]):
        yield tuple(labels)
    else:
        yield from ((label,) for label in labels)


@dataclass(frozen=True)
class Venue:
    """A place on the map; ``latitude`` and ``longitude`` in degrees (WGS 84)."""

    name: str
    address: str
    latitude: float
    longitude: float


@dataclass(frozen=True)
class Message:
    """What one person reads at once. ``edit``: replace the message whose button was pressed.

    ``venue``: shown on a map, instead of blocks.
    """

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Label, ...], ...] = ()
    edit: bool = False
    venue: Venue | None = None
