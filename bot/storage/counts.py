"""What people ask, as numbers: by week, topic, language, channel and outcome. Of no person, and without words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from sqlalchemy import Insert, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.inserting import insert_into
from bot.storage.tables import counts


@dataclass(frozen=True, order=True)
class Count:
    """``week``: ISO, as 2026-W48. ``topic``: its id, "" for none. ``number``: how often."""

    week: str
    topic: str
    language: str
    channel: str
    outcome: str
    number: int = 1


async def add(connection: AsyncConnection, city: str, found: Iterable[Count]) -> None:
    """Count these; in the transaction that works the message off, so that each counts once."""
    for count in sorted(found):  # in one order, so that two transactions never wait for each other
        await connection.execute(_add(connection.dialect.name), {**vars(count), "city": city})


@cache
def _add(dialect: str) -> Insert:
    statement = insert_into(dialect, counts)
    more = {"number": counts.c.number + statement.excluded.number}
    return statement.on_conflict_do_update(index_elements=list(counts.primary_key), set_=more)


async def read(connection: AsyncConnection, city: str, first: str = "", last: str = "9999-W99") -> list[Count]:
    """Those of a city in the weeks from ``first`` to ``last``, both included."""
    known = counts.c
    columns = (known.week, known.topic, known.language, known.channel, known.outcome, known.number)
    query = select(*columns).where(known.city == city, known.week >= first, known.week <= last)
    return [Count(*row) for row in await connection.execute(query.order_by(*columns))]


async def totals(connection: AsyncConnection, city: str) -> dict[tuple[str, str], int]:
    """How often, by channel and outcome, in all weeks that are kept."""
    known = counts.c
    query = select(known.channel, known.outcome, func.sum(known.number)).where(known.city == city)
    rows = await connection.execute(query.group_by(known.channel, known.outcome))
    return {(row.channel, row.outcome): int(row[2]) for row in rows}
