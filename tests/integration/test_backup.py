"""A backup made while the bot works, the machine lost, and the office's reply still reaches its asker."""

from __future__ import annotations

import os
import sqlite3
import stat
from datetime import UTC, datetime, timedelta

import pytest

from bot.cli.base import printable
from bot.config import Settings
from bot.errors import StorageError, UsageError
from bot.storage.database import close, engine_for, migrate
from bot.tools.backup import backup, drop_old, restore
from bot.wiring.secret import LENGTH, secret_of
from tests.integration.test_chats import Stage

NOW = datetime(2026, 11, 30, 12, tzinfo=UTC)


def settings(folder):
    return Settings(var=folder, _env_file=None)


@pytest.fixture
def machine(tmp_path, monkeypatch, catalogues):
    """A folder with a key, and what opens a stage in it."""
    monkeypatch.setattr(Stage, "catalogues", catalogues)

    async def start(folder):
        folder.mkdir(exist_ok=True)
        engine = engine_for(settings(folder).database)
        await migrate(engine)
        return Stage(engine, folder), engine

    return start


async def test_a_drill_back_up_under_load_lose_the_machine_restore(machine, tmp_path):
    first = tmp_path / "first"
    stage, engine = await machine(first)
    secret_of(first / "secret")
    await stage.hear("Fahrräder reparieren")
    await stage.press(1)
    await stage.press(1)
    made = backup(settings(first), tmp_path / "backups", NOW)  # the log beside the database is not empty now
    assert (first / "lotse.db-wal").stat().st_size > 0
    assert made.name == "lotse-20261130-120000"
    await close(engine)

    second = tmp_path / "second"
    restore(settings(second), made)
    assert (second / "secret").read_bytes() == (first / "secret").read_bytes()
    stage, engine = await machine(second)
    await stage.chats.desk.relay_reply(1, "Die Werkstatt hilft.")
    await stage.settle()
    assert "Die Werkstatt hilft." in stage.out.getvalue()
    await close(engine)


async def test_a_restore_keeps_what_was_there(machine, tmp_path):
    folder = tmp_path / "var"
    _, engine = await machine(folder)
    key = secret_of(folder / "secret")
    made = backup(settings(folder), tmp_path, NOW)
    await close(engine)
    (folder / "lotse.db").write_bytes(b"broken")
    restore(settings(folder), made)
    assert (folder / "lotse.db.before").read_bytes() == b"broken"
    assert (folder / "secret").read_bytes() == key
    assert stat.S_IMODE((folder / "lotse.db").stat().st_mode) == 0o600


async def test_backups_end_as_askers_are_told(machine, tmp_path):
    folder, backups = tmp_path / "var", tmp_path / "backups"
    _, engine = await machine(folder)
    secret_of(folder / "secret")
    old = backup(settings(folder), backups, NOW - timedelta(31))
    kept = backup(settings(folder), backups, NOW - timedelta(29))
    others = backups / "lotse-20200101-000000"  # no backup of ours: only named like one
    others.mkdir()
    assert drop_old(settings(folder), backups, NOW) == 1
    assert (old.exists(), kept.exists(), others.exists()) == (False, True, True)
    await close(engine)


def test_half_a_backup_is_refused(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "lotse.db").write_bytes(b"x" * 4096)
    with pytest.raises(UsageError, match="holds no whole backup"):
        restore(settings(tmp_path / "var"), tmp_path / "b")
    assert not (tmp_path / "var" / "lotse.db").exists()


def test_without_a_database_there_is_no_backup_and_nothing_is_left_behind(tmp_path):
    with pytest.raises(StorageError, match="no backup was made"):
        backup(settings(tmp_path / "nowhere"), tmp_path / "backups", NOW)
    assert list((tmp_path / "backups").iterdir()) == []


def test_a_server_is_backed_up_with_its_own_tool(tmp_path):
    elsewhere = Settings(var=tmp_path, database_url="postgresql://db.example/lotse", _env_file=None)
    with pytest.raises(UsageError, match="pg_dump"):
        backup(elsewhere, tmp_path, NOW)


@pytest.mark.parametrize("left", [b"", b"short", bytes(LENGTH - 1)])
def test_half_a_key_stops_the_start(tmp_path, left):
    (tmp_path / "secret").write_bytes(left)
    with pytest.raises(StorageError, match=r"damaged: it holds \d+ bytes instead of 32"):
        secret_of(tmp_path / "secret")
    assert (tmp_path / "secret").read_bytes() == left


def test_a_key_is_made_once_and_is_nobody_elses_to_read(tmp_path):
    key = secret_of(tmp_path / "var" / "secret")
    assert (len(key), secret_of(tmp_path / "var" / "secret")) == (LENGTH, key)
    assert [path.name for path in (tmp_path / "var").iterdir()] == ["secret"]
    assert stat.S_IMODE((tmp_path / "var" / "secret").stat().st_mode) == 0o600


def test_a_full_disk_leaves_no_key(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StorageError, match="No space left"):
        secret_of(tmp_path / "secret")
    assert list(tmp_path.iterdir()) == []


async def test_an_older_program_says_that_the_database_is_newer(machine, tmp_path):
    _, engine = await machine(tmp_path / "var")
    await close(engine)
    with sqlite3.connect(tmp_path / "var" / "lotse.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    engine = engine_for(settings(tmp_path / "var").database)
    with pytest.raises(StorageError, match="made by a newer Lotse"):
        await migrate(engine)
    await close(engine)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]52;c;eA==\x07", r"\x1b]52;c;eA==\x07"),  # would write into the operator's clipboard
        ("\x1b[2J", r"\x1b[2J"),
        ("Rechnung\u202efdp.exe", r"Rechnung\u202efdp.exe"),  # turns what follows round
        ("Grüße\n\tعربي", "Grüße\n\tعربي"),
    ],
)
def test_a_mail_does_not_command_the_terminal(text, shown):
    assert printable(text) == shown
