"""A composed message: blocks of text and buttons, for any channel."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


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
