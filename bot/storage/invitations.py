"""Invitations that nobody has opened yet. Of a code only its hash is kept: who reads the table cannot use it."""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, insert
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import invitations


def _hashed(code: str) -> str:
    """No salt and no slow hash are needed: a code is 128 random bits, nothing that can be guessed."""
    return hashlib.sha256(code.encode()).hexdigest()


async def add(connection: AsyncConnection, code: str, expires_at: float) -> None:
    """Write a code down."""
    await connection.execute(insert(invitations).values(code_hash=_hashed(code), expires_at=expires_at))


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
