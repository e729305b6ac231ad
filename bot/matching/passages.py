"""What the answers themselves say: the third thing, beside example questions and their letters, that a question may
resemble. It finds details nobody thought of asking for, and topics that have no example questions yet."""

from __future__ import annotations

import re
from typing import NamedTuple

from bot.content.model import PLACEHOLDER, Knowledge, Words
from bot.matching.fold import clean

LENGTH = 400  # characters; e5 was trained on passages of about this length
WHOLE = 1_500  # characters of a whole text that its own vector is made of
MOST = 16  # passages a topic and language; a longer text is no answer
ENOUGH_QUESTIONS = 8  # with so many example questions the German text alone will do


class Passage(NamedTuple):
    """Part of a topic's text, or the ``whole`` of it, its title in front."""

    text: str
    language: str
    topic: str
    whole: bool = False


def passages_of(knowledge: Knowledge) -> list[Passage]:
    """The text of every topic in its first language (German), and in each in which it has few example questions."""
    found: dict[Passage, None] = {}
    for topic in knowledge.topics.values():
        first = "de" if "de" in topic.words else next(iter(topic.words), "")
        for language, words in topic.words.items():
            if language == first or len(words.questions) < ENOUGH_QUESTIONS:
                title, parts = clean(words.title), _parts(words)
                for part in parts:
                    found[Passage(f"{title}. {part}", language, topic.id)] = None
                text = " ".join(parts)
                found[Passage(f"{title}. {text}"[:WHOLE], language, topic.id, whole=True)] = None
    return list(found)


def _parts(words: Words) -> list[str]:
    texts = (words.answer, words.local, *words.sections.values())
    return [part for text in texts for part in cut(bare(text))][:MOST]


def bare(text: str) -> str:
    """Without placeholders, links and marks."""
    text = re.sub(r"\[([^\]\n]*)\]\([^)\n]*\)", r"\1", text)
    return PLACEHOLDER.sub("", text).replace("*", "")


def cut(text: str) -> list[str]:
    """Parts of at most ``LENGTH``: whole lines as long as they fit, long ones cut between words."""
    parts: list[str] = []
    current = ""
    for line in map(clean, text.split("\n")):
        rest = line
        while rest:
            if current and len(current) + 1 + len(rest) > LENGTH:
                parts.append(current)
                current = ""
            if len(rest) <= LENGTH:
                current = f"{current} {rest}".strip()
                break
            cut = rest.rfind(" ", 0, LENGTH)
            cut = cut if cut > LENGTH // 2 else LENGTH
            parts.append(rest[:cut])
            rest = rest[cut:].strip()
    return [*parts, current] if current else parts
