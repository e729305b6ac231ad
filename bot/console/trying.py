"""What questions would get with the words of a form: a matcher of its own answers, made beside the one that runs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from bot.console.drafts import Draft, new_errors, with_removals
from bot.console.visit import Visit
from bot.knowledge.live import Current, LiveKnowledge

MOST = 30
PATIENCE = 30.0  # seconds that somebody waits at most
BROKEN = "Ausprobieren geht nicht, solange der Text Fehler hat. Drücken Sie auf „Prüfen“."
SLOW = (
    "Das Ausprobieren dauert gerade zu lange, weil Lotse noch Texte lernt. Was Sie geschrieben haben, steht noch da. "
    "Bitte versuchen Sie es in einer Minute noch einmal."
)


@dataclass(frozen=True)
class Tried:
    """``outcome``: answer, clarify, handover. ``topics``: titles with their probability in percent."""

    question: str
    outcome: str
    topics: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class Trial:
    """``changed``: whether the form's words answered, or those that run. ``fault``: why none did, German."""

    rows: Sequence[Tried] = ()
    changed: bool = False
    fault: str = ""


async def trial(visit: Visit, draft: Draft, city: str, day: date) -> Trial:
    """Of one person at a time: each takes a processor for a second or so."""
    office, questions = visit.office, visit.value("questions")

    async def alone() -> Trial:
        async with office.trying:
            return await asyncio.to_thread(_made, office.live, draft, city, day, questions, visit.language)

    making = asyncio.create_task(alone())
    try:
        async with asyncio.timeout(PATIENCE):
            return await asyncio.shield(making)  # a thread cannot be stopped: it ends alone
    except TimeoutError:
        return Trial(fault=SLOW)


def _made(live: LiveKnowledge, draft: Draft, city: str, day: date, questions: str, language: str) -> Trial:
    if not draft.changes:
        return Trial(tried(live.current, questions, language))
    current = None if draft.fault or new_errors(draft, city) else live.trial(with_removals(draft, day, "").files)
    return Trial(tried(current, questions, language), changed=True) if current else Trial(fault=BROKEN)


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
