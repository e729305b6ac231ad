"""What the city's web site may say of offices and answers: the words themselves, and only what is certain."""

from __future__ import annotations

import json

import pytest

from bot.content.entries import PlaceEntry
from bot.content.load import load
from bot.knowledge.folder import read_folder
from bot.presentation.compose import Composer
from bot.presentation.jsonld import document
from tests.conftest import SMALL

NOON = 1_790_000_000.0


def graph(catalogues, **changed):
    knowledge = load(read_folder(SMALL), "musterstadt").knowledge
    places = {**knowledge.places, **{each.id: each for each in changed.get("places", ())}}
    knowledge = type(knowledge)(**{**vars(knowledge), "places": places})
    found = document(knowledge, Composer(knowledge, catalogues), "de", NOON)
    assert found == json.loads(json.dumps(found))
    return {node["@id"]: node for node in found["@graph"]}, knowledge


def place(**fields):
    return PlaceEntry(id="office", name="Amt", source="x", as_of="2026", **fields)


def test_a_topic_is_a_service_with_its_words_and_places(catalogues):
    nodes, knowledge = graph(catalogues)
    topic = next(topic for topic in knowledge.topics.values() if topic.places)
    service = nodes[f"#topic-{topic.id}"]
    assert service["@type"] == "GovernmentService"
    assert service["name"] == topic.words["de"].title
    assert topic.words["de"].answer.split()[0].strip("*") in service["description"]
    for channel in service["availableChannel"]:
        assert channel["serviceLocation"]["@id"] in nodes  # every reference leads somewhere


def test_what_is_unconfirmed_is_not_given_out(catalogues):
    nodes, _ = graph(catalogues, places=[place(phone="0361 555", email="a@example.org", unconfirmed=["phone"])])
    assert nodes["#place-office"] == {
        "@type": "GovernmentOffice",
        "@id": "#place-office",
        "name": "Amt",
        "email": "a@example.org",
    }


@pytest.mark.parametrize(
    ("hours", "days"),
    [
        ("Mo-We 08:00-12:00,13:00-16:00; Fr 08:00-24:00", [["Monday", "Tuesday", "Wednesday"]] * 2 + [["Friday"]]),
        ("Sa-Mo 10:00-12:00", [["Saturday", "Sunday", "Monday"]]),  # over the week's end
        ('Mo 08:00-12:00 "nur mit Termin"', []),  # what schema.org cannot say is not said
        ("24/7", []),
        ("", []),
    ],
)
def test_hours_are_given_out_where_they_can_be_said_whole(catalogues, hours, days):
    nodes, _ = graph(catalogues, places=[place(hours=hours)])
    found = nodes["#place-office"].get("openingHoursSpecification", [])
    assert [rule["dayOfWeek"] for rule in found] == days
