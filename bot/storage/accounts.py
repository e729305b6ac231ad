"""Who works in the console: accounts, their sessions, and links that are good once. Of keys only hashes are kept."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import accounts, office_links, office_sessions


@dataclass(frozen=True)
class Account:
    """``password``: its hash. ``totp``: encrypted. ``totp_used``: the step whose code was taken last."""

    id: int
    name: str
    role: str
    password: str
    totp: str
    totp_used: int
    subject: str
    created_at: float
    disabled: bool


@dataclass(frozen=True)
class Session:
    """``hash``: of the key in the cookie. ``device``: the browser in two words."""

    hash: str
    account: int
    device: str
    created_at: float
    seen_at: float
    expires_at: float


def hashed(key: str) -> str:
    """What is kept of a key. It is 256 random bits: no salt and no slow hash are needed."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def name_key(name: str) -> str:
    """A name as it is compared: capitals and outer spaces do not count."""
    return " ".join(name.casefold().split())


def _account(row: Row[Any] | None) -> Account | None:
    if row is None:
        return None
    values = {name: row._mapping[name] for name in Account.__dataclass_fields__}  # noqa: SLF001 # SQLAlchemy's public name
    return Account(**{**values, "disabled": bool(row.disabled)})


async def add(connection: AsyncConnection, name: str, role: str, now: float, subject: str = "") -> int:
    """A new account, without a password. The id; 0 when the name is taken."""
    if await by_name(connection, name) is not None:
        return 0
    row = {"name": name.strip(), "key": name_key(name), "role": role, "subject": subject, "created_at": now}
    found = await connection.execute(insert(accounts).values(row).returning(accounts.c.id))
    return int(found.scalar_one())


async def by_id(connection: AsyncConnection, id_: int) -> Account | None:
    """An account by its id."""
    return _account((await connection.execute(select(accounts).where(accounts.c.id == id_))).first())


async def by_name(connection: AsyncConnection, name: str) -> Account | None:
    """An account by the name that somebody typed."""
    return _account((await connection.execute(select(accounts).where(accounts.c.key == name_key(name)))).first())


async def by_subject(connection: AsyncConnection, subject: str) -> Account | None:
    """An account by who its owner is at the identity provider."""
    query = select(accounts).where(accounts.c.subject == subject, accounts.c.subject != "")
    return _account((await connection.execute(query)).first())


async def every(connection: AsyncConnection) -> list[Account]:
    """All accounts, by name."""
    rows = (await connection.execute(select(accounts).order_by(accounts.c.key))).all()
    return [found for row in rows if (found := _account(row)) is not None]


async def any_at_all(connection: AsyncConnection) -> bool:
    """Whether there is an account yet."""
    return (await connection.execute(select(accounts.c.id).limit(1))).first() is not None


async def administrators(connection: AsyncConnection, role: str) -> int:
    """How many accounts with ``role`` can sign in."""
    able = (accounts.c.password != "") | (accounts.c.subject != "")  # no password is set yet
    query = select(func.count()).where(accounts.c.role == role, accounts.c.disabled == 0, able)
    return int((await connection.execute(query)).scalar_one())


async def change(connection: AsyncConnection, id_: int, **values: object) -> None:
    """Set columns of an account. Whoever is disabled or has another role is signed out."""
    await connection.execute(update(accounts).where(accounts.c.id == id_).values(**values))
    if values.keys() & {"disabled", "role", "password"}:
        await connection.execute(delete(office_sessions).where(office_sessions.c.account == id_))


async def drop(connection: AsyncConnection, id_: int) -> None:
    """Erase an account with its sessions and links."""
    for table in (office_sessions, office_links):
        await connection.execute(delete(table).where(table.c.account == id_))
    await connection.execute(delete(accounts).where(accounts.c.id == id_))


async def take_step(connection: AsyncConnection, id_: int, step: int) -> bool:
    """Whether the code of this step may be used: each once, and none older than the last."""
    statement = (
        update(accounts)
        .where(accounts.c.id == id_, accounts.c.totp_used < step)
        .values(totp_used=step)
        .returning(accounts.c.id)
    )
    return (await connection.execute(statement)).first() is not None


async def add_link(connection: AsyncConnection, key: str, account: int | None, expires_at: float) -> None:
    """A link that is good once; it takes the place of an older one for the same account."""
    same = office_links.c.account.is_(None) if account is None else office_links.c.account == account
    await connection.execute(delete(office_links).where(same))
    await connection.execute(insert(office_links).values(hash=hashed(key), account=account, expires_at=expires_at))


async def link(connection: AsyncConnection, key: str, now: float) -> tuple[int | None] | None:
    """The account that a link is for, in a tuple (None in it: the first administrator); None when it is not good."""
    query = select(office_links.c.account).where(office_links.c.hash == hashed(key), office_links.c.expires_at > now)
    row = (await connection.execute(query)).first()
    return (row.account,) if row else None


async def use_link(connection: AsyncConnection, key: str, now: float) -> bool:
    """Whether the link was good; it is not any more."""
    statement = (
        delete(office_links)
        .where(office_links.c.hash == hashed(key), office_links.c.expires_at > now)
        .returning(office_links.c.hash)
    )
    return (await connection.execute(statement)).first() is not None


async def begin_session(
    connection: AsyncConnection, key: str, account: int, device: str, now: float, expires_at: float
) -> None:
    """Somebody has signed in."""
    row = {"hash": hashed(key), "account": account, "device": device, "created_at": now, "seen_at": now}
    await connection.execute(insert(office_sessions).values(**row, expires_at=expires_at))


async def session(connection: AsyncConnection, key: str, now: float, idle: float) -> tuple[Session, Account] | None:
    """Whose cookie this is; None when the session ended, was idle for ``idle`` seconds, or the account is disabled."""
    query = select(office_sessions).where(
        office_sessions.c.hash == hashed(key),
        office_sessions.c.expires_at > now,
        office_sessions.c.seen_at > now - idle,
    )
    row = (await connection.execute(query)).first()
    account = await by_id(connection, row.account) if row else None
    if row is None or account is None or account.disabled:
        return None
    return Session(*(getattr(row, name) for name in Session.__dataclass_fields__)), account


async def seen(connection: AsyncConnection, hash_: str, now: float) -> None:
    """The session is in use."""
    await connection.execute(update(office_sessions).where(office_sessions.c.hash == hash_).values(seen_at=now))


async def sessions(connection: AsyncConnection, account: int, now: float, idle: float) -> list[Session]:
    """Where an account is signed in, the newest first."""
    query = select(office_sessions).where(
        office_sessions.c.account == account, office_sessions.c.expires_at > now, office_sessions.c.seen_at > now - idle
    )
    rows = (await connection.execute(query.order_by(office_sessions.c.created_at.desc()))).all()
    return [Session(*(getattr(row, name) for name in Session.__dataclass_fields__)) for row in rows]


async def end_session(connection: AsyncConnection, hash_: str, account: int) -> bool:
    """Sign out one session of an account; whether there was one."""
    statement = (
        delete(office_sessions)
        .where(office_sessions.c.hash == hash_, office_sessions.c.account == account)
        .returning(office_sessions.c.hash)
    )
    return (await connection.execute(statement)).first() is not None


async def drop_expired(connection: AsyncConnection, now: float) -> None:
    """Erase sessions and links that are over."""
    for table in (office_sessions, office_links):
        await connection.execute(delete(table).where(table.c.expires_at <= now))
