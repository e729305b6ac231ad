"""How the knowledge's words are usually spelt, for texts that are typed without accents or on another keyboard."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from math import log

from bot.matching.fold import fold
from bot.matching.respell import Respeller
from bot.matching.words import Counts, Lists

OWN_SPELLING = 0.1  # a word stays when it is so often written so as the best known spelling
ACCENTED = frozenset(["vi", "tr", "ro", "pl", "fr", "es", "kmr", "de"])
NEVER_BARE = frozenset(["vi", "tr", "ro", "pl"])  # hardly a sentence of theirs has no accent
A_SENTENCE = 3  # words
SYLLABLES = frozenset(["vi"])  # written in syllables that mean little alone: their neighbours choose the accents
WORDS = re.compile(r"[^\W\d_]+")


class Spelling:
    """The spellings of one language's words, by their folded form, and which words stand side by side."""

    def __init__(self, texts: Sequence[str], language: str) -> None:
        counts: Counter[str] = Counter()
        pairs: Counter[str] = Counter()
        for text in texts:
            words = WORDS.findall(text.casefold())
            if language in NEVER_BARE and len(words) >= A_SENTENCE and bare(text):
                continue  # an example of how people type it
            counts.update(words)
            if language in SYLLABLES:
                pairs.update(map(" ".join, pairwise(words)))
        by_form: dict[str, list[str]] = defaultdict(list)
        for word in sorted(counts, key=lambda word: (-counts[word], word)):
            by_form[fold(word)].append(word)
        self.words, self._pairs, self._by_form = Counts(counts), Counts(pairs), Lists(by_form)

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
        pair, alone = self._pairs[f"{before} {word}"], self.words[word]
        return log((pair + 0.001 * (alone + 1)) / (self.words[before] + 1))


Spellings = Mapping[str, tuple[bytes, Spelling]]  # by language, with the mark of the texts they were found in


def spellings_of(written: Mapping[str, Sequence[str]], respeller: Respeller, before: Spellings) -> Spellings:
    """The usual spellings of the languages that are typed in more ways than one; of unchanged ones those ``before``."""
    found: dict[str, tuple[bytes, Spelling]] = {}
    for language, known in respeller.vocabularies.items():
        same = before.get(language)
        if same is not None and same[0] == known.mark:
            found[language] = same
        elif language in ACCENTED or language in {"ar", "fa"}:
            found[language] = (known.mark, Spelling(written[language], language))
    return found


def bare(text: str) -> bool:
    """Whether no letter has an accent: they are left out, or there are none to write."""
    return all(character.isascii() for character in text if character.isalpha())
