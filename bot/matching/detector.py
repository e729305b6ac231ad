"""Messages that are like given phrases, whatever topic they ask for: danger, follow-up questions, one's own case.

Two ways to notice: the words of a phrase stand in the message in their order, and a classifier that tells these
phrases from every ordinary question by meaning.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from rapidfuzz import fuzz

from bot.matching.classifier import Classifier, softmax
from bot.matching.embedder import Cache, Remembering, Vectors
from bot.matching.fold import clean, fold
from bot.matching.phrases import OUTSIDE, Phrase
from bot.matching.space import Space

MIN_FUZZY = 10  # characters from which on a typing error is forgiven
ALIKE = 92.0


class Detector:
    """Knows the phrases of every language; a message may mix them."""

    def __init__(self, phrases: Mapping[str, Sequence[str]], sure: float) -> None:
        """``phrases``: kind to phrases. ``sure``: from which probability on the classifier is believed."""
        self._texts = [(clean(text), kind) for kind, texts in phrases.items() for text in texts]
        self._phrases = [(fold(text), kind) for text, kind in self._texts]
        self._sure = sure
        self._classifier: Classifier | None = None

    @property
    def texts(self) -> list[str]:
        """Every phrase, as it is embedded."""
        return [text for text, _ in self._texts]

    def learn(self, ordinary: Sequence[Phrase], embedder: Remembering, space: Space, cache: Cache, name: str) -> None:
        """Tell the phrases from ``ordinary`` ones by meaning too."""
        if not self._texts:
            return
        kinds = sorted({kind for _, kind in self._texts})
        calm = [phrase.text for phrase in ordinary if phrase.topic not in kinds]
        vectors = space.place(embedder.embed([*self.texts, *calm]))
        labels = [kind for _, kind in self._texts] + [OUTSIDE] * len(calm)
        self._classifier = Classifier(vectors, labels, [*kinds, OUTSIDE], cache, name)

    def find(self, text: str, vector: Vectors | None) -> str | None:
        """The kind of phrase a message is like; None when it is like none.

        ``text`` is clean, ``vector`` placed in the Space."""
        folded = f" {fold(text)} "
        best: tuple[float, str] | None = None
        for phrase, kind in self._phrases:
            if f" {phrase} " in folded:
                score = 100.0 + len(phrase)
            elif len(phrase) >= MIN_FUZZY and abs(len(folded) - len(phrase)) < len(phrase):
                score = fuzz.ratio(phrase, folded.strip(), score_cutoff=ALIKE)
            else:
                continue
            if score and (best is None or score > best[0]):
                best = (score, kind)
        if best is not None:
            return best[1]
        if vector is None or self._classifier is None:
            return None
        shares = softmax(self._classifier.logits(vector))[:-1]
        return self._classifier.classes[int(np.argmax(shares))] if shares.sum() >= self._sure else None
