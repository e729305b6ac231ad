"""Signals from letters: how much a question and a phrase look alike.

They count only where question and phrase share the script (measured: across languages they do harm), and a phrase
in another script takes part in its romanised form, for people who write Ukrainian or Arabic in Latin letters.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from sklearn.feature_extraction.text import TfidfVectorizer

from bot.matching.fold import fold, romanised, script
from bot.matching.phrases import OUTSIDE, Phrase

Scores = NDArray[np.float64]


class LexicalIndex:
    """Character n-grams (cosine of TF-IDF) and rapidfuzz (for typing errors, names, short key words)."""

    def __init__(self, phrases: Sequence[Phrase], topics: Sequence[str]) -> None:
        row_of = {topic: index for index, topic in enumerate([*topics, OUTSIDE])}
        texts: list[str] = []
        owners: list[int] = []
        scripts: list[str] = []
        for phrase in phrases:
            own = script(phrase.text)
            for text, in_script in {(fold(phrase.text), own), (romanised(phrase.text), "LATIN")}:
                if text:
                    texts.append(text)
                    owners.append(row_of[phrase.topic])
                    scripts.append(in_script)
        self._classes = len(row_of)
        self._vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True, dtype=np.float32)
        self._parts: dict[str, tuple[list[str], NDArray[np.int64], object]] = {}
        matrix = self._vectorizer.fit_transform(texts or ["-"])
        for name in sorted(set(scripts)):
            rows = np.array([index for index, found in enumerate(scripts) if found == name])
            part = matrix[rows].T.tocsr()
            self._parts[name] = ([texts[row] for row in rows], np.array(owners)[rows], part)

    def scores(self, text: str) -> tuple[Scores, Scores]:
        """Best n-gram cosine and best rapidfuzz ratio, both 0..1, per topic and last for "not ours"."""
        ngrams = np.zeros(self._classes)
        ratios = np.zeros(self._classes)
        folded = fold(text)
        part = self._parts.get(script(text))
        if part is None or not folded:
            return ngrams, ratios
        texts, owners, matrix = part
        cosines = (self._vectorizer.transform([folded]) @ matrix).toarray()[0]
        np.maximum.at(ngrams, owners, cosines)
        # Only the phrases that n-grams find near are worth the slower comparison.
        near = np.argsort(cosines)[-60:]
        alike = process.cdist([folded], [texts[row] for row in near], scorer=fuzz.token_sort_ratio)[0]
        np.maximum.at(ratios, owners[near], np.asarray(alike, dtype=np.float64) / 100)
        return ngrams, ratios
