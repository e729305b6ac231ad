"""What each message holds: sentences by key, parts of the knowledge, buttons. Which one is shown, ``machine`` says."""

from __future__ import annotations

from collections.abc import Sequence

from bot.content.model import SECTIONS, Knowledge, PlaceEntry, Topic
from bot.conversation import sensitive
from bot.conversation.actions import Action
from bot.conversation.events import (
    Answer,
    Button,
    Draft,
    Emergency,
    Part,
    Preview,
    Question,
    Quoted,
    Say,
    Sentence,
)

MANY_QUESTIONS = 5  # so many open questions fit on a screen
QUOTED = 200  # so many characters of one's own question tell which it was
Buttons = tuple[tuple[Button, ...], ...]
Questions = tuple[Question, ...]


def status(waiting: Questions) -> Say:
    """The open questions, each with "withdraw"."""
    parts: list[Part] = [Sentence("status", {"count": len(waiting)})]
    buttons: list[tuple[Button, ...]] = []
    for question in waiting[-MANY_QUESTIONS:]:
        values: dict[str, str | int] = {"number": question.number, "date": question.asked}
        parts += [Sentence("status-question", values), Quoted(question.text[:QUOTED])]
        buttons.append((Button(f"withdraw:{question.number}", Action("withdraw", str(question.number))),))
    return Say(tuple(parts), (*buttons, *menu_button()))


def offer(draft: Draft, questions: Questions) -> Say:
    """What comes before sending: the preview; for a client's question first who gets the reply."""
    if draft.client and not draft.joins:
        return Say((Sentence("reply-to-whom"),), whose(draft))
    return preview(draft, questions)


def whose(draft: Draft) -> Buttons:
    """A reply that nobody gets need not be written: then nothing is sent."""
    mine = Button("button-reply-mine", Action("mine", str(draft.number)))
    nobody = Button("button-reply-nobody", Action("cancel", str(draft.number)))
    return ((mine,), (nobody,))


def preview(draft: Draft, questions: Questions) -> Say:
    """What would be sent, and the buttons that send it."""
    parts: list[Part] = [Sentence("preview"), Preview(draft)]
    buttons: list[tuple[Button, ...]] = [(Button("button-send", Action("send", str(draft.number))),)]
    if sensitive.spans(draft.question):
        parts.append(Sentence("preview-numbers-shown" if draft.numbers else "preview-numbers-hidden"))
        if not draft.numbers:
            buttons.append((Button("button-with-numbers", Action("numbers", str(draft.number))),))
    if not draft.joins:
        buttons += joins(questions)
    buttons.append((Button("button-rewrite", Action("rewrite")),))
    buttons.append((Button("button-do-not-send", Action("cancel", str(draft.number))),))
    return Say((*parts, Sentence("preview-consent")), tuple(buttons))


def joins(questions: Questions) -> Buttons:
    """The latest open questions, for what belongs to one of them."""
    numbers = [question.number for question in open_questions(questions)[-2:]]
    return tuple((Button(f"join:{number}", Action("join", str(number))),) for number in reversed(numbers))


def sections(topic: Topic) -> list[str]:
    """Sections are the same in every language, so any language's keys do."""
    return [name for name in SECTIONS if any(name in words.sections for words in topic.words.values())]


def answer(topic: Topic, knowledge: Knowledge, section: str = "", *, personal: bool = False) -> Say:
    """A topic's answer or one section of it; to a ``personal`` case with the offer of a person."""
    names = sections(topic)
    buttons = [Button(f"section:{name}", Action("section", topic.id, name)) for name in names if name != section]
    rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    if section:
        rows.append((Button("button-back", Action("topic", topic.id, "back")),))
    else:
        rows += pins(topic.places, knowledge)
        rows += [(Button(f"topic:{name}", Action("topic", name)),) for name in topic.related[:3]]
    helped = Button("button-helped", Action("helped", topic.id))
    rows.append((helped, Button("button-not-helped", Action("person", topic.id))))
    parts: tuple[Part, ...] = (Answer(topic.id, section),)
    if "crisis" in topic.flags and not section:
        parts = (Emergency(), *parts)
    if ("handover-preferred" in topic.flags or personal) and not section:
        parts = (*parts, Sentence("person-recommended"))
    return Say(parts, tuple(rows))


def pins(places: Sequence[str], knowledge: Knowledge) -> Buttons:
    """One button a place that can be shown on the map."""
    found: list[PlaceEntry] = [knowledge.places[id_] for id_ in places if id_ in knowledge.places]
    return tuple((Button(f"pin:{place.id}", Action("pin", place.id)),) for place in found if place.position)


def person_button(topic: str) -> Button:
    """The wish for a person, about ``topic``."""
    return Button("button-ask-person", Action("person", topic))


def menu(knowledge: Knowledge) -> Say:
    """The groups of topics."""
    buttons = [Button(f"group:{group}", Action("group", group)) for group in knowledge.groups]
    rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    return Say((Sentence("choose-group"),), rows)


def intro() -> Say:
    """What the bot is."""
    return Say((Sentence("intro"),), menu_button())


def menu_button() -> Buttons:
    """The way back."""
    return ((Button("button-menu", Action("menu")),),)


def languages(knowledge: Knowledge, hint: str = "") -> Buttons:
    """The app's own language comes first; the others stand in the city's order."""
    codes = sorted(knowledge.languages, key=lambda code: code != hint)
    buttons = [Button(f"language:{code}", Action("language", code)) for code in codes]
    return tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))


def open_questions(questions: Questions) -> Questions:
    """Those the office has not answered."""
    return tuple(question for question in questions if question.open)
