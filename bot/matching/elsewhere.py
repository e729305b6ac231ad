"""Which other city a message names: a question about Leipzig must not get this city's address."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from bot.matching.fold import fold, fold_phrase, script

SHORT = 5  # letters of a name that may have an ending
STEM = 4  # letters from which on another script's name may have an ending
_ENDINGS = frozenset(("e", "a", "i", "u", "em", "ie", "de", "da", "den", "dan", "te", "ta", "ten", "tan", "in"))
_FROM_ENDINGS = ("dan", "den", "tan", "ten")
_ARABIC_PREFIXES = ("بال", "لل", "ب", "ل", "و", "ف")
_BEFORE_A_CITY = """in nach aus bei von stadt city to from near at en à de w z do din la în ve für ku li ji в у до з із
из от auslanderbehorde burgeramt jobcenter"""
_AWAY_FROM = "von aus from de desde din z ze з із от из від ji"
# Names that are words as well: they count only with a capital behind "in", "nach", "from" ...
_WORDS_TOO = """essen halle hof hamm singen weiden lage bergen marl leer norden senden lohne waren buhl bunde burg stade
langen hagen horn trier celle melle peine worms kamen aue wedel verden hilden achim damme haan heide mitte munster regen
selm werne berg bad buchen brake geldern"""
_ALSO_WORDS = "کلن کلون هورت امدن نویس ینا ينا لار وسل وزل نوي"  # years old, to come, writer ...
_IN, _FROM, _WORDS = (frozenset(names.split()) for names in (_BEFORE_A_CITY, _AWAY_FROM, _WORDS_TOO))
_NO_CITIES = frozenset(map(fold_phrase, _ALSO_WORDS.split()))


class OtherCities:
    """Knows the cities of Germany by the names they have in our languages."""

    def __init__(self, cities: Mapping[str, Sequence[str]], own: str) -> None:
        """``cities``: a city's German name to its other spellings. ``own``: the city that is ours."""
        self._own: set[str] = set()
        self._latin: dict[tuple[str, ...], str] = {}
        self._other: dict[str, str] = {}
        for city, spellings in cities.items():
            name = re.sub(r" \(.*\)$", "", city)
            ours = fold_phrase(name) == fold_phrase(own)
            for spelling in (name, re.sub("[()]", "", city), *spellings):  # "Halle Saale"
                folded = fold_phrase(spelling)
                if ours:
                    self._own.add(_stem(folded, script(spelling)))
                elif script(spelling) == "LATIN":
                    self._latin.setdefault(tuple(folded.split()), city)
                elif (
                    " " not in folded
                    and len(folded) >= STEM
                    and not {folded, fold_phrase(name)} & (_NO_CITIES | _WORDS)
                ):
                    self._other.setdefault(_stem(folded, script(spelling)), city)
        if own:
            self._own.add(fold_phrase(own))
        self._longest = max((len(words) for words in self._latin), default=0)

    def named(self, text: str) -> str:
        """The other city that ``text`` (clean) is about; "" when it names none, or is about ours after all."""
        raw = re.findall(r"\w+", text)
        words = [fold(word) for word in raw]
        found = self._find(raw, words)
        return "" if not found or self._about_ours(words) else found

    def _find(self, raw: list[str], words: list[str]) -> str:
        for place, word in enumerate(words):
            for length in range(min(self._longest, len(words) - place), 0, -1):
                city = self._latin.get(tuple(words[place : place + length]))
                if city is not None and (length > 1 or self._is_name(raw, words, place)):
                    return city
            if len(word) > SHORT:
                for cut in range(SHORT, len(word)):
                    city = self._latin.get((word[:cut],))
                    if city is not None and word[cut:] in _ENDINGS and word[:cut] not in _WORDS:
                        return city
            if (city := self._in_other_script(word)) is not None:
                return city
        return ""

    def _is_name(self, raw: list[str], words: list[str], place: int) -> bool:
        before = words[place - 1] if place else ""
        return words[place] not in _WORDS or (raw[place][0].isupper() and before in _IN)

    def _in_other_script(self, word: str) -> str | None:
        if word.isascii():
            return None
        letters = script(word)
        forms = [word]
        if letters == "ARABIC":
            forms += [word.removeprefix(prefix) for prefix in _ARABIC_PREFIXES if word.startswith(prefix)]
        if letters == "ETHIOPIC":
            forms += [word[1:]]  # "in" and "to" are one letter in front
        for form in forms:
            if (city := self._other.get(_stem(form, letters))) is not None:
                return city
            if letters == "CYRILLIC":
                for ending in (1, 2, 3):
                    stem = form[:-ending]
                    if len(stem) >= STEM and (city := self._other.get(stem)) is not None:
                        return city
        return None

    def _about_ours(self, words: list[str]) -> bool:
        """Both are named: ours is meant unless somebody comes from there."""
        for place, word in enumerate(words):
            if word in self._own or _stem(word, script(word)) in self._own:
                after = words[place + 1] if place + 1 < len(words) else ""
                before = words[place - 1] if place else ""
                return before not in _FROM and after not in _FROM_ENDINGS
            if any(word == own + ending for own in self._own for ending in _FROM_ENDINGS):
                return False
        return False


def _stem(folded: str, letters: str) -> str:
    """A name without the ending that changes with its case."""
    return folded.rstrip("аяоеьйи") if letters == "CYRILLIC" and len(folded) > STEM else folded
