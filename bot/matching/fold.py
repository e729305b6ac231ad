"""Text as the matcher reads it: cleaned of what nobody sees, cut, folded, romanised."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

MAX_CHARACTERS = 500
MANY_PHRASES = 20_000  # remembered forms of what detectors know
_INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}
# Letters that a Persian, an Arabic and a Pashto keyboard write differently; tatweel is only drawn.
_ONE_FORM = str.maketrans("يىېۍكة", "یییی\u06a9ه", "\u0640")
_JOINERS = "\u200c\u200d"  # zero-width (non-)joiner: part of correct Persian and Tamil spelling


def clean(text: str) -> str:
    """``text`` without control, zero-width and bidi characters and lone surrogates, spaces joined, NFKC.

    Newlines become spaces. Not cut: see ``shorten``.
    """
    spaced = re.sub(r"[\s\u200b\ufeff]+", " ", text)
    kept = spaced
    if not spaced.isprintable():  # the quick way: most texts hide nothing
        kept = "".join(" " if c in _JOINERS else c for c in spaced if c in _JOINERS or _visible(c))
    return re.sub(r"\s+", " ", unicodedata.normalize("NFKC", kept)).strip()


def clean_phrase(text: str) -> str:
    """``shorten`` of ``clean``: the knowledge's words as the matcher learns them."""
    return shorten(clean(text))


def _visible(character: str) -> bool:
    return character == " " or unicodedata.category(character) not in _INVISIBLE


def shorten(text: str, limit: int = MAX_CHARACTERS) -> str:
    """At most ``limit`` characters. Of a long story the sentences that ask are kept first, then beginning and end."""
    if len(text) <= limit:
        return text
    asking = [part.strip() for part in re.findall(r"[^.?!;。؟۔።\n]{3,}[?؟;]+", text[:20_000])]
    questions = " ".join(part for part in asking if len(part) <= limit)
    if questions:
        return questions[-limit:]
    half = limit // 2
    return f"{text[:half]} {text[-half:]}"


def has_words(text: str) -> bool:
    """Whether there is anything to understand: at least one letter or digit in any script."""
    return any(unicodedata.category(character)[0] in "LN" for character in text)


_MARKS = (code for code in (*range(0x1F000), *range(0xE0100, 0xE01F0)) if unicodedata.category(chr(code)) == "Mn")
_BARE = {**dict.fromkeys(_MARKS), **_ONE_FORM, ord("đ"): "d", ord("ı"): "i", ord("ł"): "l"}
_UMLAUT = re.compile(r"([aou])e(?=[a-z])")
_WORD = re.compile(r"\w+")


def fold(text: str) -> str:
    """Lower-case words without accents; ä, ae and a are one, so that a keyboard without umlauts is no typing error.

    Arabic letters have one form whatever keyboard wrote them, and no vowel marks."""
    stripped = text.casefold()
    if not stripped.isascii():  # the quick way: ASCII has no accents
        stripped = unicodedata.normalize("NFD", stripped.replace("ß", "ss")).translate(_BARE)
    if "e" in stripped:
        stripped = _UMLAUT.sub(r"\1", stripped)
    return stripped if stripped.isalnum() else " ".join(_WORD.findall(stripped))  # most often it is one word


@lru_cache(maxsize=MANY_PHRASES)
def fold_phrase(text: str) -> str:
    """``fold`` of the knowledge's words, remembered for the next edit. Never of what people write: that is not kept."""
    return fold(text)


def romanised(text: str) -> str:
    """``fold`` of the text in Latin letters, whatever script it is in."""
    return fold(anyascii(text))


def script(text: str) -> str:
    """The script most letters are in: LATIN, CYRILLIC, ARABIC, ETHIOPIC ...; "" without letters."""
    if text.isascii():
        return "LATIN" if any(map(str.isalpha, text)) else ""
    counts: dict[str, int] = {}
    for character in text:
        if name := _script_of(character):
            counts[name] = counts.get(name, 0) + 1
    return max(counts, key=lambda name: counts[name]) if counts else ""


@lru_cache(maxsize=8_192)
def _script_of(character: str) -> str:
    return unicodedata.name(character, "?").split(" ", 1)[0] if character.isalpha() else ""
