"""Parts of transactions that share a commit, on both databases: each whole or not at all, and told only what holds."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from sqlalchemy import event, func, select
from sqlalchemy.exc import IntegrityError

from bot.storage import queue
from bot.storage import writer as writer_module
from bot.storage.tables import inbox
from bot.storage.writer import LONGEST, MOST, Writer


@pytest.fixture
def commits(engine):
    """Every commit, as it happens."""
    found = []
    event.listen(engine.sync_engine, "commit", lambda _: found.append(1))
    return found


def part(number, fails=None):
    async def store(connection):
        await queue.receive(connection, "t", f"lane{number}", str(number), "{}", 1.0)
        if fails is not None:
            raise fails
        return number

    return store


async def stored(engine):
    async with engine.connect() as connection:
        return (await connection.execute(select(func.count()).select_from(inbox))).scalar_one()


async def test_everybody_gets_their_own_result_and_everything_is_stored(engine, commits):
    writer = Writer(engine)
    count = 3 * MOST
    assert await asyncio.gather(*(writer.run(part(n)) for n in range(count))) == list(range(count))
    assert await stored(engine) == count
    if engine.dialect.name == "sqlite":
        assert len(commits) == 3


async def test_a_part_that_fails_is_undone_alone(engine):
    writer = Writer(engine)
    outcomes = await asyncio.gather(
        writer.run(part(1)),
        writer.run(part(2, ValueError("its own fault"))),
        writer.run(part(3)),
        return_exceptions=True,
    )
    assert [outcomes[0], outcomes[2]] == [1, 3]
    assert isinstance(outcomes[1], ValueError)
    assert await stored(engine) == 2


async def test_alone_a_part_that_fails_is_undone_too(engine):
    with pytest.raises(ValueError, match="its own fault"):
        await Writer(engine).run(part(1, ValueError("its own fault")))
    assert await stored(engine) == 0


async def test_a_broken_rule_of_the_database_hurts_nobody_else(engine):
    async def twice(connection):
        for _ in range(2):
            row = {"channel": "t", "lane": "l", "payload": "", "state": "waiting", "external_id": "same"}
            numbers = {"created_at": 1.0, "due_at": 1.0, "lease_until": 0.0, "attempts": 0, "error": ""}
            await connection.execute(inbox.insert().values(**row, **numbers))

    writer = Writer(engine)
    outcomes = await asyncio.gather(writer.run(part(1)), writer.run(twice), writer.run(part(3)), return_exceptions=True)
    assert [outcomes[0], outcomes[2]] == [1, 3]
    assert isinstance(outcomes[1], IntegrityError)
    assert await stored(engine) == 2


async def test_nobody_is_told_stored_when_the_commit_fails(engine, monkeypatch):
    def refuse(_):
        raise OSError("disk full")

    event.listen(engine.sync_engine, "commit", refuse)
    writer = Writer(engine)
    outcomes = await asyncio.gather(*(writer.run(part(n)) for n in range(5)), return_exceptions=True)
    assert all(isinstance(outcome, OSError) for outcome in outcomes), outcomes
    event.remove(engine.sync_engine, "commit", refuse)
    assert await stored(engine) == 0
    assert await writer.run(part(9)) == 9  # and it goes on
    assert await stored(engine) == 1


async def test_who_is_cancelled_takes_nobody_along(engine):
    writer = Writer(engine)
    tasks = [asyncio.create_task(writer.run(part(n))) for n in range(5)]
    await asyncio.sleep(0)
    tasks[2].cancel()
    outcomes = await asyncio.gather(*tasks, return_exceptions=True)
    assert [outcome for outcome in outcomes if isinstance(outcome, int)] == [0, 1, 3, 4]
    await writer.settle()


class Server:
    """As the engine of a database on another machine: each part in a transaction of its own, and none for ever."""

    dialect = SimpleNamespace(name="postgresql")

    def __init__(self):
        self.said = []

    @asynccontextmanager
    async def begin(self):
        self.said.append("begin")
        try:
            yield "connection"
        except BaseException as error:
            self.said.append(type(error).__name__)
            raise
        self.said.append("commit")


async def test_on_a_server_each_part_has_its_own_transaction():
    server = Server()
    writer = Writer(server)

    async def part(connection):
        return connection

    assert await asyncio.gather(writer.run(part), writer.run(part)) == ["connection"] * 2
    assert server.said == ["begin", "commit"] * 2
    await writer.settle()  # nothing waits


async def test_what_hangs_on_a_server_is_undone_and_an_outage(monkeypatch):
    assert LONGEST <= 40  # before another process may take the row
    monkeypatch.setattr(writer_module, "LONGEST", 0.01)
    server = Server()

    async def hangs(_):
        await asyncio.sleep(3_600)

    with pytest.raises(TimeoutError):
        await Writer(server).run(hangs)
    assert server.said == ["begin", "CancelledError"]
