"""Checks across files: does every reference lead somewhere, is every fact in its place, is every text short enough."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from difflib import get_close_matches
from functools import partial

from bot.content.entries import PLACE_FIELDS, TopicEntry, WordsEntry
from bot.content.hashing import tested_by
from bot.content.model import PLACEHOLDER, Knowledge, Topic, placeholders
from bot.content.problems import Cause, Place, Problem, Severity
from bot.content.scopes import BASE, PLAIN, SOURCE, Scope
from bot.content.widths import BUTTON, button_text, columns

MIN_QUESTIONS = 8
MIN_QUESTIONS_SHORT = 4  # in languages that have titles, questions and short answers only
SHORT_LANGUAGES = frozenset({"ps", "ti", "kmr", "so"})


def check_scopes(base: Scope, city: Scope | None, knowledge: Knowledge) -> Iterator[Problem]:
    """What is wrong between entries and in words. ``knowledge`` is the merged view, also when it has errors."""
    scopes = [base, city] if city else [base]
    for scope in scopes:
        yield from _references(scope, knowledge)
        yield from _words(scope, scopes, knowledge)
        yield from _stamps(scope)
        yield from _removed(scope)
    if city and city.city:
        yield from _city(city, knowledge)


def _unknown(place: Place, kind: str, name: str, known: object) -> Problem:
    near = get_close_matches(name, [str(item) for item in known], 1)  # type: ignore[attr-defined]
    remedy = f"Did you mean `{near[0]}`?" if near else f"Add it, or take it out of the {kind} list."
    return Problem(place, f'there is no {kind} "{name}".', remedy)


def _references(scope: Scope, knowledge: Knowledge) -> Iterator[Problem]:
    for id_, entry in scope.topics.items():
        if id_ in knowledge.places:
            yield Problem(
                scope.place("topics", id_, at=("id",)), f'"{id_}" is a place\'s id too.', "Give the topic another id."
            )
        if id_ not in knowledge.topics:
            yield Problem(
                scope.place("topics", id_, at=("id",)),
                f'there is no topic "{id_}" in {BASE} to change.',
                "Correct the id, or add `group:` to make it a topic of this city.",
            )
        for index, name in enumerate(entry.related or []):
            if name not in knowledge.topics:
                yield _unknown(scope.place("topics", id_, at=("related", index)), "topic", name, knowledge.topics)
        for section, name in entry.see.items():
            if name not in knowledge.topics:
                yield _unknown(scope.place("topics", id_, at=("see", section)), "topic", name, knowledge.topics)
        for index, name in enumerate(entry.places or []):
            if name not in knowledge.places:
                yield _unknown(scope.place("topics", id_, at=("places", index)), "place", name, knowledge.places)
    for index, crisis in enumerate(scope.crisis):
        if crisis.topic not in knowledge.topics:
            yield _unknown(scope.place("crisis", str(index)), "topic", crisis.topic, knowledge.topics)
    yield from _both(scope)


def _both(scope: Scope) -> Iterator[Problem]:
    """A sentence is dangerous or it is not: of one that is called both, the danger counts."""
    kinds = {
        " ".join(text.casefold().split()): crisis.topic
        for crisis in scope.crisis
        for texts in crisis.phrases.values()
        for text in texts
    }
    for language, texts in scope.calm.items():
        for index, text in enumerate(texts):
            if kind := kinds.get(" ".join(text.casefold().split())):
                yield Problem(
                    scope.place("calm", at=(language, index)),
                    f"{text!r} stands below `calm` and below `phrases` of {kind}, which counts.",
                    "Delete one of them.",
                    "warning",
                )


def _words(scope: Scope, scopes: Sequence[Scope], knowledge: Knowledge) -> Iterator[Problem]:
    for (language, id_), words in scope.words.items():
        topic = knowledge.topics.get(id_)
        if topic is None:
            yield _unknown(scope.place("words", language, id_), "topic", id_, knowledge.topics)
            continue
        if isinstance(scope.topics.get(id_), TopicEntry) and (language, id_) not in scope.blank:
            for name in ("title", "answer"):
                if not getattr(words, name).strip():
                    # In a translation nothing is silenced by it: German stands in its place.
                    level: Severity = "error" if language == SOURCE else "warning"
                    what = f"{id_}: {name} is missing."
                    yield Problem(scope.place("words", language, id_), what, f"Write `{name}:`.", level)
        if scope.id == BASE:
            if words.local:
                yield Problem(
                    scope.place("words", language, id_, at=("local",)),
                    "local words belong to a city.",
                    "Move them into the city's folder.",
                )
            wanted = MIN_QUESTIONS_SHORT if language in SHORT_LANGUAGES else MIN_QUESTIONS
            if len(words.questions) < wanted and (language, id_) not in scope.blank:
                yield Problem(
                    scope.place("words", language, id_, at=("questions",)),
                    f"{id_} has {len(words.questions)} questions.",
                    f"Write at least {wanted}, worded as people ask.",
                    "warning",
                )
        for at, text in texts_of(words):
            if "{" in text or "}" in text:
                yield from _text(partial(scope.place, "words", language, id_, at=at), text, topic, scopes, knowledge)
        yield from _button(scope, knowledge, language, id_)
    for id_ in knowledge.topics:
        own = id_ in scope.topics and isinstance(scope.topics[id_], TopicEntry)
        if own and (SOURCE, id_) not in scope.words:
            yield Problem(
                scope.place("topics", id_), f"{id_} has no German words.", f"Write them in {scope.id}/{SOURCE}/."
            )


def _removed(scope: Scope) -> Iterator[Problem]:
    """Entries of removed.yaml whose words are there: left standing, they would let them go unseen the next time."""
    for index, entry in enumerate(scope.removed):
        words = [
            part
            for (language, id_), found in scope.words.items()
            if id_ == entry.topic and language == (entry.language or SOURCE)
            for part, text in (
                ("questions", " ".join(found.questions)),
                *((at[-1], text) for at, text in texts_of(found)),
            )
            if text.strip()
        ]
        if (entry.part in words if entry.part else words) or entry.place in scope.places:
            yield Problem(
                scope.place("removed", str(index)),
                f"{entry.topic or entry.place} is removed here, and its words are there.",
                "Delete them, or delete this entry.",
                "warning",
            )


def _button(scope: Scope, knowledge: Knowledge, language: str, id_: str) -> Iterator[Problem]:
    """The topic's button must fit one line of a phone."""
    own, shown = scope.words[language, id_], knowledge.topics[id_].words.get(language)
    text = button_text(own.title, own.short or (shown.short if shown else "")) if own.title else own.short
    if (wide := columns(text)) > BUTTON:
        yield Problem(
            scope.place("words", language, id_, at=("short" if own.short else "title",)),
            f"as a button {text!r} is {wide:.0f} columns wide; one line of a phone holds {BUTTON}.",
            "Write a shorter `short:`." if own.short else "Write a `short:` for the button.",
            "warning",
        )


def texts_of(words: WordsEntry) -> Iterator[tuple[tuple[str, ...], str]]:
    yield ("title",), words.title
    yield ("short",), words.short
    yield ("answer",), words.answer
    yield ("local",), words.local
    for key, text in words.sections.items():
        yield ("sections", key), text


def _text(
    place: Callable[[], Place], text: str, topic: Topic, scopes: Sequence[Scope], knowledge: Knowledge
) -> Iterator[Problem]:
    """``place``: asked for where there is a problem alone, for to find it the file is read once more."""
    for name in placeholders(text):
        if knowledge.resolve(topic, name) is None:
            remedy = _for_nothing(name, topic, knowledge)
            cause = _cause(name, topic, scopes, place())
            yield Problem(place(), f"{{{name}}} stands for nothing.", remedy, cause=cause)
    outside = PLACEHOLDER.sub("", text)
    if "{" in outside or "}" in outside:
        yield Problem(place(), "has a single brace.", "Braces are for placeholders only: {place.phone}.")


def _for_nothing(name: str, topic: Topic, knowledge: Knowledge) -> str:
    """What to do about a placeholder that stands for nothing."""
    id_, _, field = name.partition(".")
    if id_ in knowledge.places and field in PLACE_FIELDS:
        return f"Add `{field}:` to {id_} in places.yaml, or take it out of the text."
    near = get_close_matches(name, [*topic.facts, *topic.links, *_place_fields(knowledge)], 1)
    return f"Did you mean {{{near[0]}}}?" if near else "Add the fact, or the field of the place."


def _cause(name: str, topic: Topic, scopes: Sequence[Scope], text: Place) -> Cause:
    """The entry that lacks it, where there is one, else the text that says it first."""
    id_, dot, _ = name.partition(".")
    for scope in reversed(scopes):
        if dot and id_ in scope.places:
            return Cause(f"{{{name}}}", scope.place("places", id_))
    for scope in scopes:
        if (owner := id_ if dot else topic.id) in scope.topics:
            return Cause(f"{{{name}}}" if dot else f"{owner}: {{{name}}}", scope.place("topics", owner))
    return Cause(f"{{{name}}}", text)


def _place_fields(knowledge: Knowledge) -> Iterator[str]:
    for id_, place in knowledge.places.items():
        yield from (f"{id_}.{name}" for name in PLACE_FIELDS if place.get(name))


def _stamps(scope: Scope) -> Iterator[Problem]:
    for (language, id_), status in scope.status.items():
        place = partial(scope.place, "status", language, id_)
        words = scope.words.get((language, id_))
        if words is None:
            yield Problem(place(), f"{id_} has no words in {language}.", "Delete the entry.")
        elif status.tested_by and language != PLAIN:
            yield Problem(place(), f"`tested_by` is only for {PLAIN}.", "Delete tested_by, tested_on and tested_text.")
        elif status.tested_by and not tested_by(status, words):
            yield Problem(
                place(),
                f"{id_} is not called Leichte Sprache any more: {status.tested_by} tested other words, or nobody has "
                "read these against the German text.",
                f"Have it tested again, then run `lotse stamp {PLAIN} {id_} --reviewed-by NAME --tested-by GROUP"
                + ("`." if scope.id == BASE else f" --city {scope.id}`."),
                "warning",
            )


def _city(scope: Scope, knowledge: Knowledge) -> Iterator[Problem]:
    assert scope.city is not None
    if scope.city.office not in knowledge.places:
        yield _unknown(scope.place("city", at=("office",)), "place", scope.city.office, knowledge.places)
    having = {language for topic in knowledge.topics.values() for language in topic.words}
    for index, language in enumerate(scope.city.languages):
        if language not in having:
            yield Problem(
                scope.place("city", at=("languages", index)),
                f'no topic has words in "{language}".',
                f"Add them in {BASE}/{language}/, or take the language out.",
            )
