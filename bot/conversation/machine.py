"""The dialogue. ``step`` is the whole of it: no clock, no storage, no words.

event                     becomes
/start                    choice of language, then three sentences of welcome
/start topic_ID, place_ID the answer or the place at once (see deep_links); lang_CODE chooses the language
text: answer              the answer, its sections as buttons, "did this help?"
text: two wishes          both answers
text: "what does it cost?"the section of the topic answered last
text: my own case         the general answer, and the offer of a person
text: clarify             "did you mean ...?" with two to four topics, or a person
text: handover            offer of a person with the preview of what is sent
text in danger            the emergency notice and the topic it leads to, then the rest
"I want a person"         preview of the draft (or: write your question)
"send" on the preview     HandOver; numbers that tell who somebody is are masked until "with the numbers"
"add to my open question" the preview of the addition
a counsellor's invitation whoever opens it is a counsellor until /delete
forwarded by a counsellor a client's question: answers in the client's language and in German; before a preview
                          "who gets the reply?": the counsellor, or nobody (nothing is sent)
/status                   the open questions, each with "withdraw"
/delete, confirmed        Forget
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.model import SECTIONS, Knowledge
from bot.conversation import deep_links, screens
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
    Invited,
    OtherKind,
    Part,
    Pin,
    PlaceCard,
    Pressed,
    Question,
    Say,
    Sentence,
    SentOther,
    Withdraw,
)
from bot.conversation.screens import Questions
from bot.conversation.state import DRAFT_SECONDS, State

WORTH_NAMING = 0.03  # a topic less probable than this is noise, to the asker and to the clerk
Step = tuple[State, list[Effect]]


def step(state: State, event: Event, knowledge: Knowledge, now: float, questions: Questions = ()) -> Step:
    """One event. ``now``: seconds since the epoch; ``questions``: theirs at the office, oldest first."""
    if state.draft is not None and now - state.draft.at > DRAFT_SECONDS:
        state = replace(state, draft=None)
    state, effects = _step(state, event, knowledge, now, questions)
    if isinstance(event, Asked | Pressed) and state.draft is not None and state.draft.client:
        client = state.draft.language
        effects = [replace(effect, client=client) if isinstance(effect, Say) else effect for effect in effects]
    return state, effects


def _step(state: State, event: Event, knowledge: Knowledge, now: float, questions: Questions) -> Step:
    match event:
        case Commanded():
            return _commanded(state, event, knowledge, screens.open_questions(questions))
        case Invited():
            return _invited(state, event, knowledge)
        case Asked():
            return _asked(state, event, knowledge, now, questions)
        case Pressed(action=None):
            return state, [Say((Sentence("button-unknown"),), screens.menu_button())]
        case Pressed(action=action) if action is not None:
            return _pressed(state, action, knowledge, questions)
        case SentOther(kind=kind):
            return state, [Say((Sentence(_OTHER[kind]),), screens.menu_button())]
        case _:
            raise TypeError(event)


_OTHER: dict[OtherKind, str] = {
    "file": "sent-file",
    "voice": "sent-voice",
    "personal": "sent-personal",
    "other": "only-text",
}


def _commanded(state: State, event: Commanded, knowledge: Knowledge, waiting: Questions) -> Step:
    state = replace(state, writing=event.command == "ask", joining=0)
    match event.command:
        case "start":
            return _started(state, event, knowledge)
        case "language":
            return state, [Say((Sentence("choose-language"),), screens.languages(knowledge, event.hint))]
        case "menu":
            return state, [screens.menu(knowledge)]
        case "ask":
            return state, [Say((Sentence("write-your-question"),))]
        case "status":
            return state, [screens.status(waiting)]
        case "delete":
            yes = Button("button-delete", Action("delete"))
            no = Button("button-keep", Action("keep"))
            return state, [Say((Sentence("delete-confirm", {"count": len(waiting)}),), ((yes,), (no,)))]
        case "privacy":
            return state, [Say((Sentence("privacy"),), screens.menu_button())]
        case "help":
            return state, [Say((Sentence("help"),), screens.menu_button())]


def _started(state: State, event: Commanded, knowledge: Knowledge) -> Step:
    """/start, also from a postcard: what the link names is answered at once."""
    link = deep_links.read(event.argument, knowledge)
    state = replace(state, language=link.language or state.language)
    says: list[Effect] = []
    if link.topic:
        state = replace(state, topic=link.topic)
        says.append(screens.answer(knowledge.topics[link.topic], knowledge))
    if link.place:
        pins = screens.pins([link.place], knowledge)
        says.append(Say((PlaceCard(link.place),), (*pins, *screens.menu_button())))
    if not says:
        if link.language:
            return state, [screens.intro()]
        return state, [Say((Sentence("welcome-choose-language"),), screens.languages(knowledge, event.hint))]
    if not state.language:  # the answer came in the app's language; there are others
        last = says.pop()
        assert isinstance(last, Say)
        change = (Button("command-language", Action("languages")),)
        says.append(replace(last, buttons=(*last.buttons, change)))
    return state, says


def _invited(state: State, event: Invited, knowledge: Knowledge) -> Step:
    """An invitation opened twice by the same person is no mistake of theirs."""
    state = replace(state, counsellor=state.counsellor or event.valid, writing=False, joining=0)
    said = Sentence("counsellor-welcome" if state.counsellor else "invitation-invalid")
    return state, [Say((said,), screens.menu_button() if state.language else screens.languages(knowledge, event.hint))]


def _asked(state: State, event: Asked, knowledge: Knowledge, now: float, questions: Questions) -> Step:
    match = event.match
    client = event.forwarded and state.counsellor
    if not client:  # a client's language is not the counsellor's
        state = replace(state, spoken=event.language)
    likely = (choice.topic for choice in match.choices if choice.confidence >= WORTH_NAMING)
    topics = tuple(topic for topic in likely if topic in knowledge.topics)
    says: list[Effect] = []
    if match.emergency is not None:
        parts: tuple[Part, ...] = (Emergency(),)
        if match.emergency in knowledge.topics:
            parts = (*parts, Answer(match.emergency))
        says.append(Say(parts, ((screens.person_button(match.emergency),),)))
    if match.smalltalk is not None:
        return state, [*says, Say((Sentence(f"smalltalk-{match.smalltalk}"),), screens.menu_button())]

    draft = Draft(state.drafts + 1, event.text, event.written_in or event.language, topics, now, client=client)
    wants_person = state.writing
    if any(question.number == state.joining for question in questions):
        draft = replace(draft, joins=state.joining)
    state = replace(state, draft=draft, drafts=draft.number, writing=False, joining=0)
    if wants_person:
        return state, [*says, screens.offer(draft, questions)]
    last = knowledge.topics.get(state.topic)
    if match.section is not None and last is not None and match.section in screens.sections(last):
        return state, [*says, screens.answer(last, knowledge, match.section)]
    if match.topic is not None and match.topic in knowledge.topics:
        state = replace(state, topic=match.topic)
        wanted = dict.fromkeys([match.topic, *([match.also] if match.also in knowledge.topics else [])])
        says += [
            screens.answer(knowledge.topics[topic], knowledge, personal=match.personal)
            for topic in wanted
            if topic is not None and topic != match.emergency
        ]
    elif match.outcome == "clarify" and topics:
        rows = tuple((Button(f"topic:{topic}", Action("topic", topic)),) for topic in topics[:4])
        none = Button("button-none-of-these", Action("person"))
        says.append(Say((Sentence("did-you-mean"),), (*rows, (none,))))
    elif match.emergency is None:
        rows = tuple((Button(f"topic:{topic}", Action("topic", topic)),) for topic in topics[:2])
        if client:
            says.append(Say((Sentence("no-answer"), Sentence("reply-to-whom")), (*screens.whose(draft), *rows)))
            return state, says
        yes = Button("button-ask-person", Action("person"))
        says.append(Say((Sentence("no-answer"),), ((yes,), *screens.joins(questions), *rows, *screens.menu_button())))
    return state, says


def _pressed(state: State, action: Action, knowledge: Knowledge, questions: Questions) -> Step:
    topic = knowledge.topics.get(action.argument)
    place = knowledge.places.get(action.argument)
    match action.verb:
        case "language" if action.argument in knowledge.languages:
            return replace(state, language=action.argument), [screens.intro()]
        case "languages":
            return state, [Say((Sentence("choose-language"),), screens.languages(knowledge))]
        case "menu":
            return state, [replace(screens.menu(knowledge), edit=True)]
        case "group" if action.argument in knowledge.groups:
            rows = tuple(
                (Button(f"topic:{entry.id}", Action("topic", entry.id)),)
                for entry in knowledge.in_group(action.argument)
            )
            back = (Button("button-back", Action("menu")),)
            return state, [Say((Sentence("choose-topic"),), (*rows, back), edit=True)]
        case "topic" if topic is not None:
            shown = screens.answer(topic, knowledge)
            return replace(state, topic=topic.id), [replace(shown, edit=action.detail == "back")]
        case "section" if topic is not None and action.detail in SECTIONS:
            return replace(state, topic=topic.id), [replace(screens.answer(topic, knowledge, action.detail), edit=True)]
        case "pin" if place is not None and place.position:
            return state, [Say((Pin(place.id),))]
        case "helped":
            return state, [Say((Sentence("glad"),), screens.menu_button())]
        case "person":
            return _person(state, action, knowledge, questions)
        case "send" | "cancel" | "numbers" | "mine":
            return _consent(state, action, questions)
        case "rewrite":
            return _write(state, state.draft.joins if state.draft else 0)
        case "join" | "again":
            return _join(state, action, questions)
        case "withdraw":
            return _withdraw(state, action, questions)
        case "delete":
            return State(), [Forget(), Say((Sentence("deleted"),))]
        case "keep":
            return state, [Say((Sentence("kept"),), screens.menu_button())]
        case _:  # a topic, group or language that the knowledge no longer has
            return state, [Say((Sentence("button-unknown"),), screens.menu_button())]


def _write(state: State, joining: int = 0) -> Step:
    """The next text is for a person."""
    state = replace(state, writing=True, joining=joining, draft=None)
    return state, [Say((Sentence("write-your-question"),))]


def _person(state: State, action: Action, knowledge: Knowledge, questions: Questions) -> Step:
    """The asker wants a person: show what would be sent, or ask for the question first."""
    if state.draft is None:
        return _write(state)
    topics = state.draft.topics
    if action.argument in knowledge.topics and action.argument not in topics:
        topics = (action.argument, *topics)
    draft = replace(state.draft, topics=topics)
    return replace(state, draft=draft), [screens.offer(draft, questions)]


def _join(state: State, action: Action, questions: Questions) -> Step:
    """What is written belongs to an earlier question: an addition, or a second question after the answer."""
    found = _named(action, questions)
    if action.verb == "again":
        return _write(state, found.number if found else 0)
    if found is None or not found.open:
        return state, [Say((Sentence("question-closed"),), screens.menu_button())]
    if state.draft is None:
        return _write(state, found.number)
    return _shown_anew(state, replace(state.draft, joins=found.number), questions)


def _withdraw(state: State, action: Action, questions: Questions) -> Step:
    found = _named(action, questions)
    if found is None or not found.open:
        return state, [Say((Sentence("question-closed"),), screens.menu_button())]
    withdrawn = Say((Sentence("withdrawn", {"number": found.number}),), screens.menu_button())
    return state, [Withdraw(found.number), withdrawn]


def _named(action: Action, questions: Questions) -> Question | None:
    """The question on the button, only if it is this person's."""
    return next((question for question in questions if str(question.number) == action.argument), None)


def _shown_anew(state: State, draft: Draft, questions: Questions, *, edit: bool = True) -> Step:
    """A changed draft gets a new number: the old preview's buttons must not send what it did not show."""
    draft = replace(draft, number=state.drafts + 1)
    preview = replace(screens.preview(draft, questions), edit=edit)
    return replace(state, draft=draft, drafts=draft.number), [preview]


def _consent(state: State, action: Action, questions: Questions) -> Step:
    """Only the draft on the button is sent: a newer question was never shown, an older one is gone."""
    if state.draft is None or action.argument != str(state.draft.number):
        return state, [Say((Sentence("draft-gone"),), screens.menu_button())]
    draft, done = state.draft, replace(state, draft=None)
    if action.verb == "cancel":
        return done, [Say((Sentence("not-sent"),), screens.menu_button(), edit=True)]
    if action.verb == "mine":
        return state, [replace(screens.preview(draft, questions), edit=True)]
    if action.verb == "numbers":
        return _shown_anew(state, replace(draft, numbers=True), questions)
    if draft.joins and all(question.number != draft.joins for question in questions):  # withdrawn meanwhile
        state, previewed = _shown_anew(state, replace(draft, joins=0), questions, edit=False)
        return state, [Say((Sentence("question-closed"),)), *previewed]
    sent = Sentence("added", {"number": draft.joins}) if draft.joins else Sentence("sent")
    return done, [HandOver(draft), Say((sent,), screens.menu_button(), edit=True)]
