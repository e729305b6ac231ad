"""The way into the outbox, and what may be read of a row that lies there: nobody else knows how a row is written."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.handover.answers import File
from bot.handover.mail import files_of
from bot.presentation import outgoing
from bot.presentation.outgoing import Letter, Outgoing, UnreadableRow
from bot.storage import queue


async def put(
    connection: AsyncConnection, channel: str, lane: str, message: Outgoing, now: float, ticket: int | None = None
) -> int:
    """One more message to deliver; the row's id. ``ticket``: the question that it is about."""
    message_id = message.id if isinstance(message, Letter) else ""
    return await queue.enqueue(connection, channel, lane, outgoing.write(message), now, ticket, message_id)


def files_in(row: str) -> tuple[File, ...]:
    """What is attached to the mail in a row; nothing where that cannot be read."""
    try:
        message = outgoing.read(row)
    except UnreadableRow:
        return ()
    return files_of(message.mail) if isinstance(message, Letter) else ()
