"""An update of a running city, and the way back: what docs/operators.md tells, with a database that an earlier version made."""

from __future__ import annotations

import sqlite3

import pytest

from bot.errors import StorageError
from bot.storage.database import close, engine_for, migrate
from bot.tools.backup import backup, restore
from tests.conftest import ROOT
from tests.integration.test_backup import NOW, settings
from tests.integration.test_chats import Stage

EARLIER = (ROOT / "tests" / "fixtures" / "databases" / "0003.sql").read_text()
REVISION = [("0003",)]


@pytest.fixture
def var(tmp_path):
    """The folder of the earlier version, stopped."""
    folder = tmp_path / "var"
    folder.mkdir()
    with sqlite3.connect(folder / "lotse.db") as database:
        database.executescript(EARLIER)
    database.close()
    (folder / "secret").write_bytes(b"k" * 32)
    return folder


def revision(folder):
    with sqlite3.connect(folder / "lotse.db") as database:
        found = database.execute("SELECT version_num FROM alembic_version").fetchall()
    database.close()
    return found


async def updated(var, catalogues, monkeypatch):
    """The new version on the old folder, and what was waiting is worked off."""
    monkeypatch.setattr(Stage, "catalogues", catalogues)
    engine = engine_for(settings(var).database)
    await migrate(engine)
    stage = Stage(engine, var)
    stage.now = 1_796_040_000.0
    await stage.settle()
    return stage, engine


async def test_after_an_update_what_waited_goes_on(var, catalogues, monkeypatch):
    stage, engine = await updated(var, catalogues, monkeypatch)
    assert "Termine gibt es online" in stage.out.getvalue()  # the message that nobody had read
    await stage.chats.desk.relay_reply(1, "Die Werkstatt am Ring hilft.")
    await stage.settle()
    assert "Die Werkstatt am Ring hilft." in stage.out.getvalue()
    assert revision(var) != REVISION
    await close(engine)


async def test_the_way_back(var, tmp_path, catalogues, monkeypatch):
    made = backup(settings(var), tmp_path / "backups", NOW)  # changes nothing, whatever version the database is of
    assert revision(var) == REVISION
    before = (made / "lotse.db").read_bytes()
    _, engine = await updated(var, catalogues, monkeypatch)
    await close(engine)

    restore(settings(var), made)
    assert revision(var) == REVISION
    assert (var / "lotse.db").read_bytes() == before
    assert (var / "secret").read_bytes() == b"k" * 32
    with sqlite3.connect(var / "lotse.db") as database:
        assert database.execute("SELECT state FROM inbox WHERE id = 5").fetchall() == [("waiting",)]
    database.close()


async def test_without_the_backup_the_earlier_version_says_so(var, catalogues, monkeypatch):
    """It knows no revision after its own; here the newest stands for one that this version does not know."""
    _, engine = await updated(var, catalogues, monkeypatch)
    await close(engine)
    with sqlite3.connect(var / "lotse.db") as database:
        database.execute("UPDATE alembic_version SET version_num = '9999'")
    database.close()
    engine = engine_for(settings(var).database)
    with pytest.raises(StorageError, match="bring back the backup"):
        await migrate(engine)
    await close(engine)
