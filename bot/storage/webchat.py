"""Chats in a browser: sessions, the keys that open them, and what was said to whoever holds one.

What people write is not kept here: it is shown from their own browser.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.inserting import insert_into
from bot.storage.tables import persons, web_keys, web_messages, web_sessions


@dataclass(frozen=True)
class Shown:
    """One message as the browser gets it. ``payload``: what ``presentation.outgoing`` wrote."""

    id: int
    payload: str
    at: float


@dataclass(frozen=True)
class Session:
    """``notify``: the address that is told of an answer; ``told``: it was, since they last looked."""

    id: str
    seen_at: float
    notify: str
    told: bool


async def begin(connection: AsyncConnection, session: str, now: float) -> None:
    """Write a new session."""
    await connection.execute(insert(web_sessions).values(id=session, created_at=now, seen_at=now))


async def add_key(connection: AsyncConnection, session: str, hash_: str, kind: str, expires_at: float) -> None:
    """A further way to open a session."""
    await connection.execute(insert(web_keys).values(hash=hash_, session=session, kind=kind, expires_at=expires_at))


async def opened(connection: AsyncConnection, hash_: str, now: float) -> Session | None:
    """The session that a key opens; None for one that is unknown, revoked or expired. Marks it as seen."""
    query = (
        select(web_sessions.c.id, web_sessions.c.seen_at, web_sessions.c.notify, web_sessions.c.told)
        .join(web_keys, web_keys.c.session == web_sessions.c.id)
        .where(web_keys.c.hash == hash_, web_keys.c.expires_at > now)
    )
    row = (await connection.execute(query)).first()
    return Session(row.id, row.seen_at, row.notify, bool(row.told)) if row else None


async def seen(connection: AsyncConnection, session: str, now: float) -> None:
    """They are looking: whoever is to be told of an answer may be told again."""
    await connection.execute(update(web_sessions).where(web_sessions.c.id == session).values(seen_at=now, told=0))


async def find(connection: AsyncConnection, session: str) -> Session | None:
    """A session by its id."""
    query = select(web_sessions.c.id, web_sessions.c.seen_at, web_sessions.c.notify, web_sessions.c.told)
    row = (await connection.execute(query.where(web_sessions.c.id == session))).first()
    return Session(row.id, row.seen_at, row.notify, bool(row.told)) if row else None


async def set_notify(connection: AsyncConnection, session: str, address: str) -> None:
    """Whom to tell of an answer; "" nobody."""
    await connection.execute(update(web_sessions).where(web_sessions.c.id == session).values(notify=address, told=0))


async def mark_told(connection: AsyncConnection, session: str) -> bool:
    """Whether it is this call that has to tell: once until they look again."""
    waiting = (web_sessions.c.id == session, web_sessions.c.notify != "", web_sessions.c.told == 0)
    statement = update(web_sessions).where(*waiting).values(told=1).returning(web_sessions.c.id)
    return (await connection.execute(statement)).first() is not None


async def revoke(connection: AsyncConnection, session: str) -> None:
    """Links and codes open nothing any more; the browser that is open stays open."""
    await connection.execute(delete(web_keys).where(web_keys.c.session == session, web_keys.c.kind != "cookie"))


async def keys(connection: AsyncConnection, session: str, now: float) -> int:
    """How many links and codes are in force."""
    query = select(func.count()).where(
        web_keys.c.session == session, web_keys.c.kind != "cookie", web_keys.c.expires_at > now
    )
    return int((await connection.execute(query)).scalar_one())


async def show(connection: AsyncConnection, session: str, uid: str, payload: str, replaces: int, now: float) -> bool:
    """Put a message into a session, once a ``uid``; False when the session is gone.

    ``replaces``: the message whose place it takes, 0 for none.
    """
    if await find(connection, session) is None:
        return False
    if replaces:
        await connection.execute(
            delete(web_messages).where(web_messages.c.id == replaces, web_messages.c.session == session)
        )
    row = {"session": session, "uid": uid, "payload": payload, "created_at": now}
    await connection.execute(insert_into(connection.dialect.name, web_messages).values(row).on_conflict_do_nothing())
    return True


async def messages(connection: AsyncConnection, session: str, after: int, most: int = 200) -> list[Shown]:
    """What came after message ``after``, in order; the newest ``most``."""
    query = (
        select(web_messages.c.id, web_messages.c.payload, web_messages.c.created_at)
        .where(web_messages.c.session == session, web_messages.c.id > after)
        .order_by(web_messages.c.id.desc())
        .limit(most)
    )
    rows = (await connection.execute(query)).all()
    return [Shown(row.id, row.payload, row.created_at) for row in reversed(rows)]


async def message(connection: AsyncConnection, session: str, id_: int) -> Shown | None:
    """One message of a session."""
    query = select(web_messages.c.id, web_messages.c.payload, web_messages.c.created_at).where(
        web_messages.c.session == session, web_messages.c.id == id_
    )
    row = (await connection.execute(query)).first()
    return Shown(row.id, row.payload, row.created_at) if row else None


async def forget(connection: AsyncConnection, session: str) -> None:
    """Erase a session, its keys and all that was said in it."""
    await connection.execute(delete(web_messages).where(web_messages.c.session == session))
    await connection.execute(delete(web_keys).where(web_keys.c.session == session))
    await connection.execute(delete(web_sessions).where(web_sessions.c.id == session))


async def drop_old(connection: AsyncConnection, seen_before: float, now: float) -> None:
    """Erase what expired: keys, and sessions that are silent and that no person stands behind any more."""
    await connection.execute(delete(web_keys).where(web_keys.c.expires_at < now))
    standing = select(persons.c.address).where(persons.c.channel == "web")
    stale = await connection.execute(
        select(web_sessions.c.id).where(web_sessions.c.seen_at < seen_before, web_sessions.c.id.not_in(standing))
    )
    for row in stale.all():
        await forget(connection, row.id)
    await connection.execute(delete(web_messages).where(web_messages.c.created_at < seen_before))
