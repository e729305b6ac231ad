"""`lotse eval --dialogues`: labelled conversations in, shares of right turns out.

A turn is right when what it led to is expected: the topic was answered (whole, or a section of it), the section was
shown, a person was offered, small talk was answered as such (chat), or (HANDOVER) nothing was answered. Where the
knowledge has no such section, it is right to show the topic that holds it for that one, or to say so and to offer the
person; ``Reached.plain`` says how often that was so. One tap away: right, or a button leads there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from bot.conversation.events import Answer, Emergency, PlaceCard, Preview, Say, Sentence
from bot.conversation.hearing import Heard, hear
from bot.conversation.machine import step
from bot.conversation.state import State
from bot.errors import UsageError
from bot.knowledge.live import Current
from bot.matching.match import Match

HANDOVER, PERSON, CHAT = "HANDOVER", "person", "chat"
_A_PERSON = {"person-wish", "person-wish-write", "callback-wish", "person-crisis", "write-your-question"}
_OFFERED = {"no-answer", "none-of-these"}
MINUTE = 60.0


@dataclass(frozen=True)
class Turn:
    """One message of a dialogue; ``right``: what it may lead to."""

    dialogue: str
    language: str
    number: int
    message: str
    right: tuple[str, ...]


@dataclass(frozen=True)
class Reached:
    """What a turn led to: the labels it earns, those one tap away; ``plain``: it said that nothing is known."""

    turn: Turn
    match: Match
    labels: frozenset[str]
    taps: frozenset[str]
    emergency: bool = False
    plain: bool = False
    language: str = ""

    @property
    def is_right(self) -> bool:
        return bool(self.labels & set(self.turn.right))

    @property
    def is_near(self) -> bool:
        return self.is_right or bool(self.taps & set(self.turn.right))

    @property
    def asks_section(self) -> bool:
        return self.turn.number > 1 and any("#" in label for label in self.turn.right)


@dataclass
class Talk:
    """One person's conversation without storage; a minute lies between two messages."""

    current: Current
    language: str = ""
    state: State = field(default_factory=State)
    now: float = 1_000_000.0

    def hear(self, text: str) -> tuple[Match, list[Say], str]:
        """What a message means and leads to, and the language it is answered in."""
        self.now += MINUTE
        knowledge = self.current.knowledge
        known = self.state.language or self.state.spoken or self.language
        event = hear(Heard(text, known), self.state, self.current.matcher, knowledge, self.now)
        self.state, effects = step(self.state, event, knowledge, self.now)
        return event.match, [effect for effect in effects if isinstance(effect, Say)], event.language


def read_lines(text: str, path: str) -> list[Turn]:
    """Parse ``id TAB language TAB turn TAB message TAB expected``. Raises UsageError naming the line."""
    found: list[Turn] = []
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        columns = [column.strip() for column in line.split("\t")]
        if number == 1 and columns[:2] == ["id", "language"]:
            continue
        if len(columns) != 5 or not columns[0] or not columns[2].isdecimal() or not columns[4]:
            raise UsageError(
                f"{path}:{number}: expected five columns with tabs between: id, language, turn (1, 2, ...), message, "
                f"expected (topic, topic#section, {PERSON}, {CHAT} or {HANDOVER}; | between alternatives)."
            )
        id_, language, turn, message, expected = columns
        right = tuple(label.strip() for label in expected.split("|"))
        found.append(Turn(id_, language, int(turn), message, right))
    return found


def run(turns: Iterable[Turn], current: Current) -> Iterator[Reached]:
    """Play every dialogue from its beginning; the turns of one stand together."""
    for _, lines in groupby(turns, key=lambda turn: turn.dialogue):
        talk: Talk | None = None
        for turn in lines:
            talk = talk or Talk(current, turn.language)
            yield _reached(turn, talk)


def _reached(turn: Turn, talk: Talk) -> Reached:
    match, says, language = talk.hear(turn.message)
    about = talk.state.context.topic
    labels: set[str] = set()
    taps: set[str] = set()
    rest: set[str] = set()
    parts = [part for say in says for part in say.parts]
    plain = False
    for part in parts:
        match part:
            case Answer(topic=topic, section=section):
                labels |= {topic, f"{topic}#{section}"} if section else {topic}
                if match.role == "section" and topic != about:  # which holds this section for that topic
                    labels.add(f"{about}#{match.section}")
            case PlaceCard() if match.role == "section":
                labels |= {about, f"{about}#{match.section}"}
            case Preview():
                labels.add(PERSON)
            case Sentence(key="nothing-known", values=values):
                plain = True
                labels |= {PERSON, f"{values['topic']}#{values['section']}"}
            case Sentence(key="said-all", values=values):
                labels.add(PERSON)
                rest.add(f"{values['topic']}#notes")
            case Sentence(key=key) if key in _A_PERSON:
                labels.add(PERSON)
            case Sentence(key=key) if key in _OFFERED:
                taps.add(PERSON)
            case _:
                pass
    if match.smalltalk is not None:
        labels.add(CHAT)
    if not any(isinstance(part, Answer) for part in parts):
        labels.add(HANDOVER)
    for button in (button for say in says for row in say.buttons for button in row):
        action = button.action
        if action.verb == "topic":
            taps.add(action.argument)
        elif action.verb == "section":
            taps |= {action.argument, f"{action.argument}#{action.detail}"}
        elif action.verb == "person":
            taps |= {PERSON, HANDOVER}
    labels |= rest - taps  # nothing more is known of it, and that was said
    emergency = any(isinstance(part, Emergency) for part in parts)
    return Reached(turn, match, frozenset(labels), frozenset(taps), emergency, plain, language)


def summary(found: Sequence[Reached]) -> dict[str, dict[str, float | int | None]]:
    """Per language of the dialogue, and in all under "all"; shares from 0 to 1, None where nothing counts."""
    languages = list(dict.fromkeys(one.turn.language for one in found if one.turn.number == 1))
    begun = {one.turn.dialogue: one.turn.language for one in found if one.turn.number == 1}
    table = {code: _row([one for one in found if begun.get(one.turn.dialogue) == code]) for code in sorted(languages)}
    return {**table, "all": _row(found)}


def _row(found: Sequence[Reached]) -> dict[str, float | int | None]:
    dialogues = [list(group) for _, group in groupby(found, key=lambda one: one.turn.dialogue)]
    later = [one for one in found if one.turn.number > 1]
    sections = [one for one in later if one.asks_section]
    people = [one for one in found if PERSON in one.turn.right]
    return {
        "dialogues": len(dialogues),
        "turns": len(found),
        "dialogues_right": _share(sum(all(one.is_right for one in group) for group in dialogues), len(dialogues)),
        "first_right": _share(sum(one.is_right for one in found if one.turn.number == 1), len(found) - len(later)),
        "later": len(later),
        "later_right": _share(sum(one.is_right for one in later), len(later)),
        "later_near": _share(sum(one.is_near for one in later), len(later)),
        "sections": len(sections),
        "sections_right": _share(sum(one.is_right for one in sections), len(sections)),
        "sections_unknown": sum(one.plain for one in sections),
        "person": len(people),
        "person_right": _share(sum(one.is_right for one in people), len(people)),
        "emergencies": sum(one.emergency for one in found),
    }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def listing(found: Sequence[Reached], show: Callable[[Reached], bool]) -> Iterator[str]:
    """A line for each turn that ``show`` wants: what was written, expected and reached."""
    for one in found:
        if show(one):
            turn = one.turn
            yield (
                f"{turn.dialogue}.{turn.number} {turn.language} [{turn.message}] expected {'|'.join(turn.right)}: "
                f"{'|'.join(sorted(one.labels))} ({one.match.outcome}, role {one.match.role}, section "
                f"{one.match.section}, {one.match.confidence:.2f}{', near' if one.is_near else ''})"
            )
