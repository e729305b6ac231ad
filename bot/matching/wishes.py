"""More than one wish in one message: where to cut it, and what its parts say."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from dataclasses import replace

from bot.matching.match import Choice, Match, Outcome

MAX_PARTS = 6
MAX_WISHES = 4  # parts of a message that may be two wishes; with more it is a story
MIN_LETTERS = 8
SECOND_WISH = 0.5  # share of ``answer`` below which nobody looks for a second wish
# "and" between two wishes, in every language that writes it as a word of its own.
_AND = (
    "und|und auch|außerdem|and|and also|also|та|і|й|и|а також|а также|و|و همچنین|ve|ayrıca|et|et aussi|và|y|y también|"
    "și|și cum|oraz|i|a także|او|ከምኡውን|û|iyo"
)
_BUT = "aber|but|але|но|لكن|ولكن|اما|ولی|ama|ancak|fakat|mais|pero|ale|dar|nhưng|lê|خو|ግን|laakiin"
_CUT = re.compile(rf"[.!?;؟۔።\n]+|,?\s+(?:{_AND})\s+")
_SIGNS = re.compile(r"(?:[,.;:!?؟،؛۔።፣፤]|፡(?=\s))+")
_JOINED = re.compile(rf"\s+(?:{_AND}|{_BUT}|si|[&+/–-])\s+|\s+(?=و\w\w)", re.IGNORECASE)  # Arabic "and" begins a word


def parts(text: str) -> list[str]:
    """The parts of a message that may be wishes of their own; fewer than two when there is nothing to cut."""
    found = [part.strip(" ,") for part in _CUT.split(text)]
    found = [part for part in found if sum(map(str.isalpha, part)) >= MIN_LETTERS and len(part.split()) >= 2]
    return found if 1 < len(found) <= MAX_PARTS else []


def clauses(text: str) -> list[str]:
    """What stands between its signs, commas among them."""
    return [part for part in map(str.strip, _SIGNS.split(text)) if any(map(str.isalpha, part))]


def joined(text: str) -> list[str]:
    """The same, and within each what one or more "and" and "but" part; "i" and "a" are such words, and others."""
    found = clauses(text)
    for clause in tuple(found):
        cuts = [(match.start(), match.end()) for match in _JOINED.finditer(clause)][:MAX_PARTS]
        starts, ends = [0, *(end for _, end in cuts)], [*(start for start, _ in cuts), len(clause)]
        found += [clause[start:end] for start in starts for end in ends if start < end]
    return list(dict.fromkeys(found))


Decide = Callable[[str], tuple[Outcome, tuple[Choice, ...]]]


def beside_danger(found: Match, text: str, answer: float, decide: Decide, dangers: Collection[str]) -> Match:
    """Below the notice stands what else is asked, where a part of the message is sure of it: whoever is beaten and asks
    where to register is told both. ``dangers``: topics that help against danger."""
    if found.topic is not None and found.topic != found.emergency:
        return found
    for part in (parts(text) or clauses(text))[:MAX_PARTS]:
        outcome, choices = decide(part)
        if outcome != "answer" or choices[0].topic in dangers or choices[0].confidence < (1 + answer) / 2:
            continue
        helps, asked = Choice(found.emergency or "", found.confidence), choices[0]
        rest = tuple(one for one in found.choices if one.topic not in {helps.topic, asked.topic})
        return replace(found, outcome="answer", choices=(helps, asked, *rest)[:5], also=asked.topic)
    return found


def with_second(found: Match, text: str, answer: float, decide: Decide) -> Match:
    """Each part of the message is asked alone where the whole leaves room for doubt: they may be two wishes, or one
    part may be sure of what a story around it blurs. ``answer``: the probability from which on a topic is answered."""
    sure = found.confidence >= (1 + answer) / 2
    if sure or found.confidence < answer * SECOND_WISH:
        return found
    topics: list[Choice] = []
    said = parts(text)
    for part in said:
        outcome, choices = decide(part)
        if outcome == "answer" and choices[0] not in topics:
            topics.append(choices[0])
    wanted = {choice.topic: choice for choice in topics}
    if len(wanted) != 2 or len(said) > MAX_WISHES:
        best = found.choices[0].topic
        surest = max((choice for choice in topics if choice.topic == best), key=_confidence, default=None)
        if found.outcome == "answer" or surest is None or surest.confidence < (1 + answer) / 2:
            return found
        return replace(found, outcome="answer", choices=(surest, *found.choices[1:]))
    # What the whole message is about comes first: a story begins with what was, and ends with what is asked.
    likely = {choice.topic: choice.confidence for choice in found.choices}
    first, second = sorted(wanted.values(), key=lambda choice: -likely.get(choice.topic, 0.0))
    rest = tuple(choice for choice in found.choices if choice.topic not in wanted)
    return replace(found, outcome="answer", choices=(first, second, *rest)[:5], also=second.topic)


def _confidence(choice: Choice) -> float:
    return choice.confidence
