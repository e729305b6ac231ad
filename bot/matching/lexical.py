"""Signals from letters: how much a question looks like a phrase, or like a topic's text.

They count only where both share the script (measured: across languages they do harm), and a phrase in another script
takes part in its romanised form, for people who write Ukrainian or Arabic in Latin letters.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from scipy.sparse import csr_matrix, vstack
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.matching.fold import MANY_PHRASES, fold, fold_phrase, romanised, script
from bot.matching.passages import Passage
from bot.matching.phrases import OUTSIDE, Phrase

Scores = NDArray[np.float64]
MANY_NEW = 0.05  # share of the texts
NEAREST = 60  # phrases that n-grams find near; only these are worth the slower comparison


@dataclass(frozen=True)
class Near:
    """Texts with their owners and their cosines, row by row."""

    texts: list[str]
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


class NgramIndex:
    """Cosine of TF-IDF over character n-grams, one matrix a script. Texts are folded.

    ``before``: an index of nearly the same texts. What it knows is taken over, so that an edit is live at once; its
    weights of n-grams are kept until ``MANY_NEW`` of the texts are new.
    """

    def __init__(
        self, texts: Sequence[str], owners: Sequence[int], scripts: Sequence[str], before: NgramIndex | None = None
    ) -> None:
        known = before.rows if before else {}
        new = [text for text in dict.fromkeys(texts) if text not in known]
        if before is None or len(new) > MANY_NEW * len(texts):
            distinct = list(dict.fromkeys(texts)) or ["-"]
            self.vectorizer: TfidfVectorizer = TfidfVectorizer(
                analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32
            )
            self.matrix: csr_matrix = self.vectorizer.fit_transform(distinct)
        else:
            distinct = [*known, *new]
            self.vectorizer = before.vectorizer
            self.matrix = vstack([before.matrix, self.vectorizer.transform(new)]).tocsr() if new else before.matrix
        self.rows: dict[str, int] = {text: row for row, text in enumerate(distinct)}
        self._analyze = self.vectorizer.build_analyzer()
        self._parts: dict[str, tuple[list[str], NDArray[np.int64], BestOf, csr_matrix]] = {}
        for name in sorted(set(scripts)):
            chosen = [index for index, found in enumerate(scripts) if found == name]
            rows = [self.rows[texts[index]] for index in chosen]
            whose = np.array(owners, dtype=np.int64)[chosen]
            self._parts[name] = ([texts[i] for i in chosen], whose, BestOf(whose), self.matrix[rows].T.tocsr())

    def near(self, folded: str, written_in: str) -> Near | None:
        """Texts of that script, their owners, and their cosines (0..1) to ``folded``; None when there are none."""
        part = self._parts.get(written_in)
        if part is None or not folded:
            return None
        texts, owners, best_of, matrix = part
        return Near(texts, owners, best_of, np.asarray((self.weigh(folded) @ matrix).toarray()[0]))

    def weigh(self, folded: str) -> csr_matrix:
        """What ``vectorizer.transform`` gives for one text, (1, n-grams), without its checks: they take longer."""
        vocabulary = self.vectorizer.vocabulary_
        counts = Counter(vocabulary[gram] for gram in self._analyze(folded) if gram in vocabulary)
        columns = np.fromiter(sorted(counts), dtype=np.int32, count=len(counts))
        often = np.fromiter((counts[column] for column in columns.tolist()), dtype=np.float32, count=len(counts))
        weights = (1 + np.log(often)) * self.vectorizer.idf_[columns]
        weights /= max(float(np.linalg.norm(weights)), 1e-12)
        return csr_matrix(
            (weights.astype(np.float32), columns, np.array([0, len(columns)])), shape=(1, len(vocabulary))
        )


class LexicalIndex:
    """Phrases by character n-grams and rapidfuzz (for typing errors, names, short key words), texts by n-grams."""

    def __init__(
        self,
        phrases: Sequence[Phrase],
        passages: Sequence[Passage],
        topics: Sequence[str],
        before: LexicalIndex | None = None,
    ) -> None:
        row_of = {topic: index for index, topic in enumerate([*topics, OUTSIDE])}
        self._classes = len(row_of)
        found: list[tuple[str, int, str]] = []
        for phrase in phrases:
            found += [(text, row_of[phrase.topic], written_in) for text, written_in in _spellings(phrase.text)]
        self.phrases: NgramIndex = _index(found, before.phrases if before else None)
        whole: dict[tuple[str, str], str] = {}
        for passage in passages:
            key = (passage.topic, passage.language)
            if not passage.whole:
                whole[key] = f"{whole.get(key, '')} {passage.text}"
        read = [(fold_phrase(text), row_of[topic], script(text)) for (topic, _), text in whole.items()]
        self.texts: NgramIndex = _index(read, before.texts if before else None)

    def scores(self, text: str) -> tuple[Scores, Scores, Scores]:
        """Best n-gram cosine and rapidfuzz ratio to a phrase, best n-gram cosine to a topic's text; all 0..1.

        Per topic, and last for "not ours".
        """
        ngrams, ratios, texts = np.zeros((3, self._classes))
        folded, written_in = fold(text), script(text)
        if (near := self.phrases.near(folded, written_in)) is not None:
            near.best_of.raise_(ngrams, near.cosines)
            nearest = np.argsort(near.cosines)[-NEAREST:]
            alike = process.cdist([folded], [near.texts[row] for row in nearest], scorer=fuzz.token_sort_ratio)[0]
            np.maximum.at(ratios, near.owners[nearest], np.asarray(alike, dtype=np.float64) / 100)
        if (near := self.texts.near(folded, written_in)) is not None:
            near.best_of.raise_(texts, near.cosines)
        return ngrams, ratios, texts


@lru_cache(maxsize=MANY_PHRASES)
def _spellings(phrase: str) -> tuple[tuple[str, str], ...]:
    """A phrase of the knowledge, folded, and its script; and in Latin letters. Remembered for the next edit."""
    spelt = dict.fromkeys([(fold_phrase(phrase), script(phrase)), (romanised(phrase), "LATIN")])
    return tuple((text, written_in) for text, written_in in spelt if text)


def _index(found: Sequence[tuple[str, int, str]], before: NgramIndex | None) -> NgramIndex:
    texts, rows, scripts = [text for text, _, _ in found], [row for _, row, _ in found], [name for _, _, name in found]
    return NgramIndex(texts, rows, scripts, before)
