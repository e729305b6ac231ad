"""Changes of the knowledge that wait for a second pair of eyes."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import proposals

_COLUMNS = (
    proposals.c.id,
    proposals.c.author,
    proposals.c.topic,
    proposals.c.files,
    proposals.c.state,
    proposals.c.remark,
    proposals.c.decided_by,
    proposals.c.created_at,
)


@dataclass(frozen=True)
class Proposal:
    """``files``: JSON, what changes. ``state``: waiting, or returned with a ``remark`` of ``decided_by``."""

    id: int
    author: str
    topic: str
    files: str
    state: str
    remark: str
    decided_by: str
    created_at: float


async def add(connection: AsyncConnection, author: str, topic: str, files: str, now: float) -> int:
    """Write a new one down. The same change sent twice waits once."""
    same = (proposals.c.author == author, proposals.c.topic == topic, proposals.c.files == files)
    waiting = await connection.execute(select(proposals.c.id).where(*same, proposals.c.state == "waiting"))
    if (known := waiting.scalar()) is not None:
        return int(known)
    row = {"author": author, "topic": topic, "files": files, "state": "waiting", "created_at": now}
    return int((await connection.execute(insert(proposals).values(row).returning(proposals.c.id))).scalar_one())


async def every(connection: AsyncConnection) -> list[Proposal]:
    """All of them, the oldest first."""
    rows = (await connection.execute(select(*_COLUMNS).order_by(proposals.c.id))).all()
    return [Proposal(*row) for row in rows]


async def find(connection: AsyncConnection, id_: int) -> Proposal | None:
    """One of them."""
    row = (await connection.execute(select(*_COLUMNS).where(proposals.c.id == id_))).first()
    return Proposal(*row) if row else None


async def waiting(connection: AsyncConnection) -> int:
    """How many wait."""
    query = select(func.count()).where(proposals.c.state == "waiting")
    return int((await connection.execute(query)).scalar_one())


async def send_back(connection: AsyncConnection, id_: int, by: str, remark: str) -> bool:
    """Whether it was waiting; its author sees the remark."""
    statement = (
        update(proposals)
        .where(proposals.c.id == id_, proposals.c.state == "waiting")
        .values(state="returned", decided_by=by, remark=remark)
        .returning(proposals.c.id)
    )
    return (await connection.execute(statement)).first() is not None


async def drop(connection: AsyncConnection, id_: int) -> bool:
    """It is published, or taken back; whether it was there."""
    statement = delete(proposals).where(proposals.c.id == id_).returning(proposals.c.id)
    return (await connection.execute(statement)).first() is not None
