"""Which charset bytes are really in, when their label is too small, false or missing."""

from __future__ import annotations

import re
import unicodedata

# Windows' relatives: they hold signs (– € „ “) where ISO has control characters.
_WINDOWS = {
    "iso8859-1": "cp1252", "iso8859-15": "cp1252", "iso8859-2": "cp1250", "iso8859-4": "cp1257", "iso8859-13": "cp1257",
    "iso8859-5": "cp1251", "iso8859-6": "cp1256", "iso8859-7": "cp1253", "iso8859-8": "cp1255", "iso8859-9": "cp1254",
    "iso8859-11": "cp874", "tis-620": "cp874",
}  # fmt: skip
_ALWAYS = {"iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874"}
_EAST_ASIAN = {"gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs"}
_CONTROLS = re.compile(rb"[\x80-\x9f]")
_ONE_BYTE = re.compile(r"(?:iso8859-|cp125|cp8[5-7]|cp437|koi8|mac-|kz1048|ptcp154|tis-620|cp720|cp737|cp775)")
_LIKELIEST = "cp1252"
_SIGNS = "„“”‚‘’–—…€«»°§•·´`©®™\xa0№،؛؟ـ"
_CANDIDATES: dict[str, tuple[str, str]] = {  # codec: its common letters, and languages that write in it
    "cp1252": ("äöüßéèêàçñáíóúâîôûëãõåøæìòùœï", "de en fr es it pt nl da sv no fi"),
    "cp1254": ("ışğçöüâîİŞĞÇÖÜ", "tr"),
    "cp1250": ("ąćęłńóśźżăâîşţĺľščťžýáíéúůřěďňőűäöüß", "pl ro cs sk hu hr sl"),
    "cp1251": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъіїєґё", "ru uk bg be sr"),
    "koi8-u": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъіїєґё", "ru uk"),
    "iso8859-5": ("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъіїєё", "ru uk"),
    "cp1256": ("اليمنوترببدعسفهكقحجشطصخةىأإؤئءذضظغثزآپچژگک", "ar fa ps ur"),
    "cp1253": ("αοιετσνηυρπκμλςωδγχθφβξζψάέήίόύώ", "el"),
}  # fmt: skip


def is_one_byte(codec: str) -> bool:
    """Whether each of its letters is one byte."""
    return bool(_ONE_BYTE.match(codec))


def larger(codec: str, content: bytes) -> str:
    """The codec to read ``content`` with when it claims ``codec``."""
    if codec in _EAST_ASIAN:
        return _EAST_ASIAN[codec]
    if codec in _ALWAYS or (codec in _WINDOWS and _CONTROLS.search(content)):
        return _WINDOWS[codec]
    return codec


def is_mostly_utf8(sample: bytes) -> bool:
    """Whether bytes that are not all valid UTF-8 are damaged UTF-8 rather than another charset."""
    text = sample.decode("utf-8", "replace")
    return sum(letter > "\x7f" and letter != "\ufffd" for letter in text) > text.count("\ufffd")


def guess(sample: bytes, language: str = "") -> str:
    """The codec of 8-bit text that says nothing about itself; Windows' western one when nothing speaks against it."""
    spoken = language.strip().lower()[:2]
    best, most = _LIKELIEST, float("-inf")
    for codec, (letters, languages) in _CANDIDATES.items():
        points = _points(sample.decode(codec, "replace"), letters)
        if spoken and spoken in languages.split():
            points = points * (1.2 if points > 0 else 0.8) + 1
        if codec == _LIKELIEST and points > 0:
            points = points * 1.1 + 0.5
        if points > most:
            best, most = codec, points
    return best


def _points(text: str, letters: str) -> float:
    """How much ``text`` looks like words in ``letters``, the commonest of which come first."""
    worth = {letter: 2.0 - index / len(letters) for index, letter in enumerate(letters)}
    points = 0.0
    before = " "
    for letter, after in zip(text, [*text[1:], " "], strict=False):
        if letter > "\x7f":
            inside = before.isalpha() and after.isalpha()
            if letter == "\ufffd" or unicodedata.category(letter) == "Cc":
                points -= 5
            elif letter in _SIGNS:
                points -= 3 if inside and letter not in "’‘·" else 0
            elif letter.lower() in worth:
                points += worth[letter.lower()] - (2.5 if letter != letter.lower() and before.islower() else 0)
                # A western word has its own letters between plain ones; a Cyrillic or Arabic one has no plain ones.
                mixed = (before.isascii() and before.isalpha()) or (after.isascii() and after.isalpha())
                points -= 3 if mixed and letter >= "\u0370" else 0
                points -= 0.8 if before.isalpha() and not before.isascii() and letter < "\u0370" else 0
            else:
                points -= 2 if letter.isalpha() else 3
        before = letter
    return points
