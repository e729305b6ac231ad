"""What the matcher learns from: every title and question of the knowledge, and the questions that are not ours."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from itertools import groupby
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.content.model import Knowledge
from bot.matching.embedder import keys_of
from bot.matching.fold import clean_phrase
from bot.matching.words import Texts

OUTSIDE = ""  # the class of everything that is no topic


class Phrase(NamedTuple):
    """A way of asking. ``topic`` is "" for what is not ours."""

    text: str
    language: str
    topic: str


class Group(NamedTuple):
    """Phrases ``start`` to ``end`` (not included) are what a topic has in one language.

    ``mark``: another one for other words."""

    topic: str
    language: str
    mark: int
    start: int
    end: int


class Phrases(Sequence[Phrase]):
    """Phrases in little room: a knowledge of 1,000 topics has 120,000. Each is made anew when it is looked at.

    ``keys``: what their vectors are found by. ``topics``: each once, in their order; ``rows``: whose each phrase is.
    """

    def __init__(self, texts: Texts, keys: NDArray[np.bytes_], groups: Sequence[Group]) -> None:
        self.texts, self.keys = texts, keys
        self.topics = tuple(dict.fromkeys(group.topic for group in groups))
        self._languages = tuple(dict.fromkeys(group.language for group in groups))
        topics, languages = ({name: row for row, name in enumerate(names)} for names in (self.topics, self._languages))
        self._topics = np.array([topics[group.topic] for group in groups], np.int32)
        self._spoken = np.array([languages[group.language] for group in groups], np.int32)
        self._marks = np.array([group.mark for group in groups], np.uint64)
        self._starts = np.array([*(group.start for group in groups), len(texts)], np.int64)

    @classmethod
    def of(cls, phrases: Sequence[Phrase]) -> Phrases:
        """The same, as they are."""
        if isinstance(phrases, Phrases):
            return phrases
        groups, start = [], 0
        for (topic, language), own in groupby(phrases, lambda phrase: (phrase.topic, phrase.language)):
            groups.append(Group(topic, language, 0, start, start + sum(1 for _ in own)))
            start = groups[-1].end
        return cls(Texts(phrase.text for phrase in phrases), keys_of(phrase.text for phrase in phrases), groups)

    def beside(self, others: Sequence[Phrase]) -> Phrases:
        """These, and the others behind them."""
        more, count = Phrases.of(others), len(self)
        groups = [
            *self.groups(),
            *(one._replace(start=one.start + count, end=one.end + count) for one in more.groups()),
        ]
        return Phrases(Texts.joined([self.texts, more.texts]), np.concatenate([self.keys, more.keys]), groups)

    @property
    def rows(self) -> NDArray[np.int32]:
        """By phrase."""
        return np.repeat(self._topics, np.diff(self._starts))

    @property
    def counts(self) -> NDArray[np.int64]:
        """How many each topic has."""
        return np.bincount(self.rows, minlength=len(self.topics))

    def __len__(self) -> int:
        return len(self.texts)

    def __getitem__(self, row: int) -> Phrase:  # type: ignore[override]  # nobody needs slices
        group = int(np.searchsorted(self._starts, row, "right")) - 1
        return Phrase(self.texts[row], self._languages[self._spoken[group]], self.topics[self._topics[group]])

    def __iter__(self) -> Iterator[Phrase]:
        for group in self.groups():
            for row in range(group.start, group.end):
                yield Phrase(self.texts[row], group.language, group.topic)

    def groups(self) -> Iterator[Group]:
        """What each topic has in each language."""
        columns = (self._topics, self._spoken, self._marks, self._starts, self._starts[1:])
        for topic, spoken, mark, start, end in zip(*(column.tolist() for column in columns), strict=False):
            yield Group(self.topics[topic], self._languages[spoken], mark, start, end)


def phrases_of(knowledge: Knowledge, before: Phrases | None = None) -> Phrases:
    """All phrases, cleaned as questions are, in the knowledge's order; none twice within a topic.

    ``before``: those before an edit; what a topic has in a language is taken over where it is the same."""
    known = {(group.topic, group.language): group for group in before.groups()} if before else {}
    groups, count = list[Group](), 0
    same, new = list[tuple[int, int]](), list[str]()  # rows of what is there already, and what is not; in turn
    texts, keys = list[Texts](), list[NDArray[np.bytes_]]()

    def put_down() -> None:
        """What was found last, to what was found before."""
        for start, end in same:
            assert before is not None
            texts.append(before.texts.part(start, end))
            keys.append(before.keys[start:end])
        if new:
            texts.append(Texts(new))
            keys.append(keys_of(new))
        same.clear()
        new.clear()

    for topic, language, written in _written(knowledge):
        mark = int.from_bytes(blake2b("\0".join(written).encode("utf-8", "surrogatepass"), digest_size=8).digest())
        one = known.get((topic, language))
        if one is not None and one.mark == mark:
            if new:
                put_down()
            if same and same[-1][1] == one.start:
                same[-1] = (same[-1][0], one.end)
            else:
                same.append((one.start, one.end))
            count += one.end - one.start
        else:
            if same:
                put_down()
            cleaned = [text for text in dict.fromkeys(map(clean_phrase, written)) if text]
            new += cleaned
            count += len(cleaned)
        groups.append(Group(topic, language, mark, groups[-1].end if groups else 0, count))
    put_down()
    return Phrases(Texts.joined(texts), np.concatenate([keys_of(()), *keys]), groups)


def _written(knowledge: Knowledge) -> Iterator[tuple[str, str, Sequence[str]]]:
    """(topic, language, its words), in the knowledge's order."""
    for topic in knowledge.topics.values():
        for language, words in topic.words.items():
            yield topic.id, language, (words.title, words.short, *words.questions)
    for language, questions in knowledge.outside.items():
        yield OUTSIDE, language, questions


def written_in(knowledge: Knowledge) -> dict[str, list[str]]:
    """Everything written in the knowledge, by language: its vocabulary."""
    found: dict[str, list[str]] = {}
    for topic in knowledge.topics.values():
        for language, words in topic.words.items():
            own = (words.title, words.short, *words.questions, words.answer, words.local, *words.sections.values())
            found.setdefault(language, []).extend(own)
    for by_language in (knowledge.outside, knowledge.calm, *(entry.phrases for entry in knowledge.crisis)):
        for language, texts in by_language.items():
            found.setdefault(language, []).extend(texts)
    return found
