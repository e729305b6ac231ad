"""The report: the same figures as page, PDF and table; small numbers hidden; nothing that commands a spreadsheet."""

from __future__ import annotations

import csv
import io
from datetime import date

import pytest

from bot.printing import report
from bot.printing.charts import bars
from bot.storage.counts import Count


def count(number, outcome="answered", topic="appointment-book", language="uk", week="2026-W40", channel="web"):
    return Count(week, topic, language, channel, outcome, number)


def made(found, title=str.upper):
    return report.make(
        found, "Musterstadt", date(2026, 7, 1), date(2026, 12, 31), date(2027, 1, 4), title, str.capitalize
    )


def section(found, title):
    return next(each for each in made(found).sections if each.title == title)


def test_an_empty_period_says_so_in_every_part():
    found = made(report.Found())
    assert [each.rows for each in found.sections[:-1]] == [()] * (len(found.sections) - 1)
    assert all(each.words for each in found.sections)
    assert found.period == "1. Juli 2026 bis 31. Dezember 2026"


def test_small_numbers_are_hidden_in_words_tables_and_bars():
    many = [(3, "uk"), (1234, "ar"), (17, "fa"), (60, "pl")]
    found = report.Found(
        [*(count(number, language=language) for number, language in many), count(900, "no-answer", language="de")]
    )
    whole = section(found, "Auf einen Blick")
    assert ("beantwortet", "1.314") in whole.rows
    assert "Lotse hat 1.314 Mal eine geprüfte Antwort gezeigt." in whole.words
    assert "Eine Antwort half 0 Mal nicht, 900 Mal gab es keine." in whole.words
    languages = section(found, "In welchen Sprachen")
    shown = {row[0]: row[1] for row in languages.rows}
    assert shown["Arabisch"] == "1.234"
    assert shown["Ukrainisch"] == "unter 5"
    assert shown["Persisch"] == "verdeckt"  # else 1.314 less the others were three
    assert ">3<" not in languages.chart
    assert ">17<" not in languages.chart
    few = section(report.Found([count(3), count(1, "no-answer")]), "Auf einen Blick")
    assert few.words[0] == "Lotse hat unter 5 Mal eine geprüfte Antwort gezeigt."
    # one and four have the same bar
    assert section(report.Found([count(1)]), "Worum es ging") == section(report.Found([count(4)]), "Worum es ging")


def test_what_was_not_answered_comes_by_topic_the_most_first():
    found = report.Found([count(9, "did-not-help"), count(30, "no-answer", topic=""), count(99)])
    rows = section(found, "Was gefragt, aber nicht beantwortet wurde").rows
    assert rows == (("kein bestimmtes Thema", "0", "30", "0"), ("APPOINTMENT-BOOK", "9", "0", "0"))


@pytest.mark.parametrize(
    ("waits", "row"),
    [
        ([0.2, 0.3, 0.4, 0.5, 0.6], ("Die Hälfte war beantwortet nach", "weniger als einem Tag")),
        ([1.0, 1.1, 1.2, 8.0, 2.0, None], ("längste Wartezeit", "8 Tagen")),
        ([1.0, 1.1, 1.2, 8.0, 2.0, None], ("noch ohne Antwort", "unter 5")),
        ([1.0, 1.1, 1.2, 8.0, 2.0, None], ("Fragen an das Büro", "verdeckt")),  # five and one: six says which
        ([*[1.0] * 7, *[None] * 9], ("Fragen an das Büro", "16")),
    ],
)
def test_how_long_the_office_took(waits, row):
    assert row in section(report.Found(waits=waits), "Wie lange das Büro für eine Antwort brauchte").rows


def test_a_few_questions_say_nothing_of_their_waiting():
    assert section(report.Found(waits=[1.0, 2.0]), "Wie lange das Büro für eine Antwort brauchte").rows == ()


def test_what_changed_is_counted_by_group():
    changes = [
        (date(2026, 9, 1), "housing", "de"),
        (date(2026, 9, 3), "housing", "uk"),
        (date(2026, 8, 1), "work", "de"),
    ]
    rows = section(report.Found(changes=changes), "Was sich an den Texten geändert hat").rows
    assert rows == (("Housing", "2", "2", "3. September 2026"), ("Work", "1", "1", "1. August 2026"))


def test_the_table_opens_in_a_spreadsheet_and_commands_nothing():
    text = report.as_csv(made(report.Found([count(9, topic="=cmd|x")]), title=str))
    assert text.startswith("\ufeff")
    rows = list(csv.reader(io.StringIO(text.removeprefix("\ufeff")), delimiter=";"))
    assert ["'=cmd|x", "9", "0", "0", "0", "0", "9"] in rows
    assert not [cell for row in rows for cell in row if cell[:1] in "=+@" and cell]


def test_bars_are_as_long_as_their_numbers_and_hold_no_markup():
    drawn = bars([("<b>&", 10, "10"), ("halb", 5, "5"), ("nichts", 0, "0")], "Titel")
    assert "<b>" not in drawn
    assert drawn.count("<rect") == 3
    wide = [float(piece.split('"')[0]) for piece in drawn.split(' width="')[2:]]
    assert wide == [330.0, 165.0, 0.0]
