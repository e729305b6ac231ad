"""What strangers can make the office, the disk and the others bear; and danger, which no limit holds up."""

from __future__ import annotations

import asyncio

import pytest
from sqlalchemy import update

from bot.channels.terminal import LANE
from bot.flow.chats import BATCH, FEW
from bot.flow.delivery import Delivery
from bot.flow.flood import Daily, Flood
from bot.flow.loop import Tasks, Worker
from bot.flow.ports import Delivered
from bot.presentation.outgoing import Text, write
from bot.storage import quarantine, queue
from bot.storage.quarantine import Room
from bot.storage.tables import inbox, outbox, tickets
from tests.integration import test_chats
from tests.integration.test_chats import Stage
from tests.integration.test_mails import Mailroom
from tests.rows import open_ticket

DAY = 86400.0
TEXT = "Termin buchen"


@pytest.fixture
def database_url(tmp_path):
    """SQLite alone: the limits know no database."""
    return f"sqlite:///{tmp_path}/lotse.db"


@pytest.fixture
def room(engine, tmp_path, catalogues, monkeypatch):
    monkeypatch.setattr(Stage, "catalogues", catalogues)
    return Mailroom(engine, tmp_path)


async def ask(room, text="Fahrräder reparieren"):
    await room.hear(text)
    await room.press(1)
    return await room.press(1)


async def test_three_open_questions_a_person(room):
    for _ in range(3):
        assert "Gesendet" in await ask(room)
    await room.hear("Fahrräder reparieren, noch einmal")
    refused = await room.press(1)
    assert "Sie haben schon 3 offene Fragen" in refused
    assert "Ja, so senden" not in refused
    assert len(room.sent()) == 3
    preview = await room.press(1)  # add it to the latest one
    assert "noch einmal" in preview
    assert "Ergänzt" in await room.press(1) or len(room.sent()) == 4


async def test_a_button_of_before_sends_no_fourth(room):
    """The preview was shown when there was room; it is pressed when there is none."""
    await room.hear("Fahrräder reparieren")
    await room.press(1)
    old = room.terminal._buttons[0]
    async with room.engine.begin() as connection:
        person = (await connection.execute(test_chats.tables.persons.select())).first().id
        for _ in range(3):
            await open_ticket(connection, person, now=room.now, expires_at=9_000_000)
    assert "Sie haben schon 3 offene Fragen" in await room.hear(old, "button")
    assert not room.mails.exists()


async def test_an_answer_makes_room(room):
    for _ in range(3):
        await ask(room)
    async with room.engine.begin() as connection:
        await connection.execute(update(tickets).where(tickets.c.number == 1).values(state="answered"))
    assert "Gesendet" in await ask(room)


async def test_a_day_s_questions(room):
    """Whoever withdraws and asks again makes the office as much work as whoever only asks."""
    room.chats._sent = Daily(2)
    for _ in range(2):
        await ask(room)
        async with room.engine.begin() as connection:
            await connection.execute(update(tickets).values(state="answered"))
    said = await ask(room)
    assert "Heute haben Sie schon viele Fragen gesendet" in said
    assert len(room.sent()) == 2
    room.now += DAY
    again = await room.hear(room.terminal._buttons[0], "button") if room.terminal._buttons else ""
    assert "Gesendet" in again + await ask(room)


# A counselling centre's questions of one day, by mail
async def test_a_day_s_questions_by_mail(room):
    listed = "\n".join(f"{number}. Wie ist das mit Fall {number}?" for number in range(1, 13))
    mail = (
        "Return-Path: <a@beratung.example>\nAuthentication-Results: mx.example.org; dmarc=pass header.from=beratung.example\n"
        "From: a@beratung.example\nTo: reply@example.org\nSubject: Fragen\nMessage-ID: <{id}@x>\n"
        "Content-Type: text/plain; charset=utf-8\n\n{listed}\n"
    )
    for id_ in range(2):
        await room.get(mail.format(id=id_, listed=listed))
    first, second = (each.get_content() for each in room.sent())
    assert "Nicht gelesen" not in first
    assert "Nicht gelesen: 4 weitere Fragen" in second.replace("\n", " ")


# room for so many mails and bytes; (vouched for, bytes) of what is held, the oldest first; what stays
@pytest.mark.parametrize(
    ("most", "held", "stays"),
    [
        (Room(3, 1000), [(False, 1), (False, 1), (False, 1)], [1, 2, 3]),
        (Room(2, 1000), [(False, 1), (False, 1), (False, 1)], [2, 3]),  # the oldest goes
        (Room(2, 1000), [(True, 1), (False, 1), (False, 1)], [1, 3]),  # but not one that somebody vouches for
        (Room(9, 100), [(False, 60), (True, 60), (False, 30)], [2, 3]),
        (Room(2, 1000), [(True, 1), (True, 1), (True, 1)], [2, 3]),  # when there is nothing else
    ],
)
async def test_the_quarantine_has_an_end(room, most, held, stays):
    async with room.engine.begin() as connection:
        for number, (proven, size) in enumerate(held):
            await quarantine.hold(connection, "{}", "DMARC", None, 0, str(number), proven=proven, size=size)
        await quarantine.make_room(connection, most)
        assert [mail.id for mail in await quarantine.held(connection)] == stays


async def test_of_a_large_mail_that_nobody_vouches_for_only_the_beginning_is_kept(room):
    room.postbox.room = Room(unproven=10_000)
    big = f"From: a@x.example\nFrom: b@x.example\nSubject: big\n\n{'nonsense ' * 5_000}\n"
    await room.get(big)
    (held,) = await room.held()
    assert len(held.payload) < 15_000
    ((size,),) = await room.rows(quarantine.quarantine, quarantine.quarantine.c.size)
    assert size > 45_000


# the messages of one person, in order; which come before the minute is over. Five a minute are read.
@pytest.mark.parametrize("danger", [5, 6, 7, 11])
async def test_danger_behind_a_flood_is_answered_at_once(room, danger):
    texts = [TEXT] * danger + ["Er atmet nicht mehr"] + [TEXT] * 3
    rows = [(LANE, f"f{n}", {"kind": "text", "text": text}) for n, text in enumerate(texts)]
    await room.chats.receive("terminal", rows)
    await room.settle()
    assert "Rufen Sie 112 an" in room.out.getvalue()
    assert [state for (state,) in await room.rows(inbox, inbox.c.state)].count("done") == 6
    room.now += 200
    await room.settle()
    room.now += 200
    await room.settle()
    assert {state for (state,) in await room.rows(inbox, inbox.c.state)} == {"done"}
    assert room.out.getvalue().count("Rufen Sie 112 an") == 1


async def test_danger_that_comes_while_the_others_wait(room):
    rows = [(LANE, f"f{n}", {"kind": "text", "text": TEXT}) for n in range(8)]
    await room.chats.receive("terminal", rows)
    await room.settle()
    assert "Rufen Sie 112 an" not in room.out.getvalue()
    # A second replica takes it in: what it knows of the flood stands in the database.
    room.chats._flood = Flood(5)
    await room.chats.receive("terminal", [(LANE, "late", {"kind": "text", "text": "Er atmet nicht mehr"})])
    await room.settle()
    assert "Rufen Sie 112 an" in room.out.getvalue()


async def test_one_that_takes_long_delays_no_other(room, monkeypatch):
    """Tasks, not batches: while one message is read for ever, more than fit at once are answered."""
    for_ever = asyncio.Event()
    attempt = room.chats._attempt

    async def attempted(row):
        if row.lane == "terminal:slow":
            await for_ever.wait()
        await attempt(row)

    monkeypatch.setattr(room.chats, "_attempt", attempted)
    rows = [("terminal:slow", "slow", {"kind": "text", "text": TEXT})]
    rows += [(f"terminal:{n}", f"n{n}", {"kind": "text", "text": TEXT}) for n in range(BATCH + FEW)]
    await room.chats.receive("terminal", rows)
    running = asyncio.create_task(room.chats.run())
    async with asyncio.timeout(150):  # it is a stop that is looked for, not the speed
        while [state for (state,) in await room.rows(inbox, inbox.c.state)].count("done") < BATCH + FEW:
            await asyncio.sleep(0.2)
    for_ever.set()
    room.chats.worker.stop()
    await asyncio.wait_for(running, 30)
    assert {state for (state,) in await room.rows(inbox, inbox.c.state)} == {"done"}


async def test_one_delivery_that_hangs_delays_no_other(engine):
    for_ever = asyncio.Event()

    class Hanging:
        async def send(self, lane, message):
            if message.text == "hangs":
                await for_ever.wait()
            return Delivered()

    delivery = Delivery(engine, {"telegram": Hanging()}, clock=lambda: 0.0)
    async with engine.begin() as connection:
        await queue.enqueue(connection, "telegram", "telegram:0", write(Text(to="0", text="hangs")), 0)
        for number in range(1, 80):
            await queue.enqueue(connection, "telegram", f"telegram:{number}", write(Text(to="1", text="Hallo")), 0)
    running = asyncio.create_task(delivery.run())
    async with asyncio.timeout(60):
        while True:
            async with engine.connect() as connection:
                if await queue.waiting(connection, outbox, "done") == 79:
                    break
            await asyncio.sleep(0.02)
    for_ever.set()
    delivery.stop()
    await asyncio.wait_for(running, 30)


async def test_tasks_that_are_cancelled_leave_none_behind():
    ended, for_ever = [], asyncio.Event()
    tasks, worker = Tasks(lambda: ended.append(1)), Worker()

    async def job():
        await for_ever.wait()

    async def start():
        if not len(tasks):
            tasks.start(job())
        return 0

    running = asyncio.create_task(tasks.run(worker, start))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)
    await tasks.finish()
    assert ended == [1]
    assert FEW < BATCH
