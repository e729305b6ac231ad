"""The city's offices and answers as schema.org JSON-LD, for the city's own web site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.content.entries import PlaceEntry
from bot.content.model import Knowledge, Topic
from bot.conversation.events import Answer, Say
from bot.presentation.compose import Composer
from bot.presentation.render import plain

_DAYS = {
    "Mo": "Monday",
    "Tu": "Tuesday",
    "We": "Wednesday",
    "Th": "Thursday",
    "Fr": "Friday",
    "Sa": "Saturday",
    "Su": "Sunday",
}
_DAY, _TIMES = f"(?:{'|'.join(_DAYS)})", r"\d\d:\d\d-\d\d:\d\d"
_RULE = re.compile(rf"({_DAY}(?:[-,]{_DAY})*) ({_TIMES}(?:,{_TIMES})*)")


def document(knowledge: Knowledge, composer: Composer, language: str, now: float) -> dict[str, Any]:
    """One graph: places first, then a service a topic that has words in ``language``.

    Nothing that an editor has marked as unconfirmed is in it.
    """
    city = knowledge.city.name if knowledge.city else "Deutschland"
    services = [
        _service(topic, composer, language, city, now) for topic in knowledge.topics.values() if language in topic.words
    ]
    return {"@context": "https://schema.org", "@graph": [*map(_place, knowledge.places.values()), *services]}


def _place(place: PlaceEntry) -> dict[str, Any]:
    sure = {key: value for key in _SURE if (value := place.get(key)) and key not in place.unconfirmed}
    node: dict[str, Any] = {"@type": "GovernmentOffice", "@id": f"#place-{place.id}", "name": place.name}
    names = {"address": "address", "phone": "telephone", "email": "email", "url": "url"}
    node |= {names[key]: sure[key] for key in names if key in sure}
    if place.position:
        latitude, _, longitude = place.position.partition(",")
        node["geo"] = {"@type": "GeoCoordinates", "latitude": float(latitude), "longitude": float(longitude)}
    if hours := list(_hours(sure.get("hours", ""))):
        node["openingHoursSpecification"] = hours
    return node


_SURE = ("address", "phone", "email", "url", "hours")


def _hours(text: str) -> Iterator[dict[str, Any]]:
    """Hours that schema.org can say: days and times. Others (weeks, comments, holidays) are left out whole."""
    rules = [_RULE.fullmatch(rule.strip()) for rule in text.split(";")] if text else []
    if not all(rules):
        return
    for rule in rules:
        assert rule is not None
        for times in rule[2].split(","):
            opens, _, closes = times.partition("-")
            yield {
                "@type": "OpeningHoursSpecification",
                "dayOfWeek": [_DAYS[day] for day in _days(rule[1])],
                "opens": opens,
                "closes": closes.replace("24:00", "23:59"),
            }


def _days(text: str) -> Iterator[str]:
    order = list(_DAYS)
    for part in text.split(","):
        first, _, last = part.partition("-")
        start, end = order.index(first), order.index(last or first)
        yield from order[start : end + 1] if start <= end else (*order[start:], *order[: end + 1])


def _service(topic: Topic, composer: Composer, language: str, city: str, now: float) -> dict[str, Any]:
    node: dict[str, Any] = {
        "@type": "GovernmentService",
        "@id": f"#topic-{topic.id}",
        "name": composer.title(topic.id, language),
        "description": plain(composer.compose(Say((Answer(topic.id),)), language, now=now).blocks).strip(),
        "areaServed": city,
        "dateModified": topic.as_of,
    }
    if topic.leika:
        node["identifier"] = [{"@type": "PropertyValue", "propertyID": "LeiKa", "value": key} for key in topic.leika]
    if topic.places:
        node["availableChannel"] = [
            {"@type": "ServiceChannel", "serviceLocation": {"@id": f"#place-{place}"}} for place in topic.places
        ]
    if topic.links:
        node["sameAs"] = list(dict.fromkeys(topic.links.values()))
    return node
