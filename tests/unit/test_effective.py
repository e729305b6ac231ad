"""An editor's mistake holds back what it concerns: what askers get meanwhile, and what goes live all the same."""

from __future__ import annotations

import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content import yaml_source
from bot.content.effective import effective
from bot.content.load import load
from bot.content.removal import noted
from bot.content.units import cut, spliced, units
from tests.conftest import SMALL

CITY = "musterstadt"
DE, EN = "germany/de/all.yaml", "germany/en/all.yaml"
TOPICS, PLACES, OWN = "germany/topics.yaml", "musterstadt/places.yaml", "musterstadt/de/all.yaml"
OWN_TOPICS, REMOVED = "musterstadt/topics.yaml", "musterstadt/removed.yaml"
# A good edit elsewhere, which must go live whatever else is wrong.
PHONE = (PLACES, "0361 655-1234", "0361 655-4321")


def edited(files, *edits):
    """``files`` after each (path, old, new); with old None the whole file is new, with new None it is gone."""
    files = dict(files)
    for path, old, new in edits:
        if new is None:
            del files[path]
        elif old is None:
            files[path] = new if isinstance(new, bytes) else new.encode()
        else:
            text = files[path].decode()
            assert old in text, (path, old)
            files[path] = text.replace(old, new, 1).encode()
    return files


def held(found):
    return {str(one.unit): one.instead for one in found.held}


NEW_DE = (DE, "Die neue Karte kostet", "Eine neue Karte kostet")
NEW_EN = (EN, "The new card costs", "A new card costs")


@pytest.mark.parametrize(
    ("edits", "expected", "german", "english"),
    [
        # one language of one topic: the old words hold, for the German ones have not changed
        ([(EN, "title: Card lost", "titel: Card gone")], {"germany/words/en/lost-card": "last words"}, "Karte", "Card lost"),
        # the German text has changed meanwhile: an old translation would say something else
        ([NEW_DE, (EN, "title: Card lost", "titel: X")], {"germany/words/en/lost-card": "German"}, "Eine neue", None),
        # its questions alone do not count
        (
            [(DE, "- Karte geklaut", "- Karte wurde geklaut"), (EN, "title: Card lost", "titel: X")],
            {"germany/words/en/lost-card": "last words"},
            "Die neue",
            "The new",
        ),
        # with a stamp, which goes with its words
        (
            [(DE, "Termine gibt es", "Alle Termine gibt es"), (EN, "title: Book", "titel: Book")],
            {"germany/words/en/appointment-book": "German"},
            "Die neue",
            "The new",
        ),
        # German words that are wrong: as they were, and their translations with them
        (
            [(DE, "{fee}", "{fees}"), NEW_EN],
            {"germany/words/de/lost-card": "last words", "germany/words/en/lost-card": "last words"},
            "Die neue",
            "The new",
        ),
        # no YAML any more: the topic in which the quotation mark was opened, no other one of that file
        ([(DE, "title: Karte verloren", 'title: "Karte weg')], {"germany/words/de/lost-card": "last words"}, "Die neue", "The new"),
        # a tab, a no-break space
        ([(DE, "  title: Karte verloren", "\ttitle: Karte weg")], {"germany/words/de/lost-card": "last words"}, "Die neue", "The new"),
        ([(EN, "  title: Card lost", "\u00a0 title: Card gone")], {"germany/words/en/lost-card": "last words"}, "Die neue", "The new"),
        # the topic's entry is wrong, the words are not
        (
            [(TOPICS, "flags: [legal-caution]\n    facts", "flags: [legal-advice]\n    facts"), NEW_DE],
            {"germany/topics//lost-card": "last words"},
            "Eine neue",
            "The new",
        ),
        # the same topic twice in a file
        ([(DE, "kita-place:", "lost-card:\n  title: Doppelt\nkita-place:")], {"germany/words/de/lost-card": "last words"}, "Die neue", "The new"),
        # a fact that the words need was taken out: the entry is to blame, not the words that stand there unchanged
        ([(TOPICS, "      fee:\n", "      fees:\n")], {"germany/topics//lost-card": "last words"}, "Die neue", "The new"),
        # a key of the list, in the wrong column
        ([(TOPICS, "    group: family", "   group: family")], {"germany/topics//kita-place": "last words"}, "Die neue", "The new"),
        # phrases count as a file
        ([("germany/crisis.yaml", "topic: medical-emergency", "topic: medical")], {"germany/file//crisis.yaml": "last words"}, "Die neue", "The new"),
        ([("musterstadt/city.yaml", "land: TH", "land: Thüringen")], {"musterstadt/file//city.yaml": "last words"}, "Die neue", "The new"),
        # a new topic without words is not there yet
        (
            [(TOPICS, "  - id: duldung", "  - id: new\n    group: cards\n    sources: [x]\n    as_of: 2026\n    review_by: 2027-01-01\n  - id: duldung")],
            {"germany/topics//new": "nothing"},
            "Die neue",
            "The new",
        ),
    ],
)  # fmt: skip
def test_a_mistake_concerns_its_own_topic_and_language(small_files, edits, expected, german, english):
    found = effective(edited(small_files, *edits, PHONE), small_files, CITY)
    assert found.loaded.knowledge is not None, found.loaded.errors
    assert held(found) == expected
    words = found.loaded.knowledge.topics["lost-card"].words
    assert german in words["de"].title + words["de"].answer
    assert (english is None) == ("en" not in words)
    if english:
        assert english in words["en"].title + words["en"].answer
    assert found.loaded.knowledge.places["integration-office"].phone == "0361 655-4321"
    assert found.problems


@pytest.mark.parametrize(
    ("edits", "expected", "message"),
    [
        # emptied, deleted, renamed so that nobody reads it
        ([(OWN, None, "")], ["appointment-book", "town-festival"], "town-festival was here and is gone"),
        ([(OWN, None, None)], ["appointment-book", "town-festival"], "appointment-book was here and is gone"),
        ([(DE, None, "# später\n")], ["appointment-book", "duldung", "kita-place", "lost-card", "medical-emergency"], "with it 5 entries"),
        # one paragraph, one section
        ([(OWN, "  local: Schreiben Sie an {integration-office.email}.\n", "")], ["appointment-book"], "`local` was here"),
        ([(DE, "    documents: |\n      - Pass\n      - Aufenthaltstitel\n", "")], ["appointment-book"], "`documents` was here"),
        # an id that was given another name
        ([(DE, "duldung:", "duldungen:"), (TOPICS, "id: duldung", "id: duldungen")], ["duldung", "duldung"], "duldung was here"),
        # a translation alone: German would stand in its place
        ([(EN, None, "")], ["appointment-book", "kita-place", "lost-card"], "is empty now, and with it 3"),
        # danger that nobody would notice any more
        ([("germany/crisis.yaml", None, "crisis: []\n")], ["crisis.yaml"], "medical-emergency phrases"),
    ],
)  # fmt: skip
def test_words_that_vanish_stay(small_files, small, edits, expected, message):
    found = effective(edited(small_files, *edits), small_files, CITY)
    assert sorted(one.unit.id for one in found.held) == expected
    assert message in " ".join(str(problem) for problem in found.problems)
    now = found.loaded.knowledge
    assert {id_: dict(topic.words) for id_, topic in now.topics.items() if id_ in small.topics} == {
        id_: dict(topic.words) for id_, topic in small.topics.items()
    }
    assert now.crisis == small.crisis


@pytest.mark.parametrize(
    ("edits", "removed", "left"),
    [
        # a paragraph
        ([(OWN, "  local: Schreiben Sie an {integration-office.email}.\n", "")], "{topic: appointment-book, part: local", ""),
        # a translation
        ([(EN, r"kita-place", None)], "{topic: kita-place, language: en", ""),
        # a topic of the city, with its words
        ([(OWN, r"town-festival", None), (OWN_TOPICS, "  - id: town-festival\n    group: life\n    sources: [https://example.org/fest]\n    as_of: 2026-11\n    review_by: 2027-02-15\n", "")], "{topic: town-festival", ""),
        # another part than the one that is gone
        ([(OWN, "  local: Schreiben Sie an {integration-office.email}.\n", "")], "{topic: appointment-book, part: answer", "appointment-book"),
        # another topic
        ([(EN, r"kita-place", None)], "{topic: duldung, language: en", "kita-place"),
    ],
)  # fmt: skip
def test_an_entry_in_removed_yaml_lets_words_go(small_files, edits, removed, left):
    for scope in ("germany", CITY):
        files = {
            **small_files,
            f"{scope}/removed.yaml": f"removed:\n  - {removed}, on: 2026-11-30, why: aufgehoben}}\n".encode(),
        }
        for path, old, new in edits:
            if new is None:  # the topic's words
                whole = next(piece for piece in cut(path, files[path]).pieces if piece.unit.id == old)
                files[path] = files[path].decode().replace(whole.text, "").encode()
            else:
                files = edited(files, (path, old, new))
        found = effective(files, small_files, CITY)
        own = scope == edits[0][0].split("/")[0]
        assert " ".join(one.unit.id for one in found.held if one.unit.kind == "words") == (
            left if own else edits_of(edits)
        )


def edits_of(edits):
    """The topic that is meant, where the entry stands in another folder and says nothing."""
    return "appointment-book" if edits[0][1].startswith("  local") else edits[0][1]


def test_a_paragraph_that_german_does_not_say_is_said_in_no_language(small_files):
    english = b"appointment-book:\n  local: Write to us.\n"
    both = {**small_files, "musterstadt/en/all.yaml": english}
    assert effective(both, {}, CITY).loaded.knowledge.topics["appointment-book"].words["en"].local == "Write to us."
    gone = edited(
        both,
        (OWN, "  local: Schreiben Sie an {integration-office.email}.\n", ""),
        (REMOVED, None, "removed:\n  - {topic: appointment-book, part: local, on: 2026-11-30, why: x}\n"),
    )
    found = effective(gone, both, CITY)
    assert not found.held
    assert found.loaded.knowledge.topics["appointment-book"].words["en"].local == ""


def test_an_edit_reads_one_file(small_files, monkeypatch):
    """However much there is besides, an edit takes the time of the file it is in."""
    last = effective(small_files, {}, "musterstadt").files
    path = next(path for path in sorted(small_files) if path.startswith("germany/de/"))
    asked, read = list[str](), yaml_source.read
    for room in ("scopes", "yaml_source"):
        monkeypatch.setattr(f"bot.content.{room}.read", lambda path, text: asked.append(path) or read(path, text))
    new = {**small_files, path: small_files[path] + b"\n# a note\n"}
    assert effective(new, last, "musterstadt").loaded.knowledge is not None
    assert {one.removeprefix("knowledge/") for one in asked if one.endswith(".yaml")} == {path}


def test_a_first_start_leaves_out_translations_alone(small_files):
    wrong = edited(small_files, (EN, "title: Card lost", "titel: Card lost"))
    found = effective(wrong, {}, CITY)
    assert held(found) == {"germany/words/en/lost-card": "German"}
    assert set(found.loaded.knowledge.topics["lost-card"].words) == {"de"}
    assert set(found.loaded.knowledge.topics["kita-place"].words) == {"de", "en"}
    german = effective(edited(small_files, (DE, "title: Karte verloren", "titel: Karte")), {}, CITY)
    assert german.loaded.knowledge is None  # nothing to fall back on: whoever starts it must see that


def test_the_whole_folder_is_gone(small_files, small):
    found = effective({}, small_files, CITY)
    assert found.loaded.knowledge == small
    assert [str(problem) for problem in found.problems] == [
        "knowledge: is gone or empty. Put the knowledge folder back, or name it: LOTSE_KNOWLEDGE."
    ]


def test_what_an_older_lotse_took_for_right_does_not_stop_a_newer_one(small_files):
    """The last good words themselves are wrong: what can be left out is, and the rest runs."""
    wrong = edited(small_files, (EN, "title: Card lost", "titel: Card lost"))
    found = effective(edited(wrong, PHONE), wrong, CITY)
    assert held(found) == {"germany/words/en/lost-card": "German"}
    assert found.loaded.knowledge.places["integration-office"].phone == "0361 655-4321"


def test_latin1_holds_back_what_has_umlauts_and_nothing_else(small_files):
    text = small_files[DE].decode().replace("Medizinischer Notfall", "Medizinischer Fall").replace("ä", "ae")
    old = {**small_files, DE: text.encode()}
    found = effective({**old, DE: text.replace("Kita-Platz", "Kita-Plätze", 1).encode("latin-1")}, old, CITY)
    umlauts = {piece.unit.id for piece in cut(DE, text.encode()).pieces if re.search("[öüßÖÜ]", piece.text)}
    assert {one.unit.id for one in found.held if one.unit.language == "de"} == {"kita-place", *umlauts}
    assert found.loaded.knowledge is not None


def test_what_is_held_is_named_where_the_editor_finds_it(small_files):
    """Two mistakes in a file, both below one that is read alone: lines are those of the file as it was written."""
    wrong = edited(
        small_files,
        (DE, "  title: Termin vereinbaren", "  title: Termin\n  # eine\n  # Zeile\n  # mehr\n  titel: Termin"),
        (DE, "{fee}", "{fees}"),
    )
    found = effective(wrong, small_files, CITY)
    lines = wrong[DE].decode().splitlines()
    places = {one.unit.id: one.problem.place.line for one in found.held if one.unit.language == "de"}
    assert lines[places["appointment-book"] - 1] == "  titel: Termin"
    assert lines[places["lost-card"] - 1] == "  answer: |"


FILES = {path.relative_to(SMALL).as_posix(): path.read_bytes() for path in sorted(SMALL.rglob("*.yaml"))}


@pytest.mark.parametrize("path", FILES)
def test_cutting_loses_nothing(path):
    found = cut(path, FILES[path])
    assert found.head + "".join(piece.text for piece in found.pieces) == FILES[path].decode()


@given(st.data())
def test_any_damage_to_any_file_leaves_all_that_was_there(data):
    """Whatever is cut out of or put into a file: there is a knowledge, and every German topic has words."""
    path = data.draw(st.sampled_from(sorted(FILES)))
    text = FILES[path].decode()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 400)))
    sign = data.draw(
        st.sampled_from(["", '"', "\t", ":", "{", "- ", "\u00a0", "<<<<<<< HEAD\n", "x: [", "&a", "\n\n#", "%"])
    )
    found = effective({**FILES, path: (text[:start] + sign + text[end:]).encode()}, FILES, CITY)
    knowledge = found.loaded.knowledge
    assert knowledge is not None
    assert {id_ for id_, topic in knowledge.topics.items() if "de" in topic.words} >= {
        "appointment-book", "lost-card", "kita-place", "duldung", "medical-emergency", "town-festival",
    }  # fmt: skip
    assert knowledge.crisis
    assert knowledge.city is not None


@pytest.mark.parametrize("by", [2, 4])
def test_an_entry_comes_back_in_the_column_of_the_others(small_files, by):
    text = small_files[TOPICS].decode()
    moved = "\n".join(" " * by + line if line.startswith(" ") else line for line in text.split("\n"))
    (unit,) = [unit for unit in units(small_files) if unit.kind == "topics" and unit.id == "duldung"]
    without = moved.replace(next(p.text for p in cut(TOPICS, moved.encode()).pieces if p.unit == unit), "")
    back = spliced({TOPICS: without.encode()}, small_files, {unit: True})
    assert back[TOPICS].decode() == "\n".join(line if line.strip() else "" for line in moved.split("\n"))


@pytest.mark.parametrize(
    ("entry", "message"),
    [
        # what is removed stands there
        ("{topic: lost-card, part: answer", "lost-card is removed here, and its words are there"),
        ("{topic: lost-card", "lost-card is removed here, and its words are there"),
        ("{place: police", "police is removed here, and its words are there"),
        ("{topic: lost-card, part: steps", None),
        ("{topic: lost-card, language: uk", None),
        # a form that says nothing
        ("{part: local", "needs exactly one of topic, place, file"),
        ("{topic: lost-card, part: lokal", '"lokal" is not allowed'),
        ("{topic: lost-card, place: police", "needs exactly one of topic, place, file"),
    ],
)
def test_entries_of_removed_yaml(small_files, entry, message):
    text = f"removed:\n  - {entry}, on: 2026-11-30, why: aufgehoben}}\n"
    loaded = load({**small_files, "germany/removed.yaml": text.encode()}, CITY)
    found = [str(problem) for problem in loaded.problems if "removed.yaml" in problem.place.path]
    assert len(found) == (message is not None)
    assert message is None or message in found[0]


@pytest.mark.parametrize(
    ("path", "old", "message"),
    [
        # a city's own topic needs what Germany's need: its button leads to nothing otherwise
        (OWN, "  title: Stadtfest\n", "town-festival: title is missing. Write `title:`."),
        (OWN, "  answer: |\n    Das Stadtfest ist im Sommer.", "town-festival: answer is missing. Write `answer:`."),
        (DE, "  title: Duldung\n", "duldung: title is missing. Write `title:`."),
    ],
)
def test_a_topic_without_title_or_answer_is_an_error(small_files, path, old, message):
    loaded = load(edited(small_files, (path, old, "")), CITY)
    assert [f"{problem.what} {problem.remedy}" for problem in loaded.errors] == [message]


@pytest.mark.parametrize(
    ("edits", "entries"),
    [
        # a paragraph, a section, a whole topic, a translation's answer, a place
        ([(OWN, "  local: Schreiben Sie an {integration-office.email}.\n", "")], ["topic: appointment-book, part: local"]),
        ([(DE, "    documents: |\n      - Pass\n      - Aufenthaltstitel\n", "")], ["topic: appointment-book, part: documents"]),
        ([(EN, "  answer: |\n    A child has a right to a place from the first birthday.", "")], ["topic: kita-place, part: answer, language: en"]),
        ([(OWN, None, "town-festival:\n  title: Fest\n  answer: Im Sommer.\n  questions: [Fest]\n")], ["topic: appointment-book"]),
        ([PHONE], []),
    ],
)  # fmt: skip
def test_what_a_form_empties_is_noted_as_meant(small_files, edits, entries):
    new = edited(small_files, *edits)
    made = noted(new, small_files, date(2026, 11, 30), 'Amt: "weg"')
    assert [line.split("{")[1].split(", on:")[0] for text in made.values() for line in text.splitlines()[1:]] == entries
    found = effective({**new, **{path: text.encode() for path, text in made.items()}}, small_files, CITY)
    assert not found.held
