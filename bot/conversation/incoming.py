"""A message as any channel hands it in, before the matcher has seen it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Incoming:
    """``address`` is where the answer goes. ``text`` is the words, the command without its slash, a button's data, or
    what else was sent (``events.OtherKind``); ``argument`` is what stood behind a command.

    ``hint`` is the language code of the person's app. ``message`` is the channel's id of the message whose button was
    pressed, ``receipt`` what must be acknowledged. ``forwarded``: somebody else wrote it. A "group" is no person:
    somebody added the bot to it.
    """

    address: str
    kind: Literal["text", "command", "button", "other", "group"]
    text: str = ""
    hint: str = ""
    message: str = ""
    receipt: str = ""
    argument: str = ""
    forwarded: bool = False

    @property
    def guess(self) -> str:
        """The hint as one of our codes: apps say de-AT, and ku for Kurmanji."""
        code = self.hint.split("-")[0].lower()
        return _CODES.get(code, code)


_CODES = {"ku": "kmr"}
