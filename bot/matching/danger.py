"""Whether a message means danger to a person.

People in danger seldom say so in the words of a phrase, and harmless messages are full of such words ("my phone died").
So three things are added up, each as log odds: the classifier of ``Detector``, whether the nearest known phrases are
dangerous ones, and the single words. A sentence is also looked at alone: one that means danger drowns in a long story.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from math import log, sqrt

import numpy as np

from bot.matching.detector import Detector
from bot.matching.embedder import Cache, Remembering, Vectors
from bot.matching.fold import fold
from bot.matching.phrases import Phrase
from bot.matching.space import Space

# All chosen on questions/crisis-dev.txt; missing danger is worse than a notice too many.
ALARM = -3.0  # from these log odds on a message means danger
ALONE = 7.0  # so much more is asked of one sentence of a story: without the others even an ordinary one may sound bad
PLAIN = 0.0  # a sentence whose words speak for less is plainly harmless: three in five need no embedding
SAID = -2.0  # so much less when a phrase stands in it word for word
ITS_OWN = 0.5  # the phrase makes up this share of the words: nothing else is said
NEAR, NEAREST = 60.0, 5  # weight of a cosine's difference; of how many phrases
WORDS = 1.5
LETTERS = 5  # of a sentence: Arabic and Turkish need but a word for "he hit me"
SENTENCES = 12  # of a longer story its beginning and end
_END = re.compile(r"(?<=[.!?;؟؛۔።])\s+|\n+")


class WordOdds:
    """How much more often words stand in dangerous phrases than in harmless ones (naive Bayes)."""

    def __init__(self, dangerous: Sequence[str], harmless: Sequence[str]) -> None:
        here, there = _count(dangerous), _count(harmless)
        self._odds = {
            word: log((here[word] + 0.5) / (len(dangerous) + 1)) - log((there[word] + 0.5) / (len(harmless) + 1))
            for word in here | there
        }

    def of(self, text: str) -> float:
        """Log odds of a text. Words are not independent: their sum is divided by the root of their number."""
        known = [self._odds[word] for word in set(fold(text).split()) if word in self._odds]
        return sum(known) / sqrt(max(len(known), 1))


class DangerDetector:
    """Knows the dangerous phrases of every language. Without ``learn``, only what is said word for word."""

    def __init__(self, phrases: Mapping[str, Sequence[str]]) -> None:
        """``phrases``: kind of danger to phrases."""
        self._kinds = set(phrases)
        self.detector = Detector(phrases)
        self._words: WordOdds | None = None

    @property
    def texts(self) -> list[str]:
        """Every phrase, as it is embedded."""
        return self.detector.texts

    def learn(
        self,
        ordinary: Sequence[Phrase],
        vectors: Vectors,
        calm: Sequence[Phrase],
        embedder: Remembering,
        space: Space,
        cache: Cache,
        name: str,
        before: DangerDetector | None = None,
    ) -> None:
        """Learn the meaning too. ``vectors``: those of ``ordinary``, one a row, which is what is asked every day;
        ``calm`` is what only sounds like danger. Phrases of the topics that help against it count as neither."""
        if not self.texts:
            return
        self.detector.learn([*ordinary, *calm], embedder, space, cache, name, before.detector if before else None)
        self._dangerous = space.place(embedder.embed(self.texts))
        self._calm = space.place(embedder.embed([phrase.text for phrase in calm]))
        self._ordinary = vectors  # the matcher's own: they need not be there twice
        self._counts = np.array([phrase.topic not in self._kinds for phrase in ordinary], dtype=bool)
        harmless = [phrase.text for phrase in [*ordinary, *calm] if phrase.topic not in self._kinds]
        self._words = WordOdds(self.texts, harmless)

    def find(self, text: str, vector: Vectors | None, embed: Callable[[str], Vectors]) -> str | None:
        """The kind of danger a message means; None for a harmless one.

        ``text`` is clean, ``vector`` placed in the Space (None without the model), ``embed`` places one sentence."""
        said = self.detector.said(text)
        if vector is None or self._words is None:
            return said.kind if said else None
        if said and said.share >= ITS_OWN:
            return said.kind
        if self.odds(text, vector) >= ALARM + (SAID if said else 0.0):
            return self.detector.likest(vector)
        for sentence in sentences(text):
            said = self.detector.said(sentence)
            if said and said.share >= ITS_OWN:
                return said.kind
            if not said and self._words.of(sentence) < PLAIN:
                continue
            alone = embed(sentence)
            if self.odds(sentence, alone) >= ALARM + (SAID if said else ALONE):
                return self.detector.likest(alone)
        return None

    def odds(self, text: str, vector: Vectors) -> float:
        """Log odds that ``text`` means danger."""
        assert self._words is not None
        harmless = np.concatenate([(self._ordinary @ vector)[self._counts], self._calm @ vector])
        near = _best(self._dangerous @ vector) - _best(harmless)
        return self.detector.odds(vector) + NEAR * near + WORDS * self._words.of(text)


def sentences(text: str) -> list[str]:
    """The sentences of a message that has several, at most ``SENTENCES``; none of a message that is one."""
    found = [part for part in _END.split(text) if sum(map(str.isalpha, part)) >= LETTERS]
    if len(found) > SENTENCES:
        found = found[: SENTENCES // 2] + found[-SENTENCES // 2 :]
    return found if len(found) > 1 else []


def _best(cosines: Vectors) -> float:
    """The middle of the nearest few."""
    count = min(NEAREST, len(cosines))
    return float(np.partition(cosines, -count)[-count:].mean()) if count else 0.0


def _count(texts: Iterable[str]) -> Counter[str]:
    """In how many texts each word stands."""
    return Counter(word for text in texts for word in set(fold(text).split()))
