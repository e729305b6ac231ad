"""Whoever waits too long for the office is told, and the office reminded: once, on a working day, in office hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
import structlog

from bot.flow.reminders import remind
from bot.storage import quarantine, tickets
from tests.integration.test_desk import OFFICE, mail_in, town, words

__all__ = ["town"]


def at(day, hour, minute=0):
    """Of November 2026, in Berlin. Asked was on Wednesday 18; the three working days are over on Tuesday 24."""
    return datetime(2026, 11, day, hour, minute, tzinfo=ZoneInfo("Europe/Berlin")).timestamp()


TUESDAY = at(24, 10)


@pytest.mark.parametrize(
    ("now", "told"),
    [
        (at(19, 10), 0),
        (at(23, 17), 0),
        (at(21, 10), 0),  # Saturday
        (at(22, 10), 0),
        (at(24, 8, 59), 0),  # before the office opens
        (at(24, 9), 2),
        (at(24, 17, 59), 2),
        (at(24, 18), 0),
        (at(28, 10), 0),  # late, but on a Saturday
        (at(30, 10), 2),
    ],
)
async def test_when_a_reminder_comes(town, now, told):
    await town.new()
    town.now = now
    assert await remind(town.desk) == told
    assert len(await town.new()) == 2 * told
    assert len(town.woken) == (1 if told else 0)


async def test_on_a_day_that_the_city_is_closed_nobody_is_reminded_and_it_does_not_count(town):
    city = town.current.knowledge.city.model_copy(update={"closed": ["2026-11-20", "11-26"]})
    town.current.knowledge = replace(town.current.knowledge, city=city)
    await town.new()
    for day, told in ((20, 0), (24, 0), (26, 0), (25, 2)):  # Friday does not count, and nobody works on the 26th
        town.now = at(day, 10)
        assert await remind(town.desk) == told


async def test_both_are_told_once_with_a_way_out(town):
    await town.new()
    town.now = TUESDAY
    assert await remind(town.desk) == 2
    assert await remind(town.desk) == 0
    (lane, number, letter), (to_lane, to_number, message), *boris = await town.new()
    assert (lane, number, letter.to) == ("mail:1", 1, OFFICE)
    assert "18. November 2026" in words(letter)
    assert "Frage von anna?" in words(letter)
    assert mail_in(letter)["Reply-To"].startswith("reply+1.")  # it can be answered as the first could
    assert (to_lane, to_number) == ("chat:anna", 1)
    assert "Frage von anna?" in message.text
    assert "Telefon: 0361 6551234" in message.text
    assert [lane for lane, _, _ in boris] == ["mail:2", "chat:boris"]
    assert [(await town.one(number)).state for number in (1, 2)] == ["overdue", "overdue"]


@pytest.mark.parametrize("state", ["answered", "waiting", "undelivered", "overdue"])
async def test_only_what_waits_for_the_office_is_late(town, state):
    await town.new()
    await town.do(tickets.set_state, 1, state)
    town.now = TUESDAY
    assert await remind(town.desk) == 1
    assert [lane for lane, _, _ in await town.new()] == ["mail:2", "chat:boris"]
    assert (await town.one()).state == state


async def test_nobody_hears_that_no_answer_came_while_one_is_held(town):
    await town.new()
    await town.do(quarantine.hold, "{}", "DMARC", 1, town.now)
    town.now = TUESDAY
    assert await remind(town.desk) == 1
    assert (await town.one()).state == "open"


async def test_one_question_that_fails_stops_no_other(town, monkeypatch):
    await town.new()
    real = tickets.mark_overdue

    async def fails(connection, number, created_at):
        if number == 1:
            raise ValueError("Anna")
        return await real(connection, number, created_at)

    monkeypatch.setattr(tickets, "mark_overdue", fails)
    town.now = TUESDAY
    with structlog.testing.capture_logs() as logs:
        assert await remind(town.desk) == 1
    assert [(line["event"], line["ticket"]) for line in logs if line["log_level"] == "error"] == [
        ("nobody reminded, trying again", 1)
    ]
    assert (await town.one()).state == "open"
    assert [lane for lane, _, _ in await town.new()] == ["mail:2", "chat:boris"]


async def test_where_another_replica_was_quicker_nothing_is_said(town, monkeypatch):
    await town.new()

    async def late(*_):
        return False

    monkeypatch.setattr(tickets, "mark_overdue", late)
    town.now = TUESDAY
    assert await remind(town.desk) == 0
    assert await town.new() == []
    assert town.woken == []


async def test_without_a_city_there_are_no_office_hours(town):
    await town.new()
    town.current.knowledge = replace(town.current.knowledge, city=None)
    town.now = TUESDAY
    assert await remind(town.desk) == 0
