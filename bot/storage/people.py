"""Persons, their questions at the office, and forgetting both."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import inbox, outbox, persons, tickets


@dataclass(frozen=True)
class Person:
    """``state`` is the dialogue's own JSON, "" for somebody new."""

    id: int
    channel: str
    address: str
    state: str


OPEN = ("open", "overdue")  # the office has not answered


@dataclass(frozen=True)
class StoredTicket:
    """A question handed to the office. ``topics`` is a JSON list of ids."""

    number: int
    channel: str
    address: str
    state: str
    question: str
    language: str
    person_state: str
    office: str
    created_at: float
    topics: str
    expires_at: int
    thread: str = ""
    client: int = 0


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
    client: bool = False,
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
            client=int(client),
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


async def withdraw(connection: AsyncConnection, number: int) -> bool:
    """Erase a question, and its mail that waits; whether the office may have got one."""
    mails = (outbox.c.ticket == number, outbox.c.channel == "mail")
    found = (await connection.execute(select(outbox.c.state, outbox.c.attempts).where(*mails))).all()
    await connection.execute(delete(outbox).where(*mails, outbox.c.state != "done"))
    await connection.execute(delete(tickets).where(tickets.c.number == number))
    # One that was tried may have arrived; no row at all is an old one that was tidied away.
    return not found or any(row.state == "done" or row.attempts for row in found)


async def extend(connection: AsyncConnection, number: int, question: str, now: float) -> None:
    """New words belong to a question, which waits (again) for an answer from ``now`` on."""
    await connection.execute(
        update(tickets).where(tickets.c.number == number).values(question=question, state="open", created_at=now)
    )


async def mark_overdue(connection: AsyncConnection, number: int, created_at: float) -> bool:
    """Whether it was this call that made the question overdue: only then everybody is told.

    ``created_at`` is what the decision was based on: words added since start the wait anew.
    """
    waiting = (tickets.c.number == number, tickets.c.state == "open", tickets.c.created_at == created_at)
    statement = update(tickets).where(*waiting).values(state="overdue").returning(tickets.c.number)
    return (await connection.execute(statement)).first() is not None


async def stored_tickets(
    connection: AsyncConnection, number: int | None = None, person: int | None = None
) -> list[StoredTicket]:
    """Questions at the office with the address their reply goes to; all, the one with ``number``, or a person's."""
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
            tickets.c.topics,
            tickets.c.expires_at,
            tickets.c.thread,
            tickets.c.client,
        )
        .join(persons, persons.c.id == tickets.c.person)
        .order_by(tickets.c.number)
    )
    if number is not None:
        query = query.where(tickets.c.number == number)
    if person is not None:
        query = query.where(tickets.c.person == person)
    return [StoredTicket(*row) for row in await connection.execute(query)]


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


async def set_office(connection: AsyncConnection, number: int, office: str) -> None:
    """The question is with another office now."""
    await connection.execute(update(tickets).where(tickets.c.number == number).values(office=office))


async def set_thread(connection: AsyncConnection, number: int, thread: str) -> None:
    """Remember the mail that asked: JSON with ``subject`` and ``references``."""
    await connection.execute(update(tickets).where(tickets.c.number == number).values(thread=thread))


async def ticket_of(connection: AsyncConnection, message_id: str) -> int | None:
    """The question that went out with this Message-ID (without angle brackets)."""
    query = select(tickets.c.number).where(tickets.c.message_id == f"<{message_id}>")
    return (await connection.execute(query)).scalar_one_or_none()
