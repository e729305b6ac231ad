"""Telegram's HTML, as strictly as Telegram reads it."""

from __future__ import annotations

import html
import re

_TAGS = {"b", "strong", "i", "em", "u", "ins", "s", "strike", "del", "a", "code", "pre", "blockquote", "tg-spoiler"}
_TOKEN = re.compile(r"<(/?)([a-z-]+)((?:\s+[a-z-]+=\"[^\"<>]*\")*)\s*>|(<)|&(#\d+|#x[0-9a-f]+|\w+);|(&)")


def parse_html(text: str) -> str:
    """The shown text. Raises ValueError on what Telegram refuses."""
    shown: list[str] = []
    opened: list[str] = []
    position = 0
    for found in _TOKEN.finditer(text):
        shown.append(text[position : found.start()])
        position = found.end()
        closing, tag, _, stray, entity, ampersand = found.groups()
        if stray:
            raise ValueError(f"Unsupported start tag at byte offset {found.start()}")
        if tag:
            if tag not in _TAGS:
                raise ValueError(f'Unsupported start tag "{tag}" at byte offset {found.start()}')
            if not closing:
                opened.append(tag)
            elif not opened or opened.pop() != tag:
                raise ValueError(f"Unmatched end tag at byte offset {found.start()}")
        elif entity:
            shown.append(
                html.unescape(f"&{entity};")
                if entity in {"lt", "gt", "amp", "quot"} or entity[0] == "#"
                else f"&{entity};"
            )
        elif ampersand:
            shown.append("&")
    if opened:
        raise ValueError(f"Can't find end tag corresponding to start tag {opened[-1]}")
    return "".join([*shown, text[position:]])
