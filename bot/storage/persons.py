"""Persons, and the state of their dialogue."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import persons


@dataclass(frozen=True)
class Person:
    """``state`` is the dialogue's own JSON, "" for somebody new."""

    id: int
    channel: str
    address: str
    state: str


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
    """Write the person's state; their id."""
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    values = {"state": state, "draft_at": draft_at, "seen_at": now}
    statement = dialect.insert(persons).values(channel=channel, address=address, **values)
    statement = statement.on_conflict_do_update(index_elements=["channel", "address"], set_=values)
    return int((await connection.execute(statement.returning(persons.c.id))).scalar_one())


def lane_of(channel: str, address: str) -> str:
    """The lane that keeps one person's messages in order."""
    return f"{channel}:{address}"


async def with_old_drafts(connection: AsyncConnection, before: float) -> list[Person]:
    """Persons of whose words, draft or last question, some are older than they may be kept."""
    rows = await connection.execute(
        select(persons.c.id, persons.c.channel, persons.c.address, persons.c.state).where(persons.c.draft_at < before)
    )
    return [Person(*row) for row in rows]


async def write_state(connection: AsyncConnection, person: int, state: str, draft_at: float | None) -> None:
    """Replace a person's state that holds no old words any more."""
    await connection.execute(update(persons).where(persons.c.id == person).values(state=state, draft_at=draft_at))
