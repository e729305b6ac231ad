"""The dialogue. ``step`` is the whole of it: no clock, no storage, no words.

event                     becomes
/start                    choice of language, then three sentences of welcome
text: answer              the answer, its sections as buttons, "did this help?"
text: two wishes          both answers
text: "what does it cost?"the section of the topic answered last
text: my own case         the general answer, and the offer of a person
text: clarify             "did you mean ...?" with two to four topics, or a person
text: handover            offer of a person with the preview of what is sent
text in danger            the emergency notice and the topic it leads to, then the rest
"I want a person"         preview of the draft (or: write your question)
"send" on the preview     HandOver
/delete, confirmed        Forget
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.model import SECTIONS, Knowledge, Topic
from bot.conversation.actions import Action
from bot.conversation.events import (
    Answer,
    Asked,
    Button,
    Commanded,
    Draft,
    Effect,
    Emergency,
    Event,
    Forget,
    HandOver,
    Part,
    Pressed,
    Preview,
    Say,
    Sentence,
)
from bot.conversation.state import DRAFT_SECONDS, State

WORTH_NAMING = 0.03  # a topic less probable than this is noise, to the asker and to the clerk
Buttons = tuple[tuple[Button, ...], ...]
Step = tuple[State, list[Effect]]


def step(state: State, event: Event, knowledge: Knowledge, now: float, open_questions: int = 0) -> Step:
    """One event. ``now``: seconds since the epoch; ``open_questions``: how many of theirs wait for the office."""
    if state.draft is not None and now - state.draft.at > DRAFT_SECONDS:
        state = replace(state, draft=None)
    match event:
        case Commanded():
            return _commanded(state, event, knowledge, open_questions)
        case Asked():
            return _asked(state, event, knowledge, now)
        case Pressed(action=None):
            return state, [Say((Sentence("button-unknown"),), _menu_button())]
        case Pressed(action=action) if action is not None:
            return _pressed(state, action, knowledge)
        case _:
            return state, [Say((Sentence("only-text"),), _menu_button())]


def _commanded(state: State, event: Commanded, knowledge: Knowledge, open_questions: int) -> Step:
    state = replace(state, writing=event.command == "ask")
    match event.command:
        case "start" | "language":
            key = "welcome-choose-language" if event.command == "start" else "choose-language"
            return state, [Say((Sentence(key),), _languages(knowledge))]
        case "menu":
            return state, [_menu(knowledge)]
        case "ask":
            return state, [Say((Sentence("write-your-question"),))]
        case "status":
            return state, [Say((Sentence("status", {"count": open_questions}),), _menu_button())]
        case "delete":
            yes = Button("button-delete", Action("delete"))
            no = Button("button-keep", Action("keep"))
            return state, [Say((Sentence("delete-confirm", {"count": open_questions}),), ((yes,), (no,)))]
        case "privacy":
            return state, [Say((Sentence("privacy"),), _menu_button())]
        case "help":
            return state, [Say((Sentence("help"),), _menu_button())]


def _asked(state: State, event: Asked, knowledge: Knowledge, now: float) -> Step:
    match = event.match
    state = replace(state, spoken=event.language)
    likely = (choice.topic for choice in match.choices if choice.confidence >= WORTH_NAMING)
    topics = tuple(topic for topic in likely if topic in knowledge.topics)
    says: list[Effect] = []
    if match.emergency is not None:
        parts: tuple[Part, ...] = (Emergency(),)
        if match.emergency in knowledge.topics:
            parts = (*parts, Answer(match.emergency))
        says.append(Say(parts, ((_person_button(match.emergency),),)))
    if match.smalltalk is not None:
        return state, [*says, Say((Sentence(f"smalltalk-{match.smalltalk}"),), _menu_button())]

    draft = Draft(state.drafts + 1, event.text, event.written_in or event.language, topics, now)
    wants_person = state.writing
    state = replace(state, draft=draft, drafts=draft.number, writing=False)
    if wants_person:
        return state, [*says, _preview(draft)]
    last = knowledge.topics.get(state.topic)
    if match.section is not None and last is not None and match.section in _sections(last):
        return state, [*says, _answer(last, match.section)]
    if match.topic is not None and match.topic in knowledge.topics:
        state = replace(state, topic=match.topic)
        wanted = dict.fromkeys([match.topic, *([match.also] if match.also in knowledge.topics else [])])
        says += [
            _answer(knowledge.topics[topic], personal=match.personal)
            for topic in wanted
            if topic is not None and topic != match.emergency
        ]
    elif match.outcome == "clarify" and topics:
        rows = tuple((Button(f"topic:{topic}", Action("topic", topic)),) for topic in topics[:4])
        none = Button("button-none-of-these", Action("person"))
        says.append(Say((Sentence("did-you-mean"),), (*rows, (none,))))
    elif match.emergency is None:
        rows = tuple((Button(f"topic:{topic}", Action("topic", topic)),) for topic in topics[:2])
        yes = Button("button-ask-person", Action("person"))
        says.append(Say((Sentence("no-answer"),), ((yes,), *rows, *_menu_button())))
    return state, says


def _pressed(state: State, action: Action, knowledge: Knowledge) -> Step:
    topic = knowledge.topics.get(action.argument)
    match action.verb:
        case "language" if action.argument in knowledge.languages:
            return replace(state, language=action.argument), [Say((Sentence("intro"),), _menu_button())]
        case "menu":
            return state, [replace(_menu(knowledge), edit=True)]
        case "group" if action.argument in knowledge.groups:
            rows = tuple(
                (Button(f"topic:{entry.id}", Action("topic", entry.id)),)
                for entry in knowledge.in_group(action.argument)
            )
            back = (Button("button-back", Action("menu")),)
            return state, [Say((Sentence("choose-topic"),), (*rows, back), edit=True)]
        case "topic" if topic is not None:
            return replace(state, topic=topic.id), [replace(_answer(topic), edit=action.detail == "back")]
        case "section" if topic is not None and action.detail in SECTIONS:
            return replace(state, topic=topic.id), [replace(_answer(topic, action.detail), edit=True)]
        case "helped":
            return state, [Say((Sentence("glad"),), _menu_button())]
        case "person":
            return _person(state, action, knowledge)
        case "send" | "cancel":
            return _consent(state, action)
        case "rewrite":
            return replace(state, writing=True, draft=None), [Say((Sentence("write-your-question"),))]
        case "delete":
            return State(), [Forget(), Say((Sentence("deleted"),))]
        case "keep":
            return state, [Say((Sentence("kept"),), _menu_button())]
        case _:  # a topic, group or language that the knowledge no longer has
            return state, [Say((Sentence("button-unknown"),), _menu_button())]


def _person(state: State, action: Action, knowledge: Knowledge) -> Step:
    """The asker wants a person: show what would be sent, or ask for the question first."""
    if state.draft is None:
        return replace(state, writing=True), [Say((Sentence("write-your-question"),))]
    topics = state.draft.topics
    if action.argument in knowledge.topics and action.argument not in topics:
        topics = (action.argument, *topics)
    draft = replace(state.draft, topics=topics)
    return replace(state, draft=draft), [_preview(draft)]


def _consent(state: State, action: Action) -> Step:
    """Only the draft on the button is sent: a newer question was never shown, an older one is gone."""
    if state.draft is None or action.argument != str(state.draft.number):
        return state, [Say((Sentence("draft-gone"),), _menu_button())]
    done = replace(state, draft=None)
    if action.verb == "cancel":
        return done, [Say((Sentence("not-sent"),), _menu_button(), edit=True)]
    return done, [HandOver(state.draft), Say((Sentence("sent"),), _menu_button(), edit=True)]


def _preview(draft: Draft) -> Say:
    send = Button("button-send", Action("send", str(draft.number)))
    rewrite = Button("button-rewrite", Action("rewrite"))
    cancel = Button("button-do-not-send", Action("cancel", str(draft.number)))
    return Say((Sentence("preview"), Preview(draft), Sentence("preview-consent")), ((send,), (rewrite,), (cancel,)))


def _sections(topic: Topic) -> list[str]:
    """Sections are the same in every language, so any language's keys do."""
    return [name for name in SECTIONS if any(name in words.sections for words in topic.words.values())]


def _answer(topic: Topic, section: str = "", *, personal: bool = False) -> Say:
    """A topic's answer or one section of it; to a ``personal`` case with the offer of a person."""
    sections = _sections(topic)
    buttons = [Button(f"section:{name}", Action("section", topic.id, name)) for name in sections if name != section]
    rows = [tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2)]
    if section:
        rows.append((Button("button-back", Action("topic", topic.id, "back")),))
    else:
        rows += [(Button(f"topic:{name}", Action("topic", name)),) for name in topic.related[:3]]
    helped = Button("button-helped", Action("helped", topic.id))
    rows.append((helped, Button("button-not-helped", Action("person", topic.id))))
    parts: tuple[Part, ...] = (Answer(topic.id, section),)
    if "crisis" in topic.flags and not section:
        parts = (Emergency(), *parts)
    if ("handover-preferred" in topic.flags or personal) and not section:
        parts = (*parts, Sentence("person-recommended"))
    return Say(parts, tuple(rows))


def _person_button(topic: str) -> Button:
    return Button("button-ask-person", Action("person", topic))


def _menu(knowledge: Knowledge) -> Say:
    buttons = [Button(f"group:{group}", Action("group", group)) for group in knowledge.groups]
    rows = tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
    return Say((Sentence("choose-group"),), rows)


def _menu_button() -> Buttons:
    return ((Button("button-menu", Action("menu")),),)


def _languages(knowledge: Knowledge) -> Buttons:
    buttons = [Button(f"language:{code}", Action("language", code)) for code in knowledge.languages]
    return tuple(tuple(buttons[i : i + 2]) for i in range(0, len(buttons), 2))
