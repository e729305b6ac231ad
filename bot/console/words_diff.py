"""The difference of two texts in words, as people read it. Pure."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import Literal

from markupsafe import Markup

Part = tuple[Literal["same", "gone", "new"], str]
_WORDS = re.compile(r"\n|[^\S\n]+|\w+|[^\w\s]")


def difference(before: str, after: str) -> list[Part]:
    """What stayed, went and came, in order."""
    old, new = _WORDS.findall(before), _WORDS.findall(after)
    parts: list[Part] = []
    for what, first, last, start, end in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            parts.append(("same", "".join(old[first:last])))
            continue
        if first < last:
            parts.append(("gone", "".join(old[first:last])))
        if start < end:
            parts.append(("new", "".join(new[start:end])))
    return parts


def as_html(before: str, after: str, gone: str = "weg", new: str = "neu") -> Markup:
    """With del and ins, each named for whoever cannot see colours."""
    html = Markup()
    for what, text in difference(before, after):
        if what == "same":
            html += text
        elif what == "gone":
            html += Markup('<del><span class="hidden"> [{}: </span>{}<span class="hidden">] </span></del>').format(
                gone, text
            )
        else:
            html += Markup('<ins><span class="hidden"> [{}: </span>{}<span class="hidden">] </span></ins>').format(
                new, text
            )
    return html
