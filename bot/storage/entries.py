"""What was done with a question at the office, in order. Goes when the question goes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.tables import ticket_entries, tickets

Kind = Literal["reply", "topic", "files", "note", "moved", "closed"]
Way = Literal["mail", "console", "command"]


@dataclass(frozen=True)
class Author:
    """Who does something for the office, and by which way. ``name``: of an account of the console."""

    way: Way
    name: str = ""


@dataclass(frozen=True)
class Entry:
    """``text``: of a reply or a note its words, else a topic's id, names of files, or an address."""

    id: int
    at: float
    kind: str
    way: str
    author: str
    text: str

    @property
    def told(self) -> bool:
        """Whether it changed something for whoever asked; a note does not."""
        return self.kind != "note"


async def add(connection: AsyncConnection, number: int, kind: Kind, author: Author, text: str, now: float) -> None:
    """Write one down."""
    row = {"ticket": number, "at": now, "kind": kind, "way": author.way, "author": author.name, "text": text}
    await connection.execute(insert(ticket_entries).values(row))


async def of(connection: AsyncConnection, number: int) -> list[Entry]:
    """All of one question, oldest first."""
    known = ticket_entries.c
    columns = (known.id, known.at, known.kind, known.way, known.author, known.text)
    query = select(*columns).where(known.ticket == number).order_by(known.id)
    return [Entry(*row) for row in await connection.execute(query)]


async def waits(connection: AsyncConnection, city: str, since: float, until: float) -> list[float | None]:
    """For each question that was asked in this time and is still stored: days until its first answer, None without."""
    answer = (
        select(ticket_entries.c.ticket, func.min(ticket_entries.c.at).label("at"))
        .where(ticket_entries.c.kind.in_(("reply", "topic", "files")))
        .group_by(ticket_entries.c.ticket)
        .subquery()
    )
    query = (
        select(tickets.c.created_at, answer.c.at)
        .outerjoin(answer, answer.c.ticket == tickets.c.number)
        .where(tickets.c.city == city, tickets.c.created_at >= since, tickets.c.created_at < until)
    )
    rows = await connection.execute(query)
    return [None if row.at is None else max(0.0, (row.at - row.created_at) / 86400) for row in rows]
