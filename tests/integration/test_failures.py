"""No error of one row, whatever it is and whoever raises it, ends a loop: the next row is worked off as ever."""

from __future__ import annotations

import asyncio
from contextlib import suppress

import pytest
import structlog

from bot.channels.imap import Imap
from bot.channels.lmtp import LmtpServer
from bot.channels.telegram import Telegram
from bot.flow import reminders
from bot.flow.failures import Kind, kind_of
from bot.flow.health import Health
from bot.flow.loop import MAX_ATTEMPTS, Worker, again_and_again
from bot.flow.ports import Refused
from bot.flow.reminders import remind
from bot.flow.retention import Retention
from bot.mailing.arrival import row
from bot.presentation.outgoing import Text, write
from bot.storage import invitations, persons, queue, tables
from bot.storage.tables import inbox, outbox
from bot.storage.writer import Writer
from tests.integration import test_chats
from tests.integration.test_mails import Mailroom, answer
from tests.unit.test_failures import ERRORS

IDS = [f"{number}-{type(error).__name__}" for number, (error, _) in enumerate(ERRORS)]
every_error = pytest.mark.parametrize("error", [error for error, _ in ERRORS], ids=IDS)
# Where each costs a database of its own: the pool's timeout, a full disk, poisons and faults.
some_errors = pytest.mark.parametrize(
    "error", [ERRORS[number][0] for number in (5, 8, 11, 16, 17, 22)], ids=lambda error: type(error).__name__
)


@pytest.fixture(autouse=True)
def quiet():
    """Without the development log, which takes a second to draw each of the many tracebacks."""
    structlog.configure(processors=[structlog.processors.JSONRenderer()])
    yield
    structlog.reset_defaults()


@pytest.fixture
def database_url(tmp_path):
    """SQLite alone: it is the errors that are many here."""
    return f"sqlite:///{tmp_path}/lotse.db"


@pytest.fixture
def room(engine, tmp_path, catalogues, monkeypatch):
    monkeypatch.setattr(test_chats.Stage, "catalogues", catalogues)
    room = Mailroom(engine, tmp_path)
    room.chats.alert = room.delivery.alert = room.chats.desk.alert = room.alerts.append
    return room


async def until_given_up(room, work, table=inbox):
    for _ in range(MAX_ATTEMPTS + 1):
        await work()
        room.now += 3600
    return [state for (state,) in await room.rows(table, table.c.state)]


@some_errors
async def test_a_message(room, monkeypatch, error):
    def broken(text, context):
        if "bumm" in text:
            raise error
        return real(text, context)

    matcher = room.live.current.matcher
    real = matcher.match
    monkeypatch.setattr(matcher, "match", broken)
    await room.chats.receive("terminal", [("terminal:1", "first", {"kind": "text", "text": "bumm"})])
    states = await until_given_up(room, room.chats.work)
    assert states == (["waiting"] if kind_of(error) is Kind.OUTAGE else ["dead"])
    assert bool(room.alerts) is (states == ["dead"])
    assert "Termine gibt es online" in await room.hear("Termin buchen")


@some_errors
@pytest.mark.parametrize("where", ["find", "save"])
async def test_a_message_whose_person_cannot_be_read_or_written(room, monkeypatch, error, where):
    real = getattr(persons, where)

    async def broken(connection, channel, address, *rest, **more):
        if room.now < 2_000_000:
            raise error
        return await real(connection, channel, address, *rest, **more)

    monkeypatch.setattr(persons, where, broken)
    await room.chats.receive("terminal", [("terminal:1", "first", {"kind": "text", "text": "Termin buchen"})])
    await room.chats.work()
    assert [state for (state,) in await room.rows(inbox, inbox.c.state)] == ["waiting"]
    room.now = 2_000_000.0
    await room.settle()
    assert "Termine gibt es online" in room.out.getvalue()


@some_errors
async def test_a_mail(room, monkeypatch, error):
    async def broken(raw):
        if b"bumm" in raw:
            raise error
        return await real(raw)

    real = room.postbox.reader.read
    question = await room.asked()
    monkeypatch.setattr(room.postbox.reader, "read", broken)
    await room.postbox.receive([row(b"Subject: bumm\r\n\r\n", [])])
    await until_given_up(room, room.postbox.work)
    if kind_of(error) is not Kind.OUTAGE:
        assert len(await room.held()) == 1  # nothing accepted is lost
    assert "| Ja." in await room.get(answer(question, "Ja."), question["Reply-To"])


@some_errors
async def test_a_delivery_side_by_side_and_one_by_one(room, error):
    class Broken:
        async def send(self, lane, message):
            if message.text == "bumm":
                raise error
            return await real.send(lane, message)

    real = room.terminal
    room.delivery.senders = {"terminal": Broken()}
    async with room.engine.begin() as connection:
        await queue.enqueue(connection, "terminal", "terminal:1", write(Text(to="1", text="bumm")), room.now)
        await queue.enqueue(connection, "terminal", "terminal:2", "no JSON at all", room.now)
    states = await until_given_up(room, room.delivery.work, outbox)
    assert states == ["waiting" if kind_of(error) is Kind.OUTAGE else "dead", "dead"]
    assert room.alerts
    assert "Termine gibt es online" in await room.hear("Termin buchen")


@some_errors
async def test_an_outcome_that_cannot_be_stored(room, monkeypatch, error):
    class Refusing:
        async def send(self, lane, message):
            return Refused("no such chat")

    real = queue.working
    broken = [True]

    def working(connection, row):
        if broken[0] and row.queue == "outbox":
            raise error
        return real(connection, row)

    monkeypatch.setattr(queue, "working", working)
    room.delivery.senders = {"terminal": Refusing()}
    await room.chats.receive("terminal", [("terminal:1", "first", {"kind": "text", "text": "Hallo"})])
    await room.settle()
    broken[0] = False
    room.now += 3600
    await room.settle()
    assert [state for (state,) in await room.rows(outbox, outbox.c.state)] == ["dead"]


async def test_a_refusal_with_a_byte_that_is_no_letter(room):
    """What aiosmtplib hands back of "550 Empfänger unbekannt" in Latin-1."""

    class Refusing:
        async def send(self, lane, message):
            return Refused("550 5.1.1 Empf\udce4nger unbekannt\0")

    room.delivery.senders = {"terminal": Refusing()}
    await room.hear("Hallo")
    assert await room.rows(outbox, outbox.c.state, outbox.c.error) == [
        ("dead", "550 5.1.1 Empf\ufffdnger unbekannt\ufffd")
    ]


@every_error
async def test_any_loop(error):
    """Worker and again_and_again run everything there is: chats, mails, delivery, tidying, reminders, health."""
    calls = []

    async def work():
        calls.append(1)
        if len(calls) < 3:
            raise error
        return 0

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("bot.flow.loop.OUTAGE_SECONDS", 0.001)
        worker = Worker()
        for job in (worker.run(work), again_and_again(0.001, work, "work")):
            calls.clear()
            task = asyncio.create_task(job)
            async with asyncio.timeout(20):
                while len(calls) < 3:
                    await asyncio.sleep(0.001)
            assert not task.done()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@some_errors
async def test_tidying_goes_on_after_what_fails(room, monkeypatch, error):
    async def broken(*_):
        raise error

    await room.hear("Fahrräder reparieren")
    room.now += 40 * 86400
    monkeypatch.setattr(persons, "write_state", broken)
    monkeypatch.setattr(invitations, "drop_expired", broken)
    await Retention(Writer(room.engine), lambda: room.now, 30).tidy()
    assert await room.rows(tables.persons, tables.persons.c.id) == []


@some_errors
async def test_one_question_that_fails_holds_no_other_reminder_up(room, monkeypatch, error):
    room.now = test_chats.MONDAY
    await test_chats.handed_over(room)
    await test_chats.handed_over(room, "Wo ist das Fundbüro?")
    room.now += 4 * 86400
    real = reminders._overdue

    async def broken(connection, ticket, **rest):
        if ticket.number == 1:
            raise error
        return await real(connection, ticket=ticket, **rest)

    monkeypatch.setattr(reminders, "_overdue", broken)
    assert await remind(room.chats.desk) == 1
    assert await room.rows(tables.tickets, tables.tickets.c.state) == [("open",), ("overdue",)]


async def test_a_question_whose_channel_does_not_run_any_more(room):
    room.now = test_chats.MONDAY
    question = await room.asked()
    del room.chats.channels["terminal"]
    room.now += 4 * 86400
    await remind(room.chats.desk)
    assert "came by terminal, which does not run here" in room.alerts[-1]
    await room.postbox.receive([row(answer(question, "Ja.").encode(), [str(question["Reply-To"])])])
    await room.postbox.work()
    (held,) = await room.held()  # nothing is lost: the answer waits until the channel runs again
    assert held.ticket == 1


@some_errors
async def test_the_health_file_is_written_again(room, tmp_path, monkeypatch, error):
    monkeypatch.setattr("bot.flow.health.PAUSE", 0.001)
    told = []

    def matching():
        told.append(1)
        if len(told) < 3:
            raise error
        return "ok"

    path, writer = tmp_path / "health.json", Writer(room.engine)
    task = asyncio.create_task(Health(path, writer, room.live, room.delivery, matching).write())
    async with asyncio.timeout(20):
        while not path.exists():
            await asyncio.sleep(0.005)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    await writer.settle()


@some_errors
async def test_the_knowledge_is_watched_on(room, monkeypatch, error):
    seen = []

    def reload():
        seen.append(1)
        raise error

    monkeypatch.setattr(room.live, "reload", reload)
    task = asyncio.create_task(room.live.watch(0.001))
    async with asyncio.timeout(20):
        while len(seen) < 3:
            await asyncio.sleep(0.001)
    assert not task.done()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def _update(number, text="Hallo"):
    chat = {"id": 5, "type": "private"}
    return {"update_id": number, "message": {"message_id": number, "date": 0, "chat": chat, "text": text}}


@every_error
async def test_polling(monkeypatch, error):
    stored, asked = [], []
    real_sleep = asyncio.sleep
    monkeypatch.setattr("bot.channels.telegram.asyncio.sleep", lambda _: real_sleep(0))

    class Bot:
        async def updates(self, offset):
            asked.append(offset)
            if len(asked) == 1:
                raise error
            if offset is not None:
                await real_sleep(3600)
            return [_update(1), {"update_id": 2, "message": {"chat": 5}}, "nothing", _update(3)]

    async def store(rows):
        if len(stored) == 0 and len(rows) > 1:
            stored.append("failed")
            raise error
        stored.extend(number for _, number, _ in rows)
        return len(rows)

    async def held():
        return True

    task = asyncio.create_task(Telegram(Bot()).poll(store, held))
    async with asyncio.timeout(20):
        while 4 not in asked:
            await real_sleep(0.001)
    assert stored == ["failed", "1", "3"]  # what is no update is left out; the others are stored one by one
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@every_error
async def test_imap(monkeypatch, error):
    monkeypatch.setattr("bot.channels.imap.POLL_SECONDS", 0.001)
    fetched, alerts = [], []

    async def fetch(self, store, *_):
        fetched.append(1)
        raise error

    async def held():
        return True

    monkeypatch.setattr(Imap, "fetch", fetch)
    monkeypatch.setattr("bot.channels.imap.LONGEST_PAUSE", 0.001)
    task = asyncio.create_task(Imap("localhost", 1, "none", "reply", "x").poll(None, alerts.append, held))
    async with asyncio.timeout(20):
        while len(fetched) < 3:
            await asyncio.sleep(0.001)
    assert alerts
    assert not task.done()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


@every_error
async def test_lmtp_says_later(error):
    async def store(rows):
        raise error

    class Envelope:
        content, mail_from, rcpt_tos = b"x", "a@example.org", ["b@example.org"]

    said = await LmtpServer("127.0.0.1", 0, store).handle_DATA(None, None, Envelope())
    assert said.startswith("451")
