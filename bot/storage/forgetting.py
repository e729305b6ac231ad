"""Erasing a person, and what has been kept long enough. What is kept until when stands in `kept`."""

from __future__ import annotations

from sqlalchemy import ColumnElement, and_, delete, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage import approvals, quarantine, webchat
from bot.storage.persons import find, lane_of
from bot.storage.tables import inbox, outbox, persons, ticket_entries, tickets, web_sessions
from bot.storage.tickets import OPEN


async def forget(connection: AsyncConnection, channel: str, address: str) -> tuple[int, ...]:
    """Erase the person, their questions, every message of theirs that is still queued, and mail held about them.

    A mail that has not left yet does not leave any more. The numbers of their questions.
    """
    if channel == "web":
        await webchat.forget(connection, address)
    person = await find(connection, channel, address)
    if person is None:
        return ()
    lane = lane_of(channel, address)
    of_them = select(tickets.c.number).where(tickets.c.person == person.id)
    numbers = tuple((await connection.execute(of_them)).scalars())
    await connection.execute(delete(outbox).where(or_(outbox.c.lane == lane, outbox.c.ticket.in_(numbers))))
    await connection.execute(
        update(inbox).where(inbox.c.lane == lane).values(payload="", lane="forgotten", state="done")
    )
    await approvals.forget(connection, address)
    await approvals.forget_releases(connection, await quarantine.drop_of(connection, numbers))
    await connection.execute(delete(tickets).where(tickets.c.person == person.id))
    await connection.execute(delete(persons).where(persons.c.id == person.id))
    return numbers


async def forget_address(connection: AsyncConnection, address: str) -> tuple[int, list[int]]:
    """Erase whoever has this address or chat number, in every channel, and mail that is held from them.

    How many places held something of theirs, and the numbers of their questions.
    """
    lower = address.lower()
    same = func.lower(persons.c.address) == lower
    found = (await connection.execute(select(persons.c.channel, persons.c.address).where(same))).all()
    numbers = [number for row in found for number in await forget(connection, row.channel, row.address)]
    held = await quarantine.drop_from(connection, lower)
    await approvals.forget_releases(connection, held)
    await approvals.forget(connection, lower)
    told = update(web_sessions).where(func.lower(web_sessions.c.notify) == lower).values(notify="", told=0)
    sessions = (await connection.execute(told.returning(web_sessions.c.id))).all()
    await connection.execute(delete(outbox).where(func.lower(outbox.c.lane) == lane_of("mail", lower)))
    return len(found) + len(held) + len(sessions), numbers


async def erase_words(connection: AsyncConnection, answered_before: float) -> None:
    """Of questions that were answered long enough ago the words go; a late answer still finds its person."""
    over = and_(tickets.c.state.in_(("answered", "waiting")), _ended() < answered_before)
    ended = select(tickets.c.number).where(over)
    said = (ticket_entries.c.ticket.in_(ended), ticket_entries.c.kind.in_(("reply", "note", "files")))
    await connection.execute(update(ticket_entries).where(*said, ticket_entries.c.text != "").values(text=""))
    await connection.execute(update(tickets).where(over, tickets.c.question != "").values(question="", thread=""))


async def drop_old(connection: AsyncConnection, seen_before: float, done_before: float, now: float) -> int:
    """Keep the retention promise: silent persons without an open question, and old traces go.

    A question that nobody can answer any more, its token being expired, is not open. How many rows went that nobody
    has taken in all that time: their channel does not run.
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
    over = tickets.c.state.not_in(OPEN)
    await connection.execute(delete(tickets).where(over, _ended() < seen_before))
    # The mail of a question that is open waits as long as the question does.
    open_ = select(tickets.c.number).where(tickets.c.state.in_(OPEN))
    kept = and_(outbox.c.channel == "mail", outbox.c.ticket.is_not(None), outbox.c.ticket.in_(open_))
    left = 0
    for table in (inbox, outbox):
        await connection.execute(delete(table).where(table.c.state == "done", table.c.created_at < done_before))
        await connection.execute(delete(table).where(table.c.state == "dead", table.c.created_at < seen_before))
        waits = and_(table.c.state == "waiting", table.c.created_at < seen_before)
        gone = delete(table).where(waits, ~kept) if table is outbox else delete(table).where(waits)
        left += len((await connection.execute(gone.returning(table.c.id))).all())
    return left


def _ended() -> ColumnElement[float]:
    """When a question came to its end; of older rows it is not known, so when it was asked."""
    return func.coalesce(tickets.c.answered_at, tickets.c.created_at)
