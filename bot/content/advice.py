"""What an editor should look at: words that are hard to read, doubled, old, or not as the German ones. No errors."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from bot.content import readability
from bot.content.check import SHORT_LANGUAGES, texts_of
from bot.content.hashing import german_hash
from bot.content.model import PLACEHOLDER, Knowledge, placeholders
from bot.content.numbers import differing
from bot.content.problems import Place, Problem
from bot.content.scopes import BASE, PLAIN, SOURCE, Scope

MAX_ANSWER = 700
MAX_SECTION = 1200
REVIEW_SOON = timedelta(days=14)

_D = r"[0-9٠-٩۰-۹]"
_GAP = r" \u00a0\u202f./\u2010-\u2013-"

_BARE_FACTS = {
    "a web address": re.compile(r"https?://\S+|\bwww\.\S+"),
    "an e-mail address": re.compile(r"\S+@\S+\.\w+"),
    "an amount of money": re.compile(r"\d[\d.,]*\s?(€|Euro\b|euros?\b|EUR\b)|(?:€|\bEUR)\s?\d"),
    "a date": re.compile(
        rf"\b{_D}{{1,2}}\.\s?{_D}{{1,2}}\.(?:\s?{_D}{{2,4}}\b|(?!{_D}))|\b{_D}{{4}}-{_D}{{2}}-{_D}{{2}}\b|\b{_D}{{1,2}}/{_D}{{1,2}}/{_D}{{4}}\b"
        r"|\b\d{1,2}\.? (Januar|Februar|März|April|Mai|Juni|Juli|August|September|Oktober|November|Dezember"
        r"|January|February|March|May|June|July|October|December)\b"
    ),
    # (0361) 655-7844, +49 (0)361 655 7844, 0361/655.7844, also with no-break spaces, en dashes and other digits
    "a phone number": re.compile(
        rf"(?<![\w§/.])(?:\+{_D}{{1,3}}[{_GAP}]*|\(?[0٠۰]){_D}?(?:[{_GAP}()]*{_D}){{5,13}}(?![\w/])"
    ),
}


def advise(
    scopes: list[Scope], base: Scope, city: Scope | None, knowledge: Knowledge, today: date | None
) -> Iterator[Problem]:
    """What an editor should look at in ``scopes``. All of it are warnings; with ``today`` review dates too."""
    for scope in scopes:
        yield from _wording(scope)
        yield from _translations(scope)
        yield from _readability(scope)
    yield from _questions([base, city] if city else [base])
    if city:
        yield from _unsourced(city)
    if today is not None:
        yield from _review_dates(base, city, knowledge, today)
        for scope in scopes:
            yield from _expired(scope, today)


def _wording(scope: Scope) -> Iterator[Problem]:
    for (language, id_), words in scope.words.items():
        for at, text in texts_of(words):
            yield from _bare_facts(scope.place("words", language, id_, at=at), at, text)


def bare_facts(text: str) -> Iterator[tuple[str, str]]:
    """What looks like a fact of its own, the first of each kind: its kind and words. A date is no phone number."""
    for kind, pattern in _BARE_FACTS.items():
        if (found := pattern.search(text)) is not None:
            yield kind, found.group().strip()
        text = pattern.sub(" ", text)


def _bare_facts(place: Place, at: tuple[str, ...], text: str) -> Iterator[Problem]:
    for kind, found in bare_facts(PLACEHOLDER.sub("", text)):
        remedy = "Put it into `facts` or places.yaml and write a {placeholder}."
        yield Problem(place, f'"{found}" looks like {kind}.', remedy, "warning")
    limit = MAX_SECTION if at[0] == "sections" else MAX_ANSWER
    if len(text) > limit:
        yield Problem(
            place, f"is {len(text)} characters long.", f"At most {limit} fit a phone: use sections.", "warning"
        )


def _translations(scope: Scope) -> Iterator[Problem]:
    for language, id_ in scope.words:
        if (SOURCE, id_) not in scope.words:
            yield Problem(
                scope.place("words", language, id_),
                f"{id_} has words in {language} and none in German: nobody is told them.",
                f"Write the German ones in {scope.id}/{SOURCE}/, or delete these.",
                "warning",
            )
    languages = sorted({language for language, _ in scope.words} - {SOURCE})
    for language in languages:
        for (source, id_), german in scope.words.items():
            if source != SOURCE:
                continue
            if (language, id_) not in scope.words:
                yield Problem(
                    scope.place("words", SOURCE, id_),
                    f"{id_} has no words in {language}.",
                    f"Translate it in {scope.id}/{language}/; until then askers get another language.",
                    "warning",
                )
                continue
            status = scope.status.get((language, id_))
            city = "" if scope.id == BASE else f" --city {scope.id}"
            remedy = f"Read it against the German text, then run `lotse stamp {language} {id_}{city}`."
            place = scope.place("words", language, id_)
            if status is None:
                yield Problem(place, f"{id_} has no entry in {language}/status.yaml.", remedy, "warning")
            elif status.translated_from != german_hash(german):
                yield Problem(place, f"{id_}: the German text changed since.", remedy, "warning")
            if (language, id_) not in scope.blank:
                yield from _against_german(scope, language, id_)


def _against_german(scope: Scope, language: str, id_: str) -> Iterator[Problem]:
    """Whether a translation has the German text's parts, and in each its placeholders and numbers."""
    german, translation = (dict(texts_of(scope.words[code, id_])) for code in (SOURCE, language))
    for texts in (german, translation):
        texts.pop(("short",), None)  # each language has one where its own title is too wide
    for at in dict.fromkeys([*german, *translation]):
        there, here = german.get(at, "").strip(), translation.get(at, "").strip()
        place = scope.place("words", language, id_, at=at)
        name = at[-1]
        if not here:
            if there and not (at[0] == "sections" and language in SHORT_LANGUAGES):
                yield Problem(place, f"{id_} has no `{name}` in {language}.", "Translate the German one.", "warning")
            continue
        if not there:
            yield Problem(
                place, f"{id_} has a `{name}` that the German text has not.", f"Write it in {SOURCE}/ first.", "warning"
            )
            continue
        if lost := sorted(set(placeholders(there)) - set(placeholders(here))):
            names = ", ".join(f"{{{item}}}" for item in lost)
            yield Problem(place, f"`{name}` lacks {names} of the German text.", "Put it in.", "warning")
        missing, added = differing(there, here)
        if missing:
            yield Problem(
                place,
                f"`{name}` lacks the number {_listed(missing)} of the German text.",
                "Write it in digits, as the German text does.",
                "warning",
            )
        if added:
            yield Problem(
                place,
                f"`{name}` has the number {_listed(added)}, the German text has not.",
                "Correct the one that is wrong.",
                "warning",
            )


def _listed(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers))


def _readability(scope: Scope) -> Iterator[Problem]:
    for (language, id_), words in scope.words.items():
        if language not in readability.HARDEST:
            continue
        texts = [(at, text) for at, text in texts_of(words) if at != ("title",)]
        grade = readability.grade("\n".join(text for _, text in texts))
        if grade is not None and grade > readability.HARDEST[language]:
            yield Problem(
                scope.place("words", language, id_),
                f"{id_} is hard to read: grade {grade:.1f} (Wiener Sachtextformel), at most "
                f"{readability.HARDEST[language]} in {language}.",
                "Use shorter sentences and shorter words.",
                "warning",
            )
        if language != PLAIN:
            continue
        for at, text in texts:
            for length, start in readability.long_sentences(text):
                yield Problem(
                    scope.place("words", language, id_, at=at),
                    f'"{start} ..." has {length} words.',
                    f"Make two sentences of it: at most {readability.LONGEST_SENTENCE} words.",
                    "warning",
                )


def _unsourced(city: Scope) -> Iterator[Problem]:
    """What a city says itself needs a source: the topic's in this city, or that of a place it shows."""
    for (language, id_), words in city.words.items():
        topic = city.topics.get(id_)
        texts = [text for _, text in texts_of(words)]
        if language != SOURCE or not any(texts) or (topic and (topic.sources or topic.places)):
            continue
        if any(name.partition(".")[0] in city.places for text in texts for name in placeholders(text)):
            continue
        yield Problem(
            city.place("words", language, id_),
            f"{id_}: nothing says where {city.id} knows this from.",
            f"Add `sources:` to it in {city.id}/topics.yaml.",
            "warning",
        )


def _questions(scopes: list[Scope]) -> Iterator[Problem]:
    seen: dict[tuple[str, str], tuple[str, Place]] = {}
    for scope in scopes:
        for (language, id_), words in scope.words.items():
            for index, question in enumerate(words.questions):
                key = (language, " ".join(re.findall(r"\w+", question.casefold())))
                place = scope.place("words", language, id_, at=("questions", index))
                if (first := seen.get(key)) is not None and first[0] != id_:
                    yield Problem(
                        place,
                        f'"{question}" is a question of {first[0]} too ({first[1]}).',
                        "Keep it where it belongs, or make both more exact.",
                        "warning",
                    )
                seen.setdefault(key, (id_, place))


def _review_dates(base: Scope, city: Scope | None, knowledge: Knowledge, today: date) -> Iterator[Problem]:
    for id_, topic in knowledge.topics.items():
        scope = city if city and id_ in city.topics and city.topics[id_].review_by else base
        if id_ not in scope.topics or topic.review_by > today + REVIEW_SOON:
            continue
        passed = topic.review_by < today
        caution = scope.topics[id_].caution
        yield Problem(
            scope.place("topics", id_, at=("review_by",)),
            f"{id_}: the review date {topic.review_by} {'has passed' if passed else 'is near'}.",
            f"Check the answer against its sources, then set as_of and review_by. Weak there: {caution}."
            if caution
            else "Check the answer against its sources, then set as_of and review_by.",
            "warning" if passed else "note",
        )


def _expired(scope: Scope, today: date) -> Iterator[Problem]:
    """Values whose last day has passed: askers are told so until somebody has looked."""
    for id_, entry in scope.topics.items():
        for name, fact in entry.facts.items():
            if fact.valid_until is not None and date.fromisoformat(fact.valid_until) < today:
                yield Problem(
                    scope.place("topics", id_, at=("facts", name, "valid_until")),
                    f"{id_}: {{{name}}} was valid until {fact.valid_until} only; answers now say of which year it is.",
                    "Look up the new value in its source; then set it, as_of and valid_until, or take that out.",
                    "warning",
                )
