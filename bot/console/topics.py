"""Topics: the list with its filters, and the pages on which a topic's words and values are edited."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.datastructures import FormData
from starlette.responses import Response

from bot.console import editing
from bot.console.editing import Target, city_of, today
from bot.console.entries import Damaged, facts_entry, words_entry
from bot.console.new_topic import as_example, asked
from bot.console.pages import Page
from bot.console.placeholders import placeholders_for
from bot.console.roles import May
from bot.console.survey import FILTERS, Survey, survey
from bot.console.visit import Visit
from bot.content.scopes import BASE, SOURCE
from bot.knowledge.folder import fingerprint
from bot.matching.fold import fold
from bot.presentation.i18n import RIGHT_TO_LEFT, own_name
from bot.web.languages import html_code

ADDED = (
    "Die Frage steht jetzt unten bei den Beispielfragen, ist aber noch nicht gespeichert. Schreiben Sie sie so um, "
    "dass niemand darin zu erkennen ist."
)
STATES = {"missing": "fehlt", "stale": "veraltet", "machine": "maschinell", "reviewed": "geprüft"}
NAMES = {
    "missing": "Sprache fehlt",
    "stale": "Übersetzung veraltet",
    "machine": "nur maschinell übersetzt",
    "reviewed": "Übersetzung geprüft",
    "due": "bald oder sofort zu prüfen",
    "law": "beruht auf einem geänderten Gesetz",
    "never": "nie gefragt",
    "unanswered": "oft nicht beantwortet",
}


@dataclass(frozen=True)
class Row:
    """One topic of the list."""

    id: str
    title: str
    group: str
    states: Sequence[tuple[str, int]]
    due: bool
    law: bool


async def surveyed(visit: Visit) -> Survey:
    """The survey of today's files; made anew when one has changed."""
    office, day = visit.office, today(visit)
    seen = (await asyncio.to_thread(fingerprint, office.settings.knowledge), day)
    if office.surveyed is None or office.surveyed[0] != seen:
        files = await asyncio.to_thread(office.shelf.files)
        office.surveyed = (seen, await asyncio.to_thread(survey, files, city_of(visit), day))
    return office.surveyed[1]


async def listing(visit: Visit) -> Response:
    """All topics that pass the filters."""
    query = visit.request.query_params
    search, wanted, language = query.get("q", "")[:200], query.get("show", ""), query.get("language", "")
    found, knowledge = await surveyed(visit), visit.office.live.current.knowledge
    often = await visit.office.asked()
    words, rows = fold(search).split(), []
    for topic in knowledge.topics.values():
        if wanted in FILTERS and not _passes(found, topic.id, wanted, language, often):
            continue
        if words and not _holds(topic.words, topic.id, words):
            continue
        states = [(name, count) for name in STATES if (count := found.counts(topic.id).get(name))]  # type: ignore[call-overload]  # the states
        title = topic.words_for((SOURCE, *topic.words))[1].title
        rows.append(Row(topic.id, title, topic.group, states, topic.id in found.due, topic.id in found.law))
    by_hand = await asyncio.to_thread(visit.office.shelf.by_hand)
    lines = (each.german if visit.language == "de" else each.message for each in visit.office.live.held)
    held = tuple(dict.fromkeys(lines))  # of one emptied file many topics are held back
    return visit.show(
        "topics.html",
        rows=rows,
        total=len(knowledge.topics),
        new_topics=visit.may(May.EDIT_TOPICS),
        search=search,
        wanted=wanted,
        chosen=language,
        languages=[(code, own_name(code)) for code in found.languages if code != SOURCE],
        filters={name: NAMES[name] for name in FILTERS},
        states=STATES,
        by_hand=by_hand,
        held=held,
        fault=found.fault,
    )


def _passes(found: Survey, topic: str, wanted: str, language: str, often: Mapping[str, tuple[int, int]]) -> bool:
    """``often``: topic to how often it was asked for, and how often that did not help."""
    if wanted in ("never", "unanswered"):
        times, helpless = often.get(topic, (0, 0))
        return not times if wanted == "never" else helpless >= 3 and helpless * 3 >= times  # a third of them
    return found.has(topic, wanted, language)


def _holds(words: Mapping[str, object], topic: str, wanted: Sequence[str]) -> bool:
    """Whether the words of one language, any, hold all that is searched for."""
    for each in words.values():
        parts = [getattr(each, name) for name in ("title", "answer", "local")]
        text = fold(" ".join([topic, *parts, *getattr(each, "questions"), *getattr(each, "sections").values()]))  # noqa: B009 # Words
        if all(word in text for word in wanted):
            return True
    return False


async def _words_target(visit: Visit, spoken: str = "") -> Target | Response:
    """``spoken``: the language to be shown where the address names none."""
    id_, knowledge = visit.request.path_params["id"], visit.office.live.current.knowledge
    if id_ not in knowledge.topics:
        return visit.refuse("Dieses Thema gibt es nicht.", 404)
    query = visit.request.query_params
    city = city_of(visit)
    scope = city if query.get("scope") == city else BASE
    languages = [code for code in (await surveyed(visit)).languages if code != SOURCE] or ["en"]
    wanted = query.get("language", spoken)
    language = wanted if wanted in languages else languages[0]
    files = await asyncio.to_thread(visit.office.shelf.files)
    try:
        german = words_entry(files, scope, SOURCE, id_)
        if scope == BASE and german.new:  # a topic of the city's own
            scope = city
            german = words_entry(files, scope, SOURCE, id_)
        other = words_entry(files, scope, str(language), id_)
    except Damaged as error:
        return damaged(visit, error)
    parameters = urlencode({"scope": scope, "language": language})
    state = ((await surveyed(visit)).states or {}).get(id_, {}).get(str(language), "missing")
    more = {
        "scope": scope,
        "scopes": [(BASE, "Deutschland"), (city, knowledge.city.name)] if knowledge.city else [],
        "second": language,
        "languages": [(code, own_name(code)) for code in languages],
        "tag": html_code(str(language)),
        "direction": "rtl" if language in RIGHT_TO_LEFT else "ltr",
        "rows": list(zip(german.fields, other.fields, strict=True)),
        "placeholders": placeholders_for(knowledge, id_),
        "state": STATES[state],
        "stale": state != "reviewed",
        "facts": facts_entry(files, id_, city) is not None or facts_entry(files, id_, BASE) is not None,
    }
    title = knowledge.topics[id_].words_for((SOURCE, *knowledge.languages))[1].title
    return Target(f"/topics/{id_}?{parameters}", title, (german, other), topic=id_, more=more)


def damaged(visit: Visit, error: Damaged) -> Response:
    return visit.refuse(
        "Eine Datei ist beschädigt, weil sie jemand von Hand geändert hat: {what} Bitten Sie Ihre IT-Stelle um Hilfe.",
        409,
        what=str(error),
    )


async def words(visit: Visit) -> Response:
    """A topic's German words and a translation, side by side; with ``add_question`` a question put to the examples."""
    question = await asked(visit, "add_question")
    spoken = question.written_in if question else ""
    target = await _words_target(visit, spoken)
    if question is not None and isinstance(target, Target):
        fields = [each for entry in target.entries for each in entry.fields]
        name = f"{spoken or SOURCE}.questions"
        found = next((each for each in fields if each.name == name), None)
        if found is not None:
            visit.form = FormData([(name, f"{found.value}\n{as_example(question)}".strip())])
            return editing.page(visit, target, editing.Shown(problem=visit.t(ADDED)))
    return target if isinstance(target, Response) else editing.page(visit, target)


async def _facts_target(visit: Visit) -> Target | Response:
    id_, knowledge = visit.request.path_params["id"], visit.office.live.current.knowledge
    if id_ not in knowledge.topics:
        return visit.refuse("Dieses Thema gibt es nicht.", 404)
    files = await asyncio.to_thread(visit.office.shelf.files)
    try:
        entries = tuple(entry for scope in (BASE, city_of(visit)) if (entry := facts_entry(files, id_, scope)))
    except Damaged as error:
        return damaged(visit, error)
    title = knowledge.topics[id_].words_for((SOURCE, *knowledge.languages))[1].title
    return Target(
        f"/topics/{id_}/values", title, entries, topic=id_, template="values.html", more={"back": f"/topics/{id_}"}
    )


_, change_words = editing.form(_words_target)
facts, change_facts = editing.form(_facts_target)

PAGES = (
    Page("/topics", "topics", May.READ_TOPICS, listing, nav="Themen"),
    Page("/topics/{id}", "topic", May.EDIT_TOPICS, words),
    Page("/topics/{id}", "change-topic", May.EDIT_TOPICS, change_words, "POST"),
    Page("/topics/{id}/values", "values", May.EDIT_TOPICS, facts),
    Page("/topics/{id}/values", "change-values", May.EDIT_TOPICS, change_facts, "POST"),
)
