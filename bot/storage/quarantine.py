"""Mail that may not do what it wants: kept as it came until an operator decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import quarantine


@dataclass(frozen=True)
class Held:
    """``payload`` is the inbox row's; ``reason`` the name of the gate's Reason."""

    id: int
    received_at: float
    reason: str
    ticket: int | None
    payload: str


@dataclass(frozen=True)
class Room:
    """How much is held at most, in mails and in bytes; and how many bytes of a mail whose sender nobody confirms."""

    mails: int = 500
    size: int = 200_000_000
    unproven: int = 1_000_000


async def make_room(connection: AsyncConnection, room: Room) -> list[int]:
    """Delete what is too much: the oldest of those that nobody vouches for first; the ids."""
    vouched = or_(quarantine.c.proven == 1, quarantine.c.ticket.is_not(None))
    query = select(quarantine.c.id, quarantine.c.size).order_by(vouched, quarantine.c.id)
    held = (await connection.execute(query)).all()
    mails, size, gone = len(held), sum(row.size for row in held), []
    for row in held:
        if mails <= room.mails and size <= room.size:
            break
        mails, size = mails - 1, size - row.size
        gone.append(row.id)
    await connection.execute(delete(quarantine).where(quarantine.c.id.in_(gone)))
    return gone


async def hold(
    connection: AsyncConnection,
    payload: str,
    reason: str,
    ticket: int | None,
    now: float,
    identity: str = "",
    *,
    sender: str = "",
    proven: bool = False,
    size: int = 0,
) -> int:
    """Keep a mail of ``size`` bytes; its id. ``proven``: our mail server confirms ``sender``."""
    row = {"payload": payload, "reason": reason, "ticket": ticket, "received_at": now, "identity": identity}
    row |= {"sender": sender, "proven": int(proven), "size": size}
    return int((await connection.execute(insert(quarantine).values(row).returning(quarantine.c.id))).scalar_one())


async def held(connection: AsyncConnection, id_: int | None = None) -> list[Held]:
    """All, or the one with ``id_``; oldest first."""
    columns = (
        quarantine.c.id,
        quarantine.c.received_at,
        quarantine.c.reason,
        quarantine.c.ticket,
        quarantine.c.payload,
    )
    query = select(*columns).order_by(quarantine.c.id)
    rows = await connection.execute(query if id_ is None else query.where(quarantine.c.id == id_))
    return [Held(*row) for row in rows]


async def count(connection: AsyncConnection) -> int:
    """How many mails are held."""
    return int((await connection.execute(select(func.count()).select_from(quarantine))).scalar_one())


async def about(connection: AsyncConnection) -> set[int]:
    """The questions that a held mail may be the answer to."""
    query = select(quarantine.c.ticket).where(quarantine.c.ticket.is_not(None))
    return set((await connection.execute(query)).scalars())


async def ending(connection: AsyncConnection, before: float) -> list[int]:
    """The ids of mails that were held before (epoch seconds)."""
    query = select(quarantine.c.id).where(quarantine.c.received_at < before).order_by(quarantine.c.id)
    return list((await connection.execute(query)).scalars())


async def is_held(connection: AsyncConnection, identity: str) -> bool:
    """Whether the same mail waits here already."""
    query = select(quarantine.c.id).where(quarantine.c.identity == identity)
    return bool(identity) and (await connection.execute(query)).first() is not None


async def drop_same(connection: AsyncConnection, identity: str) -> None:
    """The same mail has come by a better way and was done."""
    await connection.execute(delete(quarantine).where(quarantine.c.identity == identity))


async def drop(connection: AsyncConnection, id_: int) -> bool:
    """Delete one; False when there is none."""
    statement = delete(quarantine).where(quarantine.c.id == id_).returning(quarantine.c.id)
    return (await connection.execute(statement)).first() is not None


async def drop_of(connection: AsyncConnection, tickets: Sequence[int]) -> list[int]:
    """Delete what is held for these questions; the ids."""
    statement = delete(quarantine).where(quarantine.c.ticket.in_(tickets)).returning(quarantine.c.id)
    return list((await connection.execute(statement)).scalars())


async def drop_from(connection: AsyncConnection, sender: str) -> list[int]:
    """Delete what is held from this sender (lower case); the ids."""
    statement = delete(quarantine).where(func.lower(quarantine.c.sender) == sender).returning(quarantine.c.id)
    return list((await connection.execute(statement)).scalars())


async def drop_old(connection: AsyncConnection, before: float) -> None:
    """The retention promise holds for held mail too."""
    await connection.execute(delete(quarantine).where(quarantine.c.received_at < before))
