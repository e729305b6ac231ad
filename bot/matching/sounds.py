"""How words sound in Latin letters: what is left when the ways to spell a sound are brought to one form.

For Cyrillic all of a word, for Arabic letters and Ethiopic ones its consonants: vowels are not written in the one and
heard in many ways in the other.
"""

from __future__ import annotations

import re
from functools import lru_cache

from anyascii import anyascii

_ARABIZI = {"2": "", "3": "", "4": "sh", "5": "kh", "6": "t", "7": "h", "8": "gh", "9": "q"}
_PAIRS = (
    ("kh", "x"), ("sh", "%"), ("ch", "%"), ("gh", "k"), ("th", "t"), ("dh", "d"), ("zh", "z"), ("ph", "f"),
    ("dj", "j"),
)  # fmt: skip
_LIKE = str.maketrans({"q": "k", "g": "k", "c": "k", "v": "f", "p": "b", "j": "j", "'": "", "`": ""})
_SILENT = re.compile("[aeiouwyäöü]")
# Letters that Persians and Pashtuns say otherwise than Arabs, and those that Arabs say in two ways.
_PERSIAN = str.maketrans("ثذضظصط", "سزززست")
_DIALECT = str.maketrans("ثذظ", "تدز")
_VOWELS = str.maketrans({**dict.fromkeys("اآأإىع", "a"), **dict.fromkeys("وؤ", "u"), **dict.fromkeys("يیېئۍ", "i")})
_BEGUN, _ENDED = re.compile("^[aiu]"), re.compile("(?<=.)[aih]+$")  # vowels that are heard in any way
_ONE_VOWEL = str.maketrans({"w": "u", "v": "u", "o": "u", "y": "i", "e": "i", "j": "i"})
_SLAVIC = (
    ("shch", "sc"), ("sch", "sc"), ("šč", "sc"), ("kh", "h"), ("zh", "ž"), ("ts", "c"), ("ch", "č"), ("sh", "š"),
    ("tz", "c"), ("x", "h"), ("w", "v"), ("g", "h"), ("q", "k"), ("yo", "e"), ("ye", "e"), ("je", "e"), ("ie", "e"),
    ("ji", "i"), ("yi", "i"), ("y", "i"), ("j", "i"), ("'", ""), ("`", ""),
)  # fmt: skip


_UKRAINIAN = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"), ("yi", "ї"),
    ("ye", "є"), ("yu", "ю"), ("ju", "ю"), ("ya", "я"), ("ja", "я"), ("ay", "ай"), ("ey", "ей"), ("oy", "ой"),
    ("uy", "уй"), ("yj", "ий"), ("yy", "ий"), ("ij", "ій"), ("a", "а"), ("b", "б"), ("v", "в"), ("w", "в"),
    ("h", "г"), ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("y", "и"), ("i", "і"), ("j", "й"), ("k", "к"),
    ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"),
    ("f", "ф"), ("x", "х"), ("c", "ц"), ("'", "ь"),
)  # fmt: skip
_RUSSIAN = (
    ("shch", "щ"), ("sch", "щ"), ("zh", "ж"), ("kh", "х"), ("ts", "ц"), ("ch", "ч"), ("sh", "ш"), ("yo", "ё"),
    ("jo", "ё"), ("ye", "е"), ("je", "е"), ("yu", "ю"), ("ju", "ю"), ("ya", "я"), ("ja", "я"), ("iy", "ий"),
    ("yj", "ый"), ("yy", "ый"), ("ay", "ай"), ("ey", "ей"), ("oy", "ой"), ("uy", "уй"), ("a", "а"), ("b", "б"),
    ("v", "в"), ("w", "в"), ("g", "г"), ("d", "д"), ("e", "е"), ("z", "з"), ("i", "и"), ("j", "й"), ("k", "к"),
    ("l", "л"), ("m", "м"), ("n", "н"), ("o", "о"), ("p", "п"), ("r", "р"), ("s", "с"), ("t", "т"), ("u", "у"),
    ("f", "ф"), ("h", "х"), ("x", "х"), ("c", "ц"), ("y", "ы"), ("'", "ь"),
)  # fmt: skip
_RULES = {"uk": _UKRAINIAN, "ru": _RUSSIAN}


@lru_cache(maxsize=65_536)
def sounds(word: str, written_in: str, language: str) -> frozenset[str]:
    """The sounds a word of the knowledge may be looked up by. ``written_in``: its script."""
    if written_in == "CYRILLIC":
        return frozenset([heard(anyascii(word), language)])
    forms = [word]
    if written_in == "ARABIC":
        if language == "ar":
            bare = word.removeprefix("ال") if len(word) > 4 else word
            forms = [word, bare, bare.translate(_DIALECT), re.sub("ة$", "ت", bare)]  # "da2irat el ajaneb"
        else:
            forms = [word.translate(_PERSIAN)]
    return frozenset(sound for sound in (heard(anyascii(form), language) for form in forms) if sound)


def heard(typed: str, language: str) -> str:
    """The sound of what is typed in Latin letters."""
    word = typed.casefold()
    if language in {"uk", "ru"}:
        for pair, one in _SLAVIC:
            word = word.replace(pair, one)
        return re.sub(r"(.)\1+", r"\1", word)
    if language == "fa":
        word = word.replace("v", "w")  # one letter
    word = "".join(_ARABIZI.get(character, character) for character in word)
    for pair, one in _PAIRS:
        word = word.replace(pair, one)
    word = _SILENT.sub("", word.translate(_LIKE))
    word = re.sub(r"(.)\1+", r"\1", word)
    return word[:-1] if len(word) > 2 and word[-1] == "h" else word  # ta marbuta is heard as a or written ah


def said(word: str, language: str) -> str:
    """A word of the knowledge in Latin letters, with the vowels that are written, to compare with ``said_so``."""
    if language in _RULES:
        return anyascii(word)
    written = word if language == "ar" else word.translate(_PERSIAN)
    return said_so(anyascii(written.translate(_VOWELS)), language)


def said_so(typed: str, language: str) -> str:
    """What is typed in Latin letters; for Arabic letters its vowels are told apart no more than they tell them."""
    if language in _RULES:
        return typed
    word = "".join({"2": "a", "3": "a"}.get(letter) or _ARABIZI.get(letter, letter) for letter in typed.casefold())
    word = re.sub(r"(.)\1+", r"\1", word.translate(_ONE_VOWEL).replace("'", "").replace("`", ""))
    return _BEGUN.sub("a", _ENDED.sub("a", word))


def by_rule(word: str, language: str) -> str | None:
    """``word`` in Cyrillic letters, one after the other; None for a language that is not written in them."""
    rules = _RULES.get(language)
    if rules is None:
        return None
    out, place = [], 0
    while place < len(word):
        for latin, cyrillic in rules:
            if word.startswith(latin, place):
                out.append(cyrillic)
                place += len(latin)
                break
        else:
            out.append(word[place])
            place += 1
    return "".join(out)
