"""From the chat in a browser to another channel: a key that is good once and for minutes, and what goes along.

Of a key only its hash is kept, beside the other keys of its chat: who withdraws those withdraws it, too.
"""

from __future__ import annotations

import hashlib

from sqlalchemy import delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import persons, tickets, web_keys

SECONDS = 900.0
_KIND = "move"


def _hashed(key: str) -> str:
    """No salt and no slow hash are needed: a key is 192 random bits, nothing that can be guessed."""
    return hashlib.sha256(f"move:{key}".encode()).hexdigest()


async def offer(connection: AsyncConnection, session: str, key: str, now: float) -> None:
    """Write a key down; an earlier one of this chat is good no more."""
    await connection.execute(delete(web_keys).where(web_keys.c.session == session, web_keys.c.kind == _KIND))
    row = {"hash": _hashed(key), "session": session, "kind": _KIND, "expires_at": now + SECONDS}
    await connection.execute(insert(web_keys).values(row))


async def redeem(connection: AsyncConnection, key: str, now: float) -> str:
    """The chat that the key is of, "" for none; it is good no more."""
    statement = (
        delete(web_keys)
        .where(web_keys.c.hash == _hashed(key), web_keys.c.kind == _KIND, web_keys.c.expires_at > now)
        .returning(web_keys.c.session)
    )
    row = (await connection.execute(statement)).first()
    return str(row.session) if row else ""


async def move(connection: AsyncConnection, session: str, person: int) -> int:
    """The questions of the chat belong to ``person`` from now on, and so do their answers; how many."""
    whose = select(persons.c.id).where(persons.c.channel == "web", persons.c.address == session)
    statement = update(tickets).where(tickets.c.person.in_(whose)).values(person=person).returning(tickets.c.number)
    return len((await connection.execute(statement)).all())
