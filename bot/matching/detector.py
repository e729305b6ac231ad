"""Messages that are like given phrases, whatever topic they ask for: follow-up questions, one's own case, danger.

Two ways to notice: the words of a phrase stand in the message in their order, and a classifier that tells these
phrases from every ordinary question by meaning.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from rapidfuzz import fuzz, process

from bot.matching.classifier import Classifier
from bot.matching.embedder import Cache, keys_of
from bot.matching.fold import clean, fold, fold_phrase
from bot.matching.meaning import Meaning
from bot.matching.phrases import OUTSIDE, Phrase, Phrases
from bot.matching.rows import Vectors

MIN_FUZZY = 10  # characters from which on a typing error is forgiven
ALIKE = 92.0
LITTLE_NEW = 0.02  # share of the ordinary phrases
MOST_ORDINARY = 20_000  # of a larger knowledge an even share is enough


@dataclass(frozen=True)
class Said:
    """A phrase found word for word. ``share``: how much of the message's words it is, from 0 to 1."""

    kind: str
    share: float


class Detector:
    """Knows the phrases of every language; a message may mix them."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        """``phrases``: kind to phrases."""
        self.phrases = [(clean(text), kind) for kind, texts in phrases.items() for text in texts]
        folded = [(fold_phrase(text), kind) for text, kind in self.phrases]
        self._by_first_word: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for phrase, kind in folded:
            self._by_first_word[phrase.partition(" ")[0]].append((f" {phrase} ", kind))
        long = [(phrase, kind) for phrase, kind in folded if len(phrase) >= MIN_FUZZY]
        long.sort(key=lambda found: len(found[0]))
        self._long, self._long_kinds = [phrase for phrase, _ in long], [kind for _, kind in long]
        self._lengths = [len(phrase) for phrase in self._long]
        self.classifier: Classifier | None = None
        self.ordinary = self.outside = keys_of(())  # what tells two sets of phrases apart, sorted

    @property
    def texts(self) -> list[str]:
        """Every phrase, as it is embedded."""
        return [text for text, _ in self.phrases]

    def learn(
        self,
        ordinary: Sequence[Phrase],
        meaning: Meaning,
        cache: Cache,
        name: str,
        before: Detector | None = None,
        complete: bool = True,
    ) -> None:
        """Tell the phrases from ``ordinary`` ones by meaning too; as ``before`` does, if only some topics changed.

        Of what is not learned yet by words alone, as without this; not ``complete``: see ``Classifier``."""
        if not self.phrases:
            return
        kinds = sorted({kind for _, kind in self.phrases})
        ordinary = Phrases.of(ordinary)
        outside = np.array([topic == OUTSIDE for topic in ordinary.topics], bool)[ordinary.rows]
        counts = np.array([topic not in kinds for topic in ordinary.topics], bool)[ordinary.rows]
        self.ordinary, self.outside = (np.unique(ordinary.keys[counts & ours]) for ours in (~outside, outside))
        calm = np.flatnonzero(counts)
        if before and before.classifier and before.phrases == self.phrases:
            changed = np.setxor1d(before.ordinary, self.ordinary, assume_unique=True)
            if len(changed) <= LITTLE_NEW * len(calm) and np.array_equal(before.outside, self.outside):
                self.classifier, self.ordinary = before.classifier, before.ordinary
                return
        calm = calm[:: max(len(calm) // MOST_ORDINARY, 1)]
        found = [*self.phrases, *((ordinary.texts[row], OUTSIDE) for row in calm.tolist())]
        known = meaning.known([text for text, _ in found])
        learned = [pair for pair, there in zip(found, known, strict=True) if there]
        texts, labels = [text for text, _ in learned], [kind for _, kind in learned]
        if not {*kinds, OUTSIDE} <= set(labels):
            return
        mark = keys_of(texts).tobytes()
        self.classifier = Classifier(
            mark, labels, [*kinds, OUTSIDE], lambda: meaning.rows(texts), cache, name, complete
        )

    def said(self, text: str) -> Said | None:
        """The longest phrase whose words stand in ``text`` (clean) in their order, or that is nearly all of it."""
        folded = fold(text)
        padded = f" {folded} "
        words = folded.split()
        starts = dict.fromkeys(words)
        inside = [found for word in starts for found in self._by_first_word.get(word, ()) if found[0] in padded]
        if inside:
            phrase, kind = max(inside, key=lambda found: len(found[0]))
            return Said(kind, len(phrase.split()) / len(words))
        # Of another length none is so much alike: of the letters of both at most twice the shorter's are the same.
        begin = bisect_left(self._lengths, len(folded) * ALIKE / (200 - ALIKE) - 1e-9)
        end = bisect_right(self._lengths, len(folded) * (200 - ALIKE) / ALIKE + 1e-9)
        near = process.extractOne(folded, self._long[begin:end], scorer=fuzz.ratio, score_cutoff=ALIKE)
        return None if near is None else Said(self._long_kinds[begin + near[2]], 1.0)

    def odds(self, vector: Vectors) -> float:
        """Log odds that a message is like any of the phrases; only after ``learn``."""
        assert self.classifier is not None
        logits = self.classifier.logits(vector)
        return float(np.logaddexp.reduce(logits[:-1]) - logits[-1])

    def likest(self, vector: Vectors) -> str:
        """The kind of phrase a message is most like; only after ``learn``."""
        assert self.classifier is not None
        return self.classifier.classes[int(np.argmax(self.classifier.logits(vector)[:-1]))]

    def find(self, text: str, vector: Vectors | None, sure: float) -> str | None:
        """The kind of phrase a message is like; None when it is like none.

        ``text`` is clean, ``vector`` placed in the Space. ``sure``: the log odds from which its meaning is enough."""
        if (said := self.said(text)) is not None:
            return said.kind
        if vector is None or self.classifier is None:
            return None
        return self.likest(vector) if self.odds(vector) >= sure else None
