"""What words may name instead of writing it out: facts and links of the topic, fields of places. Pure."""

from __future__ import annotations

from bot.content.entries import PLACE_FIELDS, PlaceEntry
from bot.content.model import Knowledge

LABELS = {
    "name": "Name",
    "address": "Adresse",
    "phone": "Telefon",
    "email": "E-Mail",
    "url": "Internetseite",
    "appointment_url": "Seite für Termine",
    "hours": "Öffnungszeiten",
    "phone_hours": "Telefonzeiten",
}
Group = tuple[str, list[tuple[str, str]]]


def placeholders_for(knowledge: Knowledge, topic: str) -> list[Group]:
    """Groups of (placeholder, what it says now): the topic's own, its places, then all other places."""
    found = knowledge.topics[topic]
    own = [(f"{{{name}}}", fact.value) for name, fact in found.facts.items()]
    own += [(f"{{{name}}}", link) for name, link in found.links.items()]
    groups: list[Group] = [("Werte dieses Themas", own)] if own else []
    near = [id_ for id_ in found.places if id_ in knowledge.places]
    others = sorted((id_ for id_ in knowledge.places if id_ not in near), key=lambda id_: knowledge.places[id_].name)
    groups += [(knowledge.places[id_].name, _fields(knowledge.places[id_])) for id_ in (*near, *others)]
    return [(name, entries) for name, entries in groups if entries]


def _fields(place: PlaceEntry) -> list[tuple[str, str]]:
    return [
        (f"{{{place.id}.{name}}}", f"{LABELS[name]}: {place.get(name)}") for name in PLACE_FIELDS if place.get(name)
    ]
