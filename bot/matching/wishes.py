"""More than one wish in one message: where to cut it."""

from __future__ import annotations

import re

MAX_PARTS = 6
MAX_WISHES = 4  # parts of a message that may be two wishes; with more it is a story
MIN_LETTERS = 8
# "and" between two wishes, in every language that writes it as a word of its own.
_AND = (
    "und|und auch|außerdem|and|and also|also|та|і|й|и|а також|а также|و|و همچنین|ve|ayrıca|et|et aussi|và|y|y también|"
    "și|și cum|oraz|i|a także|او|ከምኡውን|û|iyo"
)
_CUT = re.compile(rf"[.!?;؟۔።\n]+|,?\s+(?:{_AND})\s+")
_SIGNS = re.compile(r"[,.;:!?؟،۔።]+")


def parts(text: str) -> list[str]:
    """The parts of a message that may be wishes of their own; fewer than two when there is nothing to cut."""
    found = [part.strip(" ,") for part in _CUT.split(text)]
    found = [part for part in found if sum(map(str.isalpha, part)) >= MIN_LETTERS and len(part.split()) >= 2]
    return found if 1 < len(found) <= MAX_PARTS else []


def clauses(text: str) -> list[str]:
    """What stands between its signs, commas among them."""
    return [part for part in map(str.strip, _SIGNS.split(text)) if any(map(str.isalpha, part))]
