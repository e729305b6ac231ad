"""`lotse status`: what each language has, and what is due."""

from __future__ import annotations

from datetime import date

import pytest

from bot.content.progress import overview
from bot.content.stamping import stamp
from bot.errors import KnowledgeError

TODAY = date(2026, 11, 21)


def with_stamps(files, *stamps):
    for language, topic, by in stamps:
        files = {**files, **{path: text.encode() for path, text in stamp(files, language, topic, by, TODAY).items()}}
    return files


def test_each_state(small_files):
    files = with_stamps(small_files, ("en", "lost-card", ""), ("en", "kita-place", "A. Muster"))
    found = overview(files, ["musterstadt"], "knowledge", TODAY)
    assert found.languages == ("de", "en")
    assert {topic: row["en"] for topic, row in found.states.items()} == {
        "appointment-book": "stale",  # its stamp is of another text
        "lost-card": "machine",
        "kita-place": "reviewed",
        "duldung": "missing",
        "medical-emergency": "missing",
        "town-festival": "missing",  # the city's own
    }
    counts = {"topics": 6, "missing": 3, "stale": 1, "machine": 1, "reviewed": 1, "due": 1, "tested": 0}
    assert found.totals() == {
        "de": {"topics": 6, "missing": 0, "stale": 0, "machine": 0, "reviewed": 6, "due": 1, "tested": 0},
        "en": counts,
    }


def test_the_worst_of_germany_and_city_counts(small_files):
    words = {"musterstadt/en/all.yaml": b"appointment-book:\n  local: Write to {integration-office.email}.\n"}
    files = with_stamps({**small_files, **words}, ("en", "appointment-book", "A. Muster"))
    row = overview(files, ["musterstadt"], "", TODAY).states["appointment-book"]
    assert row["en"] == "stale"  # who has read Germany's words has not read the city's
    made = stamp(files, "en", "appointment-book", "A. Muster", TODAY, city="musterstadt")
    assert list(made) == ["musterstadt/en/status.yaml"]
    files = {**files, **{path: text.encode() for path, text in made.items()}}
    row = overview(files, ["musterstadt"], "", TODAY).states["appointment-book"]
    assert row["en"] == "reviewed"
    edited = files["musterstadt/de/all.yaml"].replace(b"Schreiben Sie", b"Mailen Sie")
    stale = overview({**files, "musterstadt/de/all.yaml": edited}, ["musterstadt"], "", TODAY)
    assert stale.states["appointment-book"]["en"] == "stale"
    germany = overview({**files, "musterstadt/de/all.yaml": edited}, [], "", TODAY)
    assert germany.states["appointment-book"]["en"] == "reviewed"  # Germany alone


@pytest.mark.parametrize(
    ("cities", "today", "due"),
    [
        (["musterstadt"], date(2027, 1, 31), 1),  # kita-place: volatile, and as of 2025
        (["musterstadt"], date(2027, 2, 1), 6),  # two weeks before
        (["musterstadt"], date(2027, 3, 1), 6),  # passed
        ([], date(2027, 3, 1), 5),
    ],
)
def test_due(small_files, cities, today, due):
    assert overview(small_files, cities, "", today).totals()["en"]["due"] == due


def test_a_citys_review_date_replaces_germanys(small_files):
    topics = small_files["musterstadt/topics.yaml"].replace(
        b"- id: appointment-book\n", b"- id: appointment-book\n    review_by: 2028-01-01\n"
    )
    found = overview({**small_files, "musterstadt/topics.yaml": topics}, ["musterstadt"], "", date(2027, 3, 1))
    assert "appointment-book" not in found.due
    assert "lost-card" in found.due


def test_a_file_that_cannot_be_read_is_named(small_files):
    with pytest.raises(KnowledgeError, match=r"knowledge/germany/de/all\.yaml:2:1"):
        overview({**small_files, "germany/de/all.yaml": b"a: [\n"}, [], "knowledge", TODAY)


@pytest.mark.parametrize(
    ("as_of", "flags", "due"),
    [
        ("2026-11", "", False),
        ("2023-12", "", False),  # not three years yet
        ("2023-11", "", True),
        ("2022", "", True),
        ("2017", "", True),
        # what is law is looked at after two years, what changes often after one
        ("2025-01", "legal-caution", False),
        ("2024-11", "legal-caution", True),
        ("2025-12", "volatile", False),
        ("2025-11-20", "volatile", True),
        ("2025-11-20", "legal-caution, volatile", True),
        ("2025-11-20", "handover-preferred", False),
    ],
)
def test_due_by_age(small_files, as_of, flags, due):
    topics = small_files["musterstadt/topics.yaml"].decode()
    topics = topics.replace("as_of: 2026-11", f"as_of: {as_of}\n    flags: [{flags}]")
    found = overview({**small_files, "musterstadt/topics.yaml": topics.encode()}, ["musterstadt"], "", TODAY)
    assert ("town-festival" in found.due) == due
