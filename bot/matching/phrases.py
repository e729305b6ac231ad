"""What the matcher learns from: every title and question of the knowledge, and the questions that are not ours."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from bot.content.model import Knowledge
from bot.matching.fold import clean_phrase

OUTSIDE = ""  # the class of everything that is no topic


class Phrase(NamedTuple):
    """A way of asking. ``topic`` is "" for what is not ours."""

    text: str
    language: str
    topic: str


def phrases_of(knowledge: Knowledge) -> list[Phrase]:
    """All phrases, cleaned as questions are, in the knowledge's order; none twice within a topic."""
    found: dict[tuple[str, str, str], Phrase] = {}
    for topic in knowledge.topics.values():
        for language, words in topic.words.items():
            for text in (words.title, words.short, *words.questions):
                phrase = Phrase(clean_phrase(text), language, topic.id)
                found.setdefault((phrase.text, language, topic.id), phrase)
    for language, questions in knowledge.outside.items():
        for text in questions:
            phrase = Phrase(clean_phrase(text), language, OUTSIDE)
            found.setdefault((phrase.text, language, OUTSIDE), phrase)
    return [phrase for phrase in found.values() if phrase.text]


def texts_of(knowledge: Knowledge) -> Iterator[tuple[str, str]]:
    """(text, language) of everything written in the knowledge: its vocabulary."""
    for topic in knowledge.topics.values():
        for language, words in topic.words.items():
            own = (words.title, words.short, *words.questions, words.answer, words.local, *words.sections.values())
            yield from ((text, language) for text in own)
    for by_language in (knowledge.outside, knowledge.calm, *(entry.phrases for entry in knowledge.crisis)):
        for language, texts in by_language.items():
            yield from ((text, language) for text in texts)
