"""What an editor cannot see in a file is named at its line and column, once, with what to do."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.content.advice import bare_facts
from bot.content.scopes import read_scope
from bot.content.yaml_source import parse

GOOD = "topic:\n  local: |\n    Der Kurs beginnt im Herbst.\n"


@pytest.mark.parametrize(
    ("text", "place", "what"),
    [
        # copied from a PDF
        ("topic:\n  local: |\n    Der Ku\x02rs beginnt.\n", "3:11", "invisible control character stands here (U+0002)"),
        ("topic:\n  local: |\n    Zeile\u2028Zeile\n", "3:10", "line separator stands in the text (U+2028)"),
        # copied from a web page or a word processor
        ("topic:\n\u00a0 local: Text\n", "2:1", "no-break space stands where a space must stand"),
        ("topic:\n  \u00a0local: Text\n", "2:3", "no-break space stands where a space must stand"),
        ("topic:\n  local:\u00a0Text\n", "2:9", "no-break space stands after the colon"),
        ("topic:\n  questions:\n    -\u202fText\n", "3:6", "no-break space stands after the dash"),
        ("topic:\n  title: „Karte weg: was nun?“\n", "2:10", "„ is no quotation mark of YAML"),
        ("topic:\n\tlocal: Text\n", "2:1", "a tab stands where spaces must stand"),
        # an unfinished merge
        ("topic:\n<<<<<<< HEAD\n  local: A\n", "2:1", "<<<<<<<: an unfinished merge"),
        ("topic:\n<<<<<<< HEAD\n  local: A\n=======\n  local: B\n>>>>>>> x\n", "2:1", "<<<<<<<: an unfinished merge"),
        ("topic:\n  local: A\n=======\n", "3:1", "=======: an unfinished merge"),
        ("topic:\n  local: A\n>>>>>>> weblate\n", "3:1", ">>>>>>>: an unfinished merge"),
    ],
)
def test_one_sign_is_one_message(text, place, what):
    _, (problem,) = parse("words.yaml", text)
    assert f"{problem.place.line}:{problem.place.column}" == place
    assert what in problem.what
    assert problem.remedy


@pytest.mark.parametrize(
    "text",
    [
        GOOD,
        "topic:\n  local: |\n    Von 8\u00a0Uhr bis 12\u202fUhr, „so“ oder “so”.\n",  # inside a text they are meant
        "topic:\n  title: „Karte weg“\n",  # no colon: YAML reads it as we do
        "topic:\r\n  local: Text\r\n",
        "topic:\n  local: |\n    =====\n    > Zitat\n    << so >>\n",
        "topic:\n  local: |\n    نص عربي\u200f\u200c\n",  # marks of Arabic and Persian writing
    ],
)
def test_what_is_meant_is_left_alone(text):
    assert parse("words.yaml", text)[1] == []


def test_a_typographic_quotation_in_a_list_is_named_too():
    problems = []
    read_scope(
        {"germany/de/x.yaml": "t:\n  questions:\n    - “Karte weg: was nun?”\n".encode()}, "germany", "k", problems
    )
    (problem,) = problems
    assert (problem.place.line, problem.what) == (3, "questions: “ is no quotation mark of YAML.")


@given(st.text(max_size=80))
def test_any_text_is_read_or_has_a_problem_with_a_place(text):
    document, problems = parse("words.yaml", text)
    assert problems or document.value is not None
    assert all(problem.place.path == "words.yaml" for problem in problems)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Rufen Sie an: (0361) 655-7844.", "a phone number"),
        ("Rufen Sie an: +49 (0)361 655-7844.", "a phone number"),
        ("Telefon 0361/655.7844", "a phone number"),
        ("Telefon 0361\u00a0655\u20137844", "a phone number"),
        ("هاتف ٠٣٦١ ٦٥٥٧٨٤٤", "a phone number"),
        ("Mobil +380 44 555 01 00", "a phone number"),
        ("Beginn am 03.04. um 9 Uhr", "a date"),
        ("Beginn am 03.04.2027", "a date"),
        ("Beginn am 03/04/2027", "a date"),
        ("am 4. März", "a date"),
        ("kostet 3,50 €", "an amount of money"),
    ],
)
def test_facts_are_seen_in_the_forms_that_people_write(text, kind):
    assert [name for name, _ in bare_facts(text)] == [kind]


@pytest.mark.parametrize(
    "text",
    [
        "von 08:00 bis 12:00 Uhr",
        "§ 81 Abs. 4",
        "in 36 Monaten",
        "99084 Erfurt",
        "Nummer 3.2 und 4.1",
        "im Jahr 2026",
        "B1 bis 0,5",
    ],
)
def test_what_is_no_fact_is_left_alone(text):
    assert list(bare_facts(text)) == []
