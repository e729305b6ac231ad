"""What waits for one word of somebody: a centre's questions on their way to the office, a held mail to an asker; and
what a centre was answered, in case it says that this is not enough."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.inserting import insert_into
from bot.storage.tables import approvals, obeyed


@dataclass(frozen=True)
class Approval:
    """``kind``: "centre", "release", or "answered" (nothing to decide); ``address``: who may decide, or was answered;
    ``payload``: JSON of what is decided, or was answered."""

    id: int
    kind: str
    address: str
    payload: str
    created_at: float


async def ask(connection: AsyncConnection, kind: str, address: str, payload: str, now: float) -> int:
    """Keep what is to be decided; its id."""
    row = {"kind": kind, "address": address, "payload": payload, "created_at": now}
    return int((await connection.execute(insert(approvals).values(row).returning(approvals.c.id))).scalar_one())


async def find(connection: AsyncConnection, id_: int) -> Approval | None:
    """One that is not decided yet."""
    row = (await connection.execute(select(approvals).where(approvals.c.id == id_))).first()
    return Approval(*row) if row else None


async def of(connection: AsyncConnection, kind: str, address: str) -> list[Approval]:
    """Those of a kind and an address, oldest first."""
    same = approvals.c.kind == kind, func.lower(approvals.c.address) == address.lower()
    rows = await connection.execute(select(approvals).where(*same).order_by(approvals.c.id))
    return [Approval(*row) for row in rows]


async def decided(connection: AsyncConnection, id_: int) -> bool:
    """Take it away; False when somebody was quicker."""
    statement = delete(approvals).where(approvals.c.id == id_).returning(approvals.c.id)
    return (await connection.execute(statement)).first() is not None


async def drop_old(connection: AsyncConnection, before: float) -> None:
    """What nobody has decided, and mails that were done, go with their time."""
    await connection.execute(delete(approvals).where(approvals.c.created_at < before))
    await connection.execute(delete(obeyed).where(obeyed.c.at < before))


async def forget(connection: AsyncConnection, address: str) -> None:
    """Nothing of somebody's waits any more."""
    await connection.execute(delete(approvals).where(func.lower(approvals.c.address) == address.lower()))


def release_of(held: int) -> str:
    """The payload of what decides on the mail ``held`` in quarantine."""
    return json.dumps({"quarantine": held})


async def forget_releases(connection: AsyncConnection, held: Sequence[int]) -> None:
    """Nobody is asked any more whether these mails, which are gone from the quarantine, may be released."""
    payloads = [release_of(id_) for id_ in held]
    await connection.execute(delete(approvals).where(approvals.c.kind == "release", approvals.c.payload.in_(payloads)))


async def obey_once(connection: AsyncConnection, identity: str, now: float) -> bool:
    """Whether the mail with this identity has not been done yet; from now on it has."""
    statement = insert_into(connection.dialect.name, obeyed).values(identity=identity, at=now).on_conflict_do_nothing()
    return (await connection.execute(statement.returning(obeyed.c.identity))).first() is not None


async def is_obeyed(connection: AsyncConnection, identity: str) -> bool:
    """Whether the mail with this identity has been done."""
    found = await connection.execute(select(obeyed.c.identity).where(obeyed.c.identity == identity))
    return found.first() is not None
