"""A question whose mail the office's server did not take, once more: to the address that is set now."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow.desk import Desk
from bot.flow.outbox import files_in
from bot.storage import entries, queue, tickets


async def resend(desk: Desk, connection: AsyncConnection, number: int) -> str:
    """Write its mail anew, and drop those that were given up: what they said of it is part of the question. To which
    address. Raises KeyError where no such question waits for the office.

    A question that a clerk has handed on stays there.
    """
    found = await tickets.stored_tickets(connection, number)
    if not found or found[0].state not in (*tickets.OPEN, "undelivered"):
        raise KeyError(number)
    moved = [entry for entry in await entries.of(connection, number) if entry.kind == "moved"]
    by_clerk = bool(moved) and moved[-1].way != "command" and moved[-1].text == found[0].office
    office = found[0].office if by_clerk else desk.office.address
    given_up = await queue.take_back(connection, number)
    files = next((files for row in given_up if (files := files_in(row))), ())
    await tickets.reopen(connection, number)
    await desk.move(connection, number, office, files=files)
    return office
