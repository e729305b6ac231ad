"""A named lease in the database: of several replicas one polls, and each says that it lives."""

from __future__ import annotations

from sqlalchemy import delete, or_
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.inserting import insert_into
from bot.storage.tables import leases

PROCESS = "process:"  # begins the lease of a process that lives; its id follows


async def drop_old(connection: AsyncConnection, before: float) -> None:
    """Those that ended long ago."""
    await connection.execute(delete(leases).where(leases.c.until < before))


async def take(connection: AsyncConnection, name: str, holder: str, now: float, seconds: float) -> bool:
    """Take or renew the lease; False while another holder has it."""
    statement = insert_into(connection.dialect.name, leases).values(name=name, holder=holder, until=now + seconds)
    statement = statement.on_conflict_do_update(
        index_elements=[leases.c.name],
        set_={"holder": holder, "until": now + seconds},
        where=or_(leases.c.holder == holder, leases.c.until <= now),
    )
    return (await connection.execute(statement.returning(leases.c.name))).first() is not None


async def release(connection: AsyncConnection, name: str, holder: str) -> None:
    """Give the lease back, if we hold it."""
    await connection.execute(delete(leases).where(leases.c.name == name, leases.c.holder == holder))
