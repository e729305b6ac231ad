"""Signals from letters: how much a question looks like a phrase, or like a topic's text.

They count only where both share the script (measured: across languages they do harm), and a phrase in another script
takes part in its romanised form, for people who write Ukrainian or Arabic in Latin letters.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process

from bot.matching.bayes import Bayes
from bot.matching.fold import fold, script
from bot.matching.passages import Passage
from bot.matching.phrases import OUTSIDE, Phrase, Phrases
from bot.matching.rows import most
from bot.matching.shelf import Shelf, shelved
from bot.matching.spelt import Spelt

Scores = NDArray[np.float64]
FEW = 2  # words of a message that says too little for its meaning alone
LIKE = 80  # so much, of 100, a word resembles one that is known: with an ending, or mistyped
PART = 4  # letters of a word that counts as part of a longer one
NAME = 6  # letters of a phrase of few words that names its topic wherever it stands
TELLING = 9  # a word of so many letters says enough alone
NEAREST = 60  # phrases that n-grams find near; only these are worth the slower comparison


@dataclass(frozen=True)
class Near:
    """Texts (``rows`` of ``shelf``), their owners and cosines, one beside the other; ``weighed``: the question."""

    shelf: Shelf
    rows: NDArray[np.int64]
    owners: NDArray[np.int64]
    best_of: BestOf
    weighed: tuple[NDArray[np.int64], NDArray[np.float32]]
    cosines: NDArray[np.float32]

    def text(self, place: int) -> str:
        return self.shelf[int(self.rows[place])]


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

    rows: NDArray[np.int64]
    owners: NDArray[np.int64]
    best_of: BestOf


class NgramIndex:
    """Cosines of TF-IDF over character n-grams to the texts that stand in ``rows`` of ``shelf``.

    ``owners``, ``scripts``: of each; scripts by their place in ``names``.
    """

    def __init__(
        self,
        shelf: Shelf,
        rows: NDArray[np.int64],
        owners: NDArray[np.int64],
        scripts: NDArray[np.uint8],
        names: Sequence[str],
    ) -> None:
        self.shelf = shelf
        self._parts: dict[str, _Part] = {}
        for place in sorted(set(scripts.tolist()), key=names.__getitem__):
            chosen = np.flatnonzero(scripts == place)
            self._parts[names[place]] = _Part(rows[chosen], owners[chosen], BestOf(owners[chosen]))

    def of(self, owner: int) -> Iterator[str]:
        """The texts of one owner, in every script."""
        for part in self._parts.values():
            yield from (self.shelf[row] for row in part.rows[part.owners == owner].tolist())

    def near(self, folded: str, written_in: str) -> Near | None:
        """Texts of that script, their owners, and their cosines (0..1) to ``folded``; None when there are none."""
        part = self._parts.get(written_in)
        if part is None or not folded:
            return None
        weighed = self.shelf.postings.weigh(folded)
        cosines = self.shelf.cosines(*weighed)[part.rows]
        return Near(self.shelf, part.rows, part.owners, part.best_of, weighed, cosines)

    def bayes(self, classes: int, before: Bayes | None = None) -> tuple[Bayes, dict[str, Scores]]:
        """What speaks for each of ``classes`` owners, and what their texts weigh by script.

        ``before``: before an edit."""
        owners = np.full(len(self.shelf), classes, np.int64)  # of texts that an edit took away: nobody's
        for part in self._parts.values():
            owners[part.rows] = part.owners
        weights = self.shelf.weights()
        held = {
            name: np.asarray(np.bincount(part.owners, weights=weights[part.rows], minlength=classes), np.float64)
            for name, part in self._parts.items()
        }
        return Bayes(self.shelf, owners, classes, before), held


class LexicalIndex:
    """Phrases by character n-grams and rapidfuzz (for typing errors, names, short key words), texts by n-grams."""

    def __init__(
        self,
        phrases: Sequence[Phrase],
        passages: Sequence[Passage],
        topics: Sequence[str],
        before: LexicalIndex | None = None,
        spelt: Spelt | None = None,
    ) -> None:
        """``spelt``: of the phrases, where that is known already."""
        row_of = {topic: index for index, topic in enumerate([*topics, OUTSIDE])}
        self._classes = len(row_of)
        phrases = Phrases.of(phrases)
        spelt = spelt or Spelt(phrases, before.spelt if before else None)
        self.spelt: Spelt = spelt
        owners = np.array([row_of.get(topic, 0) for topic in phrases.topics], np.int64)[phrases.rows]
        shelf = Shelf.of(spelt.texts, spelt.new, before.phrases.shelf if before else None)
        self.phrases: NgramIndex = NgramIndex(shelf, *spelt.of(phrases, owners), spelt.names)
        self.bayes: Bayes
        self.bayes, self._held = self.phrases.bayes(self._classes, before.bayes if before else None)
        whole: dict[tuple[str, str], str] = {}
        for passage in passages:
            key = (passage.topic, passage.language)
            if not passage.whole:
                whole[key] = f"{whole.get(key, '')} {passage.text}"
        folded = [fold(text) for text in whole.values()]
        shelf, rows = shelved(folded, before.texts.shelf if before else None)
        scripts = list(map(script, whole.values()))
        names = sorted(set(scripts))
        self.texts: NgramIndex = NgramIndex(
            shelf,
            np.array(rows, np.int64),
            np.array([row_of[topic] for topic, _ in whole], np.int64),
            np.array([names.index(name) for name in scripts], np.uint8),
            names,
        )

    def says(self, text: str, row: int) -> bool:
        """Whether more than half the words of a few stand in the phrases of class ``row``; true for a longer message.

        "Blue table" is near the Blue Card in meaning and in letters, and nobody asks for it so."""
        words = fold(text).split()
        if len(words) > FEW:
            return True
        known = {word for phrase in self.phrases.of(row) for word in phrase.split()}
        said = [word for word in words if word in known or _resembles(word, known)]
        return 2 * len(said) > len(words) or any(len(word) >= TELLING for word in said)

    def names(self, text: str, row: int) -> list[str]:
        """Phrases of few words of class ``row``, such as "child benefit", that stand in ``text``; folded."""
        padded = f" {fold(text)} "
        short = (one for one in self.phrases.of(row) if len(one) >= NAME and one.count(" ") < FEW)
        return [one for one in short if f" {one} " in padded]

    def mentions(self, name: str, row: int) -> bool:
        """Whether ``name``, folded, stands in the texts of class ``row``."""
        return any(name in text for text in self.texts.of(row))

    def scores(self, text: str) -> tuple[Scores, Scores, Scores, Scores]:
        """Best n-gram cosine and rapidfuzz ratio to a phrase, best n-gram cosine to a topic's text; all 0..1.
        Then what the n-grams say together, see ``Bayes``.

        Per topic, and last for "not ours".
        """
        ngrams, ratios, texts, bayes = np.zeros((4, self._classes))
        folded, written_in = fold(text), script(text)
        if (near := self.phrases.near(folded, written_in)) is not None:
            near.best_of.raise_(ngrams, near.cosines)
            bayes = self.bayes.scores(*near.weighed, self._held[written_in])
            nearest = most(near.cosines, NEAREST)
            alike = process.cdist(
                [folded], [near.text(place) for place in nearest.tolist()], scorer=fuzz.token_sort_ratio
            )[0]
            np.maximum.at(ratios, near.owners[nearest], np.asarray(alike, dtype=np.float64) / 100)
        if (near := self.texts.near(folded, written_in)) is not None:
            near.best_of.raise_(texts, near.cosines)
        return ngrams, ratios, texts, bayes


def _resembles(word: str, known: Collection[str]) -> bool:
    if process.extractOne(word, known, scorer=fuzz.ratio, score_cutoff=LIKE) is not None:
        return True
    return len(word) > PART and any(word in one or (len(one) >= PART and one in word) for one in known)
