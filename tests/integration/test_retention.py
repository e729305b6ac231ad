"""What is kept ends when the table says so: in the rows, in the files, and in every byte below `var`."""

from __future__ import annotations

import asyncio
import os
import re
import stat

import pytest
from sqlalchemy import String, select, update

from bot.cli.operating import forget
from bot.config import Settings
from bot.errors import UsageError
from bot.flow.retention import Retention
from bot.storage import approvals, invitations, persons, queue, tables
from bot.storage.database import close, engine_for, migrate
from bot.storage.kept import ANSWERED_DAYS, APPROVAL_DAYS, DONE_DAYS, KEPT
from bot.storage.tables import inbox, metadata, outbox, quarantine, tickets
from bot.storage.traces import Traces
from bot.storage.writer import Writer
from tests.integration import test_chats
from tests.integration.test_mails import Mailroom, answer, room

__all__ = ["room"]

DAY = 86400.0
MARKER = "Wunderfahrradmarke"


def test_no_column_that_holds_text_is_forgotten():
    """A new one needs a line in `storage/kept.py`: what it holds, why, and until when."""
    text = {f"{table.name}.{column.name}" for table in metadata.tables.values() for column in table.c if _text(column)}
    assert set(KEPT) == text
    assert all(kept.what and kept.why and kept.end for kept in KEPT.values())


def _text(column):
    kind = getattr(column.type, "impl", column.type)
    return isinstance(kind, String) or isinstance(column.type, String)


@pytest.fixture
async def machine(tmp_path, catalogues, monkeypatch):
    """A mailroom on a file below `var`, as `lotse run` has it; and the folder."""
    monkeypatch.setattr(test_chats.Stage, "catalogues", catalogues)
    before = os.umask(0o077)  # as `lotse run` sets it
    var = tmp_path / "var"
    var.mkdir()
    engine = engine_for(Settings(var=var, _env_file=None).database)
    await migrate(engine)
    made = Mailroom(engine, var)
    made.chats.traces = Traces(engine, var / "mail")
    yield made, var
    await close(engine)
    os.umask(before)


def holding(var, *markers):
    """Files below ``var`` in which one of the markers stands, in any byte."""
    found = [(path.name, path.read_bytes()) for path in var.rglob("*") if path.is_file()]
    return [(name, marker) for name, content in found for marker in markers if marker.encode() in content]


async def asked(room):
    await room.hear(f"Fahrräder reparieren, {MARKER}")
    await room.press(1)
    await room.press(1)
    return room.sent()[-1]


async def test_after_delete_nothing_of_it_is_in_any_byte(machine):
    room, var = machine
    question = await asked(room)
    held = answer(question, f"Ja. Sie fragten: {MARKER}", sender="kollegin@example.org")  # waits for the office's word
    await room.get(held, question["Reply-To"])
    assert len(await room.held()) == 1
    assert await room.rows(tables.approvals, tables.approvals.c.kind) == [("release",)]
    assert holding(var, MARKER)
    await room.hear("delete", "command")
    await room.press(1)
    assert await room.held() == []
    assert await room.rows(tables.approvals, tables.approvals.c.kind) == []
    # What Lotse has mailed to the office about the held answer names the question's number, and holds its words: it
    # has left, as /delete says.
    left = {name for name, _ in holding(var, MARKER)}
    assert all(name.startswith("mail-buero@example.org-") for name in left)
    for name in left:
        (var / "mail" / name).unlink()
    assert holding(var, MARKER) == []


async def test_after_the_retention_nothing_of_it_is_in_any_byte(machine):
    room, var = machine
    question = await asked(room)
    await room.get(answer(question, f"Ja, {MARKER}."), question["Reply-To"])
    await room.get(answer(question, f"Und {MARKER}", sender="kollegin@example.org"), question["Reply-To"])
    await room.hear(f"Noch etwas, {MARKER}")  # a draft, and the last words
    for path in (var / "mail").iterdir():
        os.utime(path, (room.now, room.now))
    room.now += 31 * DAY
    await Retention(Writer(room.engine), lambda: room.now, 30, room.chats.traces, room.alerts.append).tidy()
    assert holding(var, MARKER, "kollegin@example.org", "terminal:person") == []
    assert list((var / "mail").iterdir()) == []


async def test_nobody_else_may_read_what_is_kept(machine):
    room, var = machine
    await asked(room)
    open_ = [path for path in (var, *var.rglob("*")) if stat.S_IMODE(path.stat().st_mode) & 0o077 and path != var]
    assert open_ == []


async def test_the_words_of_an_answered_question_end_and_a_late_answer_still_arrives(room):
    question = await asked(room)
    await room.get(answer(question, "Ja."), question["Reply-To"])
    room.now += (ANSWERED_DAYS - 0.5) * DAY
    await room.tidy(30)
    assert MARKER in str(await room.rows(tickets, tickets.c.question))
    room.now += DAY
    await room.tidy(30)
    assert await room.rows(tickets, tickets.c.question, tickets.c.thread) == [("", "")]
    later = answer(question, "Noch etwas: Montag ist zu.").replace("<a1@", "<a2@")
    said = await room.get(later, question["Reply-To"])
    assert "Montag ist zu" in said
    assert MARKER not in said
    forwarded = answer(question, "#weiter zweites@example.org").replace("<a1@", "<a3@")
    await room.get(forwarded, question["Reply-To"])
    assert "kann nicht mehr weitergegeben werden" in room.sent()[-1].get_content().replace("\n", " ")


async def test_an_addition_after_that_says_where_the_first_words_are(room):
    question = await asked(room)
    await room.get(answer(question, "Ja."), question["Reply-To"])
    room.now += (ANSWERED_DAYS + 1) * DAY
    await room.tidy(30)
    again = next(data for data in room.terminal._buttons if data.startswith("a:") or "again" in data)
    await room.hear(again, "button")
    await room.hear("Gilt das auch für Roller?")
    await room.press(1)
    mail = room.sent()[-1].get_content().replace("\n", " ")
    assert "> Gilt das auch für Roller?" in mail
    assert "bei Lotse ist es schon gelöscht" in mail
    assert await room.rows(tickets, tickets.c.question, tickets.c.state) == [("Gilt das auch für Roller?", "open")]


# state of the row, its age in days, whether it is still there
@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        ("done", DONE_DAYS - 1, True),  # for whoever looks into a fault
        ("done", DONE_DAYS + 1, False),
        ("dead", 29, True),  # an operator may still look
        ("dead", 31, False),
        ("waiting", 29, True),
        ("waiting", 31, False),  # nobody takes it: its channel does not run any more
    ],
)
async def test_how_long_a_row_stays(room, state, days, stays):
    room.now = 100 * DAY
    async with room.engine.begin() as connection:
        await queue.receive(connection, "gone", "gone:1", "7", "{}", room.now)
        await queue.enqueue(connection, "gone", "gone:1", "{}", room.now)
        for table in (inbox, outbox):
            await connection.execute(update(table).values(state=state))
    room.now += days * DAY
    await Retention(Writer(room.engine), lambda: room.now, 30, None, room.alerts.append).tidy()
    for table in (inbox, outbox):
        assert bool(await room.rows(table, table.c.id)) is stays
    told = [what for what in room.alerts if "nobody has taken" in what]
    assert bool(told) is (state == "waiting" and not stays)


async def test_a_mail_to_the_office_waits_as_long_as_its_question(room):
    await asked(room)
    async with room.engine.begin() as connection:
        await connection.execute(update(outbox).where(outbox.c.channel == "mail").values(state="waiting"))
    room.now += 60 * DAY
    await room.tidy(30)
    assert await room.rows(outbox, outbox.c.channel) == [("mail",)]
    room.now += 130 * DAY
    await room.tidy(30)
    assert await room.rows(outbox, outbox.c.channel) == []


async def test_what_nobody_used_or_decided_in_time(room):
    async with room.engine.begin() as connection:
        await invitations.add(connection, "code", room.now + 7 * DAY)
        await approvals.ask(connection, "centre", "a@beratung.example", "{}", room.now)
        assert await approvals.obey_once(connection, "identity", room.now)
    for days, left in ((6, 3), (8, 2), (APPROVAL_DAYS + 1, 0)):
        room.now += days * DAY
        await room.tidy(30)
        counts = [
            len(await room.rows(table, *table.primary_key))
            for table in (tables.invitations, tables.approvals, tables.obeyed)
        ]
        assert sum(counts) == left
        room.now -= days * DAY


async def test_an_invitation_is_kept_as_a_hash_alone(room):
    async with room.engine.begin() as connection:
        await invitations.add(connection, "geheim-123", 9e9)
    ((kept,),) = await room.rows(tables.invitations, tables.invitations.c.code_hash)
    assert re.fullmatch("[0-9a-f]{64}", kept)


# An operator gets a letter: "erase what you have of me". By mail, as a counselling centre, in a chat, in a browser.
async def test_forgetting_by_address(machine, monkeypatch, capsys):
    room, var = machine
    settings = Settings(var=var, _env_file=None)
    monkeypatch.setattr("bot.cli.operating.settings_of", lambda: settings)
    anna = "Anna.Muster@beratung.example"
    await asked(room)  # somebody else's, who stays
    async with room.engine.begin() as connection:
        person = await persons.save(connection, "mail", anna.lower(), "{}", None, room.now)
        await room.chats.desk.hand_over(connection, person, _draft(room), room.live.current, room.now)
        await approvals.ask(connection, "centre", anna.lower(), '{"drafts": "Meldebescheinigung"}', room.now)
    mail = f"Return-Path: <{anna}>\nFrom: {anna}\nFrom: x@y.example\nSubject: Anna\n\n{MARKER}-Anna\n"
    await room.get(mail)  # two senders: held
    unproven = f"Return-Path: <{anna}>\nFrom: {anna}\nSubject: Anna\n\n{MARKER}-Anna?\n"
    await room.get(unproven)
    await room.settle()
    await asyncio.to_thread(forget, anna)
    assert "Erased in" in capsys.readouterr().out
    assert len(await room.rows(tickets, tickets.c.number)) == 1
    assert [row for row in await room.rows(quarantine, quarantine.c.sender) if "anna" in row[0].lower()] == []
    assert "anna" not in str(await room.rows(tables.approvals, tables.approvals.c.address))
    assert "Meldebescheinigung" not in str(await room.rows(tables.approvals, tables.approvals.c.payload))
    assert not [path.name for path in (var / "mail").iterdir() if path.name.startswith(("mail-2-", "mail-anna"))]
    with pytest.raises(UsageError, match="Nothing is stored"):
        await asyncio.to_thread(forget, "nobody@example.org")


def _draft(room):
    from bot.conversation.events import Draft

    return Draft(1, "Wo gibt es eine Meldebescheinigung?", "de", (), room.now, client=True)


async def test_whoever_blocked_the_bot_leaves_no_words(room):
    from bot.flow.ports import Refused

    class Blocked:
        async def send(self, lane, message):
            return Refused("blocked", quiet=True)

    room.delivery.senders = {"terminal": Blocked()}
    await room.hear("Termin buchen")
    async with room.engine.connect() as connection:
        rows = (await connection.execute(select(outbox.c.state, outbox.c.payload, outbox.c.lane))).all()
    assert {tuple(row) for row in rows} == {("dead", "", "")}
