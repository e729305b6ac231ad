"""Where a law stands on the site. The noted folder is a hint: folders change, and a new law's is guessed.

The table of contents holds titles and folders, and no abbreviations; those stand in the law itself. So what may be
the law is found by title, noted folder and abbreviation, and the law that was fetched says whether it is.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from difflib import get_close_matches
from functools import lru_cache

from bot.content.law import Law
from bot.content.law_xml import Statute

MOST = 3  # how many folders are tried for one law
NEAR = 0.3  # the share of words that titles must have in common to be named as near

_YEAR = re.compile(r"[ _](?:19|20)\d\d$")
_ORIGIN = re.compile(r"[\s-]*\(Artikel \d.*\)$|\d\)$")  # "(Artikel 1 des Gesetzes vom ...)", a footnote's number
_ROMAN = {
    "I": 1,
    "II": 2,
    "III": 3,
    "IV": 4,
    "V": 5,
    "VI": 6,
    "VII": 7,
    "VIII": 8,
    "IX": 9,
    "X": 10,
    "XI": 11,
    "XII": 12,
}


def candidates(law: Law, contents: Mapping[str, str]) -> list[str]:
    """Folders that may hold ``law``, at most ``MOST``; first those for which most speaks. ``contents``: to title."""
    wanted = _words(law.title)
    titled = [folder for folder, title in contents.items() if wanted and _words(title) == wanted]
    noted = [law.folder] if law.folder in contents else []
    slug = _slug(law.name)
    named = [folder for folder in contents if slug in {folder, _YEAR.sub("", folder)}]
    said = [*titled, *named, *noted]
    return sorted(dict.fromkeys(said), key=lambda folder: -said.count(folder))[:MOST]


def is_law(law: Law, statute: Statute) -> bool:
    """Whether a law that was fetched is the one that is cited: by what it calls itself, or by its title."""
    dated = bool(_YEAR.search(law.name))
    own = _abbreviation(law.name, dated=dated)
    by_name = any(_abbreviation(name, dated=dated) == own for name in statute.called)
    return by_name or (bool(law.title) and _words(statute.title) == _words(law.title))


def nearest(law: Law, contents: Mapping[str, str]) -> list[str]:
    """At most three lines `folder (title)` of what is most like ``law``."""
    wanted = set(_words(law.title))
    alike = {folder: _overlap(wanted, set(_words(title))) for folder, title in contents.items()}
    by_title = sorted((folder for folder, share in alike.items() if share >= NEAR), key=lambda each: -alike[each])
    by_name = get_close_matches(_slug(law.name), contents, MOST, 0.75)
    return [f"{folder} ({contents[folder]})" for folder in dict.fromkeys([*by_title[:2], *by_name])][:MOST]


def _overlap(one: set[str], other: set[str]) -> float:
    return len(one & other) / len(one | other) if one and other else 0.0


@lru_cache(20_000)  # the table of contents has some 6,500 titles, and every law is held against all of them
def _words(title: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", _ORIGIN.sub("", title).casefold()))


def _abbreviation(name: str, *, dated: bool) -> str:
    """AufenthG 2004 as AufenthG, SGB II as SGB 2; RBSFV 2026 with its year, since each year has its own."""
    bare = name if dated else _YEAR.sub("", name)
    arabic = re.sub(r"(?<=SGB )[IVX]+$", lambda found: str(_ROMAN.get(found[0], found[0])), bare)
    return "".join(arabic.casefold().split())


def _slug(name: str) -> str:
    """What the site makes of an abbreviation: AufenthV to aufenthv, BAföG to baf_g, SGB II to sgb_2."""
    arabic = re.sub(r"(?<=SGB )[IVX]+$", lambda found: str(_ROMAN.get(found[0], found[0])), name)
    return re.sub(r"[^a-z0-9-]+", "_", arabic.lower())
