"""How hard German is to read: Wiener Sachtextformel, and sentences that are too long for plain German."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain

import pyphen

from bot.content.model import PLACEHOLDER

# The formula gives the school year that can read a text. Measured on our own texts of 40 words and more (November
# 2026), German has a median of 5.7, and 98 % are below 9.6; plain German has one of 3.4. So plain German must be no
# harder than half of the German texts; the five texts above that had enumerations of long nouns, and were mended.
HARDEST = {"de": 10.0, "de-simple": 5.7}
MIN_WORDS = 40  # in shorter texts two long words decide
LONGEST_SENTENCE = 15  # words, in plain German

_MARKS = re.compile(r"^\s*(?:\d+[.)]|[-*])\s+|\*\*|\]\([^)\n]*\)", re.MULTILINE)
_SENTENCE_END = re.compile(r"(?<=[.!?:;])\s+|\n+")
_WORD = re.compile(r"[^\W_]+(?:[·-][^\W_]+)*")


@cache
def _hyphenation() -> pyphen.Pyphen:
    return pyphen.Pyphen(lang="de_DE")


def syllables(word: str) -> int:
    """At least 1; pyphen never divides after a single letter, so "oder" counts as one."""
    return len(_hyphenation().positions(word)) + 1


def sentences(text: str) -> list[list[str]]:
    """The words of each sentence or line; a compound divided by a hyphen point is one word."""
    plain = _MARKS.sub(" ", PLACEHOLDER.sub("", text))
    return [words for sentence in _SENTENCE_END.split(plain) if (words := _WORD.findall(sentence))]


def grade(text: str) -> float | None:
    """The first Wiener Sachtextformel (Bamberger and Vanecek 1984); None for a text of fewer than MIN_WORDS words.

    A compound divided by a hyphen or a hyphen point counts as its longest part: the parts are read one by one.
    """
    found = sentences(text)
    words = [max(re.split("[·-]", word), key=len) for word in chain(*found)]
    if len(words) < MIN_WORDS:
        return None
    lengths = [syllables(word) for word in words]
    share = 100 / len(words)
    return (
        0.1935 * share * sum(length >= 3 for length in lengths)
        + 0.1672 * sum(map(len, found)) / len(found)
        + 0.1297 * share * sum(len(word) > 6 for word in words)
        - 0.0327 * share * sum(length == 1 for length in lengths)
        - 0.875
    )


def long_sentences(text: str) -> Iterator[tuple[int, str]]:
    """Length and first words of every sentence of more than LONGEST_SENTENCE words."""
    for words in sentences(text):
        if len(words) > LONGEST_SENTENCE:
            yield len(words), " ".join(words[:5])
