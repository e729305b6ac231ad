"""Changing one value of a YAML file leaves everything else byte for byte; on invented files and on every real one."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.console import entries
from bot.console.entries import Changed, clean, compare, written
from bot.content.yaml_edit import CannotEdit, Edit, edited, value_at
from bot.content.yaml_source import parse
from bot.knowledge.folder import read_folder
from tests.conftest import ROOT

FILES = read_folder(ROOT / "knowledge")
EDITED = sorted(path for path in FILES if not path.startswith(("laws/", "vectors/")))
PLACES = """\
# Where people go.
places:
  # the office
  - id: office
    name: "Amt: eins"   # in quotes for the colon
    phone: 0361 655-0
    hours: Mo-Fr 09:00-12:00

  - id: other
    name: 'Zweites'
    sources:
      # from their site
      - https://a.example
      - https://b.example
    related: [one, "two: b"]
"""
WORDS = """\
# head
first:
  title: Eins
  questions: |
    Frage eins
    Frage zwei

  answer: |
    Eine Zeile.

    Noch eine: mit Doppelpunkt.
  sections:
    cost: |
      Nichts.

# between
second:
  title: Zwei
"""


@pytest.mark.parametrize(
    ("text", "keys", "after", "gone", "came"),
    [
        # a plain value stays plain, a comment behind it stays
        (PLACES, ("places", "office", "phone"), "0361 655-1", "0361 655-0", "0361 655-1"),
        (PLACES, ("places", "office", "name"), "Amt: zwei", '"Amt: eins"', '"Amt: zwei"'),
        (PLACES, ("places", "other", "name"), "O'Neill", "'Zweites'", "'O''Neill'"),
        # what would be read otherwise gets quotes
        (PLACES, ("places", "office", "phone"), "115", "0361 655-0", '"115"'),
        (PLACES, ("places", "office", "phone"), "# keine", "0361 655-0", '"# keine"'),
        (PLACES, ("places", "office", "phone"), "null", "0361 655-0", '"null"'),
        # lists keep their items' comments and their form
        (
            PLACES,
            ("places", "other", "sources"),
            ["https://a.example", "https://c.example"],
            "https://b.",
            "https://c.",
        ),
        (PLACES, ("places", "other", "related"), ["one", "three"], '"two: b"', "three"),
        # blocks
        (WORDS, ("first", "answer"), "Kurz.", "    Eine Zeile.\n\n    Noch eine: mit Doppelpunkt.", "    Kurz."),
        (WORDS, ("first", "questions"), ["Eine"], "    Frage eins\n    Frage zwei", "    Eine"),
        # a key that goes; one that comes, at its place
        (WORDS, ("first", "title"), None, "  title: Eins\n", ""),
        (PLACES, ("places", "office", "phone"), None, "    phone: 0361 655-0\n", ""),
        (WORDS, ("second", "answer"), "Neu.", "", "  answer: |\n    Neu.\n"),
        (WORDS, ("second", "sections", "cost"), "Neu.", "", "  sections:\n    cost: |\n      Neu.\n"),
    ],
)
def test_one_value_changes_and_nothing_else(text, keys, after, gone, came):
    found = edited(text, [Edit(keys, after)])
    if gone:
        assert found == text.replace(gone, came, 1)
    else:
        assert found.replace(came, "", 1) == text


def test_a_new_field_stands_where_it_belongs():
    order = ("id", "name", "address", "phone")
    found = edited(PLACES, [Edit(("places", "office", "address"), "Markt 1", order)])
    assert "for the colon\n    address: Markt 1\n    phone:" in found


def test_a_windows_file_keeps_its_line_ends():
    found = edited(WORDS.replace("\n", "\r\n"), [Edit(("first", "answer"), "Eins\n\nZwei")])
    assert found.count("\n") == found.count("\r\n")


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("a: {b: c}\n", ("a", "b")),  # braces
        ("places: []\n", ("places", "x", "name")),  # nobody there
        ("- a\n", ("a",)),
        ("a: 1\x85b: 2\n", ("a",)),
    ],
)
def test_what_cannot_be_edited_is_refused(text, keys):
    with pytest.raises(CannotEdit):
        edited(text, [Edit(keys, "x")])


@given(
    st.text(
        st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\u2028\u2029\ufeff\ufffe\uffff"), max_size=60
    )
)
def test_any_line_is_read_back(text):
    line = clean(text, "line")
    for keys in (("places", "office", "name"), ("places", "other", "name")):
        if line:
            assert value_at(parse("x", edited(PLACES, [Edit(keys, line)]))[0].value, keys) == line


@given(st.lists(st.text(st.sampled_from("ab :#-'\"{}[]|>*&%ä\t"), max_size=20), max_size=6))
def test_any_block_is_read_back(lines):
    text = clean("\n".join(lines), "text")
    if not text:
        return
    try:
        found = edited(WORDS, [Edit(("first", "answer"), text)])
    except CannotEdit:  # never written wrongly; what YAML cannot hold is refused
        return
    assert value_at(parse("x", found)[0].value, ("first", "answer")).strip("\n") == text
    assert found.startswith("# head\n")
    assert "# between\nsecond:" in found


def entries_of(path):
    scope, *rest = path.split("/")
    value = parse(path, FILES[path])[0].value
    if rest == ["places.yaml"]:
        return [entries.place_entry(FILES, place["id"], [scope]) for place in value["places"]]
    if rest == ["topics.yaml"]:
        return [entries.facts_entry(FILES, topic["id"], scope) for topic in value["topics"]]
    if len(rest) == 2 and rest[1] != "status.yaml":
        return [entries.words_entry(FILES, scope, rest[0], topic) for topic in value]
    return []


@pytest.mark.parametrize("path", EDITED)
def test_saving_without_a_change_changes_no_byte(path):
    for entry in entries_of(path):
        # as a browser sends it back
        form = {field.name: field.value.replace("\n", "\r\n").replace("\r\n", "\n") for field in entry.fields}
        form |= {f"was.{field.name}": field.was for field in entry.fields}
        assert compare(entry, form) == ([], [])


@pytest.mark.parametrize("path", EDITED[::7])
def test_a_change_of_a_real_file_is_that_change_alone(path):
    text = FILES[path].decode()
    for entry in entries_of(path)[:2]:
        for field in entry.fields[:4]:
            if not field.value:
                continue
            change = Changed(path, field, clean(f"{field.value} – neu", field.kind))
            found = written(FILES, [change])[path].decode()
            old, new = text.split("\n"), found.split("\n")
            differing = [line for line in new if line not in old]
            assert len(differing) == 1 or field.kind == "text", (path, field.keys)
            assert sum("#" in line for line in old) == sum("#" in line for line in new)
