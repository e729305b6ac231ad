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
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from math import log

from bot.matching.fold import clean, fold, fold_phrase, script, shorten
from bot.matching.language import LanguageDetector, OwnWords
from bot.matching.respell import Respeller

MANY = 20_000  # characters that are looked at
CAPITALS = 0.8  # share of the letters that have a case,
ENOUGH_CAPITALS = 8  # and so many of them, in two words
OWN_SPELLING = 0.1  # a word stays when it is so often written so as the best known spelling
ACCENTED = frozenset(["vi", "tr", "ro", "pl", "fr", "es", "kmr", "de"])
NEVER_BARE = frozenset(["vi", "tr", "ro", "pl"])  # hardly a sentence of theirs has no accent
A_SENTENCE = 3  # words
SYLLABLES = frozenset(["vi"])  # written in syllables that mean little alone: their neighbours choose the accents
_MARKS = re.compile("[\u0640\u064b-\u0652\u0670\u06d6-\u06ed]")  # tatweel and vowel marks
_WORDS = re.compile(r"[^\W\d_]+")
_TO_PERSIAN = str.maketrans("يىكة", "یی\u06a9ه")
_TO_ARABIC = str.maketrans("یکۀ", "يكة")
_TURKISH = str.maketrans("Iİ", "ıi")


@dataclass(frozen=True)
class Prepared:
    """``text`` as it should be written, all of it; ``language`` is "" when that is not sure."""

    text: str
    language: str


class _Spellings:
    """The spellings of one language's words, by their folded form, and which words stand side by side."""

    def __init__(self, texts: Iterable[str], language: str) -> None:
        self.words: Counter[str] = Counter()
        self._pairs: Counter[tuple[str, str]] = Counter()
        for text in texts:
            words = _WORDS.findall(text.casefold())
            if language in NEVER_BARE and len(words) >= A_SENTENCE and _bare(text):
                continue  # an example of how people type it
            self.words.update(words)
            if language in SYLLABLES:
                self._pairs.update(pairwise(words))
        self._by_form: dict[str, list[str]] = defaultdict(list)
        for word in sorted(self.words, key=lambda word: (-self.words[word], word)):
            self._by_form[fold_phrase(word)].append(word)

    def of(self, word: str) -> str:
        """The usual spelling of a word, lower-case; itself when it is usual or not known."""
        known = self._by_form.get(fold(word))
        if not known or self.words[word] >= OWN_SPELLING * self.words[known[0]]:
            return word
        return known[0]

    def in_row(self, words: list[str]) -> list[str]:
        """The likeliest spelling of each word beside its neighbours (Viterbi over pairs)."""
        if not words:
            return []
        choices = [self._by_form.get(fold(word)) or [word] for word in words]
        best = {word: (log(self.words[word] + 1), [word]) for word in choices[0]}
        for options in choices[1:]:
            following = {}
            for word in options:
                before, (score, path) = max(best.items(), key=lambda item: item[1][0] + self._step(item[0], word))
                following[word] = (score + self._step(before, word), [*path, word])
            best = following
        return max(best.values(), key=lambda found: found[0])[1]

    def _step(self, before: str, word: str) -> float:
        pair, alone = self._pairs[before, word], self.words[word]
        return log((pair + 0.001 * (alone + 1)) / (self.words[before] + 1))


class Preparer:
    """Knows the words of the knowledge; ``prepare`` may be called from any thread."""

    def __init__(self, respeller: Respeller, detector: LanguageDetector, before: Preparer | None = None) -> None:
        """``before``: of the same knowledge before an edit; what it knows of unchanged languages is taken over."""
        self._respeller, self._detector = respeller, detector
        self.spellings: dict[str, tuple[list[str], _Spellings]] = {}
        for language, known in respeller.vocabularies.items():
            same = before.spellings.get(language) if before else None
            if same is not None and same[0] == known.texts:
                self.spellings[language] = same
            elif language in ACCENTED or language in {"ar", "fa"}:
                self.spellings[language] = (known.texts, _Spellings(known.texts, language))
        self._own = OwnWords({language: known.counts for language, known in respeller.vocabularies.items()})

    def prepare(self, text: str) -> Prepared:
        """Any text will do; it is cleaned here."""
        cleaned = _lower(_MARKS.sub("", clean(text[:MANY])))
        if (respelt := self._respeller.respell(cleaned)) is not None:
            return Prepared(respelt.text, respelt.language)
        language = self._detector.detect(shorten(cleaned), self._own)
        written_in = script(cleaned)
        if written_in == "ARABIC":
            return self._in_arabic_letters(cleaned, language)
        if language in ACCENTED and language in self.spellings and written_in == "LATIN" and _bare(cleaned):
            return Prepared(self._accented(cleaned, language), language)
        return Prepared(cleaned, language)

    def _in_arabic_letters(self, text: str, language: str) -> Prepared:
        if language not in {"ar", "fa"} or language not in self.spellings:
            return Prepared(text, language)
        known = self.spellings[language][1]
        letters = _TO_PERSIAN if language == "fa" else _TO_ARABIC

        def spelt(found: re.Match[str]) -> str:
            word = found.group()
            if (changed := word.translate(letters)) == word:
                return word
            usual = known.of(word)  # "على", which a Persian keyboard writes as "علی", is not "علي"
            return usual if usual != word else changed

        return Prepared(_WORDS.sub(spelt, text), language)

    def _accented(self, text: str, language: str) -> str:
        known = self.spellings[language][1]
        words = _WORDS.findall(text)
        lower = [word.casefold() for word in words]
        spelt = known.in_row(lower) if language in SYLLABLES else [known.of(word) for word in lower]
        new = iter(_cased(word, usual) for word, usual in zip(words, spelt, strict=True))
        return _WORDS.sub(lambda _: next(new), text)


def _cased(word: str, usual: str) -> str:
    if usual == word.casefold():
        return word
    return usual[:1].upper() + usual[1:] if word[:1].isupper() else usual


def _bare(text: str) -> bool:
    """Whether no letter has an accent: they are left out, or there are none to write."""
    return all(character.isascii() for character in text if character.isalpha())


def _lower(text: str) -> str:
    """Lower-case what is in capitals throughout; a word in capitals is a name or meant so."""
    cased = [character for character in text if character.isupper() or character.islower()]
    capitals = sum(map(str.isupper, cased))
    if len(cased) < ENOUGH_CAPITALS or capitals < CAPITALS * len(cased) or len(text.split()) < 2:
        return text
    turkish = any(character in "İŞĞ" for character in text)
    return (text.translate(_TURKISH) if turkish else text.replace("İ", "i")).lower()
