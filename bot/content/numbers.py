"""Numbers in words: a translation must say those of the German text, no other and none less."""

from __future__ import annotations

import re
from collections import Counter

from bot.content.model import PLACEHOLDER

# German often spells what other languages, and plain German above all, write in digits.
_SPELLED = {
    r"ein(e[nmrs]?)?\b": 1,
    r"beide|zwei": 2,
    r"drei|viertelj": 3,
    r"vier": 4,
    r"fünf": 5,
    r"sechs|halbe[ns]? jahr|halbj": 6,
    r"sieben": 7,
    r"acht": 8,
    r"neun": 9,
    r"zehn": 10,
    r"elf": 11,
    r"zwölf": 12,
    r"minderjährig|volljährig": 18,
    r"zwanzig": 20,
    r"dreißig": 30,
    r"hundert": 100,
    r"tausend": 1000,
    # Months, which Vietnamese and others number
    r"januar": 1,
    r"februar": 2,
    r"märz": 3,
    r"april": 4,
    r"mai\b": 5,
    r"juni": 6,
    r"juli": 7,
    r"august": 8,
    r"september": 9,
    r"oktober": 10,
    r"november": 11,
    r"dezember": 12,
}
_SPELLED_IN = [(re.compile(rf"(?<!\w)(?:un)?(?:{pattern})"), number) for pattern, number in _SPELLED.items()]
_LIST_NUMBER = re.compile(r"^\s*\d+[.)]\s", re.MULTILINE)
_LINK_TARGET = re.compile(r"\]\([^)\n]*\)")
_THOUSANDS = re.compile(r"(?<!\d)\d{1,3}(?:[.,٬’'\u00a0\u202f ]\d{3})+(?!\d)")


def numbers(text: str) -> Counter[int]:
    """Every number in digits of any script, how often it stands there; 6,50 and 6.50 are both 6 and 50.

    Placeholders, link targets and the numbers of a numbered list do not count.
    """
    text = _LIST_NUMBER.sub("", _LINK_TARGET.sub("]", PLACEHOLDER.sub("", text)))
    text = _THOUSANDS.sub(lambda found: "".join(filter(str.isdecimal, found.group())), text)
    return Counter(int(digits) for digits in re.findall(r"\d+", text))


def differing(german: str, translation: str) -> tuple[list[int], list[int]]:
    """Numbers that the translation lacks, and numbers that only the translation has."""
    said, told = numbers(german), numbers(translation)
    added = set(told) - set(said)
    if added:
        folded = german.lower()
        added -= {number for pattern, number in _SPELLED_IN if pattern.search(folded)}
    return sorted(said - told), sorted(added)
