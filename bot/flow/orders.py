"""What the office wants done with one question. By mail or in the console: both end in ``carry_out``."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow.desk import Desk, Reply
from bot.storage import entries, tickets
from bot.storage.entries import Author

log = structlog.get_logger()


@dataclass(frozen=True)
class Orders:
    """``replies``: each a message of its own, in this order. ``close``: without an answer, so only where there is none.

    ``forward``: addresses; the last one has the question then. ``note``: for the office alone. ``asks_back``: the
    answer is a question, and whoever asked is to answer it.
    """

    number: int
    author: Author
    replies: Sequence[Reply] = ()
    close: bool = False
    forward: Sequence[str] = ()
    note: str = ""
    asks_back: bool = False


async def carry_out(desk: Desk, connection: AsyncConnection, orders: Orders) -> None:
    """Answers and words first, then handing on or closing. Raises KeyError, NotServed as ``Desk.relay``."""
    number, author = orders.number, orders.author
    await tickets.lock(connection, number)
    already = await _said_by_another_way(connection, orders)
    for reply in orders.replies:
        if reply.text and not reply.files and not reply.topics and reply.text in already:
            log.info("the same words by another way", ticket=number)
            continue
        await desk.relay(connection, number, reply, author)
    if orders.note:
        await entries.add(connection, number, "note", author, orders.note, desk.clock())
    if orders.close and not orders.replies:
        await desk.close(connection, number, author)
    if orders.asks_back:
        await tickets.set_state(connection, number, "waiting")
    for address in orders.forward:
        await desk.move(connection, number, address, author)


async def _said_by_another_way(connection: AsyncConnection, orders: Orders) -> set[str]:
    """What was answered by mail is often pasted into the console, too, or the other way round: nobody reads it twice.

    Only since the asker's last words: after them the same answer is an answer again.
    """
    found = await tickets.stored_tickets(connection, orders.number)
    since = found[0].created_at if found else 0.0
    known = await entries.of(connection, orders.number)
    return {each.text for each in known if each.kind == "reply" and each.way != orders.author.way and each.at >= since}
