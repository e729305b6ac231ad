"""Persons, their questions at the office, and forgetting both."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import inbox, outbox, persons, tickets


@dataclass(frozen=True)
class Person:
    """``state`` is the dialogue's own JSON, "" for somebody new."""

    id: int
    channel: str
    address: str
    state: str


@dataclass(frozen=True)
class StoredTicket:
    """A question handed to the office."""

    number: int
    channel: str
    address: str
    state: str
    question: str
    language: str
    person_state: str
    office: str
    created_at: float


async def find(connection: AsyncConnection, channel: str, address: str) -> Person | None:
    """The person behind an address."""
    row = (
        await connection.execute(
            select(persons.c.id, persons.c.channel, persons.c.address, persons.c.state).where(
                persons.c.channel == channel, persons.c.address == address
            )
        )
    ).first()
    return Person(*row) if row else None


async def save(
    connection: AsyncConnection, channel: str, address: str, state: str, draft_at: float | None, now: float
) -> int:
    """Write the person's state; their id. One lane is worked on by one process, so nobody writes in between."""
    values = {"state": state, "draft_at": draft_at, "seen_at": now}
    known = await find(connection, channel, address)
    if known is not None:
        await connection.execute(update(persons).where(persons.c.id == known.id).values(values))
        return known.id
    result = await connection.execute(
        insert(persons).values(channel=channel, address=address, **values).returning(persons.c.id)
    )
    return int(result.scalar_one())


async def forget(connection: AsyncConnection, channel: str, address: str) -> None:
    """Erase the person, their questions, and every message of theirs that is still queued.

    A mail that has not left yet does not leave any more.
    """
    person = await find(connection, channel, address)
    if person is None:
        return
    lane = lane_of(channel, address)
    numbers = select(tickets.c.number).where(tickets.c.person == person.id)
    await connection.execute(delete(outbox).where(or_(outbox.c.lane == lane, outbox.c.ticket.in_(numbers))))
    await connection.execute(
        update(inbox).where(inbox.c.lane == lane).values(payload="", lane="forgotten", state="done")
    )
    await connection.execute(delete(tickets).where(tickets.c.person == person.id))
    await connection.execute(delete(persons).where(persons.c.id == person.id))


def lane_of(channel: str, address: str) -> str:
    """The lane that keeps one person's messages in order."""
    return f"{channel}:{address}"


async def open_ticket(
    connection: AsyncConnection,
    *,
    person: int,
    city: str,
    office: str,
    question: str,
    language: str,
    topics: str,
    now: float,
    expires_at: int,
) -> int:
    """Write a new question; its number."""
    result = await connection.execute(
        insert(tickets)
        .values(
            person=person,
            city=city,
            office=office,
            question=question,
            language=language,
            topics=topics,
            message_id="",
            state="open",
            created_at=now,
            expires_at=expires_at,
        )
        .returning(tickets.c.number)
    )
    return int(result.scalar_one())


async def set_message_id(connection: AsyncConnection, number: int, message_id: str) -> None:
    """Remember which mail carries the question."""
    await connection.execute(update(tickets).where(tickets.c.number == number).values(message_id=message_id))


async def answered(connection: AsyncConnection, number: int) -> None:
    """The office has replied."""
    await connection.execute(update(tickets).where(tickets.c.number == number).values(state="answered"))


async def open_count(connection: AsyncConnection, person: int) -> int:
    """How many of a person's questions wait for the office."""
    result = await connection.execute(
        select(func.count()).select_from(tickets).where(tickets.c.person == person, tickets.c.state == "open")
    )
    return int(result.scalar_one())


async def stored_tickets(connection: AsyncConnection, number: int | None = None) -> list[StoredTicket]:
    """Questions at the office with the address their reply goes to; all, or the one with ``number``."""
    query = (
        select(
            tickets.c.number,
            persons.c.channel,
            persons.c.address,
            tickets.c.state,
            tickets.c.question,
            tickets.c.language,
            persons.c.state.label("person_state"),
            tickets.c.office,
            tickets.c.created_at,
        )
        .join(persons, persons.c.id == tickets.c.person)
        .order_by(tickets.c.number)
    )
    if number is not None:
        query = query.where(tickets.c.number == number)
    return [StoredTicket(*row) for row in await connection.execute(query)]


async def drop_old(connection: AsyncConnection, seen_before: float, done_before: float) -> None:
    """Keep the retention promise: silent persons without an open question, and old traces go."""
    stale = await connection.execute(
        select(persons.c.id).where(
            persons.c.seen_at < seen_before,
            ~select(tickets.c.number).where(tickets.c.person == persons.c.id, tickets.c.state == "open").exists(),
        )
    )
    ids = [row.id for row in stale]
    await connection.execute(delete(tickets).where(tickets.c.person.in_(ids)))
    await connection.execute(delete(persons).where(persons.c.id.in_(ids)))
    for table in (inbox, outbox):
        await connection.execute(delete(table).where(table.c.state == "done", table.c.created_at < done_before))
        await connection.execute(delete(table).where(table.c.state == "dead", table.c.created_at < seen_before))
    await connection.execute(delete(tickets).where(tickets.c.state == "answered", tickets.c.created_at < seen_before))


async def with_old_drafts(connection: AsyncConnection, before: float) -> list[Person]:
    """Persons whose draft is older than it may be kept."""
    rows = await connection.execute(
        select(persons.c.id, persons.c.channel, persons.c.address, persons.c.state).where(persons.c.draft_at < before)
    )
    return [Person(*row) for row in rows]


async def write_state(connection: AsyncConnection, person: int, state: str) -> None:
    """Replace a person's state that holds no draft any more."""
    await connection.execute(update(persons).where(persons.c.id == person).values(state=state, draft_at=None))
