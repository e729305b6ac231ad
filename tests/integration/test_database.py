"""The way to the database: what is asked of SQLite and of PostgreSQL, and what stays of what was erased."""

from __future__ import annotations

import os
import sqlite3
import stat
from types import SimpleNamespace

import pytest
from sqlalchemy import delete, event
from sqlalchemy.dialects import postgresql
from sqlalchemy.exc import DBAPIError

from bot.errors import SettingsError, StorageError
from bot.storage import approvals, counts, database, leases, persons, queue
from bot.storage.clock import SET_SECONDS, DatabaseClock
from bot.storage.database import close, engine_for, migrate, shrink, truncate_log
from bot.storage.mailboxes import Bookmark
from bot.storage.tables import outbox
from bot.storage.traces import Traces


@pytest.fixture
async def file(tmp_path):
    """A migrated database in a file, and the file."""
    engine = engine_for(f"sqlite:///{tmp_path}/lotse.db")
    await migrate(engine)
    yield engine, tmp_path / "lotse.db"
    await close(engine)


async def test_how_sqlite_is_opened(file):
    """synchronous 2 is FULL: what was acknowledged is on the disk, whatever happens to the machine."""
    expected = {"synchronous": 2, "journal_mode": "wal", "secure_delete": 1, "foreign_keys": 1, "auto_vacuum": 2}
    expected |= {"busy_timeout": 20_000, "journal_size_limit": 64 * 1024**2}
    async with file[0].connect() as connection:
        found = {name: (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one() for name in expected}
    assert found == expected


def test_a_new_file_is_nobody_elses_to_read_and_an_old_one_stays_as_it_is(tmp_path):
    before = os.umask(0)
    try:
        (tmp_path / "old.db").touch(0o640)
        for name, mode in (("new.db", 0o600), ("old.db", 0o640)):
            engine_for(f"sqlite:///{tmp_path}/{name}")
            assert stat.S_IMODE((tmp_path / name).stat().st_mode) == mode
    finally:
        os.umask(before)


@pytest.mark.parametrize(
    ("url", "driver"),
    [
        ("sqlite:///x.db", "sqlite+aiosqlite"),
        ("sqlite+aiosqlite:///x.db", "sqlite+aiosqlite"),
        ("postgresql://host/x", "postgresql+psycopg"),
        ("postgres://host/x", "postgresql+psycopg"),  # as some hosters write it
        ("postgresql+psycopg://host/x", "postgresql+psycopg"),
    ],
)
def test_the_driver_need_not_be_known(url, driver, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert engine_for(url).url.drivername == driver


# What is in the address, and what PostgreSQL is asked for besides: an own option of the operator's stays.
@pytest.mark.parametrize(
    ("own", "missing"), [("", set()), ("?connect_timeout=3&keepalives=0", {"connect_timeout", "keepalives"})]
)
async def test_a_postgresql_that_hangs_is_left_soon(own, missing):
    engine = engine_for(f"postgresql://me:geheim@127.0.0.1:1/x{own}", pool=7)
    asked = {}

    @event.listens_for(engine.sync_engine, "do_connect")
    def connect(_dialect, _record, _arguments, options):
        asked.update(options)
        raise ConnectionRefusedError

    with pytest.raises(StorageError, match=r"cannot be opened: ConnectionRefusedError\. Check that"):
        await migrate(engine)
    seconds = {
        "connect_timeout": 10,
        "keepalives": 1,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
    }
    ours = {**seconds, "tcp_user_timeout": 10_000}
    assert {name: asked[name] for name in ours.keys() - missing} == {name: ours[name] for name in ours.keys() - missing}
    assert [str(asked[name]) for name in sorted(missing)] == ["3", "0"][: len(missing)]
    assert asked["options"].split("-c ")[1:] == [
        "statement_timeout=15s ",
        "lock_timeout=10s ",
        "idle_in_transaction_session_timeout=15s",
    ]
    assert (engine.pool.size(), engine.pool._max_overflow, engine.pool._timeout, engine.pool._pre_ping) == (
        7,
        0,
        15.0,
        True,
    )
    assert 3 * engine_for("postgresql://host/x").pool.size() < 100  # three processes on a server as it is installed


# replicas that start together on a new file: how often it is locked, and whether it can be opened in the end
@pytest.mark.parametrize(
    ("locked", "opened"), [(0, True), (1, True), (database.WAL_TRIES, True), (database.WAL_TRIES + 1, False)]
)
def test_a_new_file_that_others_open_at_the_same_time(monkeypatch, locked, opened):
    waited, said = [], []

    def execute(statement):
        if statement == "PRAGMA journal_mode=WAL" and len(said) < locked:
            said.append(statement)
            raise sqlite3.OperationalError("database is locked")

    monkeypatch.setattr(database.time, "sleep", waited.append)
    cursor = SimpleNamespace(execute=execute, close=lambda: said.append("closed"))
    connection = SimpleNamespace(cursor=lambda: cursor, isolation_level="")
    if opened:
        database._sqlite_connect(connection, None)
        assert said[-1] == "closed"
        assert waited == [0.05] * locked
        assert connection.isolation_level is None
    else:
        with pytest.raises(sqlite3.OperationalError, match="locked"):
            database._sqlite_connect(connection, None)
    assert 0.05 * database.WAL_TRIES == 5  # seconds


def test_what_is_no_address_is_said_with_one_that_is():
    with pytest.raises(SettingsError) as raised:
        engine_for("nonsense")
    assert str(raised.value) == (
        "LOTSE_DATABASE_URL is no database address. "
        "Write sqlite:///var/lotse.db or postgresql://user:password@host/name."
    )


class Server:
    """Writes down what PostgreSQL would be told."""

    dialect = SimpleNamespace(name="postgresql")

    def __init__(self):
        self.said = ""

    async def execute(self, statement, *_):
        self.said = " ".join(str(statement.compile(dialect=postgresql.dialect())).split())
        return SimpleNamespace(scalar_one=lambda: 1, first=lambda: None)

    async def run(self, part):
        return await part(self)


# what may be there already, and by what it is known then
@pytest.mark.parametrize(
    ("write", "known"),
    [
        (lambda to: persons.save(to, "mail", "a@x", "", None, 0), "(channel, address) DO UPDATE SET state ="),
        (lambda to: leases.take(to, "poll", "us", 0, 60), "(name) DO UPDATE SET holder ="),
        (
            lambda to: counts.add(to, "erfurt", [counts.Count("2026-W48", "kita", "ar", "web", "answered")]),
            "(city, week, topic, language, channel, outcome) DO UPDATE SET number = (counts.number + excluded.number)",
        ),
        (lambda to: Bookmark(to, "INBOX").write(7, 100), "(name) DO UPDATE SET validity ="),
        (lambda to: queue.receive(to, "mail", "a", "1", "{}", 0), "DO NOTHING RETURNING inbox.id"),
        (lambda to: approvals.obey_once(to, "identity", 0), "DO NOTHING RETURNING obeyed.identity"),
    ],
)
async def test_what_is_there_already_is_known_by_its_key_on_postgresql_too(write, known):
    server = Server()
    await write(server)
    assert f"ON CONFLICT {known}" in server.said


async def test_what_was_erased_leaves_the_log_and_the_disk(file):
    engine, path = file
    async with engine.begin() as connection:
        for number in range(50):
            await queue.enqueue(connection, "mail", f"lane{number}", "Muster " * 1000, 0)
    await truncate_log(engine)
    log = path.with_name("lotse.db-wal")
    assert log.stat().st_size == 0
    full = path.stat().st_size
    async with engine.begin() as connection:
        await connection.execute(delete(outbox))
    assert log.stat().st_size > 0
    await shrink(engine)
    await truncate_log(engine)
    assert path.stat().st_size < full - 300_000
    assert b"Muster" not in path.read_bytes()


def test_a_database_in_memory_leaves_no_file(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    engine_for("sqlite://")
    assert list(tmp_path.iterdir()) == []


async def test_the_hourly_tidy_gives_back_what_is_not_needed(file, tmp_path):
    engine, path = file
    async with engine.begin() as connection:
        await queue.enqueue(connection, "mail", "a", "Muster " * 50_000, 0)
    await truncate_log(engine)
    full = path.stat().st_size
    async with engine.begin() as connection:
        await connection.execute(delete(outbox))
    await Traces(engine, tmp_path / "mail").drop_old(0)
    assert path.stat().st_size < full - 300_000
    assert path.with_name("lotse.db-wal").stat().st_size == 0


async def test_elsewhere_there_is_no_log_of_ours():
    engine = engine_for("postgresql://127.0.0.1:1/x")  # which cannot even be opened
    await truncate_log(engine)
    await shrink(engine)


async def test_a_connection_that_is_broken_can_be_closed(monkeypatch, file):
    def broken(*_):
        raise DBAPIError("SELECT", {}, OSError("connection lost"))

    engine = SimpleNamespace(dispose=broken)
    await close(engine)


async def test_where_a_newer_database_is_and_what_to_do(file):
    engine, path = file
    async with engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError) as raised:
        await migrate(engine)
    assert f"The database sqlite+aiosqlite:///{path} was made by a newer Lotse than this one" in str(raised.value)
    assert "Start the newer version again, or bring back the backup that you made before the update" in str(
        raised.value
    )


# seconds on our clocks and on the database's; an answer takes two
async def test_the_time_is_the_databases_from_the_middle_of_asking_on():
    here, monotonic = [500.0], [10.0]

    class Server:
        dialect = SimpleNamespace(name="postgresql")

        def connect(self):
            return self

        async def __aenter__(self):
            return self

        async def __aexit__(self, *_):
            return None

        async def execute(self, statement):
            assert str(statement) == "SELECT extract(epoch FROM clock_timestamp())"
            monotonic[0] += 2
            return SimpleNamespace(scalar_one=lambda: "1000.5")

    clock = DatabaseClock(Server(), lambda: here[0], lambda: monotonic[0])
    assert clock() == 500.0  # nobody has asked yet
    await clock.set()
    assert clock() == 1001.5  # the answer was a second on its way
    here[0], monotonic[0] = 0.0, 20.0  # somebody sets the machine's clock
    assert clock() == 1009.5


def test_the_database_is_asked_often_enough_that_clocks_drift_by_milliseconds():
    assert SET_SECONDS <= 60


async def test_on_sqlite_the_time_is_the_machines(file):
    clock = DatabaseClock(file[0], lambda: 500.0, lambda: 10.0)
    await clock.set()
    assert clock() == 500.0
