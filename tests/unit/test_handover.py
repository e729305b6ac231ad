"""The mail to the office and its token."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handover import mail, tokens

SECRET = b"s" * 32


def make(question="Де офіс?", language="uk", considered=("Termin vereinbaren",)):
    ticket = mail.Ticket(17, "Erfurt", question, language, considered, 5)
    token = tokens.issue(17, "buero@example.org", 2_000_000_000, SECRET)
    return mail.message(
        ticket,
        token,
        sender="lotse@bot.example.org",
        recipient="buero@example.org",
        domain="bot.example.org",
        reply_to="lotse@bot.example.org",
        now=datetime(2026, 11, 21, tzinfo=UTC),
        answerable=False,
    )


def test_the_clerk_reads_german_and_the_question_as_it_was_asked():
    parsed = message_from_bytes(make().as_bytes(), policy=default)
    text = parsed.get_body().get_content()
    assert parsed["Subject"] == "Lotse: Frage 17 (Ukrainisch)"
    for expected in (
        "Sprache der Frage: Ukrainisch",
        "> Де офіс?",
        "- Termin vereinbaren",
        "innerhalb von etwa 5 Arbeitstagen",
        "Antworten Sie einfach auf diese E-Mail",
        mail.MARKER,
    ):
        assert expected in text


def test_headers_keep_mail_robots_quiet_and_the_id_is_fixed():
    first, second = make(), make()
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["X-Auto-Response-Suppress"] == "All"
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].startswith("<reply+17.")


def test_arabic_is_kept_in_its_direction():
    assert (
        "> \u2068أين المكتب؟\u2069"
        in message_from_bytes(make("أين المكتب؟", "ar").as_bytes(), policy=default).get_body().get_content()
    )


@given(st.text(max_size=300))
def test_no_question_breaks_the_mail(question):
    """Nor does it add headers: it stands in the body alone."""
    question = question.encode("utf-8", "replace").decode()
    built = make(question)
    parsed = message_from_bytes(built.as_bytes(), policy=default)
    assert parsed.keys() == built.keys()
    built.as_bytes().decode("ascii")


@pytest.mark.parametrize(
    ("number", "office", "expires", "now", "holds"),
    [
        (17, "buero@example.org", 2000, 1000, True),  # ours
        (17, "Buero@Example.org", 2000, 1000, True),  # addresses come in any case
        (18, "buero@example.org", 2000, 1000, False),  # another question
        (17, "evil@example.org", 2000, 1000, False),  # another office
        (17, "buero@example.org", 2000, 2001, False),  # expired
        (17, "buero@example.org", 9999, 1000, False),  # made to last longer
    ],
)
def test_a_token_holds_for_one_question_of_one_office_until_it_expires(number, office, expires, now, holds):
    issued = tokens.issue(17, "buero@example.org", 2000, SECRET)
    assert tokens.holds(tokens.Token(number, issued.proof), office, expires, now, SECRET) is holds


def test_a_token_survives_clients_that_change_case():
    token = tokens.issue(5, "a@b.de", 1, SECRET)
    assert tokens.read(token.local_part.upper()) == token
    assert len(token.proof) * 5 >= 80  # bits


@given(st.text(max_size=60))
def test_anything_else_is_no_token(text):
    assert tokens.read(text) is None or text.lower().strip().startswith("reply+")
