"""What came of an event, for counting: how many people got an answer, and to what. No words, no person."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bot.conversation.events import Answer, Asked, Effect, Event, HandOver, Pressed, Say, Sentence

Outcome = Literal["answered", "clarified", "handed-over", "did-not-help", "no-answer"]
OUTCOMES: tuple[Outcome, ...] = ("answered", "clarified", "handed-over", "did-not-help", "no-answer")
_UNANSWERED = {"no-answer", "none-of-these", "nothing-known"}  # sentences


def outcomes(event: Event, effects: Sequence[Effect], about: str = "") -> list[tuple[Outcome, str]]:
    """Each with its topic, "" for none. ``about``: the topic that was answered before.

    What is handed over counts for that topic, if it is about it; else for none: the topics that a clerk is told may be
    far from what was asked.
    An answer counts once however it was asked for; its sections and the way back to it do not count again. Whoever
    presses "I need something else" below an answer says that it did not help.
    """
    found: list[tuple[Outcome, str]] = []
    for effect in effects:
        if isinstance(effect, HandOver) and not effect.draft.joins:
            found.append(("handed-over", about if about in effect.draft.topics else ""))
        if isinstance(effect, Say):
            found += _said(event, effect)
    action = event.action if isinstance(event, Pressed) else None
    if action is not None and action.verb == "person" and action.argument and action.detail != "office":
        return [("did-not-help", action.argument)]  # the helplines that some get first are no new answer
    return list(dict.fromkeys(found))


def _said(event: Event, say: Say) -> list[tuple[Outcome, str]]:
    action = event.action if isinstance(event, Pressed) else None
    if action is not None and (action.verb == "section" or action.detail == "back"):
        return []
    found: list[tuple[Outcome, str]] = []
    choices = event.match.choices if isinstance(event, Asked) else ()
    for part in say.parts:
        if isinstance(part, Answer):
            found.append(("answered", part.topic))
        elif isinstance(part, Sentence) and part.key == "did-you-mean":
            found.append(("clarified", choices[0].topic if choices else ""))
        elif isinstance(part, Sentence) and part.key in _UNANSWERED:
            found.append(("no-answer", str(part.values.get("topic", ""))))
    return found
