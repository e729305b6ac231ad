"""Several processes on one database: who is silent loses what it holds, whose clock is wrong takes nobody's rows."""

from __future__ import annotations

import asyncio
import time

import pytest
from sqlalchemy import select

from bot.channels.aside import aside
from bot.flow.delivery import Delivery
from bot.flow.ports import Delivered
from bot.flow.presence import HOLD_SECONDS, RENEW_SECONDS, Presence
from bot.presentation.outgoing import Text, write
from bot.storage import leases, queue
from bot.storage.clock import DatabaseClock
from bot.storage.database import close, engine_for
from bot.storage.tables import outbox
from bot.storage.writer import Writer


class Machine:
    """One process: its presence, and a delivery that notes what it sends. ``clock`` is the one that all share."""

    def __init__(self, engine, now):
        self.engine, self.now, self.sent = engine, now, []
        self.mono = 0.0
        self.presence = Presence(Writer(engine), lambda: now[0], lambda: now[0])
        self.delivery = Delivery(engine, {"telegram": self}, clock=lambda: now[0], holder=self.presence.id)
        self.delivery.lives = lambda: self.presence.lives

    async def send(self, lane, message):
        self.sent.append(int(message.text))
        return Delivered()


@pytest.fixture
def now():
    return [1000.0]


async def put(engine, *numbers):
    async with engine.begin() as connection:
        for number in numbers:
            await queue.enqueue(
                connection, "telegram", f"telegram:{number}", write(Text(to=str(number), text=str(number))), 0
            )


async def claim(machine, lease=45.0):
    async with machine.engine.begin() as connection:
        return await queue.claim(connection, outbox, machine.now[0], lease, 10, ["telegram"], machine.presence.id)


async def test_of_a_process_that_is_silent_the_rows_are_free_at_once(engine, now):
    dead, alive = Machine(engine, now), Machine(engine, now)
    await dead.presence.renew()
    await alive.presence.renew()
    await put(engine, 1, 2)
    assert len(await claim(dead)) == 2
    assert await claim(alive) == []
    now[0] += RENEW_SECONDS
    await alive.presence.renew()
    assert await claim(alive) == []  # it has not been silent for long
    now[0] += HOLD_SECONDS - RENEW_SECONDS
    assert len(await claim(alive)) == 2  # long before the rows' own lease has run out


async def test_what_a_living_process_holds_is_its_own(engine, now):
    one, other = Machine(engine, now), Machine(engine, now)
    await put(engine, 1)
    assert len(await claim(one, lease=60)) == 1 if await one.presence.renew() else False
    for _ in range(10):
        now[0] += RENEW_SECONDS
        await one.presence.renew()
        assert await claim(other) == []
        assert await claim(one) == []


async def test_a_frozen_process_sends_nothing_when_it_wakes_up(engine, now):
    frozen, other = Machine(engine, now), Machine(engine, now)
    await frozen.presence.renew()
    await put(engine, *range(5))
    rows = await claim(frozen)
    now[0] += HOLD_SECONDS + 1  # SIGSTOP, a snapshot, swapped out
    await other.presence.renew()
    await other.delivery.work()
    for row in rows:
        await frozen.delivery._deliver(row, frozen)
    assert (sorted(other.sent), frozen.sent) == ([0, 1, 2, 3, 4], [])


async def test_one_does_what_only_one_may(engine, now):
    one, other = Machine(engine, now).presence, Machine(engine, now).presence
    assert await one.renew("telegram-poll")
    assert not await other.renew("telegram-poll")
    now[0] += HOLD_SECONDS + 0.1
    assert not one.holds("telegram-poll")  # it knows by itself, without asking
    assert await other.renew("telegram-poll")
    assert not await one.renew("telegram-poll")
    await other.release("telegram-poll")
    assert await one.renew("telegram-poll")


async def test_leases_that_ended_long_ago_go(engine, now):
    await Machine(engine, now).presence.renew()
    async with engine.begin() as connection:
        await leases.drop_old(connection, now[0])
        assert len((await connection.execute(select(leases.leases))).all()) == 1
        await leases.drop_old(connection, now[0] + 86400)
        assert (await connection.execute(select(leases.leases))).all() == []


async def test_whose_clock_is_wrong_reads_the_database_s(engine):
    clock = DatabaseClock(engine, here=lambda: time.time() - 30)
    await clock.set()
    wrong = abs(clock() - time.time())
    if engine.dialect.name == "postgresql":
        assert wrong < 5  # the other machine's half a minute is gone
    else:
        assert 29 < wrong < 31  # SQLite is on this machine: there is no other clock


async def test_a_clock_that_is_put_back_changes_nothing(engine):
    if engine.dialect.name != "postgresql":
        return
    jumps = [time.time()]
    clock = DatabaseClock(engine, here=lambda: jumps[0])
    await clock.set()
    before = clock()
    jumps[0] -= 3600
    assert 0 <= clock() - before < 60


async def test_a_server_that_vanishes_is_noticed(engine):
    """What the connection asks of PostgreSQL and of the network."""
    if engine.dialect.name != "postgresql":
        return
    async with engine.connect() as connection:
        for name, wanted in (
            ("statement_timeout", "15s"),
            ("lock_timeout", "10s"),
            ("idle_in_transaction_session_timeout", "15s"),
        ):
            assert (await connection.exec_driver_sql(f"SHOW {name}")).scalar_one() == wanted
        raw = await connection.get_raw_connection()
        asked = raw.driver_connection.info.get_parameters()
    assert (asked["keepalives_idle"], asked["tcp_user_timeout"]) == ("5", "10000")


async def test_the_pool_has_its_size_and_an_own_option_stays(postgres):
    engine = engine_for(postgres, pool=7)
    assert (engine.pool.size(), engine.pool._max_overflow) == (7, 0)
    await close(engine)
    joint = "&" if "?" in postgres else "?"
    engine = engine_for(f"{postgres}{joint}options=-c%20statement_timeout%3D7s")
    async with engine.connect() as connection:
        assert (await connection.exec_driver_sql("SHOW statement_timeout")).scalar_one() == "7s"
    await close(engine)


async def test_work_aside_gives_back_what_it_finds():
    def fail():
        raise OSError("away")

    assert await aside(int, "7", base=8) == 7
    with pytest.raises(OSError, match="away"):
        await aside(fail)


def test_a_stop_waits_for_nobody_who_hangs():
    """asyncio.run waits for the threads of to_thread; IMAP hangs for up to half a minute."""
    started, for_ever = asyncio.Event(), __import__("threading").Event()

    async def main():
        task = asyncio.create_task(aside(for_ever.wait))
        await asyncio.sleep(0)
        started.set()
        task.cancel()

    asyncio.run(main())
    assert started.is_set()
    for_ever.set()
