"""Keys that bring a chat's questions to another channel, on both databases."""

from __future__ import annotations

import pytest

from bot.storage import forgetting, moves, persons, tickets, webchat
from tests.rows import open_ticket

NOW = 1_800_000_000.0


@pytest.fixture
async def connection(engine):
    async with engine.begin() as connection:
        for session in ("one", "two"):
            await webchat.begin(connection, session, NOW)
            person = await persons.save(connection, "web", session, "", None, NOW)
            await open_ticket(connection, person, office="o", now=NOW, expires_at=int(NOW) + 10**6)
        yield connection


@pytest.mark.parametrize(
    ("key", "later", "session"),
    [
        ("a" * 32, 0, "one"),
        ("a" * 32, moves.SECONDS - 1, "one"),
        ("a" * 32, moves.SECONDS + 1, ""),  # too late
        ("b" * 32, 0, ""),  # nobody's
        ("", 0, ""),
    ],
)
async def test_a_key_opens_its_chat_once_and_for_minutes(connection, key, later, session):
    await moves.offer(connection, "one", "a" * 32, NOW)
    assert await moves.redeem(connection, key, NOW + later) == session
    assert await moves.redeem(connection, key, NOW + later) == ""


async def test_a_key_opens_no_chat_in_a_browser(connection):
    await moves.offer(connection, "one", "a" * 32, NOW)
    for hash_ in ("a" * 32, moves._hashed("a" * 32)[:-1]):
        assert await webchat.opened(connection, hash_, NOW) is None


async def test_the_questions_of_one_chat_move_and_go_with_their_new_person(connection):
    person = await persons.save(connection, "telegram", "5", "", None, NOW)
    assert await moves.move(connection, "one", person) == 1
    assert [(ticket.channel, ticket.address) for ticket in await tickets.stored_tickets(connection)] == [
        ("telegram", "5"),
        ("web", "two"),
    ]
    await forgetting.forget(connection, "web", "one")  # deleting the chat takes nothing from Telegram
    assert len(await tickets.of_person(connection, person)) == 1
