"""Signals from letters: how much a question looks like a phrase, or like a topic's text.

They count only where both share the script (measured: across languages they do harm), and a phrase in another script
takes part in its romanised form, for people who write Ukrainian or Arabic in Latin letters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.matching.fold import fold, fold_phrase, romanised, script
from bot.matching.ngrams import Postings
from bot.matching.passages import Passage
from bot.matching.phrases import OUTSIDE, Phrase
from bot.matching.rows import most
from bot.matching.words import Stowed, Texts

Scores = NDArray[np.float64]
Spelt = tuple[tuple[str, str], ...]  # a phrase's folded forms, and in which script each is
MANY_NEW = 0.05  # share of the texts
FEW = 2  # words of a message that says too little for its meaning alone
LIKE = 80  # so much, of 100, a word resembles one that is known: with an ending, or mistyped
PART = 4  # letters of a word that counts as part of a longer one
TELLING = 9  # a word of so many letters says enough alone
NEAREST = 60  # phrases that n-grams find near; only these are worth the slower comparison


@dataclass(frozen=True)
class Near:
    """Texts with their owners and their cosines, row by row."""

    texts: Texts
    owners: NDArray[np.int64]
    best_of: BestOf
    cosines: NDArray[np.float32]


class BestOf:
    """The best score of each owner; ``owners``: whose each score is, a number from 0."""

    def __init__(self, owners: NDArray[np.int64]) -> None:
        self._order = np.argsort(owners, kind="stable")
        self._owners, self._starts = np.unique(owners[self._order], return_index=True)

    def raise_(self, best: Scores, scores: NDArray[np.floating[Any]]) -> None:
        """Raise ``best``, one number an owner, to what ``scores`` hold. ufunc.at is much slower."""
        if len(self._order):
            found = np.maximum.reduceat(scores[self._order], self._starts)
            best[self._owners] = np.maximum(best[self._owners], found)


@dataclass(frozen=True)
class _Part:
    """The texts in one script: which of all they are, and whose."""

    texts: Texts
    rows: NDArray[np.int64]
    owners: NDArray[np.int64]
    best_of: BestOf


class NgramIndex:
    """Cosines of TF-IDF over character n-grams to texts of one script. Texts are folded.

    ``before``: an index of nearly the same texts. What it knows is taken over, so that an edit is live at once; its
    weights of n-grams are kept until ``MANY_NEW`` of the texts are new.
    """

    def __init__(
        self, texts: Sequence[str], owners: Sequence[int], scripts: Sequence[str], before: NgramIndex | None = None
    ) -> None:
        distinct = dict.fromkeys(texts)
        known = before.known.take() if before else {}
        new = [text for text in distinct if text not in known]
        if before is None or len(new) > MANY_NEW * len(texts):
            known, new = {text: row for row, text in enumerate(distinct)}, []
            self.known: Stowed[Mapping[str, int]] = Stowed(known)
            self.postings: Postings = Postings(list(distinct))
        else:
            self.known, self.postings = before.known, before.postings
        self._new: Postings | None = Postings(new, self.postings) if new else None
        row_of = {**known, **{text: len(known) + row for row, text in enumerate(new)}}
        self._parts: dict[str, _Part] = {}
        for name in sorted(set(scripts)):
            chosen = [index for index, found in enumerate(scripts) if found == name]
            rows = np.array([row_of[texts[index]] for index in chosen], dtype=np.int64)
            whose = np.array(owners, dtype=np.int64)[chosen]
            self._parts[name] = _Part(Texts(texts[index] for index in chosen), rows, whose, BestOf(whose))

    def of(self, owner: int) -> Iterator[str]:
        """The texts of one owner, in every script."""
        for part in self._parts.values():
            yield from (part.texts[row] for row in np.flatnonzero(part.owners == owner).tolist())

    def near(self, folded: str, written_in: str) -> Near | None:
        """Texts of that script, their owners, and their cosines (0..1) to ``folded``; None when there are none."""
        part = self._parts.get(written_in)
        if part is None or not folded:
            return None
        weighed = self.postings.weigh(folded)
        cosines = self.postings.cosines(*weighed)
        if self._new is not None:
            cosines = np.concatenate([cosines, self._new.cosines(*weighed)])
        return Near(part.texts, part.owners, part.best_of, cosines[part.rows])


class LexicalIndex:
    """Phrases by character n-grams and rapidfuzz (for typing errors, names, short key words), texts by n-grams."""

    def __init__(
        self,
        phrases: Sequence[Phrase],
        passages: Sequence[Passage],
        topics: Sequence[str],
        before: LexicalIndex | None = None,
        spelt: Mapping[str, Spelt] | None = None,
    ) -> None:
        """``spelt``: what ``spelt_of`` gives of the phrases, where that is known already."""
        spelt = spelt_of(phrases, {}) if spelt is None else spelt
        row_of = {topic: index for index, topic in enumerate([*topics, OUTSIDE])}
        self._classes = len(row_of)
        found: list[tuple[str, int, str]] = []
        for phrase in phrases:
            found += [(text, row_of[phrase.topic], written_in) for text, written_in in spelt[phrase.text]]
        self.phrases: NgramIndex = _index(found, before.phrases if before else None)
        whole: dict[tuple[str, str], str] = {}
        for passage in passages:
            key = (passage.topic, passage.language)
            if not passage.whole:
                whole[key] = f"{whole.get(key, '')} {passage.text}"
        read = [(fold_phrase(text), row_of[topic], script(text)) for (topic, _), text in whole.items()]
        self.texts: NgramIndex = _index(read, before.texts if before else None)

    def says(self, text: str, row: int) -> bool:
        """Whether more than half the words of a few stand in the phrases of class ``row``; true for a longer message.

        "Blue table" is near the Blue Card in meaning and in letters, and nobody asks for it so."""
        words = fold(text).split()
        if len(words) > FEW:
            return True
        known = {word for phrase in self.phrases.of(row) for word in phrase.split()}
        said = [word for word in words if word in known or _resembles(word, known)]
        return 2 * len(said) > len(words) or any(len(word) >= TELLING for word in said)

    def scores(self, text: str) -> tuple[Scores, Scores, Scores]:
        """Best n-gram cosine and rapidfuzz ratio to a phrase, best n-gram cosine to a topic's text; all 0..1.

        Per topic, and last for "not ours".
        """
        ngrams, ratios, texts = np.zeros((3, self._classes))
        folded, written_in = fold(text), script(text)
        if (near := self.phrases.near(folded, written_in)) is not None:
            near.best_of.raise_(ngrams, near.cosines)
            nearest = most(near.cosines, NEAREST)
            alike = process.cdist(
                [folded], [near.texts[row] for row in nearest.tolist()], scorer=fuzz.token_sort_ratio
            )[0]
            np.maximum.at(ratios, near.owners[nearest], np.asarray(alike, dtype=np.float64) / 100)
        if (near := self.texts.near(folded, written_in)) is not None:
            near.best_of.raise_(texts, near.cosines)
        return ngrams, ratios, texts


def _resembles(word: str, known: Collection[str]) -> bool:
    if process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=LIKE) is not None:
        return True
    return len(word) > PART and any(word in one or (len(one) >= PART and one in word) for one in known)


def spelt_of(phrases: Sequence[Phrase], known: Mapping[str, Spelt]) -> dict[str, Spelt]:
    """Each phrase's forms, by its text; those that are ``known`` are taken over."""
    return {text: known.get(text) or _spellings(text) for text in dict.fromkeys(phrase.text for phrase in phrases)}


def _spellings(phrase: str) -> Spelt:
    """A phrase of the knowledge, folded, and its script; and in Latin letters."""
    spelt = dict.fromkeys([(fold_phrase(phrase), script(phrase)), (romanised(phrase), "LATIN")])
    return tuple((text, written_in) for text, written_in in spelt if text)


def _index(found: Sequence[tuple[str, int, str]], before: NgramIndex | None) -> NgramIndex:
    texts, rows, scripts = [text for text, _, _ in found], [row for _, row, _ in found], [name for _, _, name in found]
    return NgramIndex(texts, rows, scripts, before)
