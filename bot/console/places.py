"""Places: the list, and the page on which one is edited."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from bot.console import editing
from bot.console.editing import Target, city_of
from bot.console.entries import Damaged, place_entry
from bot.console.pages import Page
from bot.console.roles import May
from bot.console.topics import damaged
from bot.console.visit import Visit
from bot.content.scopes import BASE
from bot.matching.fold import fold


async def listing(visit: Visit) -> Response:
    """All places, the city's first."""
    search = visit.request.query_params.get("q", "")[:200]
    knowledge, words = visit.office.live.current.knowledge, fold(search).split()
    found = [
        place
        for place in knowledge.places.values()
        if all(word in fold(f"{place.id} {place.name} {place.address} {place.phone}") for word in words)
    ]
    found.sort(key=lambda place: (place.id not in knowledge.local_places, place.name.casefold()))
    return visit.show("places.html", places=found, search=search, local=knowledge.local_places)


async def _target(visit: Visit) -> Target | Response:
    id_, knowledge = visit.request.path_params["id"], visit.office.live.current.knowledge
    files = await asyncio.to_thread(visit.office.shelf.files)
    try:
        entry = place_entry(files, id_, (BASE, city_of(visit)))
    except Damaged as error:
        return damaged(visit, error)
    if entry is None:
        return visit.refuse("Diesen Ort gibt es nicht.", 404)
    shown_in = [
        (topic.id, topic.words_for(("de", *knowledge.languages))[1].title)
        for topic in knowledge.topics.values()
        if id_ in topic.places or any(f"{{{id_}." in words.answer for words in topic.words.values())
    ]
    title = knowledge.places[id_].name if id_ in knowledge.places else id_
    return Target(
        f"/places/{id_}", title, (entry,), place=id_, template="values.html",
        more={"back": "/places", "shown_in": shown_in},
    )  # fmt: skip


place, change = editing.form(_target)

PAGES = (
    Page("/places", "places", May.READ_TOPICS, listing, nav="Orte"),
    Page("/places/{id}", "place", May.EDIT_TOPICS, place),
    Page("/places/{id}", "change-place", May.EDIT_TOPICS, change, "POST"),
)
