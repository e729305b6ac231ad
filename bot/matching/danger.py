"""Whether a message means danger to a person, and how sure that is.

People in danger seldom say so in the words of a phrase, and harmless messages are full of such words ("my phone died").
So three things are added up, each as log odds: the classifier of ``Detector``, whether the nearest known phrases are
dangerous ones, and the single words. A sentence is also looked at alone: one that means danger drowns in a long story.
What an editor wrote below ``calm:`` means no danger, word for word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Literal

import numpy as np

from bot.matching.detector import Detector
from bot.matching.embedder import Cache, Remembering, Vectors
from bot.matching.fold import clean_phrase, fold, fold_phrase
from bot.matching.phrases import Phrase
from bot.matching.space import Space

# Weights: logistic regression on what each phrase and harmless text gets from a detector that never saw it
# (``python -m benchmarks crisis-fit``). Levels: chosen there on texts by others, see benchmarks/README.md.
CLASSIFIER, NEAR, WORDS, BIAS = 0.38, 35.3, 0.43, -0.52
CERTAIN = 0.5  # from these log odds on the notice comes first,
SUSPECTED = -1.0  # and from these a quiet line stands below the answer
ALONE = 2.5  # so much more is asked of one sentence of a story: without the others even an ordinary one may sound bad
PLAIN = 0.0  # a sentence whose words speak for less is plainly harmless: three in five need no embedding
SAID = 2.0  # so much more it counts when a phrase stands in it word for word
ITS_OWN = 0.5  # the phrase makes up this share of the words: nothing else is said
FEW_WORDS = 2  # so few words say too little to be certain by meaning alone
NEAREST = 5  # phrases that are looked at
LETTERS = 5  # of a sentence: Arabic and Turkish need but a word for "he hit me"
SENTENCES = 12  # of a longer story its beginning and end
_END = re.compile(r"(?<=[.!?;؟؛۔።])\s+|\n+")

Level = Literal["emergency", "worry"]


@dataclass(frozen=True)
class Danger:
    """``kind``: the topic that helps. "emergency" is certain, "worry" only suspected."""

    kind: str
    level: Level


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

    def __init__(self, phrases: Mapping[str, Sequence[str]], calm: Iterable[str] = ()) -> None:
        """``phrases``: kind of danger to phrases; ``calm``: what only sounds like danger."""
        self.kinds = set(phrases)
        self.detector = Detector(phrases)
        self._dangerous_words = {fold_phrase(text) for text in self.detector.texts}
        self._calm_words = {fold_phrase(clean_phrase(text)) for text in calm}
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
        self._counts = np.array([phrase.topic not in self.kinds for phrase in ordinary], dtype=bool)
        self._harmless_texts = [phrase.text for phrase in [*ordinary, *calm] if phrase.topic not in self.kinds]
        self._words = WordOdds(self.texts, self._harmless_texts)

    def find(self, text: str, vector: Vectors | None, embed: Callable[[str], Vectors]) -> Danger | None:
        """The danger a message means; None for a harmless one.

        ``text`` is clean, ``vector`` placed in the Space (None without the model), ``embed`` places one sentence."""
        if (folded := fold(text)) in self._calm_words and folded not in self._dangerous_words:
            return None
        said = self.detector.said(text)
        if vector is None or self._words is None:
            return Danger(said.kind, "emergency") if said else None
        if said and said.share >= ITS_OWN:
            return Danger(said.kind, "emergency")
        found = self._level(folded, self.odds(text, vector) + (SAID if said else 0.0))
        worry = Danger(said.kind if said else self.detector.likest(vector), found) if found else None
        if found == "emergency":
            return worry
        for sentence in sentences(text):
            said = self.detector.said(sentence)
            if said and said.share >= ITS_OWN:
                return Danger(said.kind, "emergency")
            if not said and self._words.of(sentence) < PLAIN:
                continue
            alone = embed(sentence)
            found = self._level(fold(sentence), self.odds(sentence, alone) + (SAID if said else -ALONE))
            if found == "emergency":
                return Danger(said.kind if said else self.detector.likest(alone), found)
            if found and worry is None:
                worry = Danger(said.kind if said else self.detector.likest(alone), found)
        return worry

    def _level(self, folded: str, odds: float) -> Level | None:
        few = len(folded.split()) <= FEW_WORDS
        if odds >= CERTAIN:
            return "worry" if few else "emergency"
        return "worry" if odds >= SUSPECTED and not few else None

    def odds(self, text: str, vector: Vectors) -> float:
        """Log odds that ``text`` means danger."""
        assert self._words is not None
        classifier, near, words = self.parts(text, vector)
        return CLASSIFIER * classifier + NEAR * near + WORDS * words + BIAS

    def parts(self, text: str, vector: Vectors) -> tuple[float, float, float]:
        """What the odds are added up from: the classifier's log odds, how much nearer dangerous phrases are than
        harmless ones (difference of cosines), the words' log odds."""
        assert self._words is not None
        harmless = np.concatenate([(self._ordinary @ vector)[self._counts], self._calm @ vector])
        near = _best(self._dangerous @ vector) - _best(harmless)
        return self.detector.odds(vector), near, self._words.of(text)

    def nearest(self, vector: Vectors, count: int) -> list[tuple[float, str, str, str]]:
        """(cosine, kind, "", text) of the ``count`` nearest dangerous phrases, then of the harmless ones (kind "")."""
        if self._words is None:
            return []
        dangerous = [(text, kind) for text, kind in self.detector.phrases]
        harmless = [(text, "") for text in self._harmless_texts]
        cosines = np.concatenate([(self._ordinary @ vector)[self._counts], self._calm @ vector])
        found = []
        for texts, likeness in ((dangerous, self._dangerous @ vector), (harmless, cosines)):
            rows = np.argsort(-likeness, kind="stable")[:count]
            found += [(round(float(likeness[row]), 3), texts[row][1], "", texts[row][0]) for row in rows]
        return found


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
