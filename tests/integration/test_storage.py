"""Queues, people and leases, on both databases."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import inspect, select
from sqlalchemy.exc import DBAPIError, OperationalError

from bot.errors import SettingsError, StorageError
from bot.storage import forgetting, invitations, leases, persons, queue, tables, tickets
from bot.storage.database import close, engine_for, migrate
from bot.storage.tables import inbox, metadata, outbox
from tests.rows import open_ticket


async def put(engine, *lanes, now=0.0):
    async with engine.begin() as connection:
        return [await queue.enqueue(connection, "test", lane, f"{lane}!", now) for lane in lanes]


async def take(engine, now, limit=10, table=outbox, lease=60.0):
    async with engine.begin() as connection:
        return await queue.claim(connection, table, now, lease, limit)


async def end(engine, row, say=lambda work: None):
    async with engine.begin() as connection, queue.working(connection, row) as work:
        say(work)


async def test_migrations_make_the_tables_that_the_code_uses(engine, monkeypatch):
    with monkeypatch.context() as patched:  # a second time changes nothing, and does not even ask alembic
        patched.setattr("alembic.command.upgrade", lambda *_: pytest.fail("asked"))
        await migrate(engine)

    def columns(connection):
        found = inspect(connection)
        return {name: {column["name"] for column in found.get_columns(name)} for name in metadata.tables}

    async with engine.connect() as connection:
        there = await connection.run_sync(columns)
    assert there == {name: {column.name for column in table.columns} for name, table in metadata.tables.items()}


async def test_sqlite_waits_for_the_disk_and_writes_over_what_is_erased(tmp_path):
    """synchronous 2 is FULL: what was acknowledged is on the disk, whatever happens to the machine."""
    engine = engine_for(f"sqlite:///{tmp_path}/lotse.db")
    await migrate(engine)
    async with engine.connect() as connection:
        asked = ("synchronous", "journal_mode", "secure_delete", "foreign_keys", "auto_vacuum")
        found = [(await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in asked]
    assert found == [2, "wal", 1, 1, 2]
    await close(engine)


async def test_an_error_does_not_tell_the_log_what_people_wrote(engine):
    await put(engine, "a")
    values = dict.fromkeys(outbox.c.keys(), 0) | {"id": 1, "payload": "Ich heiße Muster"}
    values |= {"channel": "mail", "lane": "a", "state": "waiting", "error": "", "message_id": ""}
    async with engine.connect() as connection:
        with pytest.raises(DBAPIError) as raised:
            await connection.execute(outbox.insert().values(values))
    assert "INSERT" in str(raised.value)
    assert "Muster" not in str(raised.value)


async def test_a_lane_is_worked_off_in_order(engine):
    first, second, other = await put(engine, "a", "a", "b")
    first_row, other_row = await take(engine, 1)
    assert (first_row.id, other_row.id) == (first, other)
    assert await take(engine, 1) == []  # the second of lane a waits for the first
    await end(engine, first_row)
    assert [row.id for row in await take(engine, 2)] == [second]


async def test_what_a_dead_process_held_is_free_when_its_lease_ends(engine):
    (id_,) = await put(engine, "a")
    assert [row.attempts for row in await take(engine, 1, lease=60)] == [1]
    assert await take(engine, 60) == []
    again = await take(engine, 61.5)
    assert [(row.id, row.attempts) for row in again] == [(id_, 2)]


async def test_put_off_and_buried(engine):
    first, _ = await put(engine, "a", "b")
    one, two = await take(engine, 1)
    await end(engine, one, lambda work: work.put_off(100, "busy"))
    await end(engine, two, lambda work: work.bury("refused"))
    assert await take(engine, 99) == []
    assert [(row.id, row.attempts) for row in await take(engine, 100)] == [(first, 2)]
    async with engine.connect() as connection:
        assert await queue.waiting(connection, outbox) == 1
        assert await queue.waiting(connection, outbox, "dead") == 1


async def test_waiting_for_something_else_is_no_attempt(engine):
    await put(engine, "a")
    for now in (1, 2, 3):
        (row,) = await take(engine, now)
        assert row.attempts == 1
        await end(engine, row, lambda work: work.put_off(0, "the database is away", counted=False))


async def test_a_frozen_process_cannot_finish_what_another_has_taken(engine):
    await put(engine, "a")
    (frozen,) = await take(engine, 1, lease=20)
    (taken,) = await take(engine, 60, lease=20)
    with pytest.raises(queue.NotOurs):
        await end(engine, frozen)
    await end(engine, taken)
    with pytest.raises(queue.NotOurs):  # nor what another has finished
        await end(engine, frozen)


async def test_whatever_strangers_write_can_be_stored(engine):
    hostile = "Empf\udce4nger\0unbekannt " + "x" * 5000
    async with engine.begin() as connection:
        assert await queue.receive(connection, "mail-in", hostile[:900], hostile[:900], hostile, 0)
        await persons.save(connection, "mail", hostile[:900], hostile, None, 0)
        assert await persons.find(connection, "mail", hostile[:900])
    (row,) = await take(engine, 1, table=inbox)
    await end(engine, row, lambda work: work.bury(hostile))
    async with engine.connect() as connection:
        (error,) = (await connection.execute(select(inbox.c.error))).scalars()
    assert error == hostile.replace("\udce4", "\ufffd").replace("\0", "\ufffd")


async def test_words_go_when_a_row_is_done(engine):
    await put(engine, "a")
    (taken,) = await take(engine, 1)
    await end(engine, taken)
    async with engine.begin() as connection:
        row = (await connection.execute(select(outbox.c.payload, outbox.c.state))).one()
    assert tuple(row) == ("", "done")


async def test_an_update_is_stored_once(engine):
    async with engine.begin() as connection:
        assert await queue.receive(connection, "telegram", "a", "7", "{}", 0)
        assert not await queue.receive(connection, "telegram", "a", "7", "{}", 0)
        assert await queue.receive(connection, "other", "a", "7", "{}", 0)


async def test_many_workers_take_each_row_once(engine):
    await put(engine, *(f"lane{n}" for n in range(40)))
    taken = await asyncio.gather(*(take(engine, 1, limit=7) for _ in range(12)))
    ids = [row.id for rows in taken for row in rows]
    assert len(ids) == len(set(ids)) == 40


async def test_forgetting_a_person_leaves_nothing_of_theirs(engine):
    async with engine.begin() as connection:
        await queue.receive(connection, "telegram", "telegram:5", "1", '{"text": "Hilfe"}', 0)
        person = await persons.save(connection, "telegram", "5", "{}", None, 0)
        other = await persons.save(connection, "telegram", "6", "{}", None, 0)
        for owner in (person, other):
            number = await open_ticket(connection, owner)
            await queue.enqueue(connection, "mail", f"mail:{number}", "words", 0, ticket=number)
        await queue.enqueue(connection, "telegram", "telegram:5", "words", 0)
    async with engine.begin() as connection:
        await forgetting.forget(connection, "telegram", "5")
    async with engine.connect() as connection:
        assert (await connection.execute(select(tables.persons.c.address))).scalars().all() == ["6"]
        assert (await connection.execute(select(tables.tickets.c.person))).scalars().all() == [other]
        assert (await connection.execute(select(outbox.c.lane))).scalars().all() == ["mail:2"]
        assert (await connection.execute(select(inbox.c.payload, inbox.c.lane))).one() == ("", "forgotten")


async def test_a_ticket_number_is_never_used_twice(engine):
    """A reply to an old mail must not find somebody else's question."""
    numbers = []
    for address in ("1", "2", "3"):
        async with engine.begin() as connection:
            person = await persons.save(connection, "telegram", address, "{}", None, 0)
            numbers.append(await open_ticket(connection, person))
            await forgetting.forget(connection, "telegram", address)
    assert len(set(numbers)) == 3


async def test_retention(engine):
    async with engine.begin() as connection:
        silent = await persons.save(connection, "telegram", "1", "{}", None, 0)
        waiting = await persons.save(connection, "telegram", "2", "{}", None, 0)
        await persons.save(connection, "telegram", "3", "{}", None, 1000)
        for owner in (silent, waiting):
            number = await open_ticket(connection, owner)
            if owner == silent:
                await tickets.answered(connection, number, 0)
        await forgetting.drop_old(connection, seen_before=500, done_before=500, now=0)
        left = (
            (await connection.execute(select(tables.persons.c.address).order_by(tables.persons.c.address)))
            .scalars()
            .all()
        )
    assert left == ["2", "3"]  # whoever waits for the office is not forgotten


async def test_one_replica_polls(engine):
    async with engine.begin() as connection:
        assert await leases.take(connection, "poll", "a", now=0, seconds=60)
        assert not await leases.take(connection, "poll", "b", now=10, seconds=60)
        assert await leases.take(connection, "poll", "a", now=50, seconds=60)  # renewed
        assert not await leases.take(connection, "poll", "b", now=70, seconds=60)
        assert await leases.take(connection, "poll", "b", now=111, seconds=60)  # a has died
        await leases.release(connection, "poll", "b")
        assert await leases.take(connection, "poll", "a", now=112, seconds=60)


async def test_replicas_that_start_together_migrate_once(database_url):
    engines = [engine_for(database_url) for _ in range(3)]
    await asyncio.gather(*(migrate(engine) for engine in engines))
    for engine in engines:
        await close(engine)


@pytest.mark.parametrize(
    ("version", "message"),
    [("9999", "made by a newer Lotse than this one"), ("0001", "cannot be opened")],  # of tables that are there already
)
async def test_tables_of_another_version_are_not_taken_for_ours(engine, version, message):
    async with engine.begin() as connection:
        await connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    with pytest.raises(StorageError, match=message):
        await migrate(engine)


@pytest.mark.parametrize(
    ("url", "error", "message"),
    [
        ("nonsense", SettingsError, "LOTSE_DATABASE_URL is no database address"),
        ("oracle://x", SettingsError, "Write sqlite:///var/lotse.db or postgresql://"),
        ("sqlite:////no/such/folder/x.db", StorageError, "cannot be opened"),
        ("postgresql://127.0.0.1:1/x", StorageError, "Check that its folder or server exists"),
    ],
)
async def test_a_database_that_cannot_be_opened_says_what_to_do(url, error, message):
    async def opened():
        engine = engine_for(url)
        try:
            await migrate(engine)
        finally:
            await close(engine)

    with pytest.raises(error, match=message):
        await opened()


async def test_a_password_is_not_in_the_message():
    engine = engine_for("postgresql://me:geheim@127.0.0.1:1/x")
    with pytest.raises(StorageError) as caught:
        await migrate(engine)
    assert "geheim" not in str(caught.value)
    await close(engine)


async def test_no_free_disk(tmp_path):
    """A full disk gives an error on writing, and loses nothing that was stored before."""
    engine = engine_for(f"sqlite:///{tmp_path}/lotse.db")
    await migrate(engine)
    await put(engine, "before")
    async with engine.connect() as connection:
        pages = (await connection.exec_driver_sql("PRAGMA page_count")).scalar_one()
    await close(engine)
    engine = engine_for(f"sqlite:///{tmp_path}/lotse.db")

    async def write_too_much():
        async with engine.begin() as connection:
            await connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            await queue.enqueue(connection, "test", "big", "x" * 200_000, 0)

    with pytest.raises(OperationalError, match="database or disk is full"):
        await write_too_much()
    assert [row.lane for row in await take(engine, 1)] == ["before"]
    await close(engine)
    assert Path(tmp_path, "lotse.db").exists()


async def test_an_invitation_is_good_once_and_for_its_time(engine):
    async with engine.begin() as connection:
        await invitations.add(connection, "code", 100.0)
        await invitations.add(connection, "late", 100.0)
        assert not await invitations.redeem(connection, "other", 50.0)
        assert not await invitations.redeem(connection, "late", 100.0)
        assert await invitations.redeem(connection, "code", 99.0)
        assert not await invitations.redeem(connection, "code", 99.0)
        await invitations.drop_expired(connection, 100.0)
        assert not await invitations.redeem(connection, "late", 50.0)
