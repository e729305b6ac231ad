"""One person's messages when two replicas store them nearly at once: in the order that Telegram numbered them.

Telegram brings the messages of a chat one after the other, but presses of buttons beside them, each to any replica.
"""

from __future__ import annotations

import asyncio

import pytest

from bot.flow.presence import HOLD_SECONDS, Presence
from bot.storage import persons, queue
from bot.storage.database import close, engine_for
from bot.storage.tables import inbox
from bot.storage.writer import Writer

LANE = "telegram:5"
# In SQLite one transaction at a time writes.
on_postgresql = pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)


@pytest.fixture
async def replicas(database_url, engine):
    """Two processes' ways to one database."""
    second = engine_for(database_url)
    yield engine, second
    await close(second)


async def comes(connection, update, lane=LANE, channel="telegram"):
    await queue.receive(connection, channel, lane, str(update), f"update {update}", 0)


async def stored(engine, *updates, **more):
    async with engine.begin() as connection:
        for update in updates:
            await comes(connection, update, **more)


async def taken(engine, holder="", now=1.0):
    """What is claimed, each marked as done at once unless somebody ``holder`` is at it for longer."""
    async with engine.begin() as connection:
        rows = await queue.claim(connection, inbox, now, 60, 10, None, holder, ["telegram"])
    for row in rows if not holder else ():
        async with engine.begin() as connection, queue.working(connection, row):
            pass
    return [row.payload for row in rows]


async def in_order(engine):
    found = []
    while rows := await taken(engine):
        found += rows
    return found


async def test_the_numbers_say_the_order_not_who_was_stored_first(replicas):
    first, second = replicas
    await stored(first, 101)
    await stored(second, 100, 9, 1000)
    assert await in_order(first) == ["update 9", "update 100", "update 101", "update 1000"]


async def test_elsewhere_the_order_is_that_in_which_they_came(engine):
    """Ids of a browser's messages are drawn by lot."""
    await stored(engine, "fff", "b", "aaa", lane="web:s", channel="web")
    assert await in_order(engine) == ["update fff", "update b", "update aaa"]


@on_postgresql
async def test_one_that_is_committed_late_waits_for_the_one_that_is_being_answered(replicas):
    first, second = replicas
    alive = Presence(Writer(second), lambda: 1.0, lambda: 1.0)
    await alive.renew()
    async with first.begin() as slow:
        await comes(slow, 100)  # its row has the lower id, and nobody sees it yet
        await stored(second, 101)
        assert await taken(second, alive.id) == ["update 101"]
    assert await taken(first) == []
    assert await taken(first, now=1.0 + HOLD_SECONDS + 1) == ["update 100"]  # whoever was at it is dead
    assert await in_order(first) == []


@on_postgresql
async def test_two_who_answer_the_same_person_do_it_one_after_the_other(replicas):
    """The second sees what the first has changed, and hears the message anew."""
    first, second = replicas
    async with first.begin() as connection:
        await persons.save(connection, "telegram", "5", "before", None, 0)

    async def look():
        async with second.begin() as connection:
            return await persons.find(connection, "telegram", "5", lock=True)

    async with first.begin() as connection:
        await persons.find(connection, "telegram", "5", lock=True)
        looking = asyncio.create_task(look())
        done, _ = await asyncio.wait([looking], timeout=0.5)
        assert not done
        await persons.save(connection, "telegram", "5", "after", None, 0)
    assert (await looking).state == "after"
