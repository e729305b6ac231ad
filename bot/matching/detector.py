"""Danger: phrases that show the emergency notice at once, whatever else the matcher says.

Two ways to notice: the words of a phrase stand in the message in their order, and a classifier that tells crisis
phrases from every ordinary question by meaning. Missing danger is worse than a notice too many.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from rapidfuzz import fuzz

from bot.content.model import CrisisEntry
from bot.matching.classifier import Classifier, softmax
from bot.matching.embedder import Cache, Remembering, Vectors
from bot.matching.fold import clean, fold
from bot.matching.phrases import OUTSIDE, Phrase
from bot.matching.space import Space

ALARM = 0.6
MIN_FUZZY = 10  # characters from which on a typing error is forgiven
ALIKE = 92.0


class CrisisIndex:
    """Knows the crisis phrases of every language; a message may mix them."""

    def __init__(
        self,
        entries: Sequence[CrisisEntry],
        ordinary: Sequence[Phrase],
        embedder: Remembering | None,
        space: Space,
        cache: Cache,
        name: str,
    ) -> None:
        self._phrases = [
            (fold(clean(text)), entry.topic) for entry in entries for texts in entry.phrases.values() for text in texts
        ]
        self._classifier: Classifier | None = None
        texts = [clean(text) for entry in entries for found in entry.phrases.values() for text in found]
        if embedder is not None and texts:
            dangers = {entry.topic for entry in entries}
            calm = [phrase for phrase in ordinary if phrase.topic not in dangers]
            vectors = space.place(embedder.embed([*texts, *(phrase.text for phrase in calm)]))
            labels = [topic for _, topic in self._phrases] + [OUTSIDE] * len(calm)
            classes = [*sorted(dangers), OUTSIDE]
            self._classifier = Classifier(vectors, labels, classes, cache, f"crisis-{name}")

    @staticmethod
    def texts(entries: Sequence[CrisisEntry]) -> list[str]:
        """Every phrase, as it is embedded."""
        return [clean(text) for entry in entries for found in entry.phrases.values() for text in found]

    def find(self, text: str, vector: Vectors | None) -> str | None:
        """The topic a message in danger leads to; None when there is no sign of danger.

        ``text`` is clean, ``vector`` placed in the Space."""
        folded = f" {fold(text)} "
        best: tuple[float, str] | None = None
        for phrase, topic in self._phrases:
            if f" {phrase} " in folded:
                score = 100.0 + len(phrase)
            elif len(phrase) >= MIN_FUZZY and abs(len(folded) - len(phrase)) < len(phrase):
                score = fuzz.ratio(phrase, folded.strip(), score_cutoff=ALIKE)
            else:
                continue
            if score and (best is None or score > best[0]):
                best = (score, topic)
        if best is not None:
            return best[1]
        if vector is None or self._classifier is None:
            return None
        shares = softmax(self._classifier.logits(vector))
        dangers = shares[:-1]
        if dangers.sum() < ALARM:
            return None
        return self._classifier.classes[int(np.argmax(dangers))]
