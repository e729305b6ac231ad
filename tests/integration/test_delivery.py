"""What becomes of an outgoing message, whatever the other side answers: nothing lost, nothing sent twice, an operator
told once. A sender that answers from a list, and a clock that is turned by hand."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import asynccontextmanager

import pytest
import structlog
from sqlalchemy import select, text
from sqlalchemy.exc import OperationalError

from bot.flow import loop
from bot.flow.delivery import AGAIN, LEASE, Delivery, pause
from bot.flow.failures import Kind
from bot.flow.letters import Letters
from bot.flow.loop import MAX_ATTEMPTS, Tasks, Worker
from bot.flow.ports import Delivered, Later, Paused, Refused, Stopped
from bot.flow.post import Post
from bot.flow.presence import Presence
from bot.flow.signs import CONTESTED_SECONDS, Signs
from bot.presentation.outgoing import Text, write
from bot.storage import queue
from bot.storage.database import close, engine_for, migrate
from bot.storage.tables import outbox
from bot.storage.writer import Writer


class Talking:
    """Answers with what it was given, then that it was delivered; an error is raised."""

    def __init__(self, *answers):
        self.answers = list(answers)
        self.sent = []

    async def send(self, lane, message):
        self.sent.append((lane, message.text))
        answer = self.answers.pop(0) if self.answers else Delivered()
        if isinstance(answer, Exception):
            raise answer
        return answer


class Way:
    """An outbox with two channels."""

    def __init__(self, engine):
        self.engine, self.now, self.told = engine, 1_000.0, []
        self.chat, self.other = Talking(), Talking()
        self.signs = Signs(clock=lambda: self.now)
        self.delivery = Delivery(
            engine,
            {"chat": self.chat, "other": self.other},
            clock=lambda: self.now,
            alert=self.told.append,
            signs=self.signs,
            holder="us",
        )

    async def put(self, *words, channel="chat", ticket=None):
        async with self.engine.begin() as connection:
            for each in words:
                message = write(Text(to="1", text=each))
                await queue.enqueue(connection, channel, f"{channel}:{each}", message, self.now, ticket)

    async def after(self, seconds=0.0):
        """Let the time pass and everything go out that is due; how many rows were taken."""
        self.now += seconds
        return await self.delivery.work()

    async def rows(self):
        """State, attempts and whether words are kept."""
        async with self.engine.connect() as connection:
            found = await connection.execute(select(outbox).order_by(outbox.c.id))
            return [(row.state, row.attempts, bool(row.payload), row.error) for row in found]


@pytest.fixture
async def way(tmp_path):
    engine = engine_for(f"sqlite:///{tmp_path}/lotse.db")
    await migrate(engine)
    yield Way(engine)
    await close(engine)


async def test_what_is_delivered_is_sent_once_and_its_words_go(way):
    await way.put("eins")
    assert await way.after() == 1
    assert await way.after(10_000) == 0
    assert way.chat.sent == [("chat:eins", "eins")]
    assert await way.rows() == [("done", 1, False, "")]
    assert way.told == []
    assert way.signs.as_dict() == {"chat-out": {"worked_at": 1_000.0, "failing_since": None, "why": ""}}


@pytest.mark.parametrize(
    ("answer", "seconds"),
    [
        (Later("busy"), 2.0),  # ours to choose
        (Later("flood", 30.0), 30.0),  # as long as the other side says
        (Later("flood", 0.0), 0.0),
        (OSError("no route"), 2.0),
        (TimeoutError(), 2.0),
        (ValueError("ours"), 2.0),  # a fault of ours may have to do with the moment
    ],
)
async def test_what_was_not_taken_is_tried_again_when_its_time_has_come(way, answer, seconds):
    way.chat.answers = [answer]
    await way.put("eins")
    await way.after()
    ((state, attempts, words, error),) = await way.rows()
    assert (state, attempts, words) == ("waiting", 1, True)
    assert error
    if seconds:
        assert await way.after(seconds - 0.5) == 0
    assert await way.after(0.5) == 1
    assert [text for _, text in way.chat.sent] == ["eins", "eins"]
    assert way.told == []


async def test_pauses_grow_and_end_at_half_an_hour():
    assert [pause(attempts) for attempts in (1, 2, 3, 10, 11, 12, 99)] == [2, 4, 8, 1024, 1800, 1800, 1800]


async def test_an_outage_takes_as_long_as_it_takes_and_a_fault_of_ours_is_given_up(way):
    await way.put("eins")
    way.chat.answers = [OSError("no route")] * 20
    for _ in range(20):
        await way.after(1_800)
    assert (await way.rows())[0][:3] == ("waiting", 20, True)
    await way.put("zwei", channel="other")
    way.other.answers = [ValueError("secret words")] * MAX_ATTEMPTS
    for _ in range(MAX_ATTEMPTS):
        assert way.told == []
        await way.after(1_800)
    assert (await way.rows())[1] == ("dead", MAX_ATTEMPTS, True, "ValueError")
    assert way.told == ["Outbox row 2 (other) was refused: ValueError"]
    assert way.chat.sent[-1] == ("chat:eins", "eins")


async def test_a_refused_message_is_kept_for_the_operator_who_is_told_and_the_next_one_goes(way):
    way.chat.answers = [Refused("no such chat")]
    await way.put("eins")
    await way.after()
    await way.put("zwei")
    assert await way.after(10_000) == 1
    assert await way.rows() == [("dead", 1, True, "no such chat"), ("done", 1, False, "")]
    assert way.told == ["Outbox row 1 (chat) was refused: no such chat"]
    assert way.signs.failing(0) == []  # the other side has answered


async def test_who_blocked_the_bot_is_nobodys_work_and_no_words_are_kept(way):
    way.chat.answers = [Refused("blocked", quiet=True)]
    await way.put("eins")
    await way.after()
    assert await way.rows() == [("dead", 1, False, "blocked")]
    assert way.told == []


async def test_a_row_that_no_version_can_read_is_refused_and_never_sent(way):
    async with way.engine.begin() as connection:
        await queue.enqueue(connection, "chat", "chat:1", "{}", way.now)
    await way.after()
    assert (await way.rows())[0][:3] == ("dead", 1, True)
    assert way.chat.sent == []
    assert len(way.told) == 1
    assert way.signs.as_dict() == {}  # nothing was learnt about the way out


async def test_a_refusal_does_what_it_leads_to_in_the_same_transaction(way):
    heard = []

    async def refused(connection, row, why):
        heard.append((row.id, row.ticket, why))
        await queue.enqueue(connection, "other", "other:1", write(Text(to="1", text="told")), way.now)
        return "more"

    way.delivery.refused = refused
    way.chat.answers = [Refused("no such mailbox")]
    await way.put("eins", ticket=7)
    await way.after()
    assert heard == [(1, 7, "no such mailbox")]
    assert way.told[1:] == ["more"]
    await way.after()
    assert way.other.sent == [("other:1", "told")]


async def test_a_channel_that_rests_tries_nothing_more_and_the_others_go_on(way):
    """A wrong password is not the message's fault: it costs no attempt, and the operator reads of it once."""
    way.chat.answers = [Paused("wrong password", 60.0)] * 2
    await way.put("eins")
    await way.put("zwei", channel="other")
    await way.after()
    await way.put("drei")
    assert await way.after(59) == 0
    assert way.chat.sent == [("chat:eins", "eins")]
    assert way.other.sent == [("other:zwei", "zwei")]
    assert (await way.rows())[0] == ("waiting", 0, True, "wrong password")
    assert way.signs.failing(58.0) == ["chat-out has not worked for 1 minutes: wrong password"]
    way.chat.answers = [Paused("wrong password", 60.0)] * 2
    await way.after(1)  # still wrong
    await way.after(61)  # right again
    await way.after(61)
    assert [row[0] for row in await way.rows()] == ["done"] * 3
    assert way.told == ["Channel chat rests for 60 seconds: wrong password"]
    assert way.signs.failing(0) == []
    way.chat.answers = [Paused("wrong password", 60.0)]
    await way.put("vier")
    await way.after()
    assert len(way.told) == 2  # it worked meanwhile, so this is news


async def test_a_channel_that_stopped_keeps_every_message_until_somebody_mends_it(way):
    way.chat.answers = [Stopped("the token is wrong")]
    await way.put("eins")
    await way.after()
    await way.put("zwei")
    await way.put("drei", channel="other")
    await way.after(100_000)
    assert way.chat.sent == [("chat:eins", "eins")]
    assert way.other.sent == [("other:drei", "drei")]
    assert [(state, attempts) for state, attempts, _, _ in await way.rows()] == [
        ("waiting", 0),
        ("waiting", 0),
        ("done", 1),
    ]
    assert way.told == ["Channel chat has stopped: the token is wrong"]
    assert way.delivery.stopped == {"chat": "the token is wrong"}  # health says why


async def test_who_was_taken_for_dead_sends_nothing(way):
    await way.put("eins")
    way.delivery.lives = lambda: False
    await way.after()
    assert way.chat.sent == []
    assert (await way.rows())[0][0] == "waiting"
    way.delivery.lives = lambda: True
    assert await way.after(LEASE - 1) == 0  # it may be on its way with another process
    assert await way.after(1) == 1
    assert way.chat.sent == [("chat:eins", "eins")]


async def test_what_another_process_has_finished_meanwhile_is_not_done_again(way):
    """Frozen in the middle of sending; the other one has sent it, too, and written that down."""

    class Slow(Talking):
        async def send(self, lane, message):
            async with way.engine.begin() as connection:
                (row,) = await queue.claim(connection, outbox, way.now + LEASE, LEASE, 1, holder="them")
                async with queue.working(connection, row):
                    pass
            return Refused("no")

    way.delivery.senders["chat"] = Slow()
    await way.put("eins")
    await way.after()
    assert await way.rows() == [("done", 2, False, "")]
    assert way.told == []


async def cut(connection):
    """The server ends our connection in the middle of a transaction; a file has no server, there the disk fails."""
    if connection.dialect.name == "sqlite":
        raise OperationalError("UPDATE outbox", {}, sqlite3.OperationalError("disk I/O error"))
    await connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))


@pytest.mark.parametrize(
    ("cuts", "sent"),
    [
        (1, 1),
        (len(AGAIN), 1),
        (len(AGAIN) + 1, 2),  # away for so long that nobody knows any more: at least once
    ],
)
async def test_what_came_of_a_message_is_not_forgotten_when_the_database_is_cut_off(engine, cuts, sent):
    way, slept, left = Way(engine), [], [cuts]

    async def refused(connection, row, why):
        left[0] -= 1
        if left[0] >= 0:
            await cut(connection)
        return "more"

    async def sleep(seconds):
        slept.append(seconds)

    way.delivery.refused, way.delivery.sleep = refused, sleep
    way.chat.answers = [Refused("no such chat")] * 2
    await way.put("eins")
    await way.after()
    assert slept == list(AGAIN[:cuts])
    await way.after(LEASE)
    assert len(way.chat.sent) == sent
    assert [row[:2] for row in await way.rows()] == [("dead", sent)]
    assert way.told == ["Outbox row 1 (chat) was refused: no such chat", "more"]


# One after the other through one connection, as mail goes


class Mailing(Talking):
    """Opens one connection for all that waits."""

    def __init__(self, *answers):
        super().__init__(*answers)
        self.opened = 0

    @asynccontextmanager
    async def connection(self):
        self.opened += 1
        yield self


@pytest.fixture
def mail(way):
    way.mail = Mailing()
    way.delivery = Delivery(
        way.engine, {"chat": way.chat, "mail": way.mail}, clock=lambda: way.now, alert=way.told.append
    )
    return way


async def test_what_waits_shares_a_connection_and_goes_in_order(mail):
    await mail.put("eins", "zwei", "drei", channel="mail")
    await mail.put("vier")
    assert await mail.after() == 4
    assert [words for _, words in mail.mail.sent] == ["eins", "zwei", "drei"]
    assert mail.mail.opened == 1
    assert [row[0] for row in await mail.rows()] == ["done"] * 4


async def test_the_running_program_sends_by_both_ways_as_soon_as_it_is_told_and_ends_when_asked(mail):
    running = asyncio.create_task(mail.delivery.run())
    async with asyncio.timeout(30):
        for number in range(3):
            await mail.put(f"mail {number}", channel="mail")
            await mail.put(f"chat {number}")
            mail.delivery.wake()
            while len(mail.mail.sent) + len(mail.chat.sent) < 2 * number + 2:
                await asyncio.sleep(0.01)
        mail.delivery.stop()
        await running
    assert [row[0] for row in await mail.rows()] == ["done"] * 6
    await mail.put("later", channel="mail")
    await mail.put("later")
    await mail.delivery._one_by_one("mail")
    assert len(mail.mail.sent) == 3  # stopped is stopped


async def test_a_stop_ends_after_the_mail_that_is_being_sent(mail):
    class Stopping(Mailing):
        async def send(self, lane, message):
            mail.delivery.stop()
            return await super().send(lane, message)

    mail.delivery._single["mail"] = Stopping()
    await mail.put("eins", "zwei", channel="mail")
    assert await mail.delivery._one_by_one("mail") == 1
    assert [row[0] for row in await mail.rows()] == ["done", "waiting"]


# Signs of life


def test_a_way_that_fails_counts_from_its_first_failure_until_it_works():
    now = [0.0]
    signs = Signs(clock=lambda: now[0])
    signs.failed("imap", "no route")
    now[0] = 600.0
    signs.failed("imap", "wrong password")
    assert signs.failing(599) == ["imap has not worked for 10 minutes: wrong password"]
    assert signs.failing(600) == []
    signs.worked("imap")
    assert signs.failing(0) == []
    signs.failed("imap", "no route")
    assert signs.as_dict()["imap"] == {"worked_at": 600.0, "failing_since": 600.0, "why": "no route"}
    signs.rests("imap")  # another replica's turn
    assert signs.as_dict() == {}


def test_where_another_program_takes_turns_a_success_in_between_is_no_sign_of_health():
    now = [0.0]
    signs = Signs(clock=lambda: now[0])
    signs.failed("telegram", "another program polls", contested=True)
    now[0] = CONTESTED_SECONDS - 1
    signs.worked("telegram")
    assert len(signs.failing(60)) == 1
    now[0] = CONTESTED_SECONDS
    signs.worked("telegram")
    assert signs.failing(0) == []


async def test_a_process_that_says_nothing_for_too_long_knows_it_itself(way):
    now = [100.0]
    writer = Writer(way.engine)
    us, them = (Presence(writer, lambda: now[0], lambda: now[0], id=name) for name in ("us", "them"))
    assert not us.lives  # not said yet
    assert await us.renew()
    assert await them.renew()  # both may live
    assert await us.renew("poll")
    assert not await them.renew("poll")  # one of them polls
    assert (us.holds("poll"), them.holds("poll")) == (True, False)
    now[0] += 5.9  # with looking and taking over it is ten seconds until another does the work
    assert us.lives
    now[0] += 0.1
    assert (us.lives, us.holds("poll")) == (False, False)
    assert await them.renew("poll")
    assert not await us.renew("poll")
    await them.release("poll")
    assert not them.holds("poll")
    assert await us.renew("poll")  # at once


async def test_of_several_one_polls_as_long_as_it_wants_and_the_next_begins_at_once(way):
    writer = Writer(way.engine)
    us, them = Presence(writer, id="us"), Presence(writer, id="them")
    async with asyncio.timeout(30):
        async with us.lasting("poll") as ours:
            while not await ours():
                await asyncio.sleep(0.01)
            assert not await them.renew("poll")
        assert not await ours()
        assert await them.renew("poll")


# The loops


async def test_what_another_process_put_there_is_found_and_no_error_ends_a_loop(monkeypatch):
    """Nobody wakes us for it; and the database may be away just when we look."""
    monkeypatch.setattr(loop, "IDLE_SECONDS", 0.01)
    monkeypatch.setattr(loop, "OUTAGE_SECONDS", 0.01)
    worker, looked = Worker(), []

    async def look():
        looked.append(True)
        if len(looked) == 2:
            raise OSError("the database is away")
        if len(looked) == 5:
            worker.stop()
        return 0

    async with asyncio.timeout(30):
        await worker.run(look)
    assert len(looked) == 5


async def test_a_wake_counts_once(monkeypatch):
    monkeypatch.setattr(loop, "IDLE_SECONDS", 3_600)
    worker, looked = Worker(), []

    async def look():
        looked.append(True)
        return 0

    worker.wake()
    running = asyncio.create_task(worker.run(look))
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(looked) == 1  # who waits does not spin
    worker.wake()
    for _ in range(20):
        await asyncio.sleep(0)
    assert len(looked) == 2
    worker.stop()
    async with asyncio.timeout(30):
        await running


async def test_tasks_of_a_loop_that_is_cancelled_end_with_it():
    tasks, ended = Tasks(lambda: None), []

    async def hangs():
        try:
            await asyncio.sleep(3_600)
        finally:
            ended.append(True)

    tasks.start(hangs())

    async def nothing():
        return 0

    running = asyncio.create_task(tasks.run(Worker(), nothing))
    await asyncio.sleep(0.01)
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    await asyncio.sleep(0.01)
    assert ended == [True]
    assert len(tasks) == 0


def test_the_log_names_the_error_inside_a_group_and_none_of_its_words():
    with structlog.testing.capture_logs() as logs:
        assert loop.report(ExceptionGroup("Anna", [OSError("Anna")]), "failed", row=7) is Kind.OUTAGE
    assert [(line["event"], line["error"], line["kind"], line["row"]) for line in logs] == [
        ("failed", "OSError", "outage", 7)
    ]
    assert "Anna" not in str(logs)


async def test_no_more_mails_to_one_address_than_an_hour_may_have(way):
    """The brake on two programs that answer each other."""
    now = [0.0]
    letters = Letters("lotse@example.org", "antwort@example.org")
    post = Post(letters, b"k" * 32, lambda: now[0], lambda: 2)

    async def write_to(address):
        async with way.engine.begin() as connection:
            return await post.write(connection, address, "Guten Tag")

    assert [await write_to("a@example.org") for _ in range(3)] == [True, True, False]
    assert await write_to("b@example.org")
    now[0] = 3_600.0
    assert not await write_to("a@example.org")
    now[0] = 3_600.1
    assert await write_to("a@example.org")
    async with way.engine.connect() as connection:
        rows = (await connection.execute(select(outbox.c.lane, outbox.c.channel).order_by(outbox.c.id))).all()
    lanes = [row.lane.removeprefix("mail:") for row in rows]
    assert lanes == ["a@example.org", "a@example.org", "b@example.org", "a@example.org"]
    assert {row.channel for row in rows} == {"mail"}
