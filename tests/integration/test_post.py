"""Mail of ours to people who asked by mail: in their own thread, to them alone, and answered to us."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta
from email import message_from_string
from email.policy import default

import pytest
from sqlalchemy import select

from bot.conversation.incoming import Incoming
from bot.flow import delivery, loop, presence
from bot.flow.delivery import BATCH, FEW, Delivery, pause
from bot.flow.letters import Letters
from bot.flow.loop import MAX_ATTEMPTS, Tasks, Worker, again_and_again
from bot.flow.ports import Delivered, Later, Paused, Refused, Stopped
from bot.flow.post import Post, thread_json
from bot.flow.presence import Presence
from bot.flow.signs import Signs
from bot.handover import tokens
from bot.handover.answers import File
from bot.mailing.gate import Thread
from bot.presentation.message import Block, Message
from bot.presentation.outgoing import Text, read, write
from bot.storage import leases, queue
from bot.storage.tables import leases as leases_table
from bot.storage.tables import outbox
from bot.storage.writer import Writer
from tests.integration.test_delivery import Talking, mail, way

__all__ = ["mail", "way"]

LETTERS = Letters("lotse@bot.example", "antwort@reply.example")
TO = "rat@verein.example"
PDF = File("brief.pdf", "application/pdf", b"%PDF-1")
THREAD = Thread("Frage", "2@verein.example", ("1@verein.example", "2@verein.example"))


def mail_in(letter):
    return message_from_string(letter.mail, policy=default)


def fields(letter, *names):
    mail = mail_in(letter)
    return [str(mail[name]) if mail[name] else "" for name in names]


def said(letter):
    return mail_in(letter).get_body().get_content().splitlines()


# ---- one letter


def test_what_is_shown_to_somebody_who_wrote_by_mail_is_a_mail_in_their_thread():
    message = Message((Block("markdown", "**Guten** Tag"),))
    (letter,) = LETTERS.render(message, Incoming(TO, "text", message=thread_json(THREAD)))
    assert letter.to == TO
    assert fields(letter, "From", "To", "Reply-To") == ["Lotse <lotse@bot.example>", TO, "antwort@reply.example"]
    assert fields(letter, "Subject", "In-Reply-To") == ["Re: Frage", "<2@verein.example>"]
    assert fields(letter, "References") == ["<1@verein.example> <2@verein.example>"]
    assert said(letter) == ["Guten Tag"]
    assert list(mail_in(letter).iter_attachments()) == []


def test_each_mail_has_an_id_of_its_own_by_which_a_bounce_is_found():
    first, second = (LETTERS.letter(TO, "Ja.\n", "") for _ in range(2))
    assert fields(first, "Message-ID") == [f"<{first.id}>"]
    assert first.id.startswith("answer.")
    assert first.id.endswith("@bot.example")
    assert first.id != second.id
    assert mail_in(first)["Date"].datetime.utcoffset() == timedelta(0)  # a time zone is named
    assert fields(first, "Subject", "References") == ["Lotse", ""]  # no thread is known


def test_a_mail_that_asks_for_a_word_has_its_mark_where_the_word_comes_back():
    letter = LETTERS.letter(TO, "Ja?\n", "", mark="d7")
    assert letter.id == "d7@bot.example"
    assert fields(letter, "Reply-To") == ["d7@reply.example"]


def test_all_files_come_in_one_mail_that_names_them():
    thread = Incoming(TO, "text", message=thread_json(THREAD))
    (letter,) = LETTERS.attach([PDF, File("plan.txt", "text/plain", b"x")], thread)
    assert letter.to == TO
    assert fields(letter, "In-Reply-To") == ["<2@verein.example>"]
    assert said(letter) == ["Anhang: brief.pdf, plan.txt"]
    found = [(part.get_filename(), part.get_content_type()) for part in mail_in(letter).iter_attachments()]
    assert found == [("brief.pdf", "application/pdf"), ("plan.txt", "text/plain")]
    assert LETTERS.attach([], thread) == []


# the mail that is answered, a subject of our own; what is known of the thread
@pytest.mark.parametrize(
    ("thread", "subject", "known"),
    [
        (None, "", None),
        (None, "Befehle", {"subject": "Befehle", "references": []}),
        (THREAD, "", {"subject": "Frage", "references": ["1@verein.example", "2@verein.example"]}),
        (THREAD, "Befehle", {"subject": "Befehle", "references": ["1@verein.example", "2@verein.example"]}),
    ],
)
def test_what_is_known_of_a_thread(thread, subject, known):
    text = thread_json(thread, subject)
    assert (json.loads(text) if text else None) == known


# ---- into the outbox


# how it is written; subject, whether it asks for a word, files
@pytest.mark.parametrize(
    ("how", "subject", "marked", "files"),
    [
        ({}, "Lotse", False, []),
        ({"thread": THREAD}, "Re: Frage", False, []),
        ({"subject": "Befehle"}, "Befehle", False, []),
        ({"decides": 7, "files": [PDF]}, "Lotse", True, ["brief.pdf"]),
    ],
)
async def test_a_mail_waits_in_the_lane_of_its_reader(way, how, subject, marked, files):
    post = Post(LETTERS, b"k" * 32, lambda: 5.0, lambda: 1)
    async with way.engine.begin() as connection:
        assert await post.write(connection, TO, "Guten Tag\n", **how)
    async with way.engine.connect() as connection:
        (row,) = (await connection.execute(select(outbox))).all()
    letter = read(row.payload)
    assert (row.channel, row.lane, row.ticket, row.message_id, row.created_at) == (
        "mail",
        f"mail:{TO}",
        None,
        letter.id,
        5.0,
    )
    mark = tokens.decision(7, TO, b"k" * 32)
    assert fields(letter, "Subject", "Reply-To") == [subject, f"{mark if marked else 'antwort'}@reply.example"]
    assert (letter.id == f"{mark}@bot.example") is marked
    assert [part.get_filename() for part in mail_in(letter).iter_attachments()] == files
    assert said(letter) == ["Guten Tag"]


# ---- out of it


class Hanging(Talking):
    """Answers when it is let go."""

    def __init__(self):
        super().__init__()
        self.gates = []

    async def send(self, lane, message):
        self.gates.append(asyncio.Event())
        await self.gates[-1].wait()
        return await super().send(lane, message)


async def test_what_hangs_delays_the_others_only_when_there_are_very_many(way):
    slow = way.delivery.senders["chat"] = Hanging()
    await way.put(*map(str, range(BATCH + FEW)))
    assert await way.delivery._start() == BATCH
    assert await way.delivery._start() == 0  # no room
    while len(slow.gates) < BATCH:
        await asyncio.sleep(0)

    async def answers(count):
        for gate in [gate for gate in slow.gates if not gate.is_set()][:count]:
            gate.set()
        room = len(way.delivery._tasks) - count
        while len(way.delivery._tasks) > room:
            await asyncio.sleep(0.001)

    await answers(FEW - 1)
    assert await way.delivery._start() == 0  # looking for so few costs more than it brings
    await answers(1)
    assert await way.delivery._start() == FEW
    while len(slow.gates) < BATCH + FEW:
        await asyncio.sleep(0)
    await answers(BATCH)
    await way.delivery._tasks.finish()
    assert [row[0] for row in await way.rows()] == ["done"] * (BATCH + FEW)


async def test_where_one_ends_the_next_begins_without_a_pause(way, monkeypatch):
    monkeypatch.setattr(loop, "IDLE_SECONDS", 3_600)
    slow = way.delivery.senders["chat"] = Hanging()
    await way.put(*map(str, range(BATCH + FEW)))
    running = asyncio.create_task(way.delivery.run())
    async with asyncio.timeout(30):
        while len(slow.sent) < BATCH + FEW:
            await asyncio.sleep(0.001)
            if len(slow.gates) >= BATCH:
                for gate in slow.gates:
                    gate.set()
        way.delivery.stop()
        await running
    assert [row[0] for row in await way.rows()] == ["done"] * (BATCH + FEW)


async def test_who_wakes_wakes_every_way(mail, monkeypatch):
    monkeypatch.setattr(loop, "IDLE_SECONDS", 3_600)
    running = asyncio.create_task(mail.delivery.run())
    async with asyncio.timeout(30):
        for number in range(3):  # from the second on both loops sleep
            await mail.put(f"mail {number}", channel="mail")
            await mail.put(f"chat {number}")
            mail.delivery.wake()
            while len(mail.mail.sent) + len(mail.chat.sent) < 2 * number + 2:
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.05)
        mail.delivery.stop()  # which wakes them for the last time
        await running
    assert [row[0] for row in await mail.rows()] == ["done"] * 6


async def test_who_does_not_answer_in_time_is_asked_again_before_another_process_may(way, monkeypatch):
    real, asked = asyncio.timeout, []

    def soon(seconds):
        asked.append(seconds)
        return real(0.01)

    monkeypatch.setattr(asyncio, "timeout", soon)
    way.delivery.senders["chat"] = Hanging()
    await way.put("eins")
    await way.after()
    assert asked == [delivery.LEASE - 10]
    assert await way.rows() == [("waiting", 1, True, "no answer in time")]
    assert way.signs.as_dict()["chat-out"]["why"] == "no answer in time"


@pytest.mark.parametrize("answer", [Stopped("the token is wrong"), Paused("wrong password", 60.0)])
async def test_what_stops_a_channel_is_told_once_however_many_are_on_their_way(way, answer):
    way.chat.answers = [answer] * 3
    await way.put("eins", "zwei", "drei")
    await way.after()
    assert len(way.chat.sent) == 3
    assert len(way.told) == 1
    assert [row[:2] for row in await way.rows()] == [("waiting", 0)] * 3


async def test_while_a_channel_rests_another_process_leaves_the_row_alone_too(way):
    way.chat.answers = [Paused("wrong password", 60.0)]
    await way.put("eins")
    await way.after()
    theirs = Talking()
    other = Delivery(way.engine, {"chat": theirs}, clock=lambda: way.now, holder="them")
    way.now += 59
    assert await other.work() == 0
    way.now += 1
    assert await other.work() == 1
    assert theirs.sent == [("chat:eins", "eins")]


# what the sender answers, and whether it says something of the way out
@pytest.mark.parametrize(
    ("answer", "failing"),
    [
        (Delivered(), False),
        (Refused("no"), False),
        (Later("busy"), True),
        (Later("this one is too large", alone=True), None),
        (Paused("wrong password", 60.0), True),
    ],
)
async def test_what_an_answer_says_of_the_way_out(way, answer, failing):
    way.chat.answers = [answer]
    await way.put("eins")
    await way.after()
    known = way.signs.as_dict().get("chat-out")
    assert (None if known is None else known["failing_since"] is not None) is failing


async def test_an_outcome_that_cannot_be_stored_is_tried_again_when_the_lease_is_over(way):
    async def broken(*_):
        raise OSError("the disk is full")

    real = way.delivery._mark
    way.delivery._mark = broken
    await way.put("eins")
    await way.after()
    assert way.told == []
    way.delivery._mark = real
    assert await way.after(delivery.LEASE) == 1
    assert await way.rows() == [("done", 2, False, "")]


def test_a_fault_of_ours_is_tried_for_four_minutes_and_an_outage_noticed_within_seconds():
    assert sum(map(pause, range(1, MAX_ATTEMPTS))) == 254
    assert loop.OUTAGE_SECONDS <= 2
    assert BATCH == 4 * FEW  # what hangs leaves room for others
    assert delivery.LEASE <= 45  # so long waits what a process held that died
    assert loop.IDLE_SECONDS <= 1  # so long waits what another process put there


def test_how_long_a_way_has_not_worked_is_said_in_minutes():
    now = [0.0]
    signs = Signs(clock=lambda: now[0])
    signs.failed("imap", "no route")
    now[0] = 36_000.0
    assert signs.failing(60) == ["imap has not worked for 600 minutes: no route"]


# ---- who does it


async def test_a_process_says_that_it_lives_often_enough_to_miss_a_turn_or_two(way):
    assert presence.HOLD_SECONDS >= 3 * presence.RENEW_SECONDS
    us = Presence(Writer(way.engine), lambda: way.now, lambda: way.now, id="us")
    assert await us.renew()
    async with way.engine.connect() as connection:
        (row,) = (await connection.execute(select(leases_table))).all()
    assert (row.name, row.holder, row.until) == ("process:us", "us", way.now + presence.HOLD_SECONDS)
    assert len({Presence(us.writer).id for _ in range(2)}) == 2
    await us.release()
    assert not us.lives
    async with way.engine.connect() as connection:
        assert (await connection.execute(select(leases_table))).all() == []


async def test_a_lease_counts_from_the_question_however_long_the_answer_takes(way):
    now = [100.0]

    class Slow:
        async def run(self, part):
            now[0] += 5.0
            return True

    us = Presence(Slow(), lambda: now[0], lambda: now[0], id="us")
    await us.renew()
    assert us.lives
    now[0] += presence.HOLD_SECONDS - 5.0
    assert not us.lives


async def test_what_cannot_be_given_back_ends_by_itself(way):
    class Away:
        async def run(self, part):
            raise OSError("the database is away")

    us = Presence(Away(), lambda: way.now, lambda: way.now)
    us._until["poll"] = way.now + 5
    assert us.holds("poll")
    await us.release("poll")
    assert not us.holds("poll")


async def test_who_was_frozen_is_not_taken_for_living_by_its_own_lease(way):
    async with way.engine.begin() as connection:
        await leases.take(connection, "poll", "them", way.now, 60)
    us = Presence(Writer(way.engine), lambda: way.now, lambda: way.now, id="us")
    us._until["poll"] = way.now + 99
    assert not await us.renew("poll")
    assert not us.holds("poll")


# ---- the loops


async def test_what_is_done_every_so_often_goes_on_whatever_happens(monkeypatch):
    paused, tries = [], []

    async def sleep(seconds):
        paused.append(seconds)
        if len(paused) == 3:
            raise asyncio.CancelledError

    async def job():
        tries.append(True)
        if len(tries) == 2:
            raise ValueError("once")

    monkeypatch.setattr(loop.asyncio, "sleep", sleep)
    with pytest.raises(asyncio.CancelledError):
        await again_and_again(1.5, job, "the lease")
    assert paused == [1.5] * 3
    assert len(tries) == 3


async def test_while_there_is_work_nobody_waits(monkeypatch):
    monkeypatch.setattr(loop, "IDLE_SECONDS", 3_600)
    worker, left = Worker(), [3, 2, 1, 0]

    async def work():
        count = left.pop(0)
        if not left:
            worker.stop()
        return count

    async with asyncio.timeout(30):
        await worker.run(work)
    assert worker.stopping
    assert left == []


async def test_after_an_error_there_is_a_pause_even_where_somebody_wakes(monkeypatch):
    paused, worker = [], Worker()

    async def sleep(seconds):
        paused.append(seconds)
        worker.stop()

    async def work():
        worker.wake()
        raise OSError

    monkeypatch.setattr(loop.asyncio, "sleep", sleep)
    await worker.run(work)
    assert paused == [loop.OUTAGE_SECONDS]


async def test_whenever_a_task_ends_somebody_is_told():
    ended = []
    tasks = Tasks(lambda: ended.append(True))
    for _ in range(2):
        tasks.start(asyncio.sleep(0))
    assert len(tasks) == 2
    await tasks.finish()
    await asyncio.sleep(0)
    assert (len(tasks), ended) == (0, [True, True])


async def test_whoever_waits_behind_is_not_sent_before(way):
    """Two messages of one person: the second only after the first was delivered."""
    async with way.engine.begin() as connection:
        for words in ("eins", "zwei"):
            await queue.enqueue(connection, "chat", "chat:1", write(Text(to="1", text=words)), way.now)
    way.chat.answers = [Later("busy")]
    await way.after()
    assert [words for _, words in way.chat.sent] == ["eins"]
    await way.after(2)
    await way.after()
    assert [words for _, words in way.chat.sent] == ["eins", "eins", "zwei"]
