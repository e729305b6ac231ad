"""Invitations that nobody has opened yet. Of a code only its hash is kept: who reads the table cannot use it."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from sqlalchemy import delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import invitations


@dataclass(frozen=True)
class Invitation:
    """One that is open. ``hash`` opens nothing; ``purpose`` is what the office calls it."""

    hash: str
    expires_at: float
    made_at: float
    author: str
    purpose: str


def _hashed(code: str) -> str:
    """No salt and no slow hash are needed: a code is 128 random bits, nothing that can be guessed."""
    return hashlib.sha256(code.encode()).hexdigest()


async def add(
    connection: AsyncConnection, code: str, expires_at: float, *, now: float = 0.0, author: str = "", purpose: str = ""
) -> None:
    """Write a code down."""
    row = {"expires_at": expires_at, "made_at": now, "author": author, "purpose": purpose}
    await connection.execute(insert(invitations).values(code_hash=_hashed(code), **row))


async def open_ones(connection: AsyncConnection, now: float) -> list[Invitation]:
    """Those that somebody may still open, newest first."""
    query = select(invitations).where(invitations.c.expires_at > now).order_by(invitations.c.expires_at.desc())
    return [Invitation(*row) for row in await connection.execute(query)]


async def take_back(connection: AsyncConnection, hash_: str) -> bool:
    """It opens nothing any more; False when it was opened, or taken back, already."""
    statement = delete(invitations).where(invitations.c.code_hash == hash_).returning(invitations.c.code_hash)
    return (await connection.execute(statement)).first() is not None


async def redeem(connection: AsyncConnection, code: str, now: float) -> bool:
    """Whether the code was good; it is not any more."""
    statement = (
        delete(invitations)
        .where(invitations.c.code_hash == _hashed(code), invitations.c.expires_at > now)
        .returning(invitations.c.code_hash)
    )
    return (await connection.execute(statement)).first() is not None


async def drop_expired(connection: AsyncConnection, now: float) -> None:
    """Erase what nobody opened in time."""
    await connection.execute(delete(invitations).where(invitations.c.expires_at <= now))
