"""A message read together with what was talked about.

Everything the message itself says has been found before; here it is decided what it is about.

context                  message                                  becomes
"did you mean" A, B, C   "the second"                             B
                         "none of these"                          role "none"
topic T answered         "no, I meant ..."                        both messages read together, without T
                         "and what does it cost?"                 T, section cost
                         "what does child benefit cost?"          a new subject: it names one
                         "and for my wife?"                       T, the section read last or the part that fits best
                         "and without a landlord's paper?"        T, the section or paragraph that fits best
                         the same in other words                  T, the section that fits best; else role "detail"
                         "I don't understand"                     T, role "unclear"
question, no answer      "for my child, I mean"                   both messages read together
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import replace

from bot.content.entries import SECTIONS
from bot.content.model import Topic
from bot.matching.context import FOLLOW_UP_WORDS, REMEMBERED, SAME_BREATH, Context
from bot.matching.fold import fold
from bot.matching.match import Choice, Match, Outcome, Role
from bot.matching.naming import Naming
from bot.matching.paragraphs import Part
from bot.matching.turns import PERHAPS, PROBABLY, Turn

UNCLEAR = 0.3  # below it a message names no subject of ours
OTHER_SUBJECT = 0.15  # so probable a second topic is worth asking back
OWN_SUBJECT = 0.5  # so probable a topic is what the message itself names, though not sure enough to answer
BEYOND_DOUBT = 0.97  # a subject that even "for that" does not point away from
# Cosine of a paragraph to what is asked (paragraphs.py) from which on it is shown: words that belong to nothing come so
# near once in twenty. On the dev halves 18 of 25 from here on answered what was asked, below it 2 of 10.
FITS = 0.14
NEAREST = 0.03  # from here on it is shown as what comes nearest, where the message is about the topic answered last
GOES_ON = 0.9  # probability that both messages together are about the topic answered last
PROBABLY_GOES_ON = 0.75  # the same where the texts of the other topic are hardly nearer to the message
HARDLY = 0.1  # so much nearer, as cosine: of 25 new subjects four are no nearer, of 20 follow-ups fourteen
BESIDE = 0.5  # so probable a topic that stands beside the one answered last is meant
DOUBTED = 0.85  # so sure is what a correction and what it corrects say together
STEM = 4  # letters at the beginning of a word by which it is the same with another ending
MEANT_NOW = 0.6  # from this probability on a correction is answered
MEANT_INSTEAD = 0.5  # the same where it says what is not meant
SENTENCE_SIGNS = frozenset(",.;:!،؛۔።፣")
Ask = Callable[[str], Match]


def neighbours(topics: Iterable[Topic]) -> dict[str, set[str]]:
    """By topic, those that name it or that it names."""
    found: dict[str, set[str]] = {}
    for topic in topics:
        for other in (*topic.related, *topic.see.values()):
            found.setdefault(topic.id, set()).add(other)
            found.setdefault(other, set()).add(topic.id)
    return found


def resolve(
    found: Match,
    turn: Turn,
    text: str,
    context: Context,
    ask: Ask,
    holders: Mapping[str, Collection[str]],
    *,
    near: Collection[str] = (),
    fitting: bool = False,
    even: bool = False,
    named: Naming | None = None,
) -> Match:
    """``found`` as it is meant after ``context``.

    ``ask`` matches another text alone. ``holders``: by section, the topics that say it for many others, such as fees;
    a message that leads to one of them names no subject of its own. ``near``: topics to which a message may turn that
    is not beyond doubt: those beside the one answered last, and one that is named in its own words. ``fitting``: the
    one answered last has a part that answers ``text``. ``even``: its texts are about as near to ``text`` as those of
    the likest topic. ``named``: how it names the topic found.
    """
    if named == "subject":
        even, near = False, {*near, *(choice.topic for choice in found.choices[:1])}
    if not context or found.person is not None:
        return found
    if turn.unclear and found.emergency is None:
        about = _of(found, context.topic, "detail") if context.topic else replace(found, outcome="handover", choices=())
        return replace(about, section=None, also=None, worry=None, role="unclear")
    if context.offered and (chosen := _chosen(turn, context)) is not None:
        return replace(found, outcome="answer", choices=(Choice(chosen, 1.0),), section=None, also=None, role="choice")
    if turn.declines and (context.offered or context.topic):
        return replace(found, outcome="handover", choices=(), section=None, also=None, role="none")
    if turn.rest is not None and (wrong := _not_meant(turn, context, ask)):
        return _corrected(found, turn, context, ask, wrong)
    if turn.whom and context.topic:
        return _for_another(found, context)
    if found.section is not None and context.topic:
        if _asks_section(found, turn, context, holders.get(found.section, ())):
            return _section(found, found.section, context, fitting=fitting)
    elif found.section is not None and context.offered and turn.bare:
        likest = (Choice(context.offered[0], 0.5), *(Choice(one, 0.1) for one in context.offered[1:]))
        return replace(found, outcome="answer", choices=likest, also=None, role="section")
    if context.topic and turn.perhaps is not None and _may_ask_section(found, turn, context, holders):
        return _section(found, turn.perhaps, context, fitting=fitting)
    found = replace(found, section=None)
    short = len(text.split()) <= FOLLOW_UP_WORDS
    if not context.topic:
        again = context.question and short and found.outcome != "answer"
        return _together(found, turn, text, context, ask) if again else found
    if turn.denies and found.topic == context.topic and (other := _instead(text, context, ask)) is not None:
        return replace(found, outcome="answer", choices=other.choices, role="correction")
    if found.topic == context.topic:
        return _of(found, context.topic, "detail")
    if found.outcome == "answer" and not (short and turn.points and turn.bare and found.confidence < BEYOND_DOUBT):
        sure = found.confidence >= BEYOND_DOUBT and named != "circumstance"
        doubtful = not (sure or found.emergency or found.worry)
        level = PROBABLY_GOES_ON if even else GOES_ON
        strays = doubtful and (even or found.topic not in near) and _goes_on(text, context, ask, level)
        return _of(found, context.topic, "detail") if strays else found
    if turn.denies and (other := _instead(text, context, ask)) is not None:
        return replace(found, outcome="answer", choices=other.choices, role="correction")
    if found.outcome == "clarify" and found.choices[0].topic == context.topic:
        others = found.choices[1].confidence if len(found.choices) > 1 else 0.0
        if turn.points or turn.bare or others < OTHER_SUBJECT:
            return _of(found, context.topic, "detail")
    if found.outcome == "clarify" and found.choices[0].topic in near and found.confidence >= BESIDE and not turn.bare:
        return replace(found, outcome="answer")
    on_topic = short or (found.outcome != "answer" and len(text.split()) <= SAME_BREATH)
    if fitting and on_topic and found.outcome != "answer" and not turn.denies:
        return _of(found, context.topic, "detail")
    if on_topic and (turn.points or turn.bare or found.outcome == "clarify"):
        return _together(found, turn, text, context, ask, even=even)
    return found


def narrowed(found: Match, part: Part | None, context: Context, *, fitting: bool, aside: bool) -> Match:
    """``found``, about the topic answered last, with the ``part`` of it to show: one that is ``fitting``, or only the
    nearest. ``aside``: it is asked for somebody else, so that all of the answer may be what is asked."""
    if found.topic != context.topic:
        return found
    if found.role == "detail" and part is not None:
        at = None if part.section else part.at
        return replace(found, section=part.section or None, paragraph=at, nearest=not fitting)
    if found.role == "section" and part is not None and fitting and not part.section:  # if there is no such section
        return replace(found, paragraph=part.at)
    return replace(found, nearest=True) if found.role == "detail" and aside else found


def _goes_on(text: str, context: Context, ask: Ask, level: float) -> bool:
    """Whether both messages together are about what was answered. "Can my mother go there for me?" after a bank account
    sounds like a visit, alone: of such topics that have nothing to do with the one before three in five are wrong."""
    both = ask(joined(context.question, text)) if context.question else None
    return both is not None and both.topic == context.topic and both.confidence >= level


def _chosen(turn: Turn, context: Context) -> str | None:
    if turn.agrees and len(context.offered) == 1:
        return context.offered[0]
    place = turn.reply
    if place is None or place >= len(context.offered):
        return None
    return context.offered[place]


def _asks_section(found: Match, turn: Turn, context: Context, holders: Collection[str]) -> bool:
    """Whether the section is asked of the topic answered last, not of a subject that the message names itself."""
    first = found.choices[0].topic if found.choices else ""
    if turn.bare or found.confidence < UNCLEAR or first == context.topic or first in holders:
        return True
    return turn.refers and found.confidence < BEYOND_DOUBT


def _may_ask_section(found: Match, turn: Turn, context: Context, holders: Mapping[str, Collection[str]]) -> bool:
    """Where no phrase says so: nothing else of ours is near, or it is the topic answered last."""
    own = {context.topic, *holders.get(turn.perhaps or "", ())}
    if found.outcome == "answer" and found.topic not in own:
        return False
    near = found.confidence >= UNCLEAR and found.choices[0].topic not in own
    return turn.perhaps_odds >= (PROBABLY if near else PERHAPS)


def _of(found: Match, topic: str, role: str) -> Match:
    """``found`` about ``topic``, which is as sure as the context."""
    others = tuple(choice for choice in found.choices if choice.topic != topic)
    choices = (Choice(topic, max(found.confidence, 0.9)), *others)[:5]
    known = "section" if role == "section" else "detail"
    return replace(found, outcome="answer", choices=choices, also=None, role=known)  # type: ignore[arg-type]


def _section(found: Match, section: str, context: Context, *, fitting: bool) -> Match:
    """``section`` of the topic answered last. Notes are everything else: what fits best is nearer."""
    if section == "notes" and fitting:
        return _of(replace(found, section=None), context.topic, "detail")
    return _of(replace(found, section=section), context.topic, "section")


def _for_another(found: Match, context: Context) -> Match:
    """The same is asked for somebody else: the section read last, or the one asked for, holds for them, too."""
    read = found.section or next(reversed(context.shown), "")
    if read in SECTIONS and read in context.shown:
        return replace(_of(replace(found, section=read), context.topic, "section"), nearest=True)
    return _of(found, context.topic, "section" if found.section else "detail")


def _not_meant(turn: Turn, context: Context, ask: Ask) -> set[str]:
    """What was answered or offered; where the correction names what is not meant, only that: a topic, or words of the
    question before. Nothing where it is neither ("no, not today, ...")."""
    if not turn.denied:
        return {context.topic, *(() if context.topic else context.offered)}
    denied = ask(turn.denied)
    wrong = {denied.choices[0].topic} if denied.confidence >= UNCLEAR else set()
    return wrong | {context.topic} if _stems(turn.denied) & _stems(context.question) else wrong


def _stems(text: str) -> set[str]:
    return {word[:STEM] for word in fold(text).split() if len(word) >= STEM}


def _corrected(found: Match, turn: Turn, context: Context, ask: Ask, wrong: Collection[str]) -> Match:
    """What was answered or offered was ``wrong``: it is not meant again."""
    if not turn.rest:
        rest = _without(found, wrong) if found.outcome != "answer" else replace(found, choices=())
        return replace(rest, outcome="handover", section=None, also=None, role="none")
    alone = ask(turn.rest)
    if alone.section is not None and context.topic and alone.topic in {None, context.topic}:
        return _of(replace(found, section=alone.section), context.topic, "section")
    best = _without(alone, wrong)
    if best.outcome == "clarify" and best.confidence >= (MEANT_INSTEAD if turn.denied else MEANT_NOW):
        best = replace(best, outcome="answer")  # asked a second time, another "did you mean" helps nobody
    role: Role = "correction"
    if best.outcome != "answer" and context.question:
        both = _doubted(_without(ask(joined(context.question, turn.rest)), wrong), _without(found, wrong))
        if both.outcome == "answer" or both.confidence > best.confidence:
            best, role = both, "both"
    return replace(found, outcome=best.outcome, choices=best.choices, also=None, section=None, role=role)


def _doubted(both: Match, alone: Match) -> Match:
    """Both messages read together, where the second corrects the first: what it says ``alone`` may be meant as well."""
    if not both.choices:
        return both
    likest = replace(both.choices[0], confidence=min(both.confidence, DOUBTED))
    others = (*alone.choices[:1], *both.choices[1:])
    rest = {one.topic: one for one in reversed(others) if one.topic != likest.topic}
    return replace(both, choices=(likest, *reversed(rest.values()))[:5])


def _instead(text: str, context: Context, ask: Ask) -> Match | None:
    """ "No, not the pass, the card is gone": what stands behind the first comma, where that alone is another topic."""
    _, _, rest = text.partition(next(filter(SENTENCE_SIGNS.__contains__, text), "\0"))
    found = ask(rest) if len(rest.split()) > 1 else None
    return found if found is not None and found.topic not in {None, context.topic} else None


def _without(found: Match, wrong: Collection[str]) -> Match:
    """``found`` without topics that are not meant; what they leave is shared among the others."""
    kept = tuple(choice for choice in found.choices if choice.topic not in wrong)
    if len(kept) == len(found.choices):
        return found
    if not kept:
        return replace(found, outcome="handover", choices=())
    total = sum(choice.confidence for choice in found.choices)
    left = sum(choice.confidence for choice in kept)
    grown = tuple(Choice(one.topic, round(min(one.confidence * total / max(left, 1e-9), 0.97), 4)) for one in kept)
    outcome: Outcome = "answer" if grown[0].confidence >= MEANT_NOW else "clarify"
    return replace(found, outcome=outcome, choices=grown)


def _together(found: Match, turn: Turn, text: str, context: Context, ask: Ask, *, even: bool = False) -> Match:
    """Both messages as one; what the second says alone stays among the choices.

    The first names the topic answered last, so that both may lead there whatever the second says: where that names a
    subject of its own, or begins with "no", it is asked back.
    """
    if not context.question:
        return _of(found, context.topic, "detail") if context.topic else found
    both = ask(joined(context.question, text))
    own = found.confidence >= OWN_SUBJECT and not (turn.points or turn.bare or even)
    doubted = (own and both.topic != found.choices[0].topic) or (turn.denies and both.topic == context.topic)
    if both.outcome == "answer" and both.topic is not None and not doubted:
        if both.topic == context.topic:
            return _of(found, context.topic, "detail")
        return replace(both, emergency=found.emergency, worry=found.worry, section=None, role="both")
    if found.outcome == "answer":
        return found
    likely: dict[str, float] = {}
    for choice in found.choices if own else (*both.choices, *found.choices):
        likely[choice.topic] = max(choice.confidence, likely.get(choice.topic, 0.0))
    if context.topic:
        likely[context.topic] = found.confidence / 2 if doubted else likely.get(context.topic, found.confidence)
    choices = sorted((Choice(*item) for item in likely.items()), key=lambda choice: -choice.confidence)
    outcome = "clarify" if "clarify" in (both.outcome, found.outcome) else "handover"
    return replace(found, outcome=outcome, choices=tuple(choices)[:5], role="both")  # type: ignore[arg-type]


def joined(question: str, text: str) -> str:
    """Two messages as one question, cut in the first."""
    return f"{question[-REMEMBERED + len(text[:REMEMBERED]) :]} {text}" if len(text) < REMEMBERED else text
