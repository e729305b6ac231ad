"""What an operator types, on a database with one of everything: inbox, outbox, quarantine, tickets, counsellors."""

from __future__ import annotations

import asyncio
import json

import pytest
import structlog
from sqlalchemy import update
from typer.testing import CliRunner

from bot.cli import app
from bot.conversation.state import State
from bot.errors import UsageError
from bot.mailing.arrival import row
from bot.storage import persons, quarantine, queue
from bot.storage.database import close, engine_for, migrate
from bot.storage.tables import inbox, outbox
from tests.conftest import SMALL
from tests.rows import open_ticket

MAIL = b"From: a@x.example\r\nSubject: \x1b[2Jweg\r\n\r\nHallo\xff\r\n"


@pytest.fixture
def lotse(tmp_path, monkeypatch):
    """Runs a command; (exit code, what it prints). In the outbox: 1 waits, 2 was refused, 3 is done."""
    for name, value in {"VAR": tmp_path, "KNOWLEDGE": SMALL, "CITY": "musterstadt", "MODEL": "none"}.items():
        monkeypatch.setenv(f"LOTSE_{name}", str(value))
    monkeypatch.chdir(tmp_path)
    asyncio.run(_filled(f"sqlite:///{tmp_path}/lotse.db"))

    def run(*arguments):
        found = CliRunner().invoke(app, list(arguments))
        if isinstance(found.exception, UsageError):
            return 2, str(found.exception)
        assert found.exception is None or isinstance(found.exception, SystemExit), found.exception
        return found.exit_code, found.stdout

    yield run
    structlog.reset_defaults()


async def _filled(url):
    engine = engine_for(url)
    await migrate(engine)
    async with engine.begin() as connection:
        person = await persons.save(connection, "telegram", "5", "{}", None, 0)
        await open_ticket(
            connection,
            person,
            city="musterstadt",
            office="buero@x.example",
            question="Geheime Frage",
            expires_at=9_000_000_000,
        )
        for number in (1, 2, 3):
            await queue.enqueue(connection, "mail", f"mail:{number}", json.dumps({"mail": "words"}), 0, ticket=1)
        for id_, values in ((2, {"state": "dead", "error": "550 no such user"}), (3, {"state": "done", "payload": ""})):
            await connection.execute(update(outbox).where(outbox.c.id == id_).values(values))
        for number in (1, 2, 3):
            await queue.receive(connection, "telegram", f"telegram:{number}", str(number), "Geheime Frage", 0)
        for id_, values in ((2, {"state": "dead", "error": "KeyError"}), (3, {"state": "done", "payload": ""})):
            await connection.execute(update(inbox).where(inbox.c.id == id_).values(values))
        for address, state in (("70", State(counsellor=True)), ("71", State(spoken='"counsellor": true'))):
            await persons.save(connection, "telegram", address, state.to_json(), None, 0)
        payload = json.dumps(row(MAIL, ["reply@x.example"])[2])
        await quarantine.hold(connection, payload, "DMARC", 1, 0, "identity")
    await close(engine)


# what is typed, exit code, what is said; one after the other on the same database
OUTBOX = [
    (["outbox", "list"], 0, ["1\tmail\twaiting\t0 tries\t1\t", "2\tmail\tdead\t0 tries\t1\t550 no such user"]),
    (["outbox", "drop", "1"], 2, ["There is no refused row 1"]),  # it would be lost
    (["outbox", "drop", "9"], 2, ["There is no refused row 9"]),
    (["outbox", "retry", "3"], 2, ["There is no row 3 to send"]),  # it has been sent
    (["outbox", "retry", "2"], 0, []),
    (["outbox", "list"], 0, ["2\tmail\twaiting\t"]),
    (["outbox", "drop", "2"], 2, ["There is no refused row 2"]),
]
INBOX = [
    (["inbox", "list"], 0, ["1\ttelegram\twaiting\t0 tries\t", "2\ttelegram\tdead\t0 tries\tKeyError"]),
    (["inbox", "drop", "1"], 2, ["There is no row 1 that was given up"]),  # it would not be answered
    (["inbox", "retry", "3"], 2, ["There is no row 3 to handle"]),  # it was
    (["inbox", "retry", "2"], 0, []),
    (["inbox", "list"], 0, ["2\ttelegram\twaiting\t"]),
    (["inbox", "drop", "2"], 2, ["There is no row 2 that was given up"]),
]
COUNSELLORS = [
    (["counsellors", "list"], 0, ["70\n"]),
    (["counsellors", "remove", "71"], 2, ["No counsellor has the chat 71"]),
    (["counsellors", "remove", "70"], 0, []),
    (["counsellors", "remove", "70"], 2, ["No counsellor has the chat 70"]),
    (["counsellors", "list"], 0, []),
]
CLOSE = [
    (["close", "7"], 2, ["No question 7 waits for the office"]),
    (["close", "1"], 0, ["Question 1 is closed"]),
    (["tickets"], 0, ["1\tanswered\ttelegram\t"]),
    (["outbox", "list"], 0, ["4\ttelegram\twaiting\t0 tries\t1\t"]),  # whoever asked is told
    (["close", "1"], 2, ["No question 1 waits for the office"]),
]
QUARANTINE = [
    (["quarantine", "list"], 0, ["1\t1\tOur mail server does not confirm the sender"]),
    (["quarantine", "show", "2"], 2, ["There is no mail 2 in quarantine"]),
    (["quarantine", "show", "1"], 0, ["From: a@x.example", r"Subject: \x1b[2Jweg", "Hallo\ufffd"]),
    (["quarantine", "release", "1", "--question", "9"], 2, ["Question 9 is gone", "`lotse quarantine drop 1`"]),
    (["quarantine", "drop", "2"], 2, ["There is no mail 2 in quarantine"]),
    (["quarantine", "drop", "1"], 0, []),
    (["quarantine", "list"], 0, []),
    (["quarantine", "release", "1"], 2, ["There is no mail 1 in quarantine"]),
]
TICKETS = [
    (["tickets"], 0, ["1\topen\ttelegram\t"]),
    (["reply", "7", "/dev/null"], 2, ["The reply is empty; nothing was sent."]),
    (["forget", "6"], 2, ["Nothing is stored of this address"]),
    (["forget", "5"], 0, ["Erased in 1 places"]),
    (["tickets"], 0, []),
    (["outbox", "list"], 0, []),
    (["quarantine", "list"], 0, []),
]


TABLES = {
    "inbox": INBOX,
    "outbox": OUTBOX,
    "quarantine": QUARANTINE,
    "tickets": TICKETS,
    "counsellors": COUNSELLORS,
    "close": CLOSE,
}


@pytest.mark.parametrize("name", TABLES)
def test_commands(lotse, name):
    for arguments, code, said in TABLES[name]:
        found, text = lotse(*arguments)
        assert found == code, (arguments, text)
        for line in said:
            assert line in text, arguments
        assert bool(text.strip()) or not said
        assert "Geheime Frage" not in text
        assert "\x1b" not in text


def test_what_is_dropped_is_gone(lotse):
    lotse("quarantine", "drop", "1")
    assert lotse("quarantine", "list") == (0, "")


def test_a_message_that_was_given_up_is_dropped(lotse):
    assert lotse("inbox", "drop", "2") == (0, "")
    assert "KeyError" not in lotse("inbox", "list")[1]


def test_a_refused_row_is_dropped(lotse, tmp_path):
    assert lotse("outbox", "drop", "2") == (0, "")
    assert "550" not in lotse("outbox", "list")[1]
