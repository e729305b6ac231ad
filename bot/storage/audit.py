"""Who changed what, and when. Never words of people who ask."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import audit


@dataclass(frozen=True)
class Entry:
    """``who``: the account's name. ``action``: a word of the console's. ``object``: what it was done to, an id."""

    id: int
    at: float
    who: str
    action: str
    object: str


async def note(connection: AsyncConnection, at: float, who: str, action: str, object_: str) -> None:
    """Write one change down."""
    await connection.execute(insert(audit).values(at=at, who=who, action=action, object=object_[:500]))


async def entries(
    connection: AsyncConnection, since: float = 0.0, until: float = float("inf"), most: int = 1000, before: int = 0
) -> list[Entry]:
    """Changes of a period, the newest first; with ``before`` those older than that id."""
    query = select(audit).where(audit.c.at >= since)
    if until != float("inf"):
        query = query.where(audit.c.at < until)
    if before:
        query = query.where(audit.c.id < before)
    rows = (await connection.execute(query.order_by(audit.c.id.desc()).limit(most))).all()
    return [Entry(row.id, row.at, row.who, row.action, row.object) for row in rows]


async def drop_old(connection: AsyncConnection, before: float) -> None:
    """Erase what was changed so long ago."""
    await connection.execute(delete(audit).where(audit.c.at < before))
