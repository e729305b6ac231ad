"""What a keyboard does to letters: our questions as they stand, and spelt otherwise. Language right, answered right.

The spellings are made by rule out of the questions of both halves that are ours; nothing is tuned on the answers.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import Any

from anyascii import anyascii
from rich.console import Console
from rich.table import Table

from benchmarks import labelled
from bot.config import load_settings
from bot.knowledge import brain
from bot.matching.fold import script
from bot.matching.matcher import Matcher

Spelling = Callable[[str], str]
OWN_SCRIPT = {"uk": "CYRILLIC", "ru": "CYRILLIC", "ar": "ARABIC", "fa": "ARABIC", "ps": "ARABIC", "ti": "ETHIOPIC"}


def _marked(text: str) -> str:
    """Vowel marks on every third letter, and drawn out after the second of a longer word."""
    words = []
    for word in text.split():
        letters = [one + ("\u064e" if place % 3 == 1 else "") for place, one in enumerate(word)]
        words.append("".join(letters[:2]) + ("\u0640\u0640" if len(word) > 3 else "") + "".join(letters[2:]))
    return " ".join(words)


def _bare(text: str) -> str:
    apart = unicodedata.normalize("NFD", text.replace("đ", "d").replace("Đ", "D").replace("ı", "i").replace("ł", "l"))
    return "".join(one for one in apart if unicodedata.category(one) != "Mn")


def _umlauts(text: str) -> str:
    for one, two in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss"), ("Ä", "Ae"), ("Ö", "Oe"), ("Ü", "Ue")):
        text = text.replace(one, two)
    return text


SPELLINGS: dict[str, tuple[tuple[str, ...], Spelling]] = {
    "Arabic keyboard": (("fa",), lambda text: text.translate(str.maketrans("یک", "يك"))),
    "Persian keyboard": (("ar",), lambda text: text.translate(str.maketrans("يىك", "ییک"))),
    "vowel marks, tatweel": (("ar", "fa"), _marked),
    "capitals": (("de", "en", "uk", "ru", "fr", "es", "ro", "pl", "vi"), str.upper),
    "capitals, Turkish": (("tr",), lambda text: text.replace("i", "İ").upper()),
    "no accents": (("vi", "tr", "ro", "pl", "fr", "es"), _bare),
    "ae, oe, ue": (("de",), _umlauts),
    "Latin letters": (("uk", "ru", "ar", "fa"), lambda text: anyascii(text).lower()),
    "no-break spaces": (("de", "fr", "uk"), lambda text: text.replace(" ", "\u00a0", 2).replace(" ", "\u202f")),
}


def run() -> dict[str, Any]:
    """Per spelling and language: how many questions, and language right and answered right, as they stand and so spelt."""
    matcher = brain.load_current(load_settings()).matcher
    lines = [
        line for line in labelled.load(editors=False) if line.right and _in_own_script(line.language, line.question)
    ]
    table = Table("spelling", "language", "questions", "language right", "so spelt", "answered right", "so spelt ")
    figures: dict[str, Any] = {}
    plain: dict[str, tuple[int, int]] = {}
    for name, (languages, spelling) in SPELLINGS.items():
        for language in languages:
            own = [line for line in lines if line.language == language]
            if language not in plain:
                plain[language] = _right(matcher, [(line.question, line.right) for line in own], language)
            spelt = _right(matcher, [(spelling(line.question), line.right) for line in own], language)
            figures.setdefault(name, {})[language] = {
                "questions": len(own),
                "language": plain[language][0],
                "language_spelt": spelt[0],
                "answered_right": plain[language][1],
                "answered_right_spelt": spelt[1],
            }
            table.add_row(
                name,
                language,
                *map(str, (len(own), plain[language][0], spelt[0], plain[language][1], spelt[1])),
            )
    Console().print(table)
    return figures


def _in_own_script(language: str, text: str) -> bool:
    """Some questions are in Latin letters already."""
    return script(text) == OWN_SCRIPT.get(language, "LATIN")


def _right(matcher: Matcher, questions: list[tuple[str, Any]], language: str) -> tuple[int, int]:
    """(language right, answered with a right topic)."""
    languages = sum(matcher.language(question) == language for question, _ in questions)
    return languages, sum(matcher.match(question).topic in right for question, right in questions)
