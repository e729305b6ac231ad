"""The mail to the office and its token."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from email import message_from_bytes
from email.policy import default
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.handover import mail, notice, tokens, working_days

SAFE_TAGS = ("html", "head", "meta", "title", "body", "table", "tr", "td", "p", "b", "ul", "li", "br")
SECRET = b"s" * 32


def make(question="Де офіс?", language="uk", considered=("Termin vereinbaren",), reply_days=5):
    ticket = mail.Ticket(17, "Erfurt", question, language, considered, reply_days)
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
    text = text_of(make())
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


class Shown(HTMLParser):
    """What a mail program shows of HTML: the words, and everything that could load or lead somewhere."""

    def __init__(self, source):
        super().__init__()
        self.words, self.tags, self.attributes = "", set(), {}
        self.feed(source)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            self.attributes.setdefault(name, []).append(value)

    def handle_data(self, data):
        self.words += data


def html_of(built):
    return message_from_bytes(built.as_bytes(), policy=default).get_body(("html",)).get_content()


def text_of(built):
    return message_from_bytes(built.as_bytes(), policy=default).get_body(("plain",)).get_content()


def letters(text):
    """``text`` without spaces and the signs that stand for layout."""
    return re.sub(r"[\s>\u2066-\u2069-]", "", text)


@pytest.mark.parametrize(
    ("question", "language", "considered"),
    [
        ("Де офіс?\nДякую", "uk", ("Termin vereinbaren", "Gebühren")),  # lists and two lines
        ("أين المكتب؟", "ar", ()),  # right to left, nothing considered
        ('<img src=x onerror="x()"> & <script>x</script>', "en", ("A & B",)),  # somebody tries markup
        ("</td></tr></table><a href=https://evil.example>x</a>", "de-simple", ()),  # or leaves the quote
    ],
)
def test_text_and_html_say_the_same(question, language, considered):
    built = make(question, language, considered)
    shown = Shown(html_of(built)).words.replace("Frage an Lotse", "", 1)  # the title
    assert letters(shown) == letters(text_of(built))


@given(st.text(max_size=300))
def test_the_html_loads_nothing_and_leads_nowhere(question):
    shown = Shown(mail.html_body(mail.Ticket(17, "Erfurt", question, "uk", ("A",), 5), answerable=True))
    assert shown.tags <= set(SAFE_TAGS)
    assert not {"src", "href", "background", "onerror", "onload", "class", "id"} & set(shown.attributes)
    assert "url(" not in "".join(shown.attributes["style"])


def test_the_html_shows_each_question_in_its_direction():
    arabic, ukrainian = html_of(make("أين المكتب؟", "ar")), html_of(make())
    assert '<td lang="ar" dir="rtl" align="right" style="border-right:' in arabic
    assert '<td lang="uk" dir="ltr" align="left" style="border-left:' in ukrainian


def test_the_marker_comes_first_so_that_everything_below_it_is_ours():
    built = make()
    assert text_of(built).splitlines()[:2] == [mail.MARKER, ""]
    assert Shown(html_of(built)).words.replace("Frage an Lotse", "", 1).strip().startswith(mail.MARKER)


@pytest.mark.parametrize(
    ("days", "promised"),
    [
        (1, "innerhalb eines Arbeitstags zugesagt"),
        (5, "innerhalb von etwa 5 Arbeitstagen zugesagt"),
    ],
)
def test_the_clerk_knows_what_was_promised(days, promised):
    assert promised in text_of(make(reply_days=days))


def test_headers_keep_mail_robots_quiet_and_the_id_is_fixed():
    first, second = make(), make()
    assert first["Auto-Submitted"] == "auto-generated"
    assert first["X-Auto-Response-Suppress"] == "All"
    assert first["Message-ID"] == second["Message-ID"]
    assert first["Message-ID"].startswith("<reply+17.")


def test_arabic_is_kept_in_its_direction():
    assert "> \u2068أين المكتب؟\u2069" in text_of(make("أين المكتب؟", "ar"))


def test_no_question_turns_the_mail_round():
    """U+202E would show all that stands behind it from right to left."""
    built = make("Wer hilft \u202emir\u2066?", "de")
    assert "> Wer hilft mir?" in text_of(built)
    assert not set("\u202e\u2066") & set(built.get_body(("html",)).get_content())


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


def test_later_mails_stand_in_the_same_thread():
    first = make()
    number, original = first["Message-ID"], str(first["Message-ID"])
    ticket = mail.Ticket(17, "Erfurt", "Де офіс?", "uk", (), 5)
    later = notice.message(first, "reminder", notice.reminder(ticket, "2. November 2026"), 17, 1)
    assert number != later["Message-ID"]
    assert (later["In-Reply-To"], later["References"]) == (original, original)
    assert later["Subject"] == "Lotse: Erinnerung an die Frage 17"
    assert later["Auto-Submitted"] == "auto-generated"  # as on the first
    assert later["Content-Language"] == "de"
    parsed = message_from_bytes(later.as_bytes(), policy=default)
    text = parsed.get_content()
    assert parsed.get_content_type() == "text/plain"
    assert text.startswith(mail.MARKER)
    for expected in ("Frage 17 vom 2. November 2026", "> Де офіс?", "nur dieses eine Mal"):
        assert expected in text


@pytest.mark.parametrize(
    ("asked", "today", "land", "days"),
    [
        ("2026-11-16", "2026-11-16", "TH", 0),  # Monday, the same day
        ("2026-11-16", "2026-11-17", "TH", 0),  # no whole day between
        ("2026-11-16", "2026-11-20", "TH", 3),  # Tuesday, Wednesday, Thursday
        ("2026-11-20", "2026-11-23", "TH", 0),  # Friday to Monday: a weekend
        ("2026-11-16", "2026-11-24", "TH", 5),
        ("2026-12-23", "2026-12-29", "TH", 2),  # 24th and 28th; Christmas is no working day
        ("2026-12-30", "2027-01-05", "ST", 2),  # 31st and 4th, over the turn of the year
        ("2027-01-05", "2027-01-07", "ST", 0),  # Epiphany: a holiday in Saxony-Anhalt
        ("2027-01-05", "2027-01-07", "TH", 1),  # and not in Thuringia
        ("2027-09-17", "2027-09-21", "TH", 0),  # Thuringia's Children's Day, a Monday
        ("2027-09-17", "2027-09-21", "RP", 1),
    ],
)
def test_working_days_are_those_of_the_land(asked, today, land, days):
    assert working_days.between(date.fromisoformat(asked), date.fromisoformat(today), land) == days
