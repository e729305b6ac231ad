"""Mail settings that cannot work are said at the start, in words; and our own mails carry ids whole."""

from __future__ import annotations

from datetime import UTC, datetime
from email import message_from_bytes

import pytest

from bot.config import Settings, load_settings
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


READS = {"imap_host": "imap.example", "authserv_id": "mx.example"}


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        ({**READS, "reply_to": "office@city.example"}, r"replies go to reply\+...@city.example: they would not reach"),
        ({"database_url": "postgresql://me:secret@db.example/lotse"}, "the database on db.example .* without TLS"),
        ({"database_url": "postgresql+psycopg://db.example:5432/lotse"}, "the database on db.example .* without TLS"),
        ({"database_url": "postgresql://me@[2001:db8::1]/lotse"}, "the database on 2001:db8::1 .* without TLS"),
        ({"telegram_api": "http://bot-api.example:8081"}, "LOTSE_TELEGRAM_API: .* in the open. Use https."),
    ],
)
def test_what_cannot_work_or_is_open_to_all_is_refused(settings, said):
    found = Settings(_env_file=None, **settings)
    with pytest.raises(SettingsError, match=said) as refused:
        _checked(found)
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(
    "settings",
    [
        {**READS, "reply_to": "Reply@city.example"},
        {"reply_to": "office@city.example"},  # no mail is read: people answer it there
        {"database_url": "postgresql://me@db.example/lotse?sslmode=verify-full"},
        {"database_url": "postgresql://me@db/lotse?sslmode=disable"},  # said on purpose: a network of containers
        {"database_url": "postgresql://me@127.0.0.1/lotse"},
        {"database_url": "postgresql://postgres:@/lotse?host=/var/run/postgresql"},
        {"database_url": "sqlite:///var/lotse.db"},
        {"telegram_api": "http://127.0.0.1:8081"},
        {"telegram_api": "https://api.telegram.org"},
    ],
)
def test_what_works_passes(settings):
    _checked(Settings(_env_file=None, **settings))


def _checked(settings):
    settings.check_mail()
    settings.check_connections()


# the name of a setting, a value that no city means
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("retention_days", 100_000),
        ("retention_days", 0),
        ("backup_days", 31),  # askers are told 30 at most
        ("authserv_id", "mx.city.example            # myhostname"),  # as docker reads a comment behind a value
        ("health_minutes", 0),
    ],
)
def test_what_no_city_means_is_refused(name, value):
    with pytest.raises(SettingsError, match=f"LOTSE_{name.upper()}"):
        load_settings(**{name: value})


def test_a_door_for_mail_that_anybody_can_reach_is_said():
    (said,) = Settings(_env_file=None, lmtp_port=8024, lmtp_host="0.0.0.0").remarks()
    assert "whoever reaches port 8024" in said


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
