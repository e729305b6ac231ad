"""Dialogues as lists of turns: what a person writes or presses, and what the answer must contain.

    verify(small, catalogues, "de", [
        ("Wie bekomme ich einen Termin?", "Termine gibt es online"),
        ("[Schritte]", "1. Öffnen Sie das Formular."),
    ])

"[...]" presses the button with that label, "/..." is a command, "» ..." is forwarded, everything else is a question.
"/start invite_good" opens a good invitation, "/start invite_used" one that was used before. "✎2 ..." changes the words
of the person's second message (Telegram says so, too, when only a reaction came). Several expected
texts stand in a tuple; one beginning with "not:" must be absent. The matcher is the real one without the model.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from bot.content.model import Knowledge
from bot.conversation.actions import decode
from bot.conversation.deep_links import invitation
from bot.conversation.events import (
    Answer,
    Commanded,
    Effect,
    HandOver,
    Invited,
    Part,
    Pin,
    PlaceCard,
    Pressed,
    Preview,
    Question,
    Quoted,
    Say,
    Sentence,
    SentOther,
    Withdraw,
)
from bot.conversation.hearing import Heard, hear
from bot.conversation.machine import step
from bot.conversation.state import State
from bot.handover import mail, notice
from bot.matching.embedder import Learned
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from bot.matching.rows import Rows
from bot.presentation.compose import Composer
from bot.presentation.i18n import Catalogues
from bot.presentation.render import plain


class NoCache:
    """A cache that remembers nothing."""

    def load(self, name):
        return {}

    def save(self, name, vectors):
        pass

    def kept(self, name, key, make):
        return make()

    def kept_later(self, name, key, make, of, long):
        return lambda: make(of)

    def learned(self, name, dimension):
        return Learned([], Rows.none(dimension))

    def learn(self, name, learned):
        pass

    def keep(self, name, dimension, keys, spare):
        pass


@dataclass
class Dialogue:
    """One person's conversation."""

    knowledge: Knowledge
    catalogues: Catalogues
    language: str = ""
    now: float = 1_000_000.0
    questions: list[Question] = field(default_factory=list)
    hint: str = ""
    state: State = field(default_factory=State)
    labels: dict[str, str] = field(default_factory=dict)
    effects: list[Effect] = field(default_factory=list)
    written: int = 0

    def __post_init__(self):
        self.state = State(language=self.language)
        self.matcher = Matcher(self.knowledge, None, NoCache(), LanguageDetector())
        self.composer = Composer(self.knowledge, self.catalogues)

    def turn(self, text: str) -> str:
        """What the person reads after ``text``."""
        self.now += 10
        self.state, effects = step(self.state, self._event(text), self.knowledge, self.now, tuple(self.questions))
        self.effects += effects
        shown = []
        for say in (effect for effect in effects if isinstance(effect, Say)):
            language = say.language or self.state.language or self.hint or "de"
            for message in self.composer.messages(say, language, self._preview(say), now=self.now):
                self.labels = {label.text: label.data for row in message.buttons for label in row}
                shown.append(f"[map of {message.venue.name}]" if message.venue else plain(message.blocks))
        self._remember(effects)
        return "\n\n".join(shown)

    def _remember(self, effects):
        """What the service would write of the questions at the office."""
        for effect in effects:
            if isinstance(effect, HandOver) and not effect.draft.joins:
                self.questions.append(Question(len(self.questions) + 1, "2026-11-20", effect.draft.shown))
            elif isinstance(effect, HandOver):
                index = next(i for i, one in enumerate(self.questions) if one.number == effect.draft.joins)
                longer = f"{self.questions[index].text}\n\n{effect.draft.shown}"
                self.questions[index] = replace(self.questions[index], text=longer)
            if isinstance(effect, Withdraw):
                self.questions = [one for one in self.questions if one.number != effect.number]

    def _event(self, text):
        if text.startswith("["):
            label = text[1:-1]
            assert label in self.labels, f"there is no button {label!r}; there are {list(self.labels)}"
            return Pressed(decode(self.labels[label]))
        if text.startswith("/"):
            name, _, argument = text[1:].partition(" ")
            if code := invitation(argument):
                return Invited(code == "good", self.hint)
            return Commanded(name, self.hint, argument)
        if text.startswith("<"):
            return SentOther(text[1:-1])
        forwarded, text = text.startswith("» "), text.removeprefix("» ")
        edited = text.startswith("✎")
        if edited:
            post, _, text = text[1:].partition(" ")
        else:
            self.written += 1
            post = str(self.written)
        heard = Heard(text, self.state.language or self.hint or "de", forwarded, edited, post=post)
        return hear(heard, self.state, self.matcher, self.knowledge, self.now)

    def sent(self):
        """The words that went to the office: of new questions, and of additions (as "1: words")."""
        drafts = [effect.draft for effect in self.effects if isinstance(effect, HandOver)]
        return [f"{draft.joins}: {draft.shown}" if draft.joins else draft.shown for draft in drafts]

    def _preview(self, say):
        for part in say.parts:
            if isinstance(part, Preview):
                draft = part.draft
                titles = tuple(self.composer.title(topic, "de") for topic in draft.topics)
                ticket = mail.Ticket(draft.joins, "Musterstadt", draft.shown, draft.language, titles, 3, draft.client)
                if draft.joins:
                    return notice.addition(ticket, draft.shown)
                return mail.body(ticket, answerable=False)
        return ""


def screen(say: Say) -> str:
    """A message as lines: its parts, then its rows of buttons, each with what it carries."""
    rows = (" ".join(f"[{button.label} {button.action.encode()}]" for button in row) for row in say.buttons)
    return "\n".join([*map(_part, say.parts), *rows, *(["(in its place)"] if say.edit else [])])


def _part(part: Part) -> str:
    match part:
        case Sentence(key, values):
            return " ".join([key, *(f"{name}={value}" for name, value in values.items())])
        case Answer(topic, section, everywhere, paragraph):
            part = "" if paragraph is None else f" paragraph {paragraph}"
            return f"answer {topic}{section and '#'}{section}{' everywhere' * everywhere}{part}"
        case Preview(draft):
            return f"> {draft.shown}"
        case Quoted(text):
            return f'"{text}"'
        case PlaceCard(place) | Pin(place):
            return f"{type(part).__name__} {place}"
        case _:
            return type(part).__name__


def verify(knowledge, catalogues, language, turns, hint=""):
    """Play ``turns`` and compare; returns the dialogue for further questions."""
    dialogue = Dialogue(knowledge, catalogues, language, hint=hint)
    for number, (said, expected) in enumerate(turns, 1):
        heard = dialogue.turn(said)
        for text in (expected,) if isinstance(expected, str) else expected:
            if text.startswith("not:"):
                assert text[4:] not in heard, f"turn {number}, {said!r}: {text[4:]!r} should not be in\n{heard}"
            else:
                assert text in heard, f"turn {number}, {said!r}: {text!r} is not in\n{heard}"
    return dialogue
