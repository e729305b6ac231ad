"""The questions handed to the office."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import outbox, persons, tickets

OPEN = ("open", "overdue")  # the office has not answered


@dataclass(frozen=True)
class StoredTicket:
    """A question handed to the office. ``topics``: a JSON list of ids; ``question``: "" once its words are erased."""

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
    city: str = ""


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


async def answered(connection: AsyncConnection, number: int, now: float) -> None:
    """The office has replied."""
    values = {"state": "answered", "answered_at": now}
    await connection.execute(update(tickets).where(tickets.c.number == number).values(values))


async def lock(connection: AsyncConnection, number: int) -> None:
    """Until this transaction ends nobody else does anything with the question; SQLite lets one write at a time."""
    await connection.execute(select(tickets.c.number).where(tickets.c.number == number).with_for_update())


async def set_state(connection: AsyncConnection, number: int, state: str) -> None:
    """``open``, ``overdue``, ``answered``, ``waiting`` for whoever asked, or ``undelivered``: the office's server does
    not take it."""
    await connection.execute(update(tickets).where(tickets.c.number == number).values(state=state))


async def reopen(connection: AsyncConnection, number: int) -> None:
    """The mail of a question that could not be delivered is tried again: it waits for an answer."""
    undelivered = (tickets.c.number == number, tickets.c.state == "undelivered")
    await connection.execute(update(tickets).where(*undelivered).values(state="open"))


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
    values = {"question": question, "state": "open", "created_at": now, "answered_at": None}
    await connection.execute(update(tickets).where(tickets.c.number == number).values(values))


async def mark_overdue(connection: AsyncConnection, number: int, created_at: float) -> bool:
    """Whether it was this call that made the question overdue: only then everybody is told.

    ``created_at`` is what the decision was based on: words added since start the wait anew.
    """
    waiting = (tickets.c.number == number, tickets.c.state == "open", tickets.c.created_at == created_at)
    statement = update(tickets).where(*waiting).values(state="overdue").returning(tickets.c.number)
    return (await connection.execute(statement)).first() is not None


_STORED = (
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
        tickets.c.city,
    )
    .join(persons, persons.c.id == tickets.c.person)
    .order_by(tickets.c.number)
)
_NUMBERED = _STORED.where(tickets.c.number == bindparam("number"))
_OF_PERSON = _STORED.where(tickets.c.person == bindparam("person"))


async def stored_tickets(
    connection: AsyncConnection, number: int | None = None, *, state: str = ""
) -> list[StoredTicket]:
    """Questions at the office with the address their reply goes to; all, the one with ``number``, or those in one
    ``state``."""
    query, given = (_STORED, {}) if number is None else (_NUMBERED, {"number": number})
    if state:
        query = query.where(tickets.c.state == state)
    return [StoredTicket(*row) for row in await connection.execute(query, given)]


async def of_person(connection: AsyncConnection, person: int) -> list[StoredTicket]:
    """The questions of one person, oldest first."""
    return [StoredTicket(*row) for row in await connection.execute(_OF_PERSON, {"person": person})]


async def by_state(connection: AsyncConnection) -> dict[str, int]:
    """How many questions are in each state."""
    rows = await connection.execute(select(tickets.c.state, func.count()).group_by(tickets.c.state))
    return {row.state: int(row[1]) for row in rows}


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
