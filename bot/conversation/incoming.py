"""A message as any channel hands it in, before the matcher has seen it."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")


@dataclass(frozen=True)
class Incoming:
    """``address`` is where the answer goes. ``text`` is the words, the command without its slash, a button's data, or
    what else was sent (``events.OtherKind``); ``argument`` is what stood behind a command.

    ``hint`` is the language code of the person's app. ``message`` is the channel's id of the message whose button was
    pressed, ``receipt`` what must be acknowledged. ``forwarded``: somebody else wrote it. A "group" is no person:
    somebody added the bot to it. ``edited``: an earlier message was changed. ``file``: the text stands below a picture
    or a document. ``album``: what pictures sent at once share. ``post``: the channel's id of the words. ``replied`` is
    the message of ours that was replied to, ``replied_buttons`` the data of its buttons.
    """

    address: str
    kind: Literal["text", "command", "button", "other", "group"]
    text: str = ""
    hint: str = ""
    message: str = ""
    receipt: str = ""
    argument: str = ""
    forwarded: bool = False
    edited: bool = False
    file: bool = False
    album: str = ""
    post: str = ""
    replied: str = ""
    replied_buttons: tuple[str, ...] = ()

    @property
    def guess(self) -> str:
        """The hint as one of our codes: apps say de-AT, and ku for Kurmanji."""
        code = self.hint.split("-")[0].lower()
        return _CODES.get(code, code)

    def clean(self) -> Incoming:
        """The same without what no database or channel takes: NUL, other control characters, lone surrogates."""
        return replace(self, text=_clean(self.text), argument=_clean(self.argument), replied=_clean(self.replied))


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROLS.sub("", text).encode("utf-16", "surrogatepass").decode("utf-16", "replace")


_CODES = {"ku": "kmr"}
