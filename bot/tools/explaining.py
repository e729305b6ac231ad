"""`lotse explain`: why a question got what it got, in words an editor can act on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass

from bot.knowledge.live import Current
from bot.matching.context import NOTHING, Context
from bot.matching.decide import combine
from bot.matching.match import Match
from bot.tools.dialogues import Talk

NEAREST = 8
NEAREST_DANGERS = 3  # of each side
_OUTCOMES = {
    "answer": "It answers.",
    "clarify": 'It asks back: "Do you mean ...?"',
    "handover": "It has no answer and offers a person.",
}


_ROLES = {
    "section": "it asks for {section} of {topic}",
    "detail": "it asks about {topic} again; what fits best: {section}",
    "both": "both messages were read together",
    "correction": "it corrects what was said before: {topic} is not meant",
    "choice": "it chooses one of the topics that were offered",
    "unclear": "the answer on {topic} was not understood",
    "none": "it says that nothing offered or answered was meant",
}


@dataclass(frozen=True)
class Candidate:
    """A topic and what speaks for it; ``score`` adds it up, higher is better."""

    topic: str
    confidence: float
    score: float
    classifier: float
    example: float
    answer_text: float
    letters: float


@dataclass(frozen=True)
class Near:
    """An example question near the one asked; ``topic`` "" is a question that is not ours."""

    likeness: float
    topic: str
    language: str
    text: str


@dataclass(frozen=True)
class Explanation:
    """Everything that led to the decision. ``context``: what was talked about before, by topic and question."""

    question: str
    read_as: str
    language: str
    match: Match
    answers_from: float
    asks_back_from: float
    outside_score: float
    candidates: tuple[Candidate, ...]
    nearest: tuple[Near, ...]
    dangers: tuple[Near, ...] = ()
    context: Context = NOTHING

    def as_dict(self) -> dict[str, object]:
        """For ``--json``."""
        return asdict(self)


def explain(question: str, current: Current, after: Sequence[str] = ()) -> Explanation:
    """Match ``question`` as it is meant after the messages ``after``, and look at why."""
    matcher = current.matcher
    talk = Talk(current)
    for message in after:
        talk.hear(message)
    context = talk.state.context
    found = matcher.match(question, context)
    reading = matcher.read(question)
    signals = matcher.signals(reading)
    scores = combine(signals, matcher.calibration)
    rows = {topic: row for row, topic in enumerate(signals.topics)}
    candidates = tuple(
        Candidate(
            choice.topic,
            choice.confidence,
            *(
                round(float(values[rows[choice.topic]]), 3)
                for values in (scores, signals.logits, signals.similarity, signals.passages, signals.ngrams)
            ),
        )
        for choice in found.choices
    )
    return Explanation(
        question,
        reading.text,
        found.language,
        found,
        matcher.calibration.answer,
        matcher.calibration.clarify,
        round(float(scores[-1]), 3),
        candidates,
        tuple(Near(*near) for near in matcher.nearest(reading, NEAREST)),
        tuple(Near(*near) for near in matcher.nearest_dangers(reading, NEAREST_DANGERS)),
        context,
    )


def in_words(found: Explanation) -> str:
    """The explanation for an editor, line by line."""
    lines = [f"Question:  {found.question}"]
    if found.read_as != found.question:
        lines.append(f"Read as:   {found.read_as}")
    lines.append(f"Language:  {found.language or 'not sure'}")
    match, context = found.match, found.context
    if context:
        lines.append(
            f"Before:    {context.topic or 'no topic'} was talked about"
            + (f', asked as "{context.question}"' if context.question else "")
            + (f"; offered: {', '.join(context.offered)}" if context.offered else "")
        )
        role = _ROLES[match.role] if match.role else "none: the message stands for itself"
        lines.append(f"Context:   {role.format(section=_part(match), topic=context.topic)}")
    if match.person:
        lines.append(f"Wish:      for a human ({match.person})")
    if match.smalltalk:
        return "\n".join([*lines, f"Decision:  no question in it ({match.smalltalk})."])
    lines.append(f"Decision:  {_OUTCOMES[match.outcome]}")
    lines.append(
        f"           The best topic is right with {match.confidence:.0%}; it answers from {found.answers_from:.0%} on, "
        f"asks back from {found.asks_back_from:.0%} on."
    )
    for said, yes in (
        (f"danger: the emergency notice comes first, and {match.emergency}", match.emergency),
        (f"danger is suspected ({match.worry}): one quiet line with the emergency numbers stands below", match.worry),
        (f"two wishes: {match.also} is answered too", match.also),
        (f"after an answer it would show that topic's section `{match.section}`", match.section and not context),
        ("it is about the asker's own case: a person is offered too", match.personal),
    ):
        if yes:
            lines.append(f"Also:      {said}.")
    if match.emergency or match.worry:
        lines += ["", *_danger(found)]
    lines += ["", "Topics     sure   score  classifier  example  answer text  letters"]
    lines += [
        f"{row.confidence:14.0%} {row.score:7.1f} {row.classifier:11.1f} {row.example:8.2f} {row.answer_text:12.2f} "
        f"{row.letters:8.2f}  {row.topic}"
        for row in found.candidates
    ]
    lines += [f"{'':14} {found.outside_score:7.1f} {'':42}  (not ours)", "", "Nearest example questions:"]
    lines += [
        f'{near.likeness:6.2f}  {near.topic or "(not ours)"} ({near.language}): "{near.text}"' for near in found.nearest
    ]
    return "\n".join([*lines, "", _advice(found)])


def _part(match: Match) -> str:
    """What of a topic was chosen, in an editor's words."""
    if match.paragraph is not None:
        return f"paragraph {match.paragraph + 1} of the answer with the city's addition"
    return f"the section `{match.section}`" if match.section else "no part of it, which is said"


def _danger(found: Explanation) -> list[str]:
    """Why danger was seen, and what an editor does about it."""
    near = [f'           {one.likeness:.2f}  {one.topic or "(harmless)"}: "{one.text}"' for one in found.dangers]
    return [
        "Danger:    nearest in meaning among what means danger and what is harmless:",
        *near,
        "           If nobody is in danger: add a sentence like this one to `calm:` in knowledge/germany/crisis.yaml,",
        "           in its language; the same words mean no danger from then on, and similar ones do so less.",
        "           If the notice should come first and does not: add it to `phrases` of the kind there.",
    ]


def _advice(found: Explanation) -> str:
    match = found.match
    best = found.candidates[0].topic if found.candidates else "the topic"
    add = "add a question worded like this one to `questions` of the right topic, in the language it was asked in"
    if match.outcome == "answer":
        return f"If {best} is wrong: {add}. To keep it right for ever, put it into `must_match`."
    second = found.candidates[1] if len(found.candidates) > 1 else None
    if second is not None and match.outcome == "clarify" and second.score > found.candidates[0].score - 1:
        return f"{best} and {second.topic} are close to each other here. If one of them is right: {add}."
    if found.outside_score > (found.candidates[0].score if found.candidates else 0):
        return f"It looks like what is not ours (outside.yaml). If it is ours: {add}."
    return f"No example question is near enough. If a topic answers it: {add}."
