"""Inbox and outbox as queues: claim with a lease, then ``working`` finishes the row, puts it off, or gives it up.

A claimed row whose process died is free again when its lease has run out, so work is done at least once.
Rows of one lane are taken strictly in order: an answer never overtakes the one before it.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Float,
    FromClause,
    Insert,
    Integer,
    Select,
    Table,
    Update,
    and_,
    bindparam,
    delete,
    func,
    insert,
    null,
    or_,
    select,
    tuple_,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.inserting import insert_into
from bot.storage.leases import PROCESS
from bot.storage.tables import inbox, leases, outbox

__all__ = [
    "TOO_MANY",
    "NotOurs",
    "Row",
    "Unsent",
    "Work",
    "behind",
    "claim",
    "drop",
    "enqueue",
    "given_up",
    "inbox",
    "oldest",
    "outbox",
    "receive",
    "received",
    "revive",
    "sent_as",
    "slowed",
    "take_back",
    "unread",
    "unsent",
    "waiting",
    "working",
]

TOO_MANY = "too many messages"  # why a row of somebody who writes too much is put off


@dataclass(frozen=True)
class Row:
    """One claimed row of ``queue`` (inbox or outbox). ``attempts`` counts this one too, and tells whose claim it is."""

    id: int
    channel: str
    lane: str
    payload: str
    attempts: int
    created_at: float
    ticket: int | None = None
    queue: str = "inbox"


class NotOurs(Exception):
    """Another process has the row, or has finished it: this one was away for longer than its lease."""


class Work:
    """What is to become of a row that ``working`` holds: done, unless something else is said."""

    def __init__(self) -> None:
        self.values: dict[str, Any] = {"state": "done", "payload": "", "lane": "", "error": ""}

    def put_off(self, until: float, error: str, *, counted: bool = True) -> None:
        """Try again at ``until``. Not ``counted``: it was no fault of the row's."""
        self.values = {"due_at": until, "lease_until": 0.0, "error": error}
        if not counted:
            self.values["attempts"] = -1

    def bury(self, error: str, *, wordless: bool = False) -> None:
        """Give up. The row stays for the operator, and its words unless ``wordless``."""
        self.values = {"state": "dead", "lease_until": 0.0, "error": error}
        if wordless:
            self.values |= {"payload": "", "lane": ""}


@asynccontextmanager
async def working(connection: AsyncConnection, row: Row) -> AsyncIterator[Work]:
    """Own ``row`` for this transaction, and at its end do with it what the ``Work`` says.

    The only place that changes a claimed row. Raises NotOurs before anything is done when it is not ours any more.
    """
    ours, change = _working(row.queue)
    if (await connection.execute(ours, {"row": row.id, "claim": row.attempts})).first() is None:
        raise NotOurs(row.id)
    work = Work()
    yield work
    values = work.values
    if values.get("attempts") == -1:
        values = {**values, "attempts": row.attempts - 1}
    # Where the words of the row's person were erased meanwhile (/delete), there is nothing left to change.
    await connection.execute(change, {**values, "row": row.id})


@dataclass(frozen=True)
class Unsent:
    """What an operator may see of a row that is not done: no words. ``ticket``: of the outbox alone."""

    id: int
    channel: str
    state: str
    attempts: int
    ticket: int | None
    error: str


_TABLES = {table.name: table for table in (inbox, outbox)}


# A statement that is built once costs half of one that is built each time; a message takes a dozen.
@cache
def _working(name: str) -> tuple[Select[Any], Update]:
    """Whether a row is still ours, and what changes it; with :row and :claim."""
    table = _TABLES[name]
    waits = (table.c.id == bindparam("row"), table.c.state == "waiting")
    ours = select(table.c.id).where(*waits, table.c.attempts == bindparam("claim")).with_for_update()
    return ours, update(table).where(*waits)


@cache
def _receive(dialect: str) -> Insert:
    return insert_into(dialect, inbox).on_conflict_do_nothing().returning(inbox.c.id)


_ENQUEUE = insert(outbox).returning(outbox.c.id)


def _fresh(channel: str, lane: str, payload: str, now: float) -> dict[str, Any]:
    return {
        "channel": channel,
        "lane": lane,
        "payload": payload,
        "state": "waiting",
        "created_at": now,
        "due_at": now,
        "lease_until": 0.0,
        "attempts": 0,
        "error": "",
    }


async def receive(
    connection: AsyncConnection, channel: str, lane: str, external_id: str, payload: str, now: float
) -> bool:
    """Store what came in, once: False when this ``external_id`` is here already."""
    row = {**_fresh(channel, lane, payload, now), "external_id": external_id}
    return (await connection.execute(_receive(connection.dialect.name), row)).first() is not None


async def enqueue(
    connection: AsyncConnection,
    channel: str,
    lane: str,
    payload: str,
    now: float,
    ticket: int | None = None,
    message_id: str = "",
) -> int:
    """Put one message into the outbox; its id. ``message_id``: of a mail, without angle brackets."""
    row = {**_fresh(channel, lane, payload, now), "ticket": ticket, "message_id": message_id}
    return int((await connection.execute(_ENQUEUE, row)).scalar_one())


async def claim(
    connection: AsyncConnection,
    table: Table,
    now: float,
    lease: float,
    limit: int,
    channels: Sequence[str] | None = None,
    holder: str = "",
    numbered: Sequence[str] = (),
) -> list[Row]:
    """Take up to ``limit`` rows that are due, for ``lease`` seconds: of each lane the first, while no other is held.

    ``holder``: the process that takes them. What another holds that does not live any more is free at once.
    ``numbered``: channels whose external ids are numbers that say the order, in whichever order they came.
    """
    given = {"now": now, "until": now + lease, "most": limit, "by": holder, "nobody": ["", holder]}
    if table is inbox:
        given["numbered"] = list(numbered) or [""]
    if channels is not None:
        given["channels"] = list(channels)
    result = await connection.execute(_claim(table.name, channels is not None), given)
    return sorted((Row(**row, queue=table.name) for row in result.mappings()), key=lambda row: row.id)


@cache
def _claim(name: str, some_channels: bool) -> Update:
    table = _TABLES[name]
    other, now = table.alias("other"), bindparam("now", type_=Float)
    free = _free(table, now)
    first = [other.c.lane == table.c.lane, other.c.state == "waiting", other.c.id != table.c.id]
    # A row that was committed late may come before one that is held already: then it waits all the same.
    first.append(or_(_before(other, table), ~_free(other, now)))
    ready = [table.c.state == "waiting", table.c.due_at <= now, free, ~select(other.c.id).where(*first).exists()]
    if some_channels:
        ready.append(table.c.channel.in_(bindparam("channels", expanding=True)))
    most = bindparam("most", type_=Integer)
    chosen = select(table.c.id).where(*ready).order_by(table.c.id).limit(most).with_for_update(skip_locked=True)
    columns = [table.c.id, table.c.channel, table.c.lane, table.c.payload, table.c.attempts, table.c.created_at]
    if "ticket" in table.c:
        columns.append(table.c.ticket)
    taken = {"lease_until": bindparam("until"), "attempts": table.c.attempts + 1, "holder": bindparam("by")}
    return update(table).where(table.c.id.in_(chosen.scalar_subquery()), free).values(taken).returning(*columns)


def _free(table: FromClause, now: BindParameter[float]) -> ColumnElement[bool]:
    """Nobody holds the row, or nobody who lives."""
    lives = select(leases.c.name).where(leases.c.name == PROCESS + table.c.holder, leases.c.until > now).exists()
    others = and_(table.c.holder.not_in(bindparam("nobody", expanding=True)), ~lives)
    return or_(table.c.lease_until <= now, others)


def _before(one: FromClause, other: FromClause) -> ColumnElement[bool]:
    """The order in a lane: as the ids were given, or as the other side has numbered what it sent."""
    by_id = one.c.id < other.c.id
    if "external_id" not in one.c:
        return by_id
    numbers = [tuple_(func.length(each.c.external_id), each.c.external_id) for each in (one, other)]
    numbered = other.c.channel.in_(bindparam("numbered", expanding=True))
    return or_(and_(numbered, numbers[0] < numbers[1]), and_(~numbered, by_id))


async def unsent(connection: AsyncConnection) -> list[Unsent]:
    """Every outbox row that has not been delivered."""
    columns = (outbox.c.id, outbox.c.channel, outbox.c.state, outbox.c.attempts, outbox.c.ticket, outbox.c.error)
    rows = await connection.execute(select(*columns).where(outbox.c.state != "done").order_by(outbox.c.id))
    return [Unsent(*row) for row in rows]


async def unread(connection: AsyncConnection) -> list[Unsent]:
    """Every inbox row that has not been handled."""
    columns = (inbox.c.id, inbox.c.channel, inbox.c.state, inbox.c.attempts, null(), inbox.c.error)
    rows = await connection.execute(select(*columns).where(inbox.c.state != "done").order_by(inbox.c.id))
    return [Unsent(*row) for row in rows]


async def sent_as(connection: AsyncConnection, message_id: str) -> tuple[int, int | None] | None:
    """Row and question of the mail that went out with this Message-ID (without angle brackets)."""
    query = select(outbox.c.id, outbox.c.ticket).where(outbox.c.message_id == message_id)
    row = (await connection.execute(query)).first() if message_id else None
    return (row.id, row.ticket) if row else None


async def revive(connection: AsyncConnection, id_: int, now: float, table: Table = outbox) -> bool:
    """Let a row be tried again now, as often as a new one; False when there is no such row to try.

    One that waits is due now; whoever has it at this moment keeps it.
    """
    dead = table.c.id == id_, table.c.state == "dead"
    statement = update(table).where(*dead).values(state="waiting", due_at=now, attempts=0).returning(table.c.id)
    if (await connection.execute(statement)).first() is not None:
        return True
    waits = table.c.id == id_, table.c.state == "waiting"
    statement = update(table).where(*waits).values(due_at=now).returning(table.c.id)
    return (await connection.execute(statement)).first() is not None


async def take_back(connection: AsyncConnection, ticket: int) -> list[str]:
    """Delete the mails to the office about a question that were given up; their payloads, oldest first."""
    given_up = (outbox.c.lane == f"mail:{ticket}", outbox.c.ticket == ticket, outbox.c.state == "dead")
    rows = await connection.execute(select(outbox.c.payload).where(*given_up).order_by(outbox.c.id))
    payloads = [str(row.payload) for row in rows if row.payload]
    await connection.execute(delete(outbox).where(*given_up))
    return payloads


async def drop(connection: AsyncConnection, id_: int, table: Table = outbox) -> bool:
    """Delete a row that was given up; False when there is none."""
    statement = delete(table).where(table.c.id == id_, table.c.state == "dead").returning(table.c.id)
    return (await connection.execute(statement)).first() is not None


async def slowed(connection: AsyncConnection, table: Table, lanes: Collection[str]) -> set[str]:
    """Those of ``lanes`` whose next message waits because there were too many."""
    query = select(table.c.lane).where(table.c.lane.in_(lanes), table.c.state == "waiting", table.c.error == TOO_MANY)
    return set((await connection.execute(query)).scalars())


async def behind(connection: AsyncConnection, row: Row, limit: int = 200) -> list[Row]:
    """What waits in the lane after ``row``, not claimed by anybody: nobody can while ``row`` is not finished."""
    query = _rows(inbox).where(inbox.c.lane == row.lane, inbox.c.state == "waiting", inbox.c.id != row.id)
    result = await connection.execute(query.order_by(inbox.c.id).limit(limit))
    return [Row(**each) for each in result.mappings()]


async def received(connection: AsyncConnection, channel: str, external_id: str) -> Row | None:
    """The inbox row with this id, while it waits and nobody has claimed it."""
    unclaimed = (inbox.c.channel == channel, inbox.c.external_id == external_id, inbox.c.state == "waiting")
    found = (await connection.execute(_rows(inbox).where(*unclaimed, inbox.c.attempts == 0))).mappings().first()
    return Row(**found) if found else None


def _rows(table: Table) -> Select[Any]:
    columns = (table.c.id, table.c.channel, table.c.lane, table.c.payload, table.c.attempts, table.c.created_at)
    return select(*columns)


async def oldest(connection: AsyncConnection, table: Table) -> float | None:
    """When the oldest row that waits was written (epoch seconds); of people who write too much nothing counts."""
    slowed = table.alias("slowed")
    flood = select(slowed.c.lane).where(slowed.c.state == "waiting", slowed.c.error == TOO_MANY)
    query = select(func.min(table.c.created_at)).where(table.c.state == "waiting", table.c.lane.not_in(flood))
    found = (await connection.execute(query)).scalar_one()
    return None if found is None else float(found)


async def given_up(connection: AsyncConnection, table: Table) -> int:
    """How many rows an operator has to look at: those that nobody need look at have lost their words."""
    query = select(func.count()).select_from(table).where(table.c.state == "dead", table.c.payload != "")
    return int((await connection.execute(query)).scalar_one())


async def waiting(connection: AsyncConnection, table: Table, state: str = "waiting") -> int:
    """How many rows are in ``state``."""
    result = await connection.execute(select(func.count()).select_from(table).where(table.c.state == state))
    return int(result.scalar_one())
