"""What follows on free text: the part of the dialogue that ``machine`` does not know by heart.

Read from top to bottom: what comes first in ``asked`` comes first in the conversation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from bot.content.model import Knowledge, Topic
from bot.content.said_inside import speaks_of
from bot.conversation import drafts, screens
from bot.conversation.events import Answer, Asked, Draft, Effect, Emergency, Part, Say, Sentence
from bot.conversation.screens import Questions
from bot.conversation.state import State
from bot.matching.context import REMEMBERED, SAME_BREATH, Context
from bot.matching.match import Match

WORTH_NAMING = 0.08  # a topic less probable than this is noise, to the asker and to the clerk
WORTH_NAMING_DELICATE = 0.35  # "did you mean burials?" or "the police?" must be likely
SAME_SECONDS = 1_800  # within which the same question means: that was not it
QUITE_SURE = 0.9  # an answer from here on stands alone,
CERTAINLY = 0.97  # and from here on nobody asks about the topic before
AS_LIKELY = 0.3  # another topic than the one that was talked about, so probable, is a button below it
A_STORY = 12  # words from which on a wish for a human is part of a question
Step = tuple[State, list[Effect]]


def asked(state: State, event: Asked, knowledge: Knowledge, now: float, questions: Questions) -> Step:
    """Free text."""
    match, kept = event.match, state.draft
    if drafts.is_unchanged(state, event):
        return state, []
    client, since = event.forwarded and state.counsellor, now - state.wrote
    cut = drafts.is_cut(state, event, since, client=client)
    more = cut or drafts.belongs(state, event, since, client=client)
    album_known = bool(event.album) and event.album == state.album
    state = replace(drafts.remembered(state, event, now), album=event.album or state.album)
    if not client:  # a client's language is not the counsellor's
        moved = state.spoken not in {"", event.language}
        state = replace(state, spoken=event.language, context=_unread(state.context, now) if moved else state.context)
    says: list[Effect] = []
    if match.emergency is not None:
        says.append(_in_danger(match.emergency, knowledge))
        state = replace(state, context=replace(state.context, danger=match.emergency))
    if match.smalltalk is not None and not cut:
        if match.smalltalk == "ok" and kept is not None and kept.offered:  # a word is no consent, the button is
            return state, [*says, screens.offer(kept, questions)]
        return state, [*says, screens.smalltalk(match.smalltalk)]
    topics = worth_naming(match, knowledge)
    a_wish = match.person is not None and match.emergency is None and len(event.text.split()) < A_STORY
    if kept is not None and more and (cut or not a_wish):
        state = drafts.grown(state, kept, event, topics)
        if event.file and not album_known:
            says.append(Say((Sentence("sent-file"),)))
        return _grown(state, kept, questions, says)

    corrects = drafts.corrects(state, event)
    wants_person = (state.writing and not event.edited) or event.number > 0
    joins = event.number or state.joining
    before = state.previews
    state = drafts.from_words(state, event, topics, now, since, client=client)
    if not event.edited:  # what is awaited is the next message
        state = replace(state, writing=False, joining=0)
    assert state.draft is not None
    if wants_person and any(question.number == joins for question in questions):
        state = replace(state, draft=replace(state.draft, joins=joins))
    if wants_person or (corrects and kept is not None and kept.offered):
        if event.file and not album_known:
            says.append(Say((Sentence("sent-file"),)))
        return _previewed(replace(state, growing=True), questions, says)
    state = replace(state, growing=False)
    if match.person is not None and match.emergency is None:
        if a_wish:  # the question is what was asked before
            state = replace(state, draft=kept, previews=before)
        return wish(state, match.person, knowledge, says)
    if event.file and not album_known:
        says.append(screens.sent_file(knowledge, () if match.topic else topics))
        if match.topic is None:
            return state, says
    return _answered(state, event, knowledge, now, questions, says)


def _answered(
    state: State, event: Asked, knowledge: Knowledge, now: float, questions: Questions, says: list[Effect]
) -> Step:
    """The answer, a section, "did you mean", or the offer of a person."""
    match, context = event.match, state.context
    last = knowledge.topics.get(context.topic)
    if match.role == "none":
        state = replace(state, context=replace(context, topic="", shown=(), offered=()))
        return state, [*says, screens.none_of_these(knowledge)]
    if match.role == "unclear":
        if last is not None and now - context.at > SAME_SECONDS:  # in plainer words, or it was read long ago
            state = replace(state, context=replace(context, shown=("",), at=now))
            return state, [*says, screens.answer(last, knowledge)]
        state, person = wish(state, "person", knowledge)
        return state, [
            *says,
            *(screens.with_first(Sentence("not-clear"), say) for say in person if isinstance(say, Say)),
        ]
    if match.role == "section" and match.topic in knowledge.topics and match.section is not None:
        if match.topic is not None and match.topic != context.topic:  # of what was offered, without choosing
            state = replace(state, context=replace(context, topic=match.topic, shown=(), offered=()))
        state, says = _section(state, match.section, knowledge, says, again=match.nearest, fits=match.paragraph)
        return _with_others((state, _unsure(says, match)), match, knowledge)
    if match.role == "detail" and last is not None and "" in context.shown:
        part = match.section or match.paragraph is not None
        later = now - context.at > SAME_SECONDS  # who comes back later wants to read it again
        if (later and (match.nearest or not part)) or (match.nearest and not part):
            state = replace(state, context=replace(context, shown=("",), at=now))
            says = [*says, screens.answer(last, knowledge, personal=match.personal)]
            return state, says if later else _unsure(says, match)
        if match.paragraph is not None and not context.elsewhere:
            state = replace(state, context=replace(context, shown=(*context.shown, str(match.paragraph)), offered=()))
            says = [*says, screens.paragraph(last, match.paragraph)]
        else:
            state, says = _section(state, match.section or "", knowledge, says)
        return _with_others((state, _unsure(says, match)), match, knowledge)
    topics = worth_naming(match, knowledge)
    if match.topic is not None and match.topic in knowledge.topics:
        state = replace(state, context=_context_of(match.topic, state, event, now))
        if match.elsewhere:
            return state, [*says, screens.elsewhere(knowledge.topics[match.topic], knowledge, match.elsewhere)]
        wanted = dict.fromkeys([match.topic, *([match.also] if match.also in knowledge.topics else [])])
        says += [
            screens.answer(knowledge.topics[topic], knowledge, personal=match.personal)
            for topic in wanted
            if topic is not None and topic != match.emergency
        ]
        return state, _with_doubts(says, match, last, knowledge)
    question = event.text[:REMEMBERED]
    if match.role == "both" and context.question:
        question = f"{context.question} {event.text}"[-REMEMBERED:]
    offered = topics[:4] if match.outcome == "clarify" else topics[:3]
    about, shown = context.topic, context.shown
    if match.emergency is not None and match.emergency in knowledge.topics:
        about, shown = match.emergency, ("",)  # "can I call at night?" is about the number in the notice
    state = replace(
        state,
        context=replace(
            context, topic=about, shown=shown, question=question, offered=offered, at=now, elsewhere=match.elsewhere
        ),
    )
    # A few words in the middle of a conversation may be about what was talked about, whatever they are.
    asked_on = last if last is not None and len(event.text.split()) <= SAME_BREATH else None
    if match.outcome == "clarify" and topics:
        meant = asked_on if match.role == "both" and context.topic in offered else None
        asked = screens.did_you_mean(offered, meant, context.shown)
        return state, [*says, screens.beneath(asked, asked_on) if asked_on and asked_on.id not in offered else asked]
    if match.emergency is not None:
        return state, says
    draft = state.draft
    assert draft is not None
    if draft.client:
        state = replace(state, draft=replace(draft, offered=True))
        rows = tuple(screens.topic_row(topic) for topic in offered)
        says.append(Say((Sentence("no-answer"), Sentence("reply-to-whom")), (*screens.whose(draft), *rows)))
        return state, says
    return state, [*says, screens.no_answer(offered, questions, draft, asked_on, context.shown)]


def _section(
    state: State,
    section: str,
    knowledge: Knowledge,
    says: list[Effect],
    *,
    again: bool = False,
    fits: int | None = None,
) -> Step:
    """A section of the topic answered last; what was read already comes ``again`` only for somebody else. Where nothing
    is known of it, the paragraph of the answer that ``fits``."""
    context = state.context
    topic = knowledge.topics[context.topic]
    other = knowledge.topics.get(topic.see.get(section, ""))
    state = replace(state, context=replace(context, shown=(*context.shown, section), offered=()))
    if (section in context.shown and not again) or not section:
        return state, [*says, screens.said_all(topic, context.shown)]
    if section in screens.sections(topic):
        return state, [*says, screens.answer(topic, knowledge, section)]
    city = context.elsewhere
    if other is not None and other.id != topic.id:
        read = any(topic.see.get(done) == other.id for done in context.shown)  # it was shown for another section
        part = section if read and (section in screens.sections(other) or speaks_of(other, section)) else ""
        shown = screens.elsewhere(other, knowledge, city) if city else screens.answer(other, knowledge, part)
        return state, [*says, screens.beneath(shown, topic)]
    if city and section in {"where", "contact"}:
        return state, [*says, screens.elsewhere(topic, knowledge, city)]
    if section in {"where", "contact"} and (cards := screens.places(topic, knowledge)) is not None:
        return state, [*says, cards]
    if speaks_of(topic, section):
        return state, [*says, screens.answer(topic, knowledge, section)]
    if section == "notes":  # of everything else there is to know nothing is left
        return state, [*says, screens.said_all(topic, context.shown)]
    return state, [*says, screens.nothing_known(topic, section, None if city else fits)]


def _unsure(says: list[Effect], match: Match) -> list[Effect]:
    """What was said last may only be the nearest that there is."""
    say = says[-1]
    if not match.nearest or not isinstance(say, Say):
        return says
    return [*says[:-1], screens.unsure(say)]


def _with_doubts(says: list[Effect], match: Match, last: Topic | None, knowledge: Knowledge) -> list[Effect]:
    """Below an answer that is not quite sure the topic that is meant otherwise, and what was talked about before."""
    say = says[-1] if says else None
    if not isinstance(say, Say) or match.also is not None:
        return says
    doubtful = match.confidence < QUITE_SURE
    likely = [topic for topic in worth_naming(match, knowledge)[:2] if doubtful and topic != match.topic]
    if last is not None and last.id != match.topic and (match.role == "both" or match.confidence < CERTAINLY):
        likely.append(last.id)
    there = {button.action.argument for row in say.buttons for button in row if button.action.verb == "topic"}
    rows = tuple(screens.topic_row(topic) for topic in dict.fromkeys(likely) if topic not in there)
    return [*says[:-1], replace(say, buttons=(*rows, *say.buttons))]


def _with_others(step: Step, match: Match, knowledge: Knowledge) -> Step:
    """Below a section the topic that the words alone would rather have meant."""
    state, says = step
    likely = [one for one in match.choices[1:] if one.confidence >= AS_LIKELY and one.topic != match.topic]
    named = worth_naming(replace(match, choices=tuple(likely[:1])), knowledge)
    last = says[-1]
    if named and isinstance(last, Say):
        rows = tuple(screens.topic_row(topic) for topic in named if topic != state.context.topic)
        says[-1] = replace(last, buttons=(*rows, *last.buttons))
    return state, says


def wish(state: State, kind: str, knowledge: Knowledge, says: Sequence[Effect] = ()) -> Step:
    """A human is wanted. After an emergency notice the helplines come first: a mail is answered in days."""
    danger = knowledge.topics.get(state.context.danger)
    state = replace(state, context=replace(state.context, danger=""))
    if danger is not None:
        return state, [*says, screens.helplines(danger)]
    found, last = screens.person(knowledge, callback=kind == "callback"), knowledge.topics.get(state.context.topic)
    return state, [*says, screens.beneath(found, last) if last is not None else found]


def worth_naming(match: Match, knowledge: Knowledge) -> tuple[str, ...]:
    """The topics that may be offered, best first; the clerk reads the same."""
    found = []
    for choice in match.choices:
        topic = knowledge.topics.get(choice.topic)
        if topic is None:
            continue
        least = WORTH_NAMING_DELICATE if "delicate" in topic.flags else WORTH_NAMING
        if choice.confidence >= least:
            found.append(choice.topic)
    return tuple(found)


def by_itself(match: Match, knowledge: Knowledge) -> tuple[Part, ...]:
    """What a message that stands for itself is answered with where there is no button, as in a mail: nothing where
    no topic answers it, or a human is wanted."""
    if match.person is not None and match.emergency is None:
        return ()
    topics = [topic for topic in dict.fromkeys([match.topic, match.also]) if topic in knowledge.topics]
    says: list[Effect] = [
        screens.elsewhere(knowledge.topics[topic], knowledge, match.elsewhere)
        if match.elsewhere
        else screens.answer(knowledge.topics[topic], knowledge)
        for topic in topics
        if topic is not None and topic != match.emergency
    ]
    if match.emergency is None:
        says = screens.calmly(says, worry=match.worry is not None)
    else:
        says = [_in_danger(match.emergency, knowledge), *says]
    return tuple(part for say in says if isinstance(say, Say) for part in say.parts)


def warning(match: Match, knowledge: Knowledge) -> tuple[Part, ...]:
    """What is said of danger alone, where people are to answer: the notice, the quiet line, or nothing."""
    if match.emergency is not None:
        return _in_danger(match.emergency, knowledge).parts
    return (Sentence("quiet-line"),) if match.worry is not None else ()


def _in_danger(topic: str, knowledge: Knowledge) -> Say:
    parts: tuple[Part, ...] = (Emergency(),)
    if topic in knowledge.topics:
        parts = (*parts, Answer(topic))
    return Say(parts, ((screens.person_button(topic),),))


def _context_of(topic: str, state: State, event: Asked, now: float) -> Context:
    """What the next message is read with."""
    before, role = state.context, event.match.role
    question, at = event.text[:REMEMBERED], now
    if role == "both" and before.question:
        question, at = f"{before.question} {event.text}"[-REMEMBERED:], before.at
    if role in {"choice", "detail"} and before.question:
        question, at = before.question, before.at
    return Context(topic, ("",), question, (), before.danger, at, event.match.elsewhere)


def _unread(context: Context, now: float) -> Context:
    """What was said in another language has not been read: it comes again as to somebody who was away."""
    return replace(context, shown=("",), at=min(context.at, now - SAME_SECONDS - 1)) if context.shown else context


def _previewed(state: State, questions: Questions, says: list[Effect]) -> Step:
    assert state.draft is not None
    draft = replace(state.draft, offered=True)
    return replace(state, draft=draft), [*says, screens.offer(draft, questions)]


def _grown(state: State, before: Draft, questions: Questions, says: list[Effect]) -> Step:
    """More of a question came: a preview with all of it, where one was shown."""
    if before.offered:
        return _previewed(state, questions, says)
    return state, [*says, Say((Sentence("rest-added"),), ((screens.person_button(""),), *screens.menu_button()))]
