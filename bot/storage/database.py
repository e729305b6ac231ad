"""Opening the database, and bringing its tables up to date."""

from __future__ import annotations

import os
import sqlite3
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from bot.errors import SettingsError, StorageError
from bot.storage.sqlite import near

_MIGRATIONS = Path(__file__).parent / "migrations"
_REMEDY = "Check that its folder or server exists, is writable, and has free space."
_ENGINES = ("sqlite", "postgresql")
_MIGRATION_LOCK = 7_567_831  # any number that no other program takes on this PostgreSQL


POOL = 24  # connections; with three processes still fewer than the 100 that PostgreSQL allows by itself
# A server that vanished, or a firewall that forgot us, is noticed within seconds; a lock, or a process that was frozen
# in the middle of a transaction, holds nobody up for longer.
_POSTGRES = {
    "connect_timeout": 10,
    "keepalives": 1,
    "keepalives_idle": 5,
    "keepalives_interval": 2,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,  # milliseconds
    "options": "-c statement_timeout=15s -c lock_timeout=10s -c idle_in_transaction_session_timeout=15s",
}


def engine_for(url: str, pool: int = POOL) -> AsyncEngine:
    """An engine that commits durably. ``url``: ``sqlite+aiosqlite:///file`` or ``postgresql+psycopg://...``.

    ``pool``: how many connections to PostgreSQL at most.
    """
    try:
        parsed = make_url(url)
        if parsed.drivername in {"postgresql", "postgres"}:
            parsed = parsed.set(drivername="postgresql+psycopg")
        elif parsed.drivername == "sqlite":
            parsed = parsed.set(drivername="sqlite+aiosqlite")
        if parsed.get_backend_name() not in _ENGINES:
            raise NoSuchModuleError(parsed.drivername)
        # Parameters are what people wrote: a traceback in the log must not show them.
        server = parsed.get_backend_name() != "sqlite"
        options: dict[str, Any]
        if server:
            given = {name: value for name, value in _POSTGRES.items() if name not in parsed.query}
            options = {"pool_size": pool, "max_overflow": 0, "pool_timeout": 15.0, "connect_args": given}
        else:
            options = {"connect_args": {"async_creator_fn": near}}
        engine = create_async_engine(parsed, pool_pre_ping=server, hide_parameters=True, **options)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise SettingsError(
            "LOTSE_DATABASE_URL is no database address. "
            "Write sqlite:///var/lotse.db or postgresql://user:password@host/name."
        ) from error
    if engine.dialect.name == "sqlite":
        if not Path(parsed.database or "").absolute().parent.is_dir():
            raise StorageError(f"The database {parsed} cannot be opened: there is no such folder. {_REMEDY}")
        with suppress(OSError):  # nobody else's to read, whichever command comes first; SQLite's other files follow it
            os.close(os.open(parsed.database or "", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        event.listen(engine.sync_engine, "connect", _sqlite_connect)
        event.listen(engine.sync_engine, "begin", _sqlite_begin)
    return engine


WAL_TRIES = 100
# What is erased is written over; the log beside the database shrinks again.
_PRAGMAS = (
    "busy_timeout=20000",
    "auto_vacuum=INCREMENTAL",  # of a new file: what is erased can be given back to the disk
    "synchronous=FULL",
    "foreign_keys=ON",
    "secure_delete=ON",
    "journal_size_limit=67108864",
)


def _sqlite_connect(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where _sqlite_begin says
    cursor = connection.cursor()
    for pragma in _PRAGMAS:
        cursor.execute(f"PRAGMA {pragma}")
    for left in range(WAL_TRIES, -1, -1):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
            break
        except sqlite3.OperationalError:  # replicas that start together on a new file; busy_timeout does not hold here
            if not left:
                raise
            time.sleep(0.05)
    cursor.close()


def _sqlite_begin(connection: Connection) -> None:
    # A transaction that reads first and writes later cannot wait for its turn: SQLite refuses it at once.
    connection.exec_driver_sql("BEGIN IMMEDIATE")


async def migrate(engine: AsyncEngine) -> None:
    """Create or update the tables. Replicas that start together wait for each other. Raises StorageError."""
    try:
        async with engine.begin() as connection:
            if connection.dialect.name == "postgresql":
                for limit in ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout"):
                    await connection.execute(text(f"SET LOCAL {limit} = 0"))  # another replica may be migrating
                await connection.execute(text(f"SELECT pg_advisory_xact_lock({_MIGRATION_LOCK})"))
            await connection.run_sync(_upgrade)
    except (DBAPIError, OSError) as error:
        cause = (str(getattr(error, "orig", error)) or type(error).__name__).splitlines()[0]
        where = engine.url.render_as_string(hide_password=True)
        raise StorageError(f"The database {where} cannot be opened: {cause}. {_REMEDY}") from error


def _upgrade(connection: Connection) -> None:
    if _is_up_to_date(connection):
        return
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        where = connection.engine.url.render_as_string(hide_password=True)
        raise StorageError(
            f"The database {where} was made by a newer Lotse than this one ({error}). Start the newer version again, "
            "or bring back the backup that you made before the update (docs/operators.md)."
        ) from error


def _is_up_to_date(connection: Connection) -> bool:
    """Whether the tables are those of the newest migration, as at most starts: alembic takes 0.1 s to load."""
    newest = max(path.name for path in (_MIGRATIONS / "versions").glob("r*.py"))
    if not connection.dialect.has_table(connection, "alembic_version"):
        return False
    return [f"r{found}" for found in connection.scalars(text("SELECT version_num FROM alembic_version"))] == [
        newest.partition("_")[0]
    ]


async def truncate_log(engine: AsyncEngine) -> None:
    """What was erased must not go on standing in SQLite's log beside the database. Elsewhere nothing is to do."""
    if engine.dialect.name == "sqlite":
        async with engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None, "it was just opened"
            await raw.driver_connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


async def shrink(engine: AsyncEngine) -> None:
    """Give space that is not needed any more back to the disk. Elsewhere nothing is to do."""
    if engine.dialect.name == "sqlite":
        async with engine.connect() as connection:
            raw = await connection.get_raw_connection()
            assert raw.driver_connection is not None, "it was just opened"
            await raw.driver_connection.executescript("PRAGMA incremental_vacuum")


async def close(engine: AsyncEngine) -> None:
    """Let go of every connection; one that is broken already is no matter."""
    with suppress(DBAPIError):
        await engine.dispose()
