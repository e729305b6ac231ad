"""The dialogue. ``step`` is the whole of it: no clock, no storage, no words.

event                     becomes
/start                    choice of language, then three sentences of welcome
/start topic_ID, place_ID the answer or the place at once (see deep_links); lang_CODE chooses the language
text: answer              the answer, its sections as buttons, "did this help?"
text: two wishes          both answers
text: my own case         the general answer, and the offer of a person
text: clarify             "did you mean ...?" with two to four topics, or a person
text: handover            offer of a person with the preview of what is sent
text in danger            the emergency notice and the topic it leads to, then the rest
text maybe in danger      what else it gets, and one quiet line with the numbers below it
text: "give me a person"  who can be reached and how; after an emergency notice the helplines first
text after an answer      "what does it cost?": that section, the topic that holds it, or that nothing is known of it;
                          the same again: the section that fits, or that this was all; "no, I meant": without that
text after "did you mean" "the second": that topic; "none": a person, or other words
text below a picture      that pictures are not read, and what to do with a letter; then the answer
text in another language  the answer in that language, once with the offer to stay in it
the rest of a long one    joined to the draft: an app cuts a message at 4,096 characters
the next line             joined to a draft that was just previewed, or that has no answer yet
the same words, edited    nothing: Telegram also says so of a reaction
a draft's words, edited   a new preview, where one was shown
"ask a person"            preview of the draft (or: write your question)
"send" on a preview       HandOver of what that preview showed, also when more was written since (then the rest can be
                          sent as an addition); numbers that tell who somebody is are masked until "with the numbers"
"add to my open question" the preview of the addition
a counsellor's invitation whoever opens it is a counsellor until /delete
a link from the browser   the questions at the office, and their answers, are this person's from now on
forwarded by a counsellor a client's question: answers in the client's language and in German; before a preview
                          "who gets the reply?": the counsellor, or nobody (nothing is sent)
/status                   the open questions, each with "withdraw"
/delete, confirmed        Forget
"""

from __future__ import annotations

from dataclasses import replace

from bot.content.entries import SECTIONS
from bot.content.model import Knowledge
from bot.conversation import deep_links, drafts, screens
from bot.conversation.actions import Action
from bot.conversation.answering import asked, wish
from bot.conversation.events import (
    Asked,
    Button,
    Commanded,
    Draft,
    Effect,
    Event,
    Forget,
    HandOver,
    Invited,
    Moved,
    OtherKind,
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
from bot.conversation.state import State
from bot.matching.context import Context

Step = tuple[State, list[Effect]]


def step(state: State, event: Event, knowledge: Knowledge, now: float, questions: Questions = ()) -> Step:
    """One event. ``now``: seconds since the epoch; ``questions``: theirs at the office, oldest first."""
    state, effects = _step(state.fresh(now), event, knowledge, now, questions)
    if isinstance(event, Asked) and event.match.emergency is None:
        effects = screens.calmly(effects, worry=event.match.worry is not None)
    if isinstance(event, Asked) and state.language not in ("", event.language) and not event.forwarded:
        state, effects = _in_their_language(state, event.language, effects)
    if isinstance(event, Asked | Pressed) and state.draft is not None and state.draft.client:
        client = state.draft.language
        effects = [replace(effect, client=client) if isinstance(effect, Say) else effect for effect in effects]
    return state, effects


def _step(state: State, event: Event, knowledge: Knowledge, now: float, questions: Questions) -> Step:
    match event:
        case Commanded():
            return _commanded(state, event, knowledge, now, screens.open_questions(questions))
        case Invited():
            return _invited(state, event, knowledge)
        case Moved():
            return _moved(state, event, knowledge)
        case Asked():
            return asked(state, event, knowledge, now, questions)
        case Pressed(action=None):
            return state, [Say((Sentence("button-unknown"),), screens.ways_on())]
        case Pressed(action=action) if action is not None:
            if action.verb not in _ABOUT_A_DRAFT:
                state = replace(state, growing=False)
            return _pressed(state, action, knowledge, now, questions)
        case SentOther(kind="file", album=album):
            if album and album == state.album:
                return state, []
            return replace(state, album=album), [screens.sent_file(knowledge, ())]
        case SentOther(kind=kind):
            return state, [Say((Sentence(_OTHER[kind]),), screens.ways_on())]
        case _:
            raise TypeError(event)


_ABOUT_A_DRAFT = {"send", "cancel", "numbers", "mine", "join"}
_OTHER: dict[OtherKind, str] = {
    "voice": "sent-voice",
    "personal": "sent-personal",
    "other": "only-text",
}


def _commanded(state: State, event: Commanded, knowledge: Knowledge, now: float, waiting: Questions) -> Step:
    state = replace(state, writing=event.command == "ask", joining=0, growing=False)
    match event.command:
        case "start":
            return _started(state, event, knowledge, now)
        case "language":
            return state, [Say((Sentence("choose-language"),), screens.languages(knowledge, event.hint))]
        case "menu":
            return state, [screens.menu(knowledge)]
        case "ask":
            return state, [screens.write(knowledge)]
        case "status":
            return state, [screens.status(waiting)]
        case "delete":
            yes = Button("button-delete", Action("delete"))
            no = Button("button-keep", Action("keep"))
            return state, [Say((Sentence("delete-confirm", {"count": len(waiting)}),), ((yes,), (no,)))]
        case "privacy":
            return state, [Say((Sentence("privacy"),), screens.ways_on())]
        case "help":
            return state, [Say((Sentence("help"),), screens.ways_on())]


def _started(state: State, event: Commanded, knowledge: Knowledge, now: float) -> Step:
    """/start, also from a postcard: what the link names is answered at once."""
    link = deep_links.read(event.argument, knowledge)
    state = replace(state, language=link.language or state.language)
    says: list[Effect] = []
    if link.topic:
        state = replace(state, context=Context(link.topic, ("",), at=now))
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


def _moved(state: State, event: Moved, knowledge: Knowledge) -> Step:
    state = replace(state, writing=False, joining=0)
    if event.valid:
        state = replace(state, language=state.language or event.language)
    said = Sentence("moved-here" if event.valid else "moved-invalid")
    return state, [Say((said,), screens.menu_button() if state.language else screens.languages(knowledge, event.hint))]


def _pressed(state: State, action: Action, knowledge: Knowledge, now: float, questions: Questions) -> Step:
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
            back = (Button("button-back", Action("menu")), screens.person_button(""))
            return state, [Say((Sentence("choose-topic"),), (*rows, back), edit=True)]
        case "topic" if topic is not None:
            city = "" if action.detail == "ours" else state.context.elsewhere
            if action.detail == "ours":
                state = replace(state, context=replace(state.context, elsewhere=""))
            shown = screens.elsewhere(topic, knowledge, city) if city else screens.answer(topic, knowledge)
            return _now_about(state, topic.id, "", now), [replace(shown, edit=action.detail == "back")]
        case "section" if topic is not None and action.detail in SECTIONS:
            state = _now_about(state, topic.id, action.detail, now)
            return state, [replace(screens.answer(topic, knowledge, action.detail), edit=True)]
        case "pin" if place is not None and place.position:
            return state, [Say((Pin(place.id),))]
        case "helped":
            return state, [Say((Sentence("glad"),), screens.menu_button())]
        case "person":
            return _person(state, action, knowledge, questions)
        case "send" | "cancel" | "numbers" | "mine":
            return _consent(state, action, questions)
        case "rewrite":
            return _write(state, knowledge, state.draft.joins if state.draft else 0)
        case "join" | "again":
            return _join(state, action, knowledge, questions)
        case "withdraw":
            return _withdraw(state, action, questions)
        case "delete":
            return State(), [Forget(), Say((Sentence("deleted"),))]
        case "keep":
            return state, [Say((Sentence("kept"),), screens.menu_button())]
        case _:  # a topic, group or language that the knowledge no longer has
            return state, [Say((Sentence("button-unknown"),), screens.ways_on())]


def _now_about(state: State, topic: str, part: str, now: float) -> State:
    """``part`` of the topic was read: a section, or "" for the answer."""
    before = state.context
    if before.topic == topic:
        return replace(state, context=replace(before, shown=tuple(dict.fromkeys((*before.shown, part))), offered=()))
    question = before.question if topic in before.offered else ""
    at = before.at if question else now
    context = Context(topic, (part,), question, danger=before.danger, at=at, elsewhere=before.elsewhere)
    return replace(state, context=context)


def _in_their_language(state: State, language: str, effects: list[Effect]) -> Step:
    """A message in another language than the chosen one is answered in it, the first time with the offer to stay."""
    found = [replace(effect, language=language) if isinstance(effect, Say) else effect for effect in effects]
    last = found[-1] if found else None
    if language in state.offered or not isinstance(last, Say):
        return state, found
    stay = (Button(f"stay:{language}", Action("language", language)),)
    found[-1] = replace(last, buttons=(*last.buttons, stay))
    return replace(state, offered=(*state.offered, language)), found


def _write(state: State, knowledge: Knowledge, joining: int = 0) -> Step:
    """The next text is for a person."""
    state = replace(drafts.put_away(state), writing=True, joining=joining, growing=False)
    return state, [screens.write(knowledge)]


def _person(state: State, action: Action, knowledge: Knowledge, questions: Questions) -> Step:
    """The asker wants a person: show what would be sent, or ask for the question first.

    In danger a mail that is answered in days is no help: the helplines come first.
    """
    about = knowledge.topics.get(action.argument)
    if action.detail != "office":
        if about is not None and "crisis" in about.flags:
            state = replace(state, context=replace(state.context, danger=about.id))
        if state.context.danger in knowledge.topics:
            return wish(state, "person", knowledge)
    if state.draft is None:
        return _write(state, knowledge)
    topics = state.draft.topics
    if action.argument in knowledge.topics and action.argument not in topics:
        topics = (action.argument, *topics)
    if state.draft.offered and topics != state.draft.topics:
        return _shown_anew(state, replace(state.draft, topics=topics), questions, edit=False)
    draft = replace(state.draft, topics=topics, offered=True)
    return replace(state, draft=draft), [screens.offer(draft, questions)]


def _join(state: State, action: Action, knowledge: Knowledge, questions: Questions) -> Step:
    """What is written belongs to an earlier question: an addition, or a second question after the answer."""
    found = _named(action, questions)
    if action.verb == "again":
        return _write(state, knowledge, found.number if found else 0)
    if found is None or not found.open:
        return state, [Say((Sentence("question-closed"),), screens.menu_button())]
    draft = drafts.named(state, action.detail) or state.draft
    if draft is None:
        return _write(state, knowledge, found.number)
    return _shown_anew(state, replace(draft, joins=found.number), questions)


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
    state, draft = drafts.shown_anew(state, draft)
    return state, [replace(screens.preview(draft, questions), edit=edit)]


def _consent(state: State, action: Action, questions: Questions) -> Step:
    """Each button is about the draft whose preview stands above it, however much was written since."""
    draft = drafts.named(state, action.argument)
    if draft is None:
        return state, [Say((Sentence("draft-gone"),), screens.menu_button())]
    if action.verb == "cancel":
        return drafts.dropped(state, draft), [Say((Sentence("not-sent"),), screens.menu_button(), edit=True)]
    if action.verb == "mine":
        return state, [replace(screens.preview(draft, questions), edit=True)]
    if action.verb == "numbers":
        return _shown_anew(state, replace(draft, numbers=True), questions)
    if draft.joins and all(question.number != draft.joins for question in questions):  # withdrawn meanwhile
        state, previewed = _shown_anew(state, replace(draft, joins=0), questions, edit=False)
        return state, [Say((Sentence("question-closed"),)), *previewed]
    to_send = drafts.unsent(draft, questions)
    if screens.too_many(to_send, questions):
        return state, [Say((Sentence("open-limit"),), (*screens.joins(questions, draft), *screens.menu_button()))]
    said = Sentence("added", {"number": to_send.joins}) if to_send.joins else Sentence("sent")
    return drafts.sent(state, draft), [HandOver(to_send), Say((said,), screens.menu_button(), edit=True)]
