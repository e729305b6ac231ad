"""Mail settings that cannot work are said at the start, in words; and our own mails carry ids whole."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes

import pytest

from bot.config import Settings
from bot.errors import SettingsError
from bot.handover import mail, notice
from bot.handover.answers import compose
from bot.handover.tokens import issue


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({"office_email": "a@example.org, b@example.org"}, "LOTSE_OFFICE_EMAIL: .* is more than one address"),
        ({"office_email_2": "a@example.org;b@example.org"}, "LOTSE_OFFICE_EMAIL_2: .* is more than one address"),
        ({"mail_from": "Lotse <lotse@example.org>"}, "LOTSE_MAIL_FROM: .* holds more than the address"),
        ({"office_email": "büro@städte.example"}, "LOTSE_OFFICE_EMAIL: .* Write büro@xn--stdte-hra.example"),
        ({"reply_to": "büro@example.org"}, "LOTSE_REPLY_TO: .* letters before the @"),
        ({"centres": "@beratung.example, @bürgerhaus.example"}, "LOTSE_CENTRES: @b.* Write @xn--brgerhaus-q9a.example"),
        ({"office_senders": "city.example"}, "LOTSE_OFFICE_SENDERS: city.example is no address"),
    ],
)
def test_what_no_mail_server_takes_is_said_at_the_start(settings, said):
    with pytest.raises(SettingsError, match=said):
        Settings(_env_file=None, **settings).check_mail()


def test_good_addresses_pass():
    good = {
        "office_email": "buero@xn--stdte-gra.example",
        "centres": "@beratung.example, a@b.example",
        "office_senders": "",
    }
    Settings(_env_file=None, **good).check_mail()


def test_an_umlaut_in_the_mailboxs_password_is_said():
    settings = Settings(_env_file=None, imap_host="localhost", imap_password="Schlüssel")
    assert "LOTSE_IMAP_PASSWORD" in settings.remarks()[0]
    assert Settings(_env_file=None, imap_host="localhost", imap_password="plain").remarks() == []


LONG = (
    "BEZP281MB" + "A1b2C3" * 14 + "@BEZP281MB0001.DEUP281.PROD.OUTLOOK.COM"
)  # 130 letters, as Microsoft 365 writes them


def test_long_ids_stand_whole_in_an_answer():
    written = compose(
        to="anna@example.org",
        sender="lotse@example.org",
        subject="Frage",
        text="Ja.\n",
        message_id="a1@example.org",
        now=datetime(2026, 11, 30, tzinfo=UTC),
        references=("short@example.org", LONG, "no id at all", LONG),
    ).as_bytes()
    read = message_from_bytes(written)
    assert read["In-Reply-To"] == f"<{LONG}>"
    assert read["References"].split() == ["<short@example.org>", f"<{LONG}>", f"<{LONG}>"]
    assert b"=?" not in written.partition(b"\r\n\r\n")[0]
    assert max(map(len, written.split(b"\r\n"))) < 998


def test_long_ids_stand_whole_in_the_offices_mails():
    ticket = mail.Ticket(1, "Musterstadt", "Frage?", "de", (), 3)
    token = issue(1, "b@example.org", 9, b"k" * 32)
    domain = "mail." + "lotse-auskunft." * 6 + "example.org"
    first = mail.message(
        ticket,
        token,
        "lotse@example.org",
        "b@example.org",
        domain,
        "r@example.org",
        datetime(2026, 11, 30, tzinfo=UTC),
        True,
    )
    later = message_from_bytes(notice.message(first, "reminder", "Bitte.", 1, 5).as_bytes())
    assert later["In-Reply-To"] == f"<{token.local_part}@{domain}>"
    assert later["Message-ID"] == f"<{token.local_part}.reminder-5@{domain}>"
