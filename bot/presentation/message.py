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
class Message:
    """What one person reads at once. ``edit``: replace the message whose button was pressed."""

    blocks: tuple[Block, ...]
    buttons: tuple[tuple[Label, ...], ...] = ()
    edit: bool = False
