"""The matcher: built once for a knowledge, then asked from any thread."""

from __future__ import annotations

import numpy as np

from bot.content.model import Knowledge
from bot.matching.classifier import Classifier
from bot.matching.crisis import CrisisIndex
from bot.matching.decide import Calibration, Signals, decide
from bot.matching.embedder import Cache, Remembering, Vectors
from bot.matching.fold import clean, fold, has_words, shorten
from bot.matching.language import LanguageDetector
from bot.matching.lexical import LexicalIndex
from bot.matching.match import Match, Smalltalk
from bot.matching.passages import passages_of
from bot.matching.phrases import OUTSIDE, phrases_of
from bot.matching.space import Space

NO_VECTORS: Vectors = np.zeros((0, 0), dtype=np.float32)
CRISIS_CHARACTERS = 5_000  # of a longer text, danger is looked for in its beginning and end


class Matcher:
    """Matches against one knowledge. Without ``embedder`` by words alone, and then more often asks back."""

    def __init__(
        self, knowledge: Knowledge, embedder: Remembering | None, cache: Cache, detector: LanguageDetector
    ) -> None:
        self._embedder, self._detector = embedder, detector
        phrases = phrases_of(knowledge)
        self._topics = tuple(dict.fromkeys(phrase.topic for phrase in phrases if phrase.topic != OUTSIDE))
        passages = passages_of(knowledge)
        self._lexical = LexicalIndex(phrases, passages, self._topics)
        self._calibration = Calibration.load("e5" if embedder else "lexical")
        self._smalltalk: dict[str, Smalltalk] = {
            fold(clean(text)): kind  # type: ignore[misc]  # kinds are checked on loading
            for kind, by_language in knowledge.smalltalk.items()
            for texts in by_language.values()
            for text in texts
        }
        vectors = embedder.embed([phrase.text for phrase in phrases]) if embedder else NO_VECTORS
        self._space = Space(vectors)
        self._crisis = CrisisIndex(knowledge.crisis, phrases, embedder, self._space, cache, knowledge.city_id)
        if embedder is None:
            return
        self._vectors = self._space.place(vectors)
        row_of = {topic: row for row, topic in enumerate([*self._topics, OUTSIDE])}
        self._owners = np.array([row_of[phrase.topic] for phrase in phrases], dtype=np.int64)
        labels = [phrase.topic for phrase in phrases]
        classes = [topic for topic in row_of if topic in set(labels)]
        self._classifier = Classifier(self._vectors, labels, classes, cache, f"topics-{knowledge.city_id}")
        texts = embedder.embed([passage.text for passage in passages], "passage")
        self._passages = Space(texts).place(texts)
        self._passage_owners = np.array([row_of[passage.topic] for passage in passages], dtype=np.int64)
        embedder.keep_only(
            [*(phrase.text for phrase in phrases), *CrisisIndex.texts(knowledge.crisis)],
            [passage.text for passage in passages],
        )

    def language(self, text: str) -> str:
        """The language a message is written in, "" when that is not sure."""
        return self._detector.detect(shorten(clean(text[:20_000])))

    def match(self, text: str) -> Match:
        """What ``text`` asks for. Any text will do: it is cleaned and cut here."""
        cleaned = clean(text[:20_000])
        if not has_words(cleaned):
            return Match("clarify", smalltalk="nothing")
        smalltalk = self._smalltalk.get(fold(cleaned[:200]))
        if smalltalk is not None:
            return Match("clarify", smalltalk=smalltalk)
        question = shorten(cleaned)
        vector = self.embed(question)
        outcome, choices = decide(self.signals(question, vector), self._calibration)
        return Match(outcome, choices, self._crisis.find(shorten(cleaned, CRISIS_CHARACTERS), vector))

    def embed(self, question: str) -> Vectors | None:
        """The question's vector in the phrases' Space; None without the model."""
        return self._space.place(self._embedder.embed_once(question)) if self._embedder else None

    def signals(self, question: str, vector: Vectors | None) -> Signals:
        """Everything that speaks for each topic; ``question`` is clean and short."""
        ngrams, ratios, texts = self._lexical.scores(question)
        logits, similarity, passages = np.zeros((3, len(ngrams)))
        if vector is not None:
            found = self._classifier.logits(vector)
            logits[:] = found.min(initial=0.0)  # a knowledge without outside.yaml has no class for it
            logits[: len(found)] = found
            np.maximum.at(similarity, self._owners, self._vectors @ vector)
            np.maximum.at(passages, self._passage_owners, self._passages @ vector)
        return Signals(self._topics, logits, similarity, passages, ngrams, ratios, texts, len(question.split()))
