"""Every message of `lotse check` has its German; found in the code, so that none is forgotten."""

from __future__ import annotations

import ast
from string import Formatter

import pytest

from bot.content.german import TABLE, in_german, template_of
from tests.conftest import ROOT

SOURCES = [
    *sorted((ROOT / "bot" / "content").glob("*.py")),
    ROOT / "bot" / "knowledge" / "must_match.py",
]


def templates(node):
    """What a string of the code may say, with a mark for each value."""
    if isinstance(node, ast.Constant):
        return [node.value] if isinstance(node.value, str) else []
    if isinstance(node, ast.IfExp):
        return templates(node.body) + templates(node.orelse)
    if isinstance(node, ast.JoinedStr):
        found = [""]
        for part in node.values:
            if isinstance(part, ast.Constant):
                options = [part.value]
            elif isinstance(part.value, ast.IfExp):
                options = templates(part.value) or ["WERT"]
            else:
                options = ["WERT"]
            found = [before + option for before in found for option in options]
        return found
    return []


def messages():
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "Problem":
                for argument in node.args[1:3]:
                    yield from ((path.name, text) for text in templates(argument) if text)
            if (
                isinstance(node, ast.Call)
                and getattr(node.func, "id", "") == "ValueError"
                and path.name == "entries.py"
            ):
                yield from ((path.name, f"FELD: {text}") for text in templates(node.args[0]))
            if isinstance(node, ast.FunctionDef) and node.name == "_worded":
                for each in ast.walk(node):
                    if isinstance(each, ast.Return) and isinstance(each.value, ast.Tuple):
                        for part in each.value.elts:
                            yield from ((path.name, text) for text in templates(part) if text)


@pytest.mark.parametrize(("where", "text"), sorted(set(messages()) - {("valid.py", "WERT: WERT")}))
def test_every_message_has_its_german(where, text):
    assert template_of(text) is not None


def marks(text):
    return {name for _, name, _, _ in Formatter().parse(text) if name is not None}


@pytest.mark.parametrize(("english", "german"), TABLE.items())
def test_the_german_names_no_value_that_is_not_there(english, german):
    given = english.replace("{{}}", "{}").count("{}")
    assert {int(name) for name in marks(german)} <= set(range(given))


@pytest.mark.parametrize(
    ("english", "german"),
    [
        ('phone: "abc" is no phone number. Write digits, for example 0361 655-0.',
         "Telefon: „abc“ ist keine Telefonnummer. Schreiben Sie Ziffern, zum Beispiel 0361 655-0."),
        ("{office.fone} stands for nothing.", "{office.fone} steht für nichts."),
        ("Did you mean {office.phone}?", "Meinten Sie {office.phone}?"),
        ('"0361 655-0" looks like a phone number.', "„0361 655-0“ sieht aus wie eine Telefonnummer."),
        ("`answer` lacks the number 3, 4 of the German text.", "In Antwort fehlt die Zahl 3, 4 aus dem deutschen Text."),
        ("is 900 characters long.", "ist 900 Zeichen lang."),
        ("Check the answer against its sources, then set as_of and review_by. Weak there: a newspaper; call the office.",
         "Prüfen Sie den Text an den Quellen und setzen Sie „Stand“ und „Prüfen bis“ neu. Schwach ist: a newspaper; call the office."),
        ("something that nobody has worded", "something that nobody has worded"),
    ],
)  # fmt: skip
def test_messages_in_german(english, german):
    assert in_german(english) == german


@pytest.mark.parametrize(
    ("text", "german"),
    [
        # a message within another one
        (
            (
                'hours: "Mo, We 08:00-13:00" are no opening hours. Mo, with a space behind the comma is the whole day. '
                "Write Mo,We 08:00-13:00."
            ),
            (
                "Öffnungszeiten: „Mo, We 08:00-13:00“ sind keine Öffnungszeiten. „Mo,“ mit Leerzeichen nach dem Komma heißt: "
                "den ganzen Tag. Schreiben Sie Mo,We 08:00-13:00."
            ),
        ),
        # what is gone
        ("lost-card: `local` was here and is gone.", "`local` stand hier und fehlt jetzt."),
        (
            "Put it back. If it is meant to go, write into germany/removed.yaml: - {topic: a, on: DATE, why: REASON}.",
            (
                "Stellen Sie es wieder her. Wenn es weg soll, tragen Sie es in germany/removed.yaml ein: "
                "- {topic: a, on: DATE, why: REASON}."
            ),
        ),
    ],
)
def test_messages_of_what_is_gone_and_of_hours(text, german):
    assert in_german(text) == german
