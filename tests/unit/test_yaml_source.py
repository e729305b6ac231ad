"""YAML as editors write it: what comes out, and what they are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.yaml_source import parse


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: 14:00", {"a": "14:00"}),  # a time, not 840 minutes
        ("a: no", {"a": "no"}),  # the language of Norway, not False
        ("a: 0361", {"a": "0361"}),  # a dialling code keeps its zero
        ("a: 1.10", {"a": "1.10"}),  # a price keeps its cent
        ("a: 2027-01-31", {"a": "2027-01-31"}),  # a date stays as written
        ("a:", {"a": ""}),  # nothing is an empty text
        ("a: ~", {"a": ""}),
        ('a: "~"', {"a": "~"}),  # but quoted it is meant
        ("a: [x, y]", {"a": ["x", "y"]}),
        ("a: |\n  x\n  y\n", {"a": "x\ny\n"}),
        ("", {}),  # an empty file
        ("\ufeffa: b", {"a": "b"}),  # a byte order mark from a Windows editor
    ],
)
def test_values(text, value):
    document, problems = parse("x.yaml", text.encode())
    assert problems == []
    assert document.value == value


@pytest.mark.parametrize(
    ("text", "message"),
    [
        # every message: where, what, and what to do
        ("a: b\na: c", 'x.yaml:2:1: "a" stands here twice (first in line 1). Delete or rename one.'),
        ("a: b: c", "x.yaml:1:5: is no valid YAML: mapping values are not allowed here. Put the text in quotes"),
        (
            "a:\n\t- b",
            "x.yaml:2:1: a tab stands where spaces must stand. Indent with spaces",
        ),
        ("a: &x [1]\nb: *x", "x.yaml:2:4: *x repeats another value. Anchors (&) and aliases (*) are not allowed"),
        ("? [a]\n: b", "x.yaml:1:3: a key must be a word. Write `key: value`."),
        ("a: [b?, c?", "x.yaml:1:6: is no valid YAML"),
        ("a: 'b", "x.yaml:1:4: is no valid YAML"),
        ("- " * 60 + "a", "x.yaml: is nested too deeply. Use at most 20 levels."),
    ],
)
def test_problems(text, message):
    _, problems = parse("x.yaml", text.encode())
    assert str(problems[0]).startswith(message)


def test_a_yaml_bomb_is_refused_before_it_grows():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "\n".join(
        f"{b}: &{b} [{','.join(['*' + a] * 9)}]" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    document, problems = parse("x.yaml", bomb.encode())
    assert document.value == {}
    assert "aliases (*) are not allowed" in str(problems[0])


def test_a_file_in_another_encoding_says_which_line():
    _, problems = parse("x.yaml", "a: b\nc: Büro".encode("latin-1"))
    assert str(problems[0]) == "x.yaml:2:1: is not UTF-8 text. Save the file with the encoding UTF-8."


def test_a_huge_file_is_refused():
    _, problems = parse("x.yaml", b"a: " + b"b" * 3_000_000)
    assert "is longer than" in str(problems[0])


@given(st.binary(max_size=300))
def test_any_bytes_give_a_value_or_a_problem(data):
    document, problems = parse("x.yaml", data)
    assert isinstance(document.value, dict | list | str)
    assert all(str(problem).startswith("x.yaml") for problem in problems)


@given(st.dictionaries(st.from_regex(r"[a-z]{1,8}", fullmatch=True), st.text(max_size=40), max_size=6))
def test_places_point_at_the_key(entries):
    lines = [f"{key}: '{value.replace(chr(39), chr(39) * 2)}'" for key, value in entries.items() if value.isalnum()]
    document, problems = parse("x.yaml", "\n".join(lines))
    assert problems == []
    for number, line in enumerate(lines, 1):
        place = document.place(line.split(":")[0])
        assert (place.line, place.column) == (number, 1)
