"""Buttons: what each means, and the short text (at most 64 bytes) it travels as.

A button may be pressed a month later or twice; so it names what it does, never a position in some old list.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Verb = Literal[
    "language",  # argument: code
    "menu",  # all groups
    "group",  # argument: group
    "topic",  # argument: topic; detail "back": from one of its sections
    "section",  # argument: topic, detail: section
    "helped",  # argument: topic
    "person",  # argument: topic or "": the asker wants a person
    "send",  # argument: number of the draft
    "cancel",  # argument: number of the draft
    "rewrite",  # the draft is to be worded anew
    "delete",  # confirmed
    "keep",  # do not delete
    "languages",  # the choice of languages
    "pin",  # argument: place, to be shown on the map
    "numbers",  # argument: number of the draft, whose numbers are not to be masked
    "join",  # argument: number of the open question that the draft belongs to
    "withdraw",  # argument: number of the open question
    "mine",  # argument: number of the draft of a client's question, whose reply the counsellor gets
    "again",  # argument: number of the answered question
]
CODES: dict[Verb, str] = {
    "language": "l",
    "menu": "m",
    "group": "g",
    "topic": "t",
    "section": "s",
    "helped": "y",
    "person": "p",
    "send": "c",
    "cancel": "x",
    "rewrite": "w",
    "delete": "d",
    "keep": "k",
    "languages": "o",
    "pin": "v",
    "numbers": "n",
    "join": "j",
    "withdraw": "z",
    "again": "a",
    "mine": "i",
}
_VERBS = {code: verb for verb, code in CODES.items()}
MAX_BYTES = 64


@dataclass(frozen=True)
class Action:
    """One button's meaning."""

    verb: Verb
    argument: str = ""
    detail: str = ""

    def encode(self) -> str:
        """The text Telegram carries. Raises ValueError past 64 bytes: a topic id is too long."""
        text = ":".join([CODES[self.verb], self.argument, self.detail]).rstrip(":")
        if len(text.encode()) > MAX_BYTES:
            raise ValueError(f"{text}: over {MAX_BYTES} bytes. Shorten the topic's id.")
        return text


def decode(text: str) -> Action | None:
    """The action behind a button's text; None for what no version of Lotse has written."""
    code, _, rest = text.partition(":")
    argument, _, detail = rest.partition(":")
    if code not in _VERBS or not re.fullmatch(r"[A-Za-z0-9_-]*", argument + detail):
        return None
    return Action(_VERBS[code], argument, detail)
