"""Where SQLite's statements run: what can wait in a thread, what is quick between BEGIN and COMMIT at once."""

import asyncio
import threading

import pytest
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from bot.storage.database import close, engine_for
from bot.storage.sqlite import Near

COUNTING = (
    "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 500000) SELECT max(i), thread() FROM n"
)


@pytest.fixture
async def engine(tmp_path):
    engine = engine_for(f"sqlite:///{tmp_path}/lotse.db")
    yield engine
    await close(engine)


async def near(connection):
    """The connection beneath, whose SQL can ask in which thread it runs."""
    raw = (await connection.get_raw_connection()).driver_connection
    assert isinstance(raw, Near)
    await raw.create_function("thread", 0, threading.get_ident)
    return raw


async def test_between_begin_and_commit_nothing_changes_threads(engine):
    async with engine.begin() as connection:
        await near(connection)
        assert (await connection.execute(text("SELECT thread()"))).scalar_one() == threading.get_ident()


async def test_outside_a_transaction_everything_may_wait(engine):
    async with engine.begin() as connection:
        raw = await near(connection)
    async with await raw.execute("SELECT thread()") as cursor:
        ((thread,),) = await cursor.fetchall()
    assert thread != threading.get_ident()


async def test_what_took_long_once_is_kept_off_the_loop(engine):
    async with engine.begin() as connection:
        await near(connection)
        first, second = [(await connection.execute(text(COUNTING))).one() for _ in range(2)]
    assert first == (500_000, threading.get_ident())
    assert second[0] == 500_000
    assert second[1] != threading.get_ident()


async def test_the_loop_goes_on_while_another_writes(engine, tmp_path):
    """BEGIN waits for the other's COMMIT; a beating heart shows that the loop does not."""
    other = engine_for(f"sqlite:///{tmp_path}/lotse.db")
    beats = 0

    async def write(by):
        async with by.begin() as connection:
            await connection.execute(text("CREATE TABLE IF NOT EXISTS seen (id INTEGER PRIMARY KEY)"))
            if by is engine:
                waiting.set()
                await released.wait()

    async def beat():
        nonlocal beats
        while beats < 5:
            await asyncio.sleep(0)
            beats += 1
        released.set()

    waiting, released = asyncio.Event(), asyncio.Event()
    first = asyncio.create_task(write(engine))
    await waiting.wait()
    second = asyncio.create_task(write(other))
    await asyncio.sleep(0.05)  # it stands at its BEGIN now
    assert not second.done()
    await asyncio.gather(beat(), first, second)
    await close(other)


async def test_an_error_undoes_the_transaction(engine):
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE seen (id INTEGER PRIMARY KEY)"))

    async def twice():
        async with engine.begin() as connection:
            for _ in range(2):
                await connection.execute(text("INSERT INTO seen VALUES (1)"))

    with pytest.raises(IntegrityError):
        await twice()
    async with engine.begin() as connection:
        assert (await connection.execute(text("SELECT count(*) FROM seen"))).scalar_one() == 0


async def test_a_cancelled_transaction_leaves_a_usable_pool(engine):
    async def hang():
        async with engine.begin() as connection:
            await connection.execute(text("CREATE TABLE seen (id INTEGER PRIMARY KEY)"))
            begun.set()
            await asyncio.Event().wait()

    begun = asyncio.Event()
    task = asyncio.create_task(hang())
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    async with engine.begin() as connection:
        await connection.execute(text("CREATE TABLE seen (id INTEGER PRIMARY KEY)"))
