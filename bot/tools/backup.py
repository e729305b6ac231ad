"""`lotse backup` and `lotse restore`: the database as it is at one moment, while the bot runs, and the key."""

from __future__ import annotations

import os
import re
import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import make_url

from bot.config import Settings
from bot.errors import StorageError, UsageError
from bot.storage.only_one import only_one

DATABASE, SECRET, RAW = "lotse.db", "secret", "raw"


def backup(settings: Settings, folder: Path, now: datetime) -> Path:
    """Copy both into a new folder below ``folder``; its path. Nothing is left behind that is not whole.

    Copying the file while the bot runs would miss what still stands in SQLite's log beside it. Raises StorageError.
    """
    database = _file(settings)
    made = folder / f"lotse-{now:%Y%m%d-%H%M%S}"
    unfinished = folder / f".{made.name}.tmp"
    try:
        unfinished.mkdir(mode=0o700, parents=True)
        _copy_files(settings.var / RAW, unfinished / RAW)  # before the rows that name them, which go first
        with closing(sqlite3.connect(f"file:{database}?mode=ro", uri=True)) as source:
            with closing(sqlite3.connect(unfinished / DATABASE)) as target:
                source.backup(target)
            (unfinished / DATABASE).chmod(0o600)
        _copy_files(settings.var / RAW, unfinished / RAW)  # and those that came meanwhile
        shutil.copy(settings.var / SECRET, unfinished / SECRET)
        _to_disk(unfinished)
        unfinished.rename(made)
    except (OSError, sqlite3.Error) as error:
        shutil.rmtree(unfinished, ignore_errors=True)
        raise StorageError(
            f"{folder}: no backup was made ({error}). See that Lotse has run here, that the folder can be written, and "
            "that the disk has space."
        ) from error
    return made


def drop_old(settings: Settings, folder: Path, now: datetime) -> int:
    """Delete our copies in ``folder`` that are older than `LOTSE_BACKUP_DAYS`, as askers are promised; how many."""
    dropped = 0
    for path in folder.glob("lotse-*"):
        made = re.fullmatch(r"lotse-(\d{8}-\d{6})", path.name)
        if made is None or not (path / DATABASE).is_file():
            continue
        if now - datetime.strptime(made[1], "%Y%m%d-%H%M%S").replace(tzinfo=UTC) > timedelta(settings.backup_days):
            shutil.rmtree(path)
            dropped += 1
    return dropped


def restore(settings: Settings, folder: Path) -> None:
    """Put a backup in place of what is there, which stays beside it as *.before.

    Raises UsageError for a folder that holds no whole backup, StorageError while the bot runs, or where nothing can be
    written.
    """
    database = _file(settings)
    _check(folder)
    with only_one(settings.database, "Stop it first: it would go on in the database that is put aside."):
        _put_in_place(settings, folder, database)


def _put_in_place(settings: Settings, folder: Path, database: Path) -> None:
    try:
        database.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for name, place in ((DATABASE, database), (SECRET, settings.var / SECRET)):
            unfinished = place.with_name(f"{place.name}.tmp")
            shutil.copy(folder / name, unfinished)
            unfinished.chmod(0o600)
            if place.exists():
                place.replace(place.with_name(f"{place.name}.before"))
            unfinished.replace(place)
        _copy_files(folder / RAW, settings.var / RAW)
        for left in ("-wal", "-shm"):  # they belong to the database of before
            Path(f"{database}{left}").unlink(missing_ok=True)
        _to_disk(database.parent)
    except OSError as error:
        raise StorageError(f"{settings.var}: the backup could not be put in place ({error.strerror}).") from error


def _file(settings: Settings) -> Path:
    url = make_url(settings.database)
    if url.get_backend_name() != "sqlite" or not url.database:
        raise UsageError(
            "The database is on a PostgreSQL server: back it up with pg_dump (docs/operators.md), and copy "
            f"{settings.var / SECRET} beside it."
        )
    return Path(url.database)


def _check(folder: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{folder / DATABASE}?mode=ro", uri=True)) as database:
            sound = database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
            version = database.execute("SELECT version_num FROM alembic_version").fetchone()
    except sqlite3.Error:
        sound, version = False, None
    if not sound or version is None or not (folder / SECRET).is_file():
        raise UsageError(f"{folder} holds no whole backup: {DATABASE} and {SECRET}, as `lotse backup` makes them.")


def _copy_files(source: Path, target: Path) -> None:
    """Large mails; one that goes while they are copied is no matter: its row goes, too."""
    for path in source.glob("*") if source.is_dir() else ():
        target.mkdir(mode=0o700, exist_ok=True)
        with suppress(FileNotFoundError):
            if path.suffix != ".tmp" and not (target / path.name).exists():
                shutil.copy(path, target / path.name)


def _to_disk(folder: Path) -> None:
    for path in [*folder.iterdir(), folder]:
        if path.is_file() or path == folder:
            descriptor = os.open(path, os.O_RDONLY)
            os.fsync(descriptor)
            os.close(descriptor)
