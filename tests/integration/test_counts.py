"""What people ask, counted once each, with the message that is worked off; by chat and by mail, on both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.flow.days import week
from bot.storage import counts, queue
from bot.storage.counts import Count
from bot.storage.tables import counts as table
from bot.storage.tables import inbox
from tests.integration import test_chats
from tests.integration.test_chats import Stage
from tests.integration.test_mails import Mailroom

WEEK = "1970-W03"  # where the stage's clock begins


@pytest.fixture
def stage(engine, tmp_path, catalogues, monkeypatch):
    monkeypatch.setattr(test_chats.Stage, "catalogues", catalogues)
    return Stage(engine, tmp_path)


@pytest.fixture
def room(engine, tmp_path, catalogues, monkeypatch):
    monkeypatch.setattr(test_chats.Stage, "catalogues", catalogues)
    return Mailroom(engine, tmp_path)


async def counted(stage):
    async with stage.engine.connect() as connection:
        found = await counts.read(connection, "musterstadt")
    return [(each.topic, each.outcome, each.number) for each in found]


async def test_a_conversation(stage):
    await stage.hear("Fahrräder reparieren")
    await stage.press(1)
    await stage.press(1)
    await stage.hear("Wie bekomme ich einen Termin?")
    await stage.hear("Danke!")
    await stage.hear("Wie bekomme ich einen Termin?")  # "that is all I know": no second answer
    assert await counted(stage) == [
        ("", "handed-over", 1),
        ("", "no-answer", 1),
        ("appointment-book", "answered", 1),
    ]
    async with stage.engine.connect() as connection:
        (one, *_) = await counts.read(connection, "musterstadt")
        assert (one.week, one.language, one.channel) == (WEEK, "de", "terminal")
        assert await counts.read(connection, "anderstadt") == []
        assert await counts.read(connection, "musterstadt", first="1970-W04") == []


async def test_a_message_that_is_worked_off_again_after_a_crash_counts_once(stage, monkeypatch):
    real, tries = counts.add, []

    async def dies_once(*given):
        await real(*given)
        tries.append(given)
        if len(tries) == 1:
            raise RuntimeError("the last thing before the commit")

    monkeypatch.setattr("bot.flow.chats.counts.add", dies_once)
    await stage.hear("Wie bekomme ich einen Termin?")
    stage.now += 60
    await stage.settle()
    assert len(tries) == 2
    assert await counted(stage) == [("appointment-book", "answered", 1)]


async def test_a_row_that_another_process_has_done_counts_once(stage):
    await stage.hear("Wie bekomme ich einen Termin?")
    async with stage.engine.begin() as connection:
        row = (await connection.execute(select(inbox.c.id, inbox.c.attempts))).one()
    stale = queue.Row(row.id, "terminal", "terminal", '{"kind": "text", "text": "Termin"}', row.attempts, 0.0)
    await stage.chats._attempt(stale)
    assert await counted(stage) == [("appointment-book", "answered", 1)]


async def test_deleting_oneself_leaves_the_numbers_which_are_nobodys(stage):
    await stage.hear("Wie bekomme ich einen Termin?")
    await stage.hear("delete", "command")
    await stage.press(1)
    assert await counted(stage) == [("appointment-book", "answered", 1)]
    assert set(table.c.keys()) == {"city", "week", "topic", "language", "channel", "outcome", "number"}


async def test_a_counselling_centres_mail(room):
    mail = (
        "Return-Path: <b@beratung.example>\nAuthentication-Results: mx.example.org; dmarc=pass "
        "header.from=beratung.example\nFrom: b@beratung.example\nTo: reply@example.org\nSubject: Frage\n"
        "Message-ID: <{}@b.example>\nContent-Type: text/plain; charset=utf-8\n\n{}\n"
    )
    await room.get(mail.format(1, "Wie bekomme ich einen Termin?"), "reply@example.org")
    await room.get(mail.format(1, "Wie bekomme ich einen Termin?"), "reply@example.org")  # by another way
    await room.get(mail.format(2, "Wer repariert Fahrräder in der Stadt?"), "reply@example.org")
    asked = room.sent()[-1]
    yes = (
        "Return-Path: <b@beratung.example>\nAuthentication-Results: mx.example.org; dmarc=pass "
        f"header.from=beratung.example\nFrom: b@beratung.example\nTo: {asked['Reply-To']}\nSubject: Re\n"
        f"Message-ID: <3@b.example>\nIn-Reply-To: {asked['Message-ID']}\n\nJA\n"
    )
    await room.get(yes, asked["Reply-To"])
    assert await counted(room) == [
        ("", "handed-over", 1),
        ("", "no-answer", 1),
        ("appointment-book", "answered", 1),
    ]


@pytest.mark.parametrize(
    ("at", "expected"),
    [
        (1_767_225_600.0, "2026-W01"),  # 1 January 2026 is a Thursday
        (1_798_758_000.0, "2026-W53"),  # 1 January 2027, 0:00 in Berlin: still the old year's last week
        (1_796_079_600.0, "2026-W49"),  # Monday 0:00 in Berlin is Sunday in UTC
    ],
)
def test_weeks_are_those_of_the_citys_own_time(at, expected):
    from zoneinfo import ZoneInfo

    assert week(at, ZoneInfo("Europe/Berlin")) == expected


async def test_adding_twice_adds_up(engine):
    one = Count("2026-W48", "kita", "ar", "web", "answered")
    for _ in range(3):
        async with engine.begin() as connection:
            await counts.add(connection, "musterstadt", [one, one])
    async with engine.connect() as connection:
        assert [each.number for each in await counts.read(connection, "musterstadt")] == [6]
