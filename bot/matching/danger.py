"""Whether a message means danger to a person, and how sure that is.

People in danger seldom say so in the words of a phrase, and harmless messages are full of such words ("my phone died").
So three things are added up, each as log odds: the classifier of ``Detector``, whether the nearest known phrases are
dangerous ones, and the single words. A sentence is also looked at alone: one that means danger drowns in a long story,
though the calmer the story, the surer it must be.
What an editor wrote below ``calm:`` means no danger, word for word.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt
from typing import Literal

import marisa_trie
import numpy as np

from bot.matching import wishes
from bot.matching.detector import Detector, Said
from bot.matching.embedder import Cache
from bot.matching.fold import clean_phrase, fold, fold_phrase
from bot.matching.meaning import Meaning
from bot.matching.phrases import Phrase, Phrases
from bot.matching.rows import Seen, Vectors, most
from bot.matching.words import Texts

# Weights: logistic regression on what each phrase and harmless text gets from a detector that never saw it
# (``python -m benchmarks crisis-fit``). On messages by others single words tell more than on our own phrases: there the
# weights were moved and the levels chosen, see benchmarks/README.md.
CLASSIFIER, NEAR, WORDS, BIAS = 0.42, 38.0, 0.96, -1.8
CERTAIN = 0.2  # from these log odds on the notice comes first,
SUSPECTED = -2.6  # and from these a quiet line stands below the answer
ALONE = 2.5  # so much more is asked of one sentence of a story: without the others even an ordinary one may sound bad
STORY = 0.3  # so much of the odds of the whole counts for its sentences, too, where they speak against danger,
CALMEST = -10.0  # and no story is calmer than that: one sentence can still be certain
PLAIN = 0.0  # a sentence whose words speak for less is plainly harmless: three in five need no embedding
SAID = 1.5  # so much more it counts when a phrase stands in it word for word
ITS_OWN = 0.5  # the phrase makes up this share of the words: nothing else is said
ALL_OF_IT = 0.8  # the same of a part between commas or "and": "I don't want to live in the camp" is no despair
FEW_WORDS = 2  # so few words say too little to be certain by meaning alone
NEAREST = 5  # phrases that are looked at
LETTERS = 5  # of a sentence: Arabic and Turkish need but a word for "he hit me"
SENTENCES = 12  # of a longer story its beginning and end
PARTS = 24  # between commas and "and": they are only compared with phrases, word for word
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
        self._trie = marisa_trie.Trie(here | there)
        self._odds = np.array(
            [
                log((here[word] + 0.5) / (len(dangerous) + 1)) - log((there[word] + 0.5) / (len(harmless) + 1))
                for word in map(self._trie.restore_key, range(len(self._trie)))
            ]
        )

    def of(self, text: str) -> float:
        """Log odds of a text. Words are not independent: their sum is divided by the root of their number."""
        rows = map(self._trie.get, set(fold(text).split()))
        known = [float(self._odds[row]) for row in rows if row is not None]
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
        calm: Sequence[Phrase],
        meaning: Meaning,
        cache: Cache,
        name: str,
        before: DangerDetector | None = None,
        complete: bool = True,
    ) -> None:
        """Learn the meaning too. ``ordinary``: the phrases of ``meaning``, which is what is asked every day; ``calm``
        is what only sounds like danger. Phrases of the topics that help against it count as neither."""
        if not self.texts:
            return
        ordinary = Phrases.of(ordinary)
        self.detector.learn(ordinary.beside(calm), meaning, cache, name, before.detector if before else None, complete)
        if self.detector.classifier is None:
            return
        self._dangerous_phrases = [
            pair for pair, known in zip(self.detector.phrases, meaning.known(self.texts), strict=True) if known
        ]
        calm = [one for one, known in zip(calm, meaning.known([phrase.text for phrase in calm]), strict=True) if known]
        self._dangerous = meaning.rows([text for text, _ in self._dangerous_phrases])
        self._calm = meaning.rows([phrase.text for phrase in calm])
        counts = np.array([topic not in self.kinds for topic in ordinary.topics], bool)[ordinary.rows]
        self._counts = counts[meaning.learned]
        rows = np.flatnonzero(counts & meaning.learned).tolist()
        self._harmless = Texts([*map(ordinary.texts.__getitem__, rows), *(one.text for one in calm)])
        # Where the classifier is the same, because little has changed, so are the words.
        same = before is not None and before.detector.classifier is self.detector.classifier
        self._words = before._words if before and same else WordOdds(self.texts, self._harmless)  # noqa: SLF001

    def find(self, text: str, seen: Seen | None, look: Callable[[Sequence[str]], Sequence[Seen]]) -> Danger | None:
        """The danger a message means; None for a harmless one.

        ``text`` is clean, ``seen`` what the model sees in it (None without), ``look`` shows that of sentences."""
        if (folded := fold(text)) in self._calm_words and folded not in self._dangerous_words:
            return None
        said = self.detector.said(text)
        if seen is None or self._words is None:
            return Danger(said.kind, "emergency") if said else None
        if said and said.share >= ITS_OWN:
            return Danger(said.kind, "emergency")
        if (own := self._said_apart(text)) is not None:
            return own
        whole = self.odds(text, seen)
        found = self._level(folded, whole + (SAID if said else 0.0))
        worry = Danger(said.kind if said else self.detector.likest(seen.vector), found) if found else None
        if found == "emergency":
            return worry
        doubtful: list[tuple[str, Said | None]] = []
        for sentence in sentences(text):
            said = self.detector.said(sentence)
            if said and said.share >= ITS_OWN:
                return Danger(said.kind, "emergency")
            if said or self._words.of(sentence) >= PLAIN:
                doubtful.append((sentence, said))
        alone_of = look([sentence for sentence, _ in doubtful]) if doubtful else ()
        story = STORY * min(max(whole, CALMEST), 0.0)
        for (sentence, said), alone in zip(doubtful, alone_of, strict=True):
            found = self._level(fold(sentence), self.odds(sentence, alone) + story + (SAID if said else -ALONE))
            if found == "emergency":
                return Danger(said.kind if said else self.detector.likest(alone.vector), found)
            if found and worry is None:
                worry = Danger(said.kind if said else self.detector.likest(alone.vector), found)
        return worry

    def _said_apart(self, text: str) -> Danger | None:
        """What a part says word for word: "my husband beats me, where is the office", or "... and where is ..."."""
        for part in apart(text):
            said = self.detector.said(part)
            if said and said.share >= ALL_OF_IT and fold(part) not in self._calm_words:
                return Danger(said.kind, "emergency")
        return None

    def _level(self, folded: str, odds: float) -> Level | None:
        few = len(folded.split()) <= FEW_WORDS
        if odds >= CERTAIN:
            return "worry" if few else "emergency"
        return "worry" if odds >= SUSPECTED and not few else None

    def odds(self, text: str, seen: Seen) -> float:
        """Log odds that ``text`` means danger."""
        assert self._words is not None
        classifier, near, words = self.parts(text, seen)
        return CLASSIFIER * classifier + NEAR * near + WORDS * words + BIAS

    def parts(self, text: str, seen: Seen) -> tuple[float, float, float]:
        """What the odds are added up from: the classifier's log odds, how much nearer dangerous phrases are than
        harmless ones (difference of cosines), the words' log odds."""
        assert self._words is not None
        harmless = np.concatenate([np.where(self._counts, seen.cosines, -1), *self._calm.cosines(seen.vector[None])])
        near = _best(self._dangerous.cosines(seen.vector[None])[0]) - _best(harmless)
        return self.detector.odds(seen.vector), near, self._words.of(text)

    def nearest(self, seen: Seen, count: int) -> list[tuple[float, str, str, str]]:
        """(cosine, kind, "", text) of the ``count`` nearest dangerous phrases, then of the harmless ones (kind "")."""
        if self._words is None:
            return []
        harmless = [(text, "") for text in self._harmless]
        cosines = np.concatenate([seen.cosines[self._counts], *self._calm.cosines(seen.vector[None])])
        dangerous = self._dangerous.cosines(seen.vector[None])[0]
        found = []
        for texts, likeness in ((self._dangerous_phrases, dangerous), (harmless, cosines)):
            rows = np.argsort(-likeness, kind="stable")[:count]
            found += [(round(float(likeness[row]), 3), texts[row][1], "", texts[row][0]) for row in rows]
        return found


def sentences(text: str) -> list[str]:
    """The sentences of a message that has several, at most ``SENTENCES``; none of a message that is one."""
    found = [part for part in _END.split(text) if sum(map(str.isalpha, part)) >= LETTERS]
    if len(found) > SENTENCES:
        found = found[: SENTENCES // 2] + found[-SENTENCES // 2 :]
    return found if len(found) > 1 else []


def apart(text: str) -> list[str]:
    """The parts of a message between its signs, commas among them, and its "and"; none of a message that is one."""
    found = wishes.joined(text)
    return [part for part in found if len(part.split()) >= FEW_WORDS][:PARTS] if len(found) > 1 else []


def _best(cosines: Vectors) -> float:
    """The middle of the nearest few."""
    if len(cosines) == 0:
        return 0.0
    nearest = cosines[most(cosines, NEAREST)]
    return float(np.sort(nearest).mean())


def _count(texts: Iterable[str]) -> Counter[str]:
    """In how many of the knowledge's texts each word stands."""
    return Counter(word for text in texts for word in set(fold(text).split()))
