"""How wide a line is on a phone, so that a button's text is not cut.

One column is the average small Latin letter of a sans serif (each counted as often as it stands in English text). The
widths are those of DejaVu Sans, which has all our scripts but Ethiopic, rounded; other fonts' differ by few per cent.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from functools import lru_cache

BUTTON = 36  # columns of one button across a message on a phone 360 pixels wide, at the clients' 15 pixels
_BESIDE = 3  # columns that a further button in the same row takes for its edges
_ETHIOPIC = 1.5
_OTHER = 1.15
_BRACKETS = re.compile(r"\s*[(（][^()（）]*[)）]")
_COLUMNS = {
    letter: width
    for width, letters in (
        (0.6, "'|! ,-.:;·fijlıIJ،؛اآأإ"),
        (0.8, "()/rtțدذرزژړوؤءډ"),
        (1.0, "ckvsxyz?FLPśşșçźżгзсктухчьэяєвРةهړغعھ–"),
        (1.4, "wDGHNOQUÖÜЛДИНОПكلنقىيےېئ"),
        (1.6, "mMшжфюطظکګگМ"),
        (1.8, "WщыبتثفټپЫ@%—"),
        (2.2, "سشصضښЖЩШ"),
    )
    for letter in letters
}


def columns(text: str) -> float:
    """Columns that ``text`` takes in one line."""
    return sum(map(_of, unicodedata.normalize("NFC", text)))


def fits(texts: Sequence[str]) -> bool:
    """Whether buttons with these texts stand side by side in one row, none of them cut."""
    room = (BUTTON - _BESIDE * (len(texts) - 1)) / max(len(texts), 1)
    return all(columns(text) <= room for text in texts)


def button_text(title: str, short: str = "") -> str:
    """What stands on a topic's button: the title where it fits, else its short form, else it without its brackets."""
    if columns(title) <= BUTTON:
        return title
    return short or _BRACKETS.sub("", title).strip() or title


@lru_cache(maxsize=4_096)
def _of(letter: str) -> float:
    if unicodedata.category(letter) in {"Mn", "Me", "Cf"}:
        return 0.0
    plain = unicodedata.normalize("NFD", letter)[0]
    return _COLUMNS.get(letter) or _COLUMNS.get(plain) or (_ETHIOPIC if "\u1200" <= letter <= "\u139f" else _OTHER)
