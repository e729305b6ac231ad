"""What questions get now: the matcher that runs, asked as people ask it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.knowledge.live import Current

MOST = 30


@dataclass(frozen=True)
class Tried:
    """``outcome``: answer, clarify, handover. ``topics``: titles with their probability in percent."""

    question: str
    outcome: str
    topics: tuple[tuple[str, int], ...]


def tried(current: Current, questions: str, language: str) -> list[Tried]:
    """One question a line, the first thirty."""
    found = []
    for question in [line.strip() for line in questions.splitlines() if line.strip()][:MOST]:
        match = current.matcher.match(question)
        topics = [
            (current.composer.title(choice.topic, "de" if language == "de" else "en"), round(100 * choice.confidence))
            for choice in match.choices[:3]
            if choice.topic in current.knowledge.topics
        ]
        found.append(Tried(question, match.outcome, tuple(topics)))
    return found
