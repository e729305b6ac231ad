"""Rows as tests need them: only what a test is about has to be said."""

from __future__ import annotations

from bot.storage import tickets


async def open_ticket(connection, person, **values):
    """A question of ``person``'s; its number."""
    given = {"city": "x", "office": "a@b.de", "question": "?", "language": "de", "topics": "[]"}
    return await tickets.open_ticket(connection, person=person, **{**given, "now": 0, "expires_at": 9, **values})
