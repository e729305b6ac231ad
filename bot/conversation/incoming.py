"""A message as any channel hands it in, before the matcher has seen it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Incoming:
    """``address`` is where the answer goes. ``text`` is the words, the command without its slash, or a button's data.

    ``message`` is the channel's id of the message whose button was pressed, ``receipt`` what must be acknowledged.
    """

    address: str
    kind: Literal["text", "command", "button", "other"]
    text: str = ""
    hint: str = ""
    message: str = ""
    receipt: str = ""
