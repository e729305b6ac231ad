"""What a keyboard does to letters, undone in one place for every signal: meaning, letters, language, danger.

vowel marks, tatweel          كيـــف أُجَدِّد        كيف أجدد
capitals throughout           ЯК ПРОДОВЖИТИ      як продовжити
Persian on an Arabic keyboard كارت و بيمه        کارت و بیمه (and Arabic on a Persian one)
another script                yak prodovzhyty    як продовжити (``respell``)
no accents                    gia han the        gia hạn thẻ, by the knowledge's own words

What is written as it should be stays as it is, letter for letter.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.matching.fold import clean, script, shorten
from bot.matching.language import LanguageDetector
from bot.matching.letters import Words
from bot.matching.spelling import ACCENTED, SYLLABLES, WORDS, bare

MANY = 20_000  # characters that are looked at
CAPITALS = 0.8  # share of the letters that have a case,
ENOUGH_CAPITALS = 8  # and so many of them, in two words
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670\u06d6-\u06ed]")  # tatweel and vowel marks
_TO_PERSIAN = str.maketrans("يىكة", "یی\u06a9ه")
_TO_ARABIC = str.maketrans("یکۀ", "يكة")
_TURKISH = str.maketrans("Iİ", "ıi")


@dataclass(frozen=True)
class Prepared:
    """``text`` as it should be written, all of it; ``language`` is "" when that is not sure."""

    text: str
    language: str


class Preparer:
    """Knows the words of the knowledge; ``prepare`` may be called from any thread."""

    def __init__(self, words: Words, detector: LanguageDetector) -> None:
        self._respeller, self._spellings, self._own = words.respeller, words.spellings, words.own
        self._detector = detector

    def prepare(self, text: str) -> Prepared:
        """Any text will do; it is cleaned here."""
        cleaned = _lower(_MARKS.sub("", clean(text[:MANY])))
        if (respelt := self._respeller.respell(cleaned)) is not None:
            return Prepared(respelt.text, respelt.language)
        language = self._detector.detect(shorten(cleaned), self._own)
        written_in = script(cleaned)
        if written_in == "ARABIC":
            return self._in_arabic_letters(cleaned, language)
        if language in ACCENTED and language in self._spellings and written_in == "LATIN" and bare(cleaned):
            return Prepared(self._accented(cleaned, language), language)
        return Prepared(cleaned, language)

    def _in_arabic_letters(self, text: str, language: str) -> Prepared:
        if language not in {"ar", "fa"} or language not in self._spellings:
            return Prepared(text, language)
        known = self._spellings[language][1]
        letters = _TO_PERSIAN if language == "fa" else _TO_ARABIC

        def spelt(found: re.Match[str]) -> str:
            word = found.group()
            if (changed := word.translate(letters)) == word:
                return word
            usual = known.of(word)  # "على", which a Persian keyboard writes as "علی", is not "علي"
            return usual if usual != word else changed

        return Prepared(WORDS.sub(spelt, text), language)

    def _accented(self, text: str, language: str) -> str:
        known = self._spellings[language][1]
        words = WORDS.findall(text)
        lower = [word.casefold() for word in words]
        spelt = known.in_row(lower) if language in SYLLABLES else [known.of(word) for word in lower]
        new = iter(_cased(word, usual) for word, usual in zip(words, spelt, strict=True))
        return WORDS.sub(lambda _: next(new), text)


def _cased(word: str, usual: str) -> str:
    if usual == word.casefold():
        return word
    return usual[:1].upper() + usual[1:] if word[:1].isupper() else usual


def _lower(text: str) -> str:
    """Lower-case what is in capitals throughout; a word in capitals is a name or meant so."""
    cased = [character for character in text if character.isupper() or character.islower()]
    capitals = sum(map(str.isupper, cased))
    if len(cased) < ENOUGH_CAPITALS or capitals < CAPITALS * len(cased) or len(text.split()) < 2:
        return text
    turkish = any(character in "İŞĞ" for character in text)
    return (text.translate(_TURKISH) if turkish else text.replace("İ", "i")).lower()
