"""What a clerk can order in the first lines, and what is told when it is not understood."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.mailing import commands
from bot.mailing.commands import Command

TOPICS = ["appointment-book", "residence-permit-fee"]
ANSWER = Command("answer", "appointment-book")


@pytest.mark.parametrize(
    ("text", "expected", "relayed"),
    [
        ("Bitte kommen Sie.", (), "Bitte kommen Sie."),
        ("#antwort appointment-book", (ANSWER,), ""),
        ("#ANSWER Appointment-Book", (ANSWER,), ""),
        ("#antwort <appointment-book>", (ANSWER,), ""),  # typed as the help shows it
        ("#antwort 2", (Command("answer", "2"),), ""),  # its place in the mail's list
        ("#antwort 2.", (Command("answer", "2"),), ""),
        ("#weiter sozialamt@example.org", (Command("forward", argument="sozialamt@example.org"),), ""),
        (
            "#weiter <sozialamt@example.org>\n\nMit freundlichen Grüßen\nAnna",
            (Command("forward", argument="sozialamt@example.org"),),
            "",
        ),
        ("#vorlage termin", (Command("template", argument="termin"),), ""),
        ("#offen", (Command("open"),), ""),
        ("#HILFE", (Command("help"),), ""),
        ("#schließen", (Command("close"),), ""),
        ("#schliessen\n\nDanke", (Command("close"),), "Danke"),
        ("\n\n  #close\n\nThanks", (Command("close"),), "Thanks"),
        ("#antwort appointment-book\n\n#schliessen\nBis bald", (ANSWER, Command("close")), "Bis bald"),
        ("#privat\nBitte Frau Weber fragen", (Command("private"),), ""),
        ("#private for Ms Weber", (Command("private"),), ""),  # on the same line
        ("*#privat*\nintern", (Command("private"),), ""),  # bold in HTML
        ("\u200b\ufeff#privat\nintern", (Command("private"),), ""),  # marks that mail programs put in
        ("#\xa0privat\nintern", (Command("private"),), ""),
        ("#schliessen\n\nMit freundlichen Grüßen\nAnna Weber\nStadt Erfurt", (Command("close"),), ""),  # no answer
        ("#1 Pass\n#2 Foto", (), "#1 Pass\n#2 Foto"),  # numbers are no commands
        ("Schreiben Sie #Termin in den Betreff.", (), "Schreiben Sie #Termin in den Betreff."),
        ("می\u200cخواهم", (), "می\u200cخواهم"),  # marks inside words stay
        ("", (), ""),
    ],
)
def test_commands(text, expected, relayed):
    reading = commands.read(text, TOPICS)
    assert (reading.commands, reading.problems, reading.relayed) == (expected, (), relayed)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("#privt\nintern", "Meinten Sie #privat?"),
        ("#weiterleiten\nText", "„#weiterleiten“ ist kein Befehl."),
        ("#weiter ans Sozialamt", "Nach „#weiter“ fehlt eine Adresse"),
        ("#vorlage", "fehlt der Name der Vorlage"),
        ("#hilfe bitte", "steht noch Text"),
        ("#antwort", "Nach „#antwort“ fehlt das Thema."),
        ("#antwort apointment-bok", "Meinten Sie #antwort appointment-book?"),
        ("#antwort xyz", "„xyz“ ist kein Thema."),
        ("#schliessen Danke für alles", "steht noch Text"),
        ("Guten Tag,\n\n#privat\nintern", "steht mitten im Text"),  # below a greeting it was meant as a command
        ("#schliessen\nDanke\n#antwort appointment-book", "steht mitten im Text"),
        ("#privat\n#unsinn\nintern", "„#unsinn“ ist kein Befehl."),
    ],
)
def test_what_is_not_understood_is_told_and_nothing_is_relayed(text, told):
    reading = commands.read(text, TOPICS)
    assert told in "\n".join(reading.problems)
    assert reading.relayed == ""
    assert told in commands.report(reading.problems)
    assert "#antwort THEMA" in commands.report(reading.problems)


def test_titles_as_the_mail_shows_them_name_a_topic():
    titles = {
        "residence-permit-fee": "residence-permit-fee",
        "was kostet der aufenthaltstitel?": "residence-permit-fee",
    }
    for text in ("#antwort Was kostet der Aufenthaltstitel?", "#antwort  „Was kostet der  Aufenthaltstitel?“"):
        assert commands.read(text, titles).commands == (Command("answer", "residence-permit-fee"),)


@given(st.text(alphabet="#abprivt \n*_\u200b\xa0", max_size=200) | st.text(max_size=200))
def test_a_private_line_is_never_relayed(text):
    assert "secret" not in commands.read(f"#privat\n{text}\nsecret", TOPICS).relayed


@given(st.text(max_size=200).filter(lambda text: "#" not in text))
def test_no_word_is_lost_where_nothing_is_ordered(text):
    words = [word for word in text.split() if any(map(str.isalnum, word))]  # a lone soft hyphen is none
    kept = commands.read(text, TOPICS).relayed.split()
    assert [word for word in kept if any(map(str.isalnum, word))] == words
