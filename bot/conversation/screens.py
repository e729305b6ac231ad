"""What each message holds: sentences by key, parts of the knowledge, buttons. Which one is shown, ``machine`` says."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.entries import SECTIONS, PlaceEntry
from bot.content.model import Knowledge, Topic
from bot.conversation import sensitive
from bot.conversation.actions import Action
from bot.conversation.events import (
    Answer,
    Button,
    Draft,
    Effect,
    Emergency,
    Part,
    PlaceCard,
    Preview,
    Question,
    Quoted,
    Say,
    Sentence,
)
from bot.matching.match import Smalltalk

MANY_QUESTIONS = 5  # so many open questions fit on a screen
MOST_OPEN = 3  # questions of one person that wait for the office; a sentence names the number
QUOTED = 200  # so many characters of one's own question tell which it was
COUNSELLING_EVERYWHERE = "bamf-navi"  # the place that finds counselling in any city
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
    if too_many(draft, questions):
        return Say((*parts, Sentence("open-limit")), (*joins(questions, draft), *menu_button()))
    buttons: list[tuple[Button, ...]] = [(Button("button-send", Action("send", str(draft.number))),)]
    if sensitive.spans(draft.question):
        parts.append(Sentence("preview-numbers-shown" if draft.numbers else "preview-numbers-hidden"))
        if not draft.numbers:
            buttons.append((Button("button-with-numbers", Action("numbers", str(draft.number))),))
    if sensitive.telling(draft.shown):
        parts.append(Sentence("preview-name"))
    if not draft.joins:
        buttons += joins(questions, draft)
    buttons.append((Button("button-rewrite", Action("rewrite")),))
    buttons.append((Button("button-do-not-send", Action("cancel", str(draft.number))),))
    return Say((*parts, Sentence("preview-consent")), tuple(buttons))


def too_many(draft: Draft, questions: Questions) -> bool:
    """Whether nothing more goes to the office before it has answered. A counsellor asks for many people."""
    return not draft.joins and not draft.client and len(open_questions(questions)) >= MOST_OPEN


def joins(questions: Questions, draft: Draft) -> Buttons:
    """The latest open questions, for what belongs to one of them."""
    numbers = [question.number for question in open_questions(questions)[-MOST_OPEN:]]
    which = str(draft.number)
    return tuple((Button(f"join:{number}", Action("join", str(number), which)),) for number in reversed(numbers))


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
    rows.append((Button("button-helped", Action("helped", topic.id)),))
    rows.append((Button("button-not-helped", Action("person", topic.id)),))
    parts: tuple[Part, ...] = (Answer(topic.id, section),)
    if "crisis" in topic.flags and not section:
        parts = (Emergency(), *parts)
    if ("handover-preferred" in topic.flags or personal) and not section:
        parts = (*parts, Sentence("person-recommended"))
    return Say(parts, tuple(rows))


def calmly(effects: list[Effect], *, worry: bool) -> list[Effect]:
    """No certain danger: what is asked is answered first. Where danger is suspected, or a topic of danger is asked
    about, one line with the numbers stands below it instead of the notice above."""
    says = [index for index, effect in enumerate(effects) if isinstance(effect, Say)]
    found = list(effects)
    for index in says:
        say = effects[index]
        assert isinstance(say, Say)
        parts = tuple(part for part in say.parts if not isinstance(part, Emergency))
        worry = worry or parts != say.parts
        found[index] = replace(say, parts=parts)
    if says and worry:
        last = found[says[-1]]
        assert isinstance(last, Say)
        found[says[-1]] = replace(last, parts=(*last.parts, Sentence("quiet-line")))
    return found


def elsewhere(topic: Topic, knowledge: Knowledge, name: str) -> Say:
    """To somebody in another city: what holds everywhere, and where that city's office is found; no address of ours."""
    parts: list[Part] = [Sentence("other-city", {"name": name}), Answer(topic.id, everywhere=True)]
    navigator = knowledge.places.get(COUNSELLING_EVERYWHERE)
    if navigator is not None and navigator.url:
        parts.append(Sentence("other-city-office", {"name": name, "link": navigator.url}))
    ours = Button("button-own-city", Action("topic", topic.id, "ours"))
    return Say(tuple(parts), ((ours,), (Button("button-ask-person", Action("person", topic.id)),)))


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
    return Say((Sentence("choose-group"),), (*rows, (person_button(""),)))


def smalltalk(kind: Smalltalk) -> Say:
    """A short, warm sentence; who is angry, or sent no words, may want a person."""
    return Say((Sentence(f"smalltalk-{kind}"),), ways_on() if kind in {"insult", "nothing"} else menu_button())


def topic_row(topic: str) -> tuple[Button, ...]:
    """One topic to choose."""
    return (Button(f"topic:{topic}", Action("topic", topic)),)


def did_you_mean(topics: Sequence[str], last: Topic | None = None, shown: Sequence[str] = ()) -> Say:
    """Two to four topics, or a person. They may be answered in words: "the second"."""
    rows = tuple(topic_row(topic) for topic in topics)
    unread = _unread(last, shown) if last is not None else ()
    return Say((Sentence("did-you-mean"),), (*rows, *unread, (Button("button-none-of-these", Action("person")),)))


def none_of_these(knowledge: Knowledge) -> Say:
    """Nothing offered or answered was meant."""
    return Say((Sentence("none-of-these"),), ((person_button(""),), *beside(knowledge), *menu_button()))


def no_answer(
    topics: Sequence[str],
    questions: Questions,
    draft: Draft,
    last: Topic | None = None,
    shown: Sequence[str] = (),
) -> Say:
    """The offer of a person, what may be near, and what is left of the topic that was talked about."""
    rows = tuple(topic_row(topic) for topic in topics)
    if last is not None:
        related = (topic_row(name) for name in last.related[:2] if name not in topics)
        rows = (*rows, *([(_back_to(last),)] if last.id not in topics else []), *_unread(last, shown), *related)
    return Say((Sentence("no-answer"),), ((person_button(""),), *joins(questions, draft), *rows, *menu_button()))


def _unread(topic: Topic, shown: Sequence[str]) -> Buttons:
    """Two in a row, the topic's sections that were not read yet."""
    left = [
        Button(f"section:{name}", Action("section", topic.id, name)) for name in sections(topic) if name not in shown
    ]
    return tuple(tuple(left[i : i + 2]) for i in range(0, len(left), 2))


def nothing_known(topic: Topic, section: str, fits: int | None = None) -> Say:
    """The topic has no such section, and no other topic holds it; the paragraph of its answer that ``fits`` best."""
    said = Sentence("nothing-known", {"section": section, "topic": topic.id})
    nearest = () if fits is None else (Sentence("fits-best"), Answer(topic.id, paragraph=fits))
    return Say((said, *nearest), ((person_button(topic.id),), *_unread(topic, ()), (_back_to(topic),)))


def said_all(topic: Topic, shown: Sequence[str]) -> Say:
    """The same was asked again: what has not been read of it, or a person."""
    rows = [*_unread(topic, shown), *(topic_row(name) for name in topic.related[:3])]
    said = Sentence("said-all", {"topic": topic.id})
    return Say((said,), ((person_button(topic.id),), *rows, (_back_to(topic),)))


def paragraph(topic: Topic, at: int) -> Say:
    """What of an answer fits a question about it best."""
    parts = (Sentence("fits-best"), Answer(topic.id, paragraph=at))
    return Say(parts, (*_unread(topic, ()), (_back_to(topic),), (person_button(topic.id),)))


def unsure(say: Say) -> Say:
    """A part of an answer that may not be what was asked for."""
    parts = (part for part in say.parts if part != Sentence("fits-best"))
    return replace(say, parts=(Sentence("comes-nearest"), *parts))


def with_first(sentence: Sentence, say: Say) -> Say:
    """``say`` with ``sentence`` in front."""
    return replace(say, parts=(sentence, *say.parts))


def beneath(say: Say, topic: Topic) -> Say:
    """``say`` with the way back to the topic that was talked about, where it has none."""
    back = _back_to(topic)
    there = any(button.action == back.action for row in say.buttons for button in row)
    return say if there else replace(say, buttons=(*say.buttons, (back,)))


def _back_to(topic: Topic) -> Button:
    return Button(f"topic:{topic.id}", Action("topic", topic.id))


def places(topic: Topic, knowledge: Knowledge) -> Say | None:
    """Where a topic's places are; None for a topic without any."""
    found = [name for name in topic.places if name in knowledge.places]
    if not found:
        return None
    cards: list[Part] = [PlaceCard(name) for name in found]
    return Say(tuple(cards), (*pins(found, knowledge), (person_button(topic.id),), (_back_to(topic),)))


def person(knowledge: Knowledge, *, callback: bool = False) -> Say:
    """Who can be reached, and how: the office by phone or by letter, and the counselling centres."""
    office = knowledge.places.get(knowledge.city.office) if knowledge.city is not None else None
    there = office is not None and any(
        office.get(way) and way not in office.unconfirmed for way in ("address", "phone")
    )
    parts: list[Part] = [Sentence("callback-wish" if callback else "person-wish" if there else "person-wish-write")]
    if there and office is not None:
        parts.append(PlaceCard(office.id))
    write_ = (Button("button-write-office", Action("person")),)
    return Say(tuple(parts), (write_, *beside(knowledge), *menu_button()))


def write(knowledge: Knowledge) -> Say:
    """The next text is for a person; who would rather go there or call finds the way."""
    return Say((Sentence("write-your-question"),), beside(knowledge))


def helplines(topic: Topic) -> Say:
    """Who answers at once, before an office that answers in days; it is there for who asks again."""
    office = (Button("button-office-anyway", Action("person", topic.id, "office")),)
    return Say((Sentence("person-crisis"), Answer(topic.id)), (office,))


def beside(knowledge: Knowledge) -> Buttons:
    """What stands beside a person: the phone, the counselling centres."""
    found = [topic for topic in knowledge.topics.values() if "beside-person" in topic.flags]
    return tuple(topic_row(topic.id) for topic in found)


def sent_file(knowledge: Knowledge, topics: Sequence[str]) -> Say:
    """Pictures are not read; what to do with a letter, and what its caption may ask."""
    rows = tuple(topic_row(topic) for topic in topics[:2])
    return Say((Sentence("sent-file"), Sentence("sent-letter")), (*rows, (person_button(""),), *beside(knowledge)))


def ways_on() -> Buttons:
    """The way back, and a person."""
    return (*menu_button(), (person_button(""),))


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
