"""The matcher: built once for a knowledge, then asked from any thread."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from math import inf

import numpy as np

from bot.content.entries import SECTIONS
from bot.content.model import Knowledge
from bot.matching import wishes
from bot.matching.chatter import Chatter
from bot.matching.classifier import Classifier
from bot.matching.context import NOTHING, Context
from bot.matching.danger import Danger, DangerDetector
from bot.matching.decide import Calibration, Signals, combine, decide
from bot.matching.detector import Detector
from bot.matching.discriminant import Discriminant
from bot.matching.elsewhere import OtherCities
from bot.matching.embedder import Cache, Remembering, Text
from bot.matching.fold import clean, fold, has_words, shorten
from bot.matching.in_context import FITS, HARDLY, NEAREST, narrowed, neighbours, resolve
from bot.matching.language import LanguageDetector
from bot.matching.letters import Words, key_of
from bot.matching.lexical import FEW, BestOf, LexicalIndex
from bot.matching.match import Choice, Match, Outcome
from bot.matching.meaning import Meaning
from bot.matching.naming import naming
from bot.matching.ngrams import Postings
from bot.matching.paragraphs import Fitting, Paragraph, paragraphs_of
from bot.matching.passages import ENOUGH_QUESTIONS, Passage, passages_of
from bot.matching.people import People, aside
from bot.matching.phrases import OUTSIDE, Phrase, Phrases, phrases_of, written_in
from bot.matching.prepare import Prepared, Preparer
from bot.matching.reading import Reading
from bot.matching.rows import Seen, Vectors
from bot.matching.spelt import Spelt
from bot.matching.turns import SURE, Turn, Turns
from bot.matching.words import Stowed

CRISIS_CHARACTERS = 5_000  # of a longer text, danger is looked for in its beginning and end
WHOLE_COUNTS = 0.5  # the likeness to a whole text, beside that to its best part
ENOUGH_LEARNED = 0.5  # a topic of whose phrases fewer are learned yet is found by words, too
SAME_MEANING = 0.38  # cosine of questions, each seen from the middle of its language
SAME_LETTERS = 0.35  # the same of n-grams
UNSAID = 0.5  # confidence of a topic that a few words are near, and do not say,
LIKE_A_PHRASE = 0.75  # unless they mean the same as one of its phrases ("blue table" is 0.5 to 0.7 near)
STRANGE = 3.0  # of 23 follow-ups none is so far from every topic, of what is not ours six in ten are (score)
SURE_OF_FEW = 0.85  # of key words nearly every right answer is surer; two everyday words reach 0.84
MANY = 5_000  # phrases whose words take half a second and more
_FILE_NUMBER = re.compile(r"\b(?=(?:[^\s\d]*\d){6})[\w./-]*\d[/.-]\d[\w./-]*")


class Matcher:
    """Matches against one knowledge. Without ``embedder`` by words alone, and then more often asks back."""

    def __init__(
        self,
        knowledge: Knowledge,
        embedder: Remembering | None,
        cache: Cache,
        detector: LanguageDetector,
        before: Matcher | None = None,
        patience: int | None = None,
    ) -> None:
        """``before``: the matcher of the same knowledge before an edit, to take over what did not change.

        ``patience``: if more texts than that are not learned yet, their topics are found by words until they are;
        ``missing`` holds these texts. None: everything is learned now."""
        phrases = phrases_of(knowledge, before._phrases if before else None)  # noqa: SLF001 # of this class
        self._phrases: Phrases = phrases
        passages, paragraphs = passages_of(knowledge), paragraphs_of(knowledge)
        taught = dict(zip(phrases.topics, phrases.counts.tolist(), strict=True))
        self.topics = tuple(topic for topic, count in taught.items() if topic != OUTSIDE and count)
        titles = {topic.id: len(topic.words) for topic in knowledge.topics.values()}
        self._untaught = np.array(
            [1 - min((taught[id_] - titles[id_]) / ENOUGH_QUESTIONS, 1.0) for id_ in self.topics] + [0.0]
        )
        written, city = written_in(knowledge), knowledge.city_id
        if before is None:
            long = len(phrases) > MANY
            spelt = cache.kept_later(f"spelt-{city}", phrases.keys.tobytes(), Spelt, phrases, long)
            words = cache.kept_later(f"words-{city}", key_of(written), Words.of, written, long)
        else:
            spelt = partial(Spelt, phrases, before.lexical.spelt)
            words = partial(Words.of, written, before.words)
        self._words_alone = Calibration.load("lexical")
        self.calibration = Calibration.load("e5") if embedder else self._words_alone
        self._chatter: Chatter = Chatter.of(knowledge.smalltalk, before._chatter if before else None)  # noqa: SLF001 # of this class
        crisis = {
            entry.topic: [text for texts in entry.phrases.values() for text in texts] for entry in knowledge.crisis
        }
        self.danger = DangerDetector(crisis, (text for texts in knowledge.calm.values() for text in texts))
        self.turns = Turns(knowledge)
        self._people = People(text for texts in knowledge.replies.get("relatives", {}).values() for text in texts)
        self._cities = OtherCities(knowledge.cities, knowledge.city.name if knowledge.city else "")
        self._holders = {
            section: frozenset(topic.see[section] for topic in knowledge.topics.values() if section in topic.see)
            for section in SECTIONS
        }
        self._beside_it = neighbours(knowledge.topics.values())
        self._personal = Detector({"personal": [text for texts in knowledge.personal.values() for text in texts]})
        self.detectors = {**self.turns.detectors, "personal": self._personal}
        self._meaning: Meaning | None = None
        self._fitting = Fitting((), None)
        calm = [Phrase(clean(text), code, OUTSIDE) for code, texts in knowledge.calm.items() for text in texts]
        beside = {
            **{Text(words): "danger" for words in (*self.danger.texts, *(phrase.text for phrase in calm))},
            **{Text(words): "turns" for found in self.detectors.values() for words in found.texts},
            **{Text(passage.text, "passage"): passage.topic for passage in passages},
            **{Text(paragraph.text, "passage"): paragraph.topic for paragraph in paragraphs},
        }
        self._beside = Stowed(beside)
        self.missing: list[Text] = []
        self._by_words: frozenset[str] = frozenset()
        if embedder is not None:
            new = np.flatnonzero(embedder.places(phrases.keys) < 0).tolist()
            self.missing = embedder.missing([*beside, *(Text(phrases.texts[row]) for row in new)])
            self._learn(city, embedder, phrases, passages, paragraphs, calm, cache, before, patience)
        known = before.lexical if before else None
        self.lexical: LexicalIndex = LexicalIndex(phrases, passages, self.topics, known, spelt())
        self.words: Words = words()
        self._preparer = Preparer(self.words, detector)

    @property
    def phrases(self) -> list[Phrase]:
        """All that the knowledge has; looked at seldom, so that they are made anew at each call."""
        return list(self._phrases)

    @property
    def texts(self) -> dict[Text, str]:
        """What is learned, and the topic whose it is; made anew at each call."""
        return {**self._beside.take(), **{Text(text): topic or "outside" for text, _, topic in self._phrases}}

    @property
    def _learned(self) -> list[Phrase]:
        """The phrases whose vectors are known."""
        known = self._meaning.learned if self._meaning else ()
        return [phrase for phrase, there in zip(self._phrases, known, strict=True) if there]

    def _learn(
        self,
        city: str,
        embedder: Remembering,
        phrases: Phrases,
        passages: list[Passage],
        paragraphs: list[Paragraph],
        calm: list[Phrase],
        cache: Cache,
        before: Matcher | None,
        patience: int | None,
    ) -> None:
        """What the model adds."""
        if patience is None or len(self.missing) <= patience:
            for _ in embedder.learn(self.missing):
                pass
            self.missing = []
        complete = not self.missing
        meaning = self._meaning = Meaning(embedder, phrases.keys, before._meaning if before else None)  # noqa: SLF001
        ordinary = phrases.beside(calm)
        dangerous = [Phrase(text, "", kind) for text, kind in self.danger.detector.phrases]
        for name, found in self.detectors.items():
            same = before.detectors[name] if before else None
            others = ordinary.beside(dangerous) if name == "wishes" else ordinary
            found.learn(others, meaning, cache, f"{name}-{city}", same, complete)
        danger, name = before.danger if before else None, f"crisis-{city}"
        self.danger.learn(phrases, calm, meaning, cache, name, danger, complete)
        names = [*self.topics, OUTSIDE]
        row_of = {topic: row for row, topic in enumerate(names)}
        owners = np.array([row_of.get(topic, 0) for topic in phrases.topics], np.int64)[phrases.rows]
        self._owners = owners[meaning.learned]
        self._best_of_owners = BestOf(self._owners)
        rows_before = meaning.rows_before
        seen = None if before is None or rows_before is None else (before._discriminant, rows_before)  # noqa: SLF001
        self._discriminant: Discriminant = Discriminant(meaning.phrases, self._owners, len(self.topics), seen)
        counts, every = (np.bincount(rows, minlength=len(names)).tolist() for rows in (self._owners, owners))
        few = (topic for topic, some, all_ in zip(names, counts, every, strict=True) if some < ENOUGH_LEARNED * all_)
        self._by_words = frozenset(few) - {OUTSIDE}
        classes = [topic for topic, count in zip(names, counts, strict=True) if count]
        mark = phrases.keys[meaning.learned].tobytes()
        labels = [names[row] for row in self._owners.tolist()]
        name = f"topics-{city}"
        self._classifier = Classifier(mark, labels, classes, lambda: meaning.phrases, cache, name, complete)
        self._class_rows = np.array([row_of[topic] for topic in self._classifier.classes], dtype=np.int64)
        missing = set(self.missing)
        passages = [one for one in passages if Text(one.text, "passage") not in missing]
        self._fitting = Fitting([one for one in paragraphs if Text(one.text, "passage") not in missing], meaning)
        self._passages = meaning.passages([passage.text for passage in passages])
        self._whole = np.array([passage.whole for passage in passages], dtype=bool)
        self._passage_owners = np.array([row_of[passage.topic] for passage in passages], dtype=np.int64)
        self._best_of_parts = BestOf(self._passage_owners[~self._whole])

    def language(self, text: str) -> str:
        """The language a message is written in, "" when that is not sure."""
        return self._preparer.prepare(text).language

    def match(self, text: str, context: Context = NOTHING) -> Match:
        """What ``text`` asks for after ``context``. Any text will do: it is cleaned and cut here."""
        cleaned = clean(text[:20_000])
        prepared = self._preparer.prepare(cleaned)
        found = self._match(cleaned, prepared, context)
        return replace(
            found, language=prepared.language or (self._chatter.language(cleaned) if found.smalltalk else "")
        )

    def _match(self, cleaned: str, prepared: Prepared, context: Context) -> Match:
        smalltalk = self._chatter.kind(cleaned)
        reply = self.turns.reply(cleaned)
        if reply is not None and not context.offered and (reply == "yes" or not context):
            smalltalk = smalltalk or "ok"
        if smalltalk is not None and not (context.offered and reply):
            return Match("clarify", smalltalk=smalltalk)
        if not has_words(cleaned):
            return Match("clarify", smalltalk="nothing")
        bare = self._chatter.without(cleaned)
        reading = self._read(prepared) if bare == cleaned else self.read(bare)
        found, turn = self._alone(cleaned, reading)
        repeated = found.topic == context.topic and bool(context.question) and self._is_same(bare, context.question)
        part = self._fitting.part(context.topic, reading.asking, context.shown, sections_only=repeated)
        strange, even = self._compared(found, reading, context.topic)
        fitting = part is not None and part.likeness >= FITS and strange <= STRANGE
        near = part is not None and part.likeness >= NEAREST and strange <= 0 and not repeated
        part = part if fitting or near else None
        left = aside(found, turn, bare, context, self._people, self._alone_of) if context.topic else None
        found, turn, said = left or (found, turn, bare)
        even = even or left is not None
        named = naming(self.lexical, bare, found.topic, context.topic, self.topics)
        said_so = found.topic is not None and self._nearest(self.topics.index(found.topic), reading) >= LIKE_A_PHRASE
        found = resolve(
            found,
            turn,
            said,
            context,
            lambda other: self._alone_of(other)[0],
            self._holders,
            near={*self._beside_it.get(context.topic, ()), *([found.choices[0].topic] if said_so else [])},
            fitting=part is not None,
            even=even,
            named=named,
        )
        before = context.elsewhere if found.role is not None else ""
        found = replace(found, elsewhere=self._cities.named(cleaned) or before)
        return narrowed(found, part, context, fitting=fitting, aside=left is not None)

    def _alone_of(self, text: str) -> tuple[Match, Turn]:
        return self._alone(text, self.read(text))

    def _compared(self, found: Match, reading: Reading, topic: str) -> tuple[float, bool]:
        """After an answer on ``topic``: how much nearer ``reading`` is to what is not ours than to any topic (then a
        paragraph only seems to fit), and whether the texts of the likest topic are hardly nearer than those of it."""
        if topic not in self.topics:
            return 0.0, False
        signals = self.signals(reading)
        scores = combine(signals, self.calibration)
        likest = self.topics.index(found.choices[0].topic if found.choices else topic)
        nearer = signals.passages[likest] - signals.passages[self.topics.index(topic)]
        return float(scores[-1] - scores[:-1].max(initial=-inf)), bool(found.choices) and float(nearer) < HARDLY

    def _is_same(self, text: str, question: str) -> bool:
        """Whether they ask the same in other words; who does is not shown a part of the same answer again."""
        likeness, same = self.likeness([question, text])
        return float(likeness[0, 1]) >= same

    def _alone(self, cleaned: str, reading: Reading) -> tuple[Match, Turn]:
        """The message without its context; ``reading``: what is left of it without small talk around it."""
        outcome, choices = self._decide(reading)
        turn = self.turns.read(reading.whole, reading.vector)
        # Where no phrase says it, a topic that is sure is nearer.
        person = turn.wish if turn.wish_sure or outcome != "answer" else None
        found = Match(
            outcome, choices, section=turn.section, personal=self._is_personal(cleaned, reading), person=person
        )
        story, typed = shorten(reading.whole, CRISIS_CHARACTERS), shorten(cleaned, CRISIS_CHARACTERS)
        danger = self.danger.find(story, reading.seen, self._look)
        if (danger is None or danger.level == "worry") and typed != story:  # as it was typed, only word for word
            danger = self.danger.find(typed, None, self._look) or danger
        if turn.wish_said and turn.wish_alone:  # "I want to speak to somebody" is no despair
            danger = None
        elif danger is not None and danger.level == "worry" and turn.wish_said and not self._worries(cleaned):
            danger = None  # nor is "this is no use, give me a person"
        elif danger is not None and person is not None and not turn.wish_said:  # a wish that sounds like despair
            danger = Danger(danger.kind, "worry")
        elif found.topic in self.danger.kinds:  # two that suspect it are certain
            danger = Danger(found.topic, "emergency" if danger else "worry")
        if danger is not None:
            emergency, worry = (danger.kind, None) if danger.level == "emergency" else (None, danger.kind)
            found = replace(found, emergency=emergency, worry=worry)
        said, enough = reading.text, self.calibration.answer
        if found.emergency is not None:
            return wishes.beside_danger(found, said, enough, self._decide_alone, self.danger.kinds), turn
        return wishes.with_second(found, said, enough, self._decide_alone), turn

    def _decide_alone(self, text: str) -> tuple[Outcome, tuple[Choice, ...]]:
        return self._decide(self.read(text))

    def _worries(self, text: str) -> bool:
        """Whether what stands beside a wish for a human sounds like danger, too; or nothing can be told apart."""
        parts = [part for part in wishes.clauses(text) if self.turns.wish_of(part) is None]
        seen = self._look(parts) if self._meaning is not None else [None] * len(parts)
        dangers = (self.danger.find(part, each, self._look) for part, each in zip(parts, seen, strict=True))
        return not parts or parts == [text] or any(danger is not None for danger in dangers)

    def _look(self, texts: Sequence[str]) -> list[Seen]:
        assert self._meaning is not None
        return self._meaning.look(texts)

    def _is_personal(self, cleaned: str, reading: Reading) -> bool:
        return (
            self._personal.find(cleaned, reading.vector, SURE) is not None or _FILE_NUMBER.search(cleaned) is not None
        )

    def read(self, text: str) -> Reading:
        """Prepare and shorten ``text``, and embed it."""
        return self._read(self._preparer.prepare(text))

    def _read(self, prepared: Prepared) -> Reading:
        question = shorten(prepared.text)
        if self._meaning is None:
            return Reading(question, prepared.text)
        return Reading(question, prepared.text, *self._meaning.read(question, prepared.language))

    def signals(self, reading: Reading) -> Signals:
        """Everything that speaks for each topic."""
        ngrams, ratios, texts, bayes = self.lexical.scores(reading.text)
        logits, similarity, passages = np.zeros((3, len(ngrams)))
        if reading.seen is not None and reading.asking is not None:
            found = self._classifier.logits(reading.seen.vector)
            logits[:] = found.min(initial=0.0)  # a knowledge without outside.yaml has no class for it
            logits[self._class_rows] = found
            self._best_of_owners.raise_(similarity, self._discriminant.cosines(reading.seen.vector))
            likeness = self._passages.cosines(reading.asking[None])[0]
            self._best_of_parts.raise_(passages, likeness[~self._whole])
            np.add.at(passages, self._passage_owners[self._whole], WHOLE_COUNTS * likeness[self._whole])
        words = len(reading.text.split())
        return Signals(self.topics, logits, similarity, passages, ngrams, ratios, texts, bayes, self._untaught, words)

    def _decide(self, reading: Reading) -> tuple[Outcome, tuple[Choice, ...]]:
        signals = self.signals(reading)
        outcome, choices = decide(signals, self.calibration)
        if outcome == "answer":
            row = self.topics.index(choices[0].topic)
            said = self._nearest(row, reading) >= LIKE_A_PHRASE or self.lexical.says(reading.text, row)
            if not said or (signals.words <= FEW and choices[0].confidence < SURE_OF_FEW):
                outcome, choices = "clarify", (replace(choices[0], confidence=UNSAID), *choices[1:])
        if not self._by_words:
            return outcome, choices
        by_words, others = decide(signals.by_words(), self._words_alone)
        if others and others[0].topic in self._by_words and (by_words == "answer" or outcome == "handover"):
            return by_words, others
        return outcome, choices

    def _nearest(self, row: int, reading: Reading) -> float:
        """The best cosine to a phrase of a topic; 0.0 without the model."""
        return 0.0 if reading.seen is None else float(reading.seen.cosines[self._owners == row].max(initial=0.0))

    def nearest(self, reading: Reading, count: int) -> list[tuple[float, str, str, str]]:
        """The example questions nearest in meaning: (cosine, topic, language, text), best first; none without model."""
        if reading.seen is None:
            return []
        rows, learned = np.argsort(-reading.seen.cosines, kind="stable")[:count], self._learned
        found = ((float(reading.seen.cosines[row]), learned[row]) for row in rows)
        return [(round(cosine, 3), phrase.topic, phrase.language, phrase.text) for cosine, phrase in found]

    def nearest_dangers(self, reading: Reading, count: int) -> list[tuple[float, str, str, str]]:
        """(cosine, kind, "", text) of the nearest phrases that mean danger, then of harmless ones (kind "")."""
        return [] if reading.seen is None else self.danger.nearest(reading.seen, count)

    def likeness(self, texts: Sequence[str]) -> tuple[Vectors, float]:
        """How much questions mean the same, (len(texts), len(texts)), and from where on they do.

        With the model across languages; without it by their letters, so within a language alone.
        """
        readings = [self.read(clean(text[:20_000])) for text in texts]
        asking = [reading.asking for reading in readings if reading.asking is not None]
        if asking:
            vectors = np.stack(asking)
            return np.asarray(vectors @ vectors.T, dtype=np.float32), SAME_MEANING
        folded = [fold(reading.text) for reading in readings]
        known = list(dict.fromkeys(folded))
        postings, rows = Postings(known), [known.index(text) for text in folded]
        likeness = [postings.cosines(*postings.weigh(text))[rows] for text in folded]
        found = np.array(likeness, dtype=np.float32).reshape(len(texts), len(texts))
        found = np.maximum(found, found.T)  # weights are rounded
        np.fill_diagonal(found, 1)
        return found, SAME_LETTERS

    def confused(self, alike: float) -> list[tuple[float, Phrase, Phrase]]:
        """Pairs of phrases of two topics in one language whose cosine is at least ``alike``, nearest first."""
        if self._meaning is None:
            return []
        pairs, learned = [], self._learned
        for language in sorted({phrase.language for phrase in learned}):
            rows = [row for row, phrase in enumerate(learned) if phrase.language == language]
            vectors = self._meaning.phrases.some(rows).vectors()
            cosines = vectors @ vectors.T
            owners = self._owners[rows]
            near = np.argwhere((cosines >= alike) & (owners[:, None] < owners[None, :]))
            pairs += [(float(cosines[one, two]), learned[rows[one]], learned[rows[two]]) for one, two in near.tolist()]
        return sorted(pairs, key=lambda pair: -pair[0])
