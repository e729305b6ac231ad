"""Loading and checking: what a city gets, and every message an editor can get."""

from __future__ import annotations

import re
from datetime import date

import pytest

from bot.content.hashing import german_hash
from bot.content.load import cities, load
from bot.content.problems import Cause, Place, Problem, gathered
from bot.content.schemas import schemas
from bot.content.scopes import read_scope
from bot.content.stamping import stamp
from tests.conftest import ROOT


def with_change(files, path, old, new):
    text = files[path].decode()
    assert old in text, f"{old!r} is not in {path}"
    return {**files, path: text.replace(old, new, 1).encode()}


def test_a_city_is_laid_over_germany(small):
    topic = small.topics["appointment-book"]
    assert topic.words["de"].local == "Schreiben Sie an {integration-office.email}."
    assert topic.words["de"].answer.startswith("Termine gibt es")  # inherited
    assert topic.words["de"].questions[-1] == "Termin in Musterstadt"  # added
    assert topic.places == ("integration-office",)  # replaced
    assert small.topics["town-festival"].words["de"].title == "Stadtfest"  # its own
    assert small.languages == ("de", "en")
    assert small.groups[:2] == ("appointments", "cards")


def test_germany_alone_is_a_knowledge_too(small_files):
    knowledge = load(small_files, "no-such-city").knowledge
    assert knowledge is not None
    assert knowledge.city_id == "germany"
    assert "town-festival" not in knowledge.topics


def test_a_translation_nobody_reviewed_is_a_machines(small):
    assert small.topics["lost-card"].words["en"].machine
    assert not small.topics["lost-card"].words["de"].machine


def test_cities(small_files):
    assert cities(small_files) == ("musterstadt",)


DE, EN, TOPICS = "germany/de/all.yaml", "germany/en/all.yaml", "germany/topics.yaml"
CITY, PLACES = "musterstadt/city.yaml", "musterstadt/places.yaml"


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        # the model
        (
            TOPICS,
            "review_by: 2027-02-15",
            "review_by: 31.1.2027",
            'topics.yaml:7:5: review_by: "31.1.2027" is no date. Write YYYY-MM-DD',
        ),
        (TOPICS, "as_of: 2026-11", "as_of: neulich", 'topics.yaml:6:5: as_of: "neulich" is no date. Write 2026'),
        (TOPICS, "    group: appointments\n", "", "topics.yaml:2:5: group is missing. Add `group: ...`."),
        (TOPICS, "related:", "relatd:", 'topics.yaml:4:5: "relatd" is not known here. Did you mean `related`?'),
        (TOPICS, "[legal-caution]", "[legal]", 'topics.yaml:10:13: flags: "legal" is not allowed. Allowed:'),
        (TOPICS, "sources: [https://example.org/termin]", "sources: []", "topics.yaml:5:5: sources is empty."),
        (TOPICS, 'euro: "13"', "euro: 13 Euro", 'euro: "13 Euro" is no number. Write 93 or 6.50'),
        (TOPICS, 'euro: "13"', 'euro: "13"\n        number: "2"', "needs exactly one of euro, number"),
        (TOPICS, "law: https://", "law: www.", 'law: "www.example.org/gesetz" is no web address. Write it whole'),
        (TOPICS, "id: kita-place", "id: Kita Platz", 'id: "Kita Platz" has the wrong form. Use small letters'),
        (TOPICS, "id: kita-place", "id: lost-card", '"lost-card" stands here twice (first in line 8)'),
        (PLACES, "phone: 0361 655-1234", "phone: Zimmer 3", 'phone: "Zimmer 3" is no phone number. Write digits'),
        (PLACES, "email: buero@example.org", "email: buero", 'email: "buero" is no e-mail address'),
        (
            PLACES,
            "url: https://example.org/buero",
            "hours: Mo-Do 09:00-12:00",
            'places.yaml:8:5: hours: "Mo-Do 09:00-12:00" are no opening hours. Not understood from "Do 09:00-12:00" on',
        ),
        (
            PLACES,
            "url: https://example.org/buero",
            "phone_hours: ab 9 Uhr",
            'places.yaml:8:5: phone_hours: "ab 9 Uhr" are no opening hours. Not understood from "ab 9 Uhr" on',
        ),
        (CITY, "land: TH", "land: TH\ntime_zone: Erfurt", 'city.yaml:3:1: time_zone: "Erfurt" is no time zone'),
        (CITY, "land: TH", "land: XX", 'city.yaml:2:1: land: "XX" is not allowed. Allowed:'),
        (DE, "sections:\n    steps:", "sections:\n    stepps:", 'stepps: "stepps" is not allowed. Allowed:'),
        (
            DE,
            "- Termin buchen",
            "- Termin: buchen",
            "all.yaml:5:7: questions: the colon makes two things of this text. Put it",
        ),
        # references
        (
            TOPICS,
            "related: [lost-card]",
            "related: [lost-crad]",
            'topics.yaml:4:15: there is no topic "lost-crad". Did you mean `lost-card`?',
        ),
        (CITY, "office: integration-office", "office: integration", 'there is no place "integration". Did you mean'),
        (CITY, "[de, en]", "[de, en, tr]", 'city.yaml:3:21: no topic has words in "tr". Add them'),
        (DE, "{fee}", "{fe}", "all.yaml:32:3: {fe} stands for nothing. Did you mean {fee}?"),
        (EN, "{police.phone}", "{police.fax}", "{police.fax} stands for nothing."),
        (DE, "Halten Sie", "Halten { Sie", "has a single brace. Braces are for placeholders only"),
        (DE, "\nkita-place:", "\nkita-platz:", 'there is no topic "kita-platz". Did you mean `kita-place`?'),
        (DE, "  title: Kita-Platz\n", "", "kita-place: title is missing."),
        (DE, "  answer: |\n    Eine Duldung", "  local: |\n    Eine Duldung", "local words belong to a city."),
        (
            "musterstadt/topics.yaml",
            "- id: appointment-book",
            "- id: appointment",
            'there is no topic "appointment" in germany to change',
        ),
        ("germany/crisis.yaml", "topic: medical-emergency", "topic: medical", 'there is no topic "medical"'),
    ],
)
def test_errors(small_files, path, old, new, message):
    loaded = load(with_change(small_files, path, old, new), "musterstadt")
    assert loaded.knowledge is None
    texts = [str(problem) for problem in loaded.errors]
    assert any(message in text for text in texts), "\n".join(texts)
    assert all(text.startswith("knowledge/") for text in texts)


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        (DE, "Melden Sie es sofort.", "Rufen Sie 0361 655-3830 an.", '"0361 655-3830" looks like a phone number'),
        (DE, "Melden Sie es sofort.", "Es kostet 20 Euro.", '"20 Euro" looks like an amount of money'),
        (DE, "Melden Sie es sofort.", "Ab 1. Mai 2025.", '"1. Mai" looks like a date'),
        (DE, "Melden Sie es sofort.", "Siehe www.example.org.", "looks like a web address"),
        (DE, "Melden Sie es sofort.", "An a@example.org.", "looks like an e-mail address"),
        (DE, "    - Neue Karte nach Verlust\n", "", "lost-card has 7 questions. Write at least 8"),
        (DE, "Melden Sie es sofort.", "Melden. " * 100, "characters long. At most 700 fit a phone"),
        (DE, "- Duldung verlängern", "- Karte geklaut", '"Karte geklaut" is a question of lost-card too'),
        (EN, "\nkita-place:", "\nduldung:", "kita-place has no words in en"),
        # A button is one line of a phone.
        (DE, "title: Termin vereinbaren", "title: Termin bei der Ausländerbehörde vereinbaren", "Write a `short:`"),
        (
            DE,
            "title: Termin vereinbaren",
            f"title: {'Termin ' * 7}\n  short: {'Termin ' * 6}",
            "Write a shorter `short:`",
        ),
    ],
)
def test_warnings_do_not_stop_a_load(small_files, path, old, new, message):
    loaded = load(with_change(small_files, path, old, new), "musterstadt")
    assert loaded.knowledge is not None
    texts = [str(problem) for problem in loaded.problems]
    assert any(message in text and "warning" in text for text in texts), "\n".join(texts)


@pytest.mark.parametrize(
    ("old", "new", "emptied"),
    [
        ("  title: Card lost", "  title:", "title"),
        ("  title: Card lost", '  title: ""', "title"),
        ("  title: Card lost", '  title: "  "', "title"),
        (
            "    Report it at once. The new card costs {fee}, since {since}. In case of theft: {police.phone}.\n",
            "\n",
            "answer",
        ),
        ("    documents: |\n      - Passport\n      - Residence title\n", "    documents: |\n\n", "documents"),
    ],
)
def test_what_a_translator_has_emptied_is_left_out_and_all_else_stays(small_files, old, new, emptied):
    loaded = load(with_change(small_files, EN, old, new), "musterstadt")
    whole = load(small_files, "musterstadt").knowledge
    assert loaded.knowledge is not None  # never an error
    found = [str(problem) for problem in loaded.problems if "empty" in problem.what]
    assert [text.split(": ", 1)[1] for text in found] == [
        f"warning: {emptied} is empty, and is left out. Write it, or delete the line."
    ]
    assert re.match(rf"knowledge/{EN}:\d+:\d+: ", found[0])
    said = {(id_, language) for id_, topic in loaded.knowledge.topics.items() for language in topic.words}
    gone = {(id_, language) for id_, topic in whole.topics.items() for language in topic.words} - said
    # A whole answer needs its title: without one, German stands there.
    assert gone == ({("lost-card", "en")} if emptied in ("title", "answer") else set())


def test_every_problem_is_reported_not_the_first(small_files):
    files = with_change(small_files, DE, "{fee}", "{fe}")
    files = with_change(files, TOPICS, "related: [lost-card]", "related: [lost]")
    assert len(load(files, "musterstadt").errors) == 2


ONE_CAUSE = [
    # a place loses its phone: one message, at the place, however many texts say it
    (
        "germany/places.yaml",
        '    phone: "110"\n',
        "",
        [
            (
                "knowledge/germany/places.yaml:2:5: {police.phone} stands for nothing in 2 texts, first in "
                "knowledge/germany/de/all.yaml:32:3, knowledge/germany/en/all.yaml:32:3. "
                "Add `phone:` to police in places.yaml, or take it out of the text."
            )
        ],
    ),
    # so does a topic that loses a fact
    (
        "germany/topics.yaml",
        "      fee:",
        "      costs:",
        [
            (
                "knowledge/germany/topics.yaml:8:5: lost-card: {fee} stands for nothing in 2 texts, first in "
                "knowledge/germany/de/all.yaml:32:3, knowledge/germany/en/all.yaml:32:3. "
                "Add the fact, or the field of the place."
            )
        ],
    ),
    # a slip of the pen in one text stays where it is
    (DE, "{fee}", "{fe}", ["knowledge/germany/de/all.yaml:32:3: {fe} stands for nothing. Did you mean {fee}?"]),
    # two slips of two kinds are two
    (
        DE,
        "{fee}, seit dem {since}",
        "{fe}, seit dem {sinc}",
        [
            "knowledge/germany/de/all.yaml:32:3: {fe} stands for nothing. Did you mean {fee}?",
            "knowledge/germany/de/all.yaml:32:3: {sinc} stands for nothing. Did you mean {since}?",
        ],
    ),
]


@pytest.mark.parametrize(("path", "old", "new", "told"), ONE_CAUSE)
def test_what_comes_of_one_mistake_is_told_once(small_files, path, old, new, told):
    errors = load(with_change(small_files, path, old, new), "musterstadt").errors
    assert [str(problem) for problem in gathered(errors)] == told


def test_of_many_texts_the_first_three_are_named():
    cause = Cause("{office.phone}", Place("places.yaml", 3, 5))
    found = [Problem(Place("all.yaml", line), "no phone.", "Add it.", cause=cause) for line in range(286, 0, -1)]
    other = Problem(Place("all.yaml", 4), "has a single brace.", "")
    assert [str(problem) for problem in gathered([*found, other, *found])] == [
        "all.yaml:4:0: has a single brace.",
        (
            "places.yaml:3:5: {office.phone} stands for nothing in 286 texts, first in all.yaml:1:0, all.yaml:2:0, "
            "all.yaml:3:0. Add it."
        ),
    ]


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (date(2027, 2, 16), ("warning", "has passed")),
        (date(2027, 2, 15), ("note", "is near")),  # its last day: nobody is late
        (date(2027, 2, 1), ("note", "is near")),
        (date(2026, 11, 21), None),
    ],
)
def test_a_review_that_will_be_due_is_a_note_and_one_that_is_overdue_a_warning(small_files, today, state):
    problems = load(small_files, "musterstadt", today=today).problems
    found = {
        (problem.severity, problem.what.split("2027-02-15 ")[1]) for problem in problems if "review" in problem.what
    }
    assert found == ({(state[0], f"{state[1]}.")} if state else set())


def test_who_reviews_a_topic_is_told_which_of_its_sources_is_weak(small_files):
    text = 'review_by: 2027-02-15\n    caution: "a newspaper of 2024; call the office"'
    files = with_change(small_files, TOPICS, "review_by: 2027-02-15", text)
    problems = load(files, "musterstadt", today=date(2027, 3, 1)).problems
    found = [problem for problem in problems if "a newspaper of 2024; call the office" in problem.remedy]
    assert [problem.what for problem in found] == ["appointment-book: the review date 2027-02-15 has passed."]


@pytest.mark.parametrize(
    ("last", "today", "warned"),
    [
        ("2026-12-31", date(2026, 12, 31), False),
        ("2026-12-31", date(2027, 1, 1), True),
        ("2025-12-31", date(2026, 11, 30), True),  # written with a date that has passed already
    ],
)
def test_an_amount_past_its_last_day_is_named_with_file_and_line(small_files, last, today, warned):
    files = with_change(small_files, TOPICS, 'euro: "13"', f'euro: "13"\n        valid_until: {last}')
    loaded = load(files, "musterstadt", today=today)
    found = [str(problem) for problem in loaded.problems if "was valid until" in str(problem)]
    assert loaded.knowledge is not None  # a warning: askers get the amount with its year
    assert [text.startswith("knowledge/germany/topics.yaml:14:9: warning: lost-card: {fee}") for text in found] == (
        [True] if warned else []
    )


def test_a_last_day_that_is_no_date(small_files):
    files = with_change(small_files, TOPICS, 'euro: "13"', 'euro: "13"\n        valid_until: 2026')
    assert any('"2026" is no date. Write YYYY-MM-DD' in str(problem) for problem in load(files, "musterstadt").errors)


def test_paragraphs_of_a_topic_are_germanys_and_the_citys(small_files):
    files = with_change(small_files, TOPICS, "    links:\n", '    law: ["AufenthG § 78"]\n    links:\n')
    knowledge = load(files, "musterstadt").knowledge
    assert knowledge is not None
    assert knowledge.topics["lost-card"].law == ("AufenthG § 78",)


def test_a_broken_file_names_itself_and_not_its_consequences(small_files):
    loaded = load({**small_files, DE: b"appointment-book: [\n"}, "musterstadt")
    assert [problem.place.path for problem in loaded.errors] == ["knowledge/germany/de/all.yaml"]


def test_stamping(small_files):
    today = date(2026, 11, 21)
    changed = stamp(small_files, "en", "all", "", today)
    path = "germany/en/status.yaml"
    files = {**small_files, **{name: text.encode() for name, text in changed.items()}}
    scope = read_scope(files, "germany", "", [])
    assert set(changed) == {path}
    assert scope.status["en", "lost-card"].translated_from == german_hash(scope.words["de", "lost-card"])
    assert scope.status["en", "lost-card"].state == "machine"
    # a person's review is not overwritten by "all", and is by name
    assert scope.status["en", "appointment-book"].by == "A. Muster"
    reviewed = stamp(files, "en", "appointment-book", "B. Muster", today)[path]
    assert "by: B. Muster" in reviewed


def test_stamped_texts_are_neither_missing_nor_stale(small_files):
    changed = stamp(small_files, "en", "lost-card", "", date(2026, 11, 21))
    files = {**small_files, **{name: text.encode() for name, text in changed.items()}}
    texts = [str(problem) for problem in load(files, "musterstadt").problems]
    assert not [text for text in texts if "lost-card" in text and "status" in text]
    files = with_change(files, DE, "Melden Sie es sofort.", "Melden Sie es gleich.")
    texts = [str(problem) for problem in load(files, "musterstadt").problems]
    assert [text for text in texts if "lost-card: the German text changed since" in text]


def test_schemas_are_written_for_every_kind_of_file_and_up_to_date():
    found = schemas()
    folder = ROOT / "knowledge" / "schema"
    assert {path.name: path.read_text(encoding="utf-8") for path in folder.glob("*.json")} == found, (
        "run `lotse schema`"
    )
    assert {"topics.json", "places.json", "words.json", "city.json"} <= set(found)
    assert '"additionalProperties": false' in found["places.json"]


def test_a_sentence_is_dangerous_or_calm_not_both(small_files):
    crisis = "germany/crisis.yaml"
    files = {
        **small_files,
        crisis: small_files[crisis] + b"calm:\n  de: [Mein Akku ist tot, Ist  bewusstlos]\n",
    }
    texts = [str(problem) for problem in load(files, "musterstadt").problems]
    assert any(
        "'Ist  bewusstlos' stands below `calm` and below `phrases` of medical-emergency" in text for text in texts
    )
    assert not any("Akku" in text for text in texts)
