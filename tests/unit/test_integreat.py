"""Places of an Integreat region as drafts: what comes over, and what is left out with a word."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.content.entries import PlaceEntry
from bot.content.integreat import drafts


def day(*slots, closed=False, all_day=False, by_appointment=False):
    return {
        "allDay": all_day,
        "closed": closed,
        "appointmentOnly": by_appointment,
        "timeSlots": [{"start": start, "end": end, "timezone": "Europe/Berlin"} for start, end in slots],
    }


MORNING, CLOSED = day(("08:00", "12:00")), day(closed=True)
WEEK = [
    day(("08:00", "12:00"), ("13:00", "16:00")),
    day(("08:00", "12:00"), by_appointment=True),
    CLOSED,
    day(all_day=True),
    day(all_day=True),
    CLOSED,
    CLOSED,
]


def place(**changed):
    """A place as the interface gives it, in what it has beside Lotse's fields, too."""
    return {
        "id": 71,
        "url": "https://integreat.example/musterstadt/de/locations/beratung/",
        "path": "/musterstadt/de/locations/beratung/",
        "title": "Migrationsberatung  Müller & Söhne",
        "last_updated": "2026-03-05T10:00:00+01:00",
        "excerpt": "&#1578;",
        "website": "https://beratung.example.org/",
        "email": "hilfe@beratung.example.org",
        "phone_number": "+49 (0) 361 555-0100",
        "contacts": [],
        "category": {"id": 3, "name": "Beratung", "color": "x", "icon": "y"},
        "temporarily_closed": False,
        "opening_hours": WEEK,
        "appointment_url": "https://termine.example.org/x",
        "location": {
            "address": "Musterweg 1",
            "town": "Musterstadt",
            "state": None,
            "postcode": "99084",
            "latitude": 50.97,
            "longitude": 11.03,
        },
        **changed,
    }


def read(found):
    """The drafts as an editor's file holds them."""
    return yaml.load("places:\n" + "".join(draft.text for draft in found.drafts), yaml.BaseLoader)["places"] or []


def test_a_place_comes_over_with_every_field_unconfirmed():
    (entry,) = read(drafts([place()], ()))
    assert entry == {
        "id": "migrationsberatung-mueller-soehne",
        "name": "Migrationsberatung Müller & Söhne",
        "address": "Musterweg 1, 99084 Musterstadt",
        "phone": "+49 361 555-0100",  # who dials +49 may not dial the zero
        "email": "hilfe@beratung.example.org",
        "url": "https://beratung.example.org/",
        "appointment_url": "https://termine.example.org/x",
        "hours": 'Mo 08:00-12:00,13:00-16:00; Tu 08:00-12:00 "nur mit Termin"; Th,Fr 00:00-24:00',
        "position": "50.97, 11.03",
        "unconfirmed": ["address", "phone", "email", "url", "appointment_url", "hours"],
        "source": "https://integreat.example/musterstadt/de/locations/beratung/",
        "as_of": "2026-03-05",
    }
    assert PlaceEntry(**entry).hours


def changed(**fields):
    (entry,) = read(drafts([place(**fields)], ()))
    return entry


def test_what_is_not_known_is_not_said():
    nowhere = {"address": "Weg 1", "town": "Ort", "postcode": None, "latitude": 0.0, "longitude": 0.0}
    assert "position" not in changed(location=nowhere)
    assert "hours" not in changed(opening_hours=None, temporarily_closed=True)  # not "closed"
    assert "temporarily closed" in changed(opening_hours=None, temporarily_closed=True)["caution"]
    assert changed(opening_hours=[day(("18:00", "23:59"))] + [CLOSED] * 6)["hours"] == "Mo 18:00-24:00"


def test_what_a_contact_says_stands_in_for_what_the_place_does_not():
    contact = {"email": "team@example.org", "phone_number": "0361 5550111", "website": "", "appointment_url": ""}
    entry = changed(email="", phone_number=None, contacts=[contact])
    assert (entry["email"], entry["phone"]) == ("team@example.org", "0361 5550111")


def test_half_a_record_is_left_out_with_a_word_and_the_others_come_over():
    found = drafts(
        [
            place(title=""),
            place(id=None),  # German words under a foreign path
            place(email="not an address", title="Zwei"),
            {"title": "Drei", "id": 3},
            "four",
            place(title="Fünf", category={"name": "Sportverein"}),
            place(title="Gut"),
            place(title="Gut"),  # twice
            place(title="Da schon"),
        ],
        {"da-schon"},
        {"Beratung"},
    )
    assert [draft.id for draft in found.drafts] == ["gut"]
    for what in ("1 is left out: it has no title", "2 is left out: it is a fallback", "3 is left out: email"):
        assert any(f"Record {what}" in line for line in found.left)
    assert "Record 5 is left out: it is not as Integreat writes it (AttributeError)." in found.left
    assert any("there is a place da-schon already" in line for line in found.left)
    assert any("there is a place gut already" in line for line in found.left)


def test_an_answer_that_is_no_list_is_said():
    assert "no list of places" in drafts({"detail": "not found"}, ()).left[0]


_json = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from([*place(), "x"]), inner, max_size=6),
    max_leaves=20,
)


@given(st.lists(_json, max_size=4))
def test_whatever_comes_nothing_breaks_and_every_draft_can_be_read(records):
    for entry in read(drafts(records, ())):
        PlaceEntry(**entry)
