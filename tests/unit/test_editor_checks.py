"""What `lotse check` says about words: numbers and parts against the German text, how hard they are, where they come from."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import readability
from bot.content.links import links
from bot.content.load import load
from bot.content.numbers import differing, numbers
from bot.content.problems import Place, Problem
from bot.content.scopes import read_scope
from bot.content.stamping import stamp

DE, EN = "germany/de/all.yaml", "germany/en/all.yaml"


@pytest.mark.parametrize(
    ("german", "translation", "missing", "added"),
    [
        ("In 90 Tagen", "Within 90 days", [], []),
        ("In 90 Tagen", "Within 60 days", [90], [60]),
        ("In 90 Tagen", "In the next weeks", [90], []),
        ("In 90 Tagen", "خلال ٩٠ يومًا", [], []),  # Arabic digits
        ("In 90 Tagen", "در ۹۰ روز", [], []),  # Persian digits
        ("Drei Monate", "3 Monate", [], []),  # German spells, plain German does not
        ("Drei Monate", "2 Monate", [], [2]),
        ("Ein Jahr, alle halbe Jahre", "1 year, every 6 months", [], []),
        ("Minderjährige zahlen die Hälfte", "Those under 18 pay half", [], []),
        ("Seit Juli 2023", "Từ tháng 7 năm 2023", [], []),  # Vietnamese numbers its months
        ("Seit Juli 2023", "Từ tháng 8 năm 2023", [], [8]),
        ("1.000 Euro", "1,000 euros", [], []),  # thousands, as each language groups them
        ("1.000 Euro", "1\u202f000 euros", [], []),
        ("6,50 Euro", "6.50 euros", [], []),
        ("6,50 Euro", "6.05 euros", [50], [5]),
        ("Von 12 bis 12", "From 12", [12], []),  # said twice
        ("§ 81", "§ 81 (§ 81)", [], []),  # explained once more
        ("1. Pass\n2. Foto", "- passport\n- photo", [], []),  # a list's own numbers
        ("{fee} für 2", "{fee2} for 2", [], []),  # placeholders have names, not numbers
        ("Telefon 0361 655-1234", "Phone 0361 655-1243", [1234], [1243]),
        ("Am 1.5.2027", "On 1.6.2027", [5], [6]),
    ],
)
def test_numbers_that_differ(german, translation, missing, added):
    assert differing(german, translation) == (missing, added)


SCRIPTS = ["0123456789", "٠١٢٣٤٥٦٧٨٩", "۰۱۲۳۴۵۶۷۸۹", "०१२३४५६७८९"]


@given(st.lists(st.integers(0, 10**9), max_size=8), st.sampled_from(SCRIPTS))
def test_a_number_is_the_same_in_every_script(found, digits):
    text = "; ".join("".join(digits[int(digit)] for digit in str(number)) for number in found)
    assert sorted(numbers(text).elements()) == sorted(found)


@given(st.text())
def test_a_text_never_differs_from_itself(text):
    assert differing(text, text) == ([], [])


def changed(files, path, old, new):
    text = files[path].decode()
    assert old in text
    return {**files, path: text.replace(old, new, 1).encode()}


def messages(files):
    return [str(problem) for problem in load(files, "musterstadt").problems]


@pytest.fixture(scope="module")
def stamped(small_files):
    """The small town with every translation stamped, so that only what a test changes is reported."""
    made = stamp(small_files, "en", "all", "", date(2026, 11, 21))
    return {**small_files, **{path: text.encode() for path, text in made.items()}}


@pytest.mark.parametrize(
    ("path", "old", "new", "message"),
    [
        (EN, "Have your passport", "Have 2 passports", "all.yaml:12:3: warning: `answer` has the number 2, the German"),
        (DE, "Halten Sie Ihren Pass", "Halten Sie 3 Fotos", "`answer` lacks the number 3 of the German text. Write it"),
        (EN, "The new card costs {fee}, since", "Since", "`answer` lacks {fee} of the German text. Put it in."),
        (
            EN,
            "    documents: |\n      - Passport\n      - Residence title\n",
            "",
            "no `documents` in en. Translate the",
        ),
        (EN, "documents: |", "cost: |", "appointment-book has a `cost` that the German text has not."),
        (
            "musterstadt/topics.yaml",
            "    places: [integration-office]\n",
            "",
            None,  # the text shows a place, which has a source
        ),
        (
            "musterstadt/de/all.yaml",
            "appointment-book:",
            "lost-card:\n  local: Zum Fundamt.\nappointment-book:",
            "de/all.yaml:1:1: warning: lost-card: nothing says where musterstadt knows this from. Add `sources:`",
        ),
    ],
)
def test_words(stamped, path, old, new, message):
    before = set(messages(stamped))
    after = [text for text in messages(changed(stamped, path, old, new)) if text not in before]
    if message is None:
        assert after == []
    else:
        assert any(message in text for text in after), after


@pytest.mark.parametrize(
    ("word", "count"),
    [("Amt", 1), ("Termin", 2), ("Beratung", 3), ("Ausländerbehörde", 6), ("Aufenthaltserlaubnis", 6)],
)
def test_syllables(word, count):
    assert readability.syllables(word) == count


EASY = "Sie gehen zum Amt. Das Amt ist am Markt. Sie haben Ihren Pass dabei. Das ist gut. " * 4
HARD = (
    "Die Ausländerbehörde entscheidet über die Verlängerung der Aufenthaltserlaubnis unter Berücksichtigung der "
    "eingereichten Unterlagen sowie etwaiger Stellungnahmen beteiligter Behörden. "
) * 4


def test_the_grade_tells_easy_from_hard():
    assert readability.grade(EASY) < 2
    assert readability.grade(HARD) > 15
    assert readability.grade("Aufenthaltserlaubnisverlängerung") is None  # too short to tell


def test_a_hyphen_point_makes_a_word_easier_and_not_longer():
    divided = HARD.replace("Verlängerung", "Ver·länger·ung").replace("Unterlagen", "Unter·lagen")
    assert readability.grade(divided) < readability.grade(HARD)
    assert len(readability.sentences(divided)[0]) == len(readability.sentences(HARD)[0])


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("Eins zwei drei. " * 10, []),
        ("eins " * 15, []),
        ("eins " * 16, [16]),
        ("- eins zwei\n" * 20, []),  # a list's lines are sentences
        ("eins " * 10 + "und: " + "eins " * 10, []),  # a colon ends one
        ("eins " * 15 + "[zwei]({page.url}) {fee}", [16]),  # placeholders are not read as words
    ],
)
def test_long_sentences(text, lengths):
    assert [length for length, _ in readability.long_sentences(text)] == lengths


@pytest.mark.parametrize(
    ("language", "text", "message"),
    [
        ("de-simple", HARD, "all.yaml:2:1: warning: duldung is hard to read: grade"),
        ("de-simple", "Gehen Sie " * 8, '"Gehen Sie Gehen Sie Gehen ..." has 16 words. Make two sentences of it'),
        ("de-simple", EASY, None),
        ("en", HARD, None),  # the formula is made for German
    ],
)
def test_readability_is_checked(small_files, language, text, message):
    words = f"# plain\nduldung:\n  title: Duldung\n  answer: |\n    {text}\n"
    found = [
        line
        for line in messages(
            {**small_files, f"germany/{language}-x/all.yaml": b"", f"germany/{language}/all.yaml": words.encode()}
        )
        if "hard to read" in line or "two sentences" in line
    ]
    assert [line for line in found if message and message in line] if message else not found


def test_annotations_are_escaped():
    problem = Problem(Place("k/a,b:c.yaml", 3, 5), "100 %: wrong,\nvery", "Mend it.", "warning")
    assert problem.as_annotation() == ("::warning file=k/a%2Cb%3Ac.yaml,line=3,col=5::100 %25: wrong,%0Avery Mend it.")
    assert Problem(Place("k/a.yaml"), "is empty.", "").as_annotation() == "::error file=k/a.yaml::is empty."
    assert Problem(Place("k/a.yaml"), "is near.", "", "note").as_annotation() == "::notice file=k/a.yaml::is near."


def test_every_link_with_its_place(small_files):
    files = changed(
        small_files,
        "germany/topics.yaml",
        "      since:\n        date: 2025-05-01",
        "      since:\n        url: https://example.org/seit",
    )
    found = {
        url: str(place) for id_ in ("germany", "musterstadt") for url, place in links(read_scope(files, id_, "k", []))
    }
    assert found == {
        "https://example.org/gesetz": "k/germany/topics.yaml:21:7",
        "https://example.org/seit": "k/germany/topics.yaml:17:9",
        "https://example.org/buero": "k/musterstadt/places.yaml:8:5",
    }
