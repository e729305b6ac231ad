"""A plain text part as its writer saw it: flowed lines joined (RFC 3676), Exchange's placeholders gone."""

from __future__ import annotations

import re

# "amt@stadt.example<mailto:amt@stadt.example>", "www.stadt.example<http://www.stadt.example/>"
_DOUBLED = re.compile(r"<((?:mailto:|tel:|https?://)[^<>\s]{1,2000})>", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"[ \t]*\[cid:[^\[\]\s]{1,300}\]")
_BARE = re.compile(r"^(?:mailto:|tel:|https?://)?(?:www\.)?|/$", re.IGNORECASE)
# What a program cuts within: a link, a very long word, and letters that need no spaces.
_UNBROKEN = re.compile(r"(?:://|www\.|@)[^\s]*$|[^\s]{40}$|[\u2e80-\u9fff\uf900-\ufaff\uff00-\uff60]$")


def unflowed(text: str, *, delete_space: bool) -> str:
    """``text`` of ``format=flowed``: a line that ends in a space goes on in the next of the same quoting."""
    lines: list[str] = []
    flowing: int | None = None  # the level of quoting of a line that goes on
    pieces: list[str] = []
    for line in text.split("\n"):
        bare = line.lstrip(">")
        level = len(line) - len(bare)
        bare = bare.removeprefix(" ")
        soft = bare.endswith(" ") and bare != "-- "
        if flowing is not None and (flowing != level or bare == "-- "):
            lines.append("".join(pieces).rstrip())
            pieces, flowing = [], None
        if flowing is None:
            pieces.append("> " * min(level, 20) if bare else ">" * min(level, 20))
        # With DelSp the space is no word's; but some programs write a single one between two words all the same.
        cut = soft and delete_space and (bare.endswith("  ") or _UNBROKEN.search(bare[-200:-1]))
        pieces.append(bare[:-1] if cut else bare)
        if soft:
            flowing = level
        else:
            lines.append("".join(pieces))
            pieces, flowing = [], None
    if pieces:
        lines.append("".join(pieces))
    return "\n".join(lines)


def without_placeholders(text: str) -> str:
    """Without ``[cid:image001.png@...]`` and without an address that stands behind itself."""
    if "[cid:" in text:
        text = _PLACEHOLDER.sub("", text)
    return _DOUBLED.sub(_once, text) if "<" in text else text


def _once(found: re.Match[str]) -> str:
    before = found.string[max(0, found.start() - 300) : found.start()].rstrip("> \t").rpartition(" ")[2]
    address = _BARE.sub("", found.group(1)).casefold()
    said = _BARE.sub("", before.rpartition("\n")[2].strip("<(\"'*")).casefold()
    return "" if said and address.partition("?")[0] == said else found.group()
