"""Large mails are files beside the database: whole or not at all, no longer than their row, and part of a backup."""

from __future__ import annotations

import os
import stat
from datetime import UTC, datetime

import pytest

from bot.config import Settings
from bot.flow.retention import Retention
from bot.mailing.arrival import SMALL, row
from bot.storage.database import close, engine_for, migrate
from bot.storage.raw_mail import GRACE_SECONDS, RawMail
from bot.storage.tables import inbox
from bot.storage.traces import Traces
from bot.storage.writer import Writer
from bot.tools.backup import backup, restore
from bot.wiring.secret import secret_of
from tests.integration import test_chats
from tests.integration.test_mails import Mailroom, answer

DAY = 86400.0
MARKER = "Wunderfahrradmarke"
BIG = f"{MARKER} " * (SMALL // 10)


@pytest.fixture
async def room(tmp_path, catalogues, monkeypatch):
    """On a file below `var`, as `lotse run` has it."""
    monkeypatch.setattr(test_chats.Stage, "catalogues", catalogues)
    var = tmp_path / "var"
    var.mkdir()
    engine = engine_for(f"sqlite:///{var}/lotse.db")
    await migrate(engine)
    made = Mailroom(engine, var)
    made.var, made.postbox.raw = var, RawMail(var / "raw")
    made.chats.traces = Traces(engine, var / "mail", made.postbox.raw)
    yield made
    await close(engine)


def files(room):
    return sorted(path.name for path in (room.var / "raw").glob("*"))


def large(question, sender="buero@example.org"):
    return answer(question, "Ja, kommen Sie.", sender=sender) + f"\n\n-- \n{BIG}\n"


async def test_a_large_mail_is_a_file_until_it_is_done(room):
    question = await room.asked()
    await room.postbox.receive([row(large(question).encode(), [str(question["Reply-To"])])])
    (name,) = files(room)
    (stored,) = [payload for (payload,) in await room.rows(inbox, inbox.c.payload) if payload]
    assert len(stored) < 500
    assert name in stored
    assert stat.S_IMODE((room.var / "raw" / name).stat().st_mode) == 0o600
    assert MARKER in (room.var / "raw" / name).read_text()
    await room.settle()
    assert "Ja, kommen Sie." in room.out.getvalue()
    assert files(room) == []


async def test_a_small_one_is_not(room):
    question = await room.asked()
    await room.postbox.receive([row(answer(question, "Ja.").encode(), [str(question["Reply-To"])])])
    assert files(room) == []


async def test_a_held_one_is_kept_until_somebody_decides(room):
    question = await room.asked()
    await room.get(large(question, "kollegin@example.org"), question["Reply-To"])
    assert len(files(room)) == 1
    assert await room.postbox.releases.release(1, None)
    await room.settle()
    assert "Ja, kommen Sie." in room.out.getvalue()
    grown_old(room)
    await room.chats.traces.drop_old(0)
    assert files(room) == []


def grown_old(room):
    """Its row has had time to be committed."""
    for path in (room.var / "raw").iterdir():
        os.utime(path, (0, 0))


async def test_delete_takes_it_too(room):
    question = await room.asked()
    await room.get(large(question, "kollegin@example.org"), question["Reply-To"])
    grown_old(room)
    await room.hear("delete", "command")
    await room.press(1)
    assert files(room) == []


async def test_so_does_the_retention(room):
    question = await room.asked()
    await room.get(large(question, "kollegin@example.org"), question["Reply-To"])
    retention = Retention(Writer(room.engine), lambda: room.now, 30, room.chats.traces)
    grown_old(room)
    await retention.tidy()
    assert len(files(room)) == 1  # its row still names it
    room.now += 31 * DAY
    await retention.tidy()
    assert files(room) == []


async def test_a_new_file_waits_for_its_row(room):
    room.postbox.raw.keep("digest", b"x")
    await room.chats.traces.drop_old(0)
    assert files(room) == ["digest"]
    assert GRACE_SECONDS > 60


async def test_a_full_disk_stores_nothing(room, monkeypatch):
    """Then nothing is acknowledged, and the mail server keeps it."""

    def full(_):
        raise OSError(28, "No space left on device")

    question = await room.asked()
    monkeypatch.setattr(os, "fsync", full)
    before = len(await room.rows(inbox, inbox.c.id))
    with pytest.raises(OSError, match="No space"):
        await room.postbox.receive([row(large(question).encode(), [])])
    monkeypatch.undo()
    assert len(await room.rows(inbox, inbox.c.id)) == before
    assert not [name for name in files(room) if not name.endswith(".tmp")]


async def test_a_lost_file_stops_nothing(room):
    question = await room.asked()
    await room.postbox.receive([row(large(question).encode(), [str(question["Reply-To"])])])
    (room.var / "raw" / files(room)[0]).unlink()
    await room.settle()
    assert [held.reason for held in await room.held()] or room.alerts
    assert "| Ja." in await room.get(answer(question, "Ja."), question["Reply-To"])


async def test_a_backup_holds_them(room, tmp_path):
    question = await room.asked()
    await room.get(large(question, "kollegin@example.org"), question["Reply-To"])
    secret_of(room.var / "secret")
    made = backup(Settings(var=room.var, _env_file=None), tmp_path / "backups", datetime.now(UTC))
    elsewhere = tmp_path / "second"
    restore(Settings(var=elsewhere, _env_file=None), made)
    (name,) = files(room)
    assert (elsewhere / "raw" / name).read_bytes() == (room.var / "raw" / name).read_bytes()


async def test_whatever_a_row_names_is_looked_for_in_the_folder_alone(room):
    (room.var / "secret.txt").write_bytes(b"key")
    assert room.postbox.raw.read("../secret.txt") == b""
