"""Words for a person somebody asks for: my wife, the child, my brother. They say whom it is about, not what."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import replace

from bot.matching.context import Context
from bot.matching.fold import fold, fold_phrase, has_words
from bot.matching.match import Match
from bot.matching.turns import Turn

LONG = 4  # letters from which on a word may have an ending
ENDING = 2  # letters of an ending
PREFIX = 3  # letters that Arabic, Persian and Tigrinya write in front of a word ("and for the")
NAMED = 0.5  # so probable a topic is what the message names without its people, too
BEYOND_DOUBT = 0.97
NO_SUBJECT = 3  # words that are left of "no, for my son"
_WRITTEN_TOGETHER = "\u0590"  # the first letter of scripts that do so


class People:
    """Knows ``words``, or pairs of them, in every language."""

    def __init__(self, words: Iterable[str]) -> None:
        folded = {fold_phrase(word) for word in words}
        self._pattern = re.compile(rf"(?<!\w)(?:{'|'.join(map(_pattern, sorted(folded)))})(?!\w)") if folded else None

    def without(self, text: str) -> str | None:
        """``text`` without the people in it; None when it names none."""
        words = list(re.finditer(r"\w+", text))
        folded = [fold(word.group()) for word in words]
        starts = [0]
        for word in folded:
            starts.append(starts[-1] + len(word) + 1)
        named = [] if self._pattern is None else list(self._pattern.finditer(" ".join(folded)))
        if not named:
            return None
        left = text
        for found in reversed(named):
            first = max(at for at, start in enumerate(starts) if start <= found.start())
            last = max(at for at, start in enumerate(starts) if start < found.end())
            left = left[: words[first].start()] + left[words[last].end() :]
        return " ".join(left.split())


def aside(
    found: Match, turn: Turn, text: str, context: Context, people: People, alone: Callable[[str], tuple[Match, Turn]]
) -> tuple[Match, Turn, str] | None:
    """``found``, ``turn`` and ``text`` after an answer, without the people where these alone led to another topic, or
    where "no, I mean my son" says nothing else; None where they did not.

    "Is it so for the children?" after a residence permit sounds like child benefit; "is it so for?" does not.
    """
    rest = people.without(text)
    if rest is None or found.confidence >= BEYOND_DOUBT:
        return None
    worry = found.worry if found.worry != found.topic else None
    person = found.person if turn.wish_said else None  # "no, for my wife" sounds a little like a wish
    kept = Match("handover", emergency=found.emergency, worry=worry, person=person, personal=found.personal)
    if turn.rest:
        meant = people.without(turn.rest)
        says_more = meant is None or (has_words(meant) and alone(meant)[0].confidence >= NAMED)
        return None if says_more else (kept, Turn(whom=True), text)
    if not has_words(rest):
        return kept, Turn(whom=True), text
    other, its_turn = alone(rest)
    subject = found.choices[0].topic if found.choices else ""
    still = next((choice.confidence for choice in other.choices if choice.topic == subject), 0.0)
    if subject == context.topic or still >= NAMED:
        return None
    if not its_turn.section_said and its_turn.section != "notes":  # "for my", alone, is like much that is asked
        its_turn = replace(its_turn, section=None, perhaps=None)
    kept = replace(kept, outcome=other.outcome, choices=other.choices, section=its_turn.section)
    few = len(rest.split()) <= NO_SUBJECT + turn.denies
    whom = its_turn.bare or (few and (other.outcome == "handover" or turn.denies))
    return kept, replace(its_turn, denies=False, points=True, whom=whom), rest


def _pattern(word: str) -> str:
    prefix = rf"\w{{0,{PREFIX}}}" if word[0] >= _WRITTEN_TOGETHER and len(word) >= LONG else ""
    return f"{prefix}{re.escape(word)}" + (rf"\w{{0,{ENDING}}}" if len(word) >= LONG else "")
