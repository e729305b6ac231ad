"""Erasing a person, and what has been kept long enough."""

from __future__ import annotations

from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import approvals, webchat
from bot.storage.persons import find, lane_of
from bot.storage.tables import inbox, outbox, persons, tickets
from bot.storage.tickets import OPEN


async def forget(connection: AsyncConnection, channel: str, address: str) -> None:
    """Erase the person, their questions, and every message of theirs that is still queued.

    A mail that has not left yet does not leave any more.
    """
    if channel == "web":
        await webchat.forget(connection, address)
    person = await find(connection, channel, address)
    if person is None:
        return
    lane = lane_of(channel, address)
    numbers = select(tickets.c.number).where(tickets.c.person == person.id)
    await connection.execute(delete(outbox).where(or_(outbox.c.lane == lane, outbox.c.ticket.in_(numbers))))
    await connection.execute(
        update(inbox).where(inbox.c.lane == lane).values(payload="", lane="forgotten", state="done")
    )
    await approvals.forget(connection, address)
    await connection.execute(delete(tickets).where(tickets.c.person == person.id))
    await connection.execute(delete(persons).where(persons.c.id == person.id))


async def drop_old(connection: AsyncConnection, seen_before: float, done_before: float, now: float) -> None:
    """Keep the retention promise: silent persons without an open question, and old traces go.

    A question that nobody can answer any more, its token being expired, is not open.
    """
    await connection.execute(delete(tickets).where(tickets.c.expires_at < now))
    stale = await connection.execute(
        select(persons.c.id).where(
            persons.c.seen_at < seen_before,
            ~select(tickets.c.number).where(tickets.c.person == persons.c.id, tickets.c.state.in_(OPEN)).exists(),
        )
    )
    ids = [row.id for row in stale]
    await connection.execute(delete(tickets).where(tickets.c.person.in_(ids)))
    await connection.execute(delete(persons).where(persons.c.id.in_(ids)))
    await webchat.drop_old(connection, seen_before, now)
    for table in (inbox, outbox):
        await connection.execute(delete(table).where(table.c.state == "done", table.c.created_at < done_before))
        await connection.execute(delete(table).where(table.c.state == "dead", table.c.created_at < seen_before))
    over = tickets.c.state.in_(("answered", "undelivered"))
    await connection.execute(delete(tickets).where(over, tickets.c.created_at < seen_before))
