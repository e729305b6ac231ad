"""Persons, and the state of their dialogue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from sqlalchemy import Insert, bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.inserting import insert_into
from bot.storage.tables import persons


@dataclass(frozen=True)
class Person:
    """``state`` is the dialogue's own JSON, "" for somebody new."""

    id: int
    channel: str
    address: str
    state: str


_COLUMNS = (persons.c.id, persons.c.channel, persons.c.address, persons.c.state)
_FIND = select(*_COLUMNS).where(persons.c.channel == bindparam("of"), persons.c.address == bindparam("at"))
_LOCK = _FIND.with_for_update()


async def find(connection: AsyncConnection, channel: str, address: str, *, lock: bool = False) -> Person | None:
    """The person behind an address. ``lock``: nobody else changes them until this transaction ends."""
    row = (await connection.execute(_LOCK if lock else _FIND, {"of": channel, "at": address})).first()
    return Person(*row) if row else None


async def save(
    connection: AsyncConnection, channel: str, address: str, state: str, draft_at: float | None, now: float
) -> int:
    """Write the person's state; their id."""
    row = {"channel": channel, "address": address, "state": state, "draft_at": draft_at, "seen_at": now}
    return int((await connection.execute(_save(connection.dialect.name), row)).scalar_one())


@cache
def _save(dialect: str) -> Insert:
    statement = insert_into(dialect, persons)
    new = {name: statement.excluded[name] for name in ("state", "draft_at", "seen_at")}
    statement = statement.on_conflict_do_update(index_elements=["channel", "address"], set_=new)
    return statement.returning(persons.c.id)


def lane_of(channel: str, address: str) -> str:
    """The lane that keeps one person's messages in order."""
    return f"{channel}:{address}"


async def whose_state_says(connection: AsyncConnection, words: str) -> list[Person]:
    """Persons in whose state these letters stand somewhere."""
    query = select(*_COLUMNS).where(persons.c.state.contains(words, autoescape=True)).order_by(persons.c.id)
    return [Person(*row) for row in await connection.execute(query.with_for_update())]


async def change_state(connection: AsyncConnection, person: int, state: str) -> None:
    """Replace a person's state; how old the words in it are stays as it was."""
    await connection.execute(update(persons).where(persons.c.id == person).values(state=state))


async def with_old_drafts(connection: AsyncConnection, before: float) -> list[Person]:
    """Persons of whose words, draft or last question, some are older than they may be kept."""
    rows = await connection.execute(select(*_COLUMNS).where(persons.c.draft_at < before))
    return [Person(*row) for row in rows]


async def write_state(connection: AsyncConnection, person: int, state: str, draft_at: float | None) -> None:
    """Replace a person's state that holds no old words any more."""
    await connection.execute(update(persons).where(persons.c.id == person).values(state=state, draft_at=draft_at))
