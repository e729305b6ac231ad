"""Every web address that an asker may be sent to, with the place where it stands."""

from __future__ import annotations

from collections.abc import Iterator

from bot.content.problems import Place
from bot.content.scopes import Scope


def links(scope: Scope) -> Iterator[tuple[str, Place]]:
    """Links and web facts of topics, pages of places. Sources are for editors: not these."""
    for id_, topic in scope.topics.items():
        for name, url in topic.links.items():
            yield url, scope.place("topics", id_, at=("links", name))
        for name, fact in topic.facts.items():
            if fact.url:
                yield fact.url, scope.place("topics", id_, at=("facts", name, "url"))
    for id_, place in scope.places.items():
        if place.url:
            yield place.url, scope.place("places", id_, at=("url",))
