"""What could not be sent: the same choices as `lotse outbox`. No words of anybody."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.pages import Page
from bot.console.roles import May
from bot.console.visit import Visit
from bot.storage import queue, tickets
from bot.storage.queue import Unsent

GONE = "Diese Nachricht wartet nicht mehr. Es wurde nichts getan."


async def _unsent(connection: AsyncConnection, city: str) -> list[Unsent]:
    """Rows that were refused, or failed at least once; none about a question of another city."""
    others = {ticket.number for ticket in await tickets.stored_tickets(connection) if ticket.city != city}
    found = await queue.unsent(connection)
    return [row for row in found if row.ticket not in others and (row.state == "dead" or row.attempts)]


async def listing(visit: Visit) -> Response:
    city = visit.office.questions.city
    return visit.show("unsent.html", rows=await visit.read(lambda connection: _unsent(connection, city)))


async def change(visit: Visit) -> Response:
    """Send a row again, or delete it."""
    id_, what, city = visit.request.path_params["id"], visit.value("what"), visit.office.questions.city
    if what not in ("retry", "drop"):
        return visit.refuse("Das ist kein Formular von dieser Seite.", 400)

    async def part(connection: AsyncConnection) -> bool:
        row = next((row for row in await _unsent(connection, city) if row.id == id_), None)
        if row is None:
            return False
        if what == "drop":
            return await queue.drop(connection, id_)
        if row.ticket is not None:
            await tickets.reopen(connection, row.ticket)
        return await queue.revive(connection, id_, visit.now)

    if not await visit.change(part, f"Nachricht {id_}", f"{what}-message"):
        return visit.refuse(GONE, 410)
    visit.office.chats.wake_delivery()
    return visit.go("/outbox", "Wird noch einmal gesendet." if what == "retry" else "Gelöscht. Niemand liest sie mehr.")


async def summary(visit: Visit) -> str:
    city = visit.office.questions.city
    dead = [row for row in await visit.read(lambda connection: _unsent(connection, city)) if row.state == "dead"]
    return visit.t("{count} Nachrichten gingen nicht hinaus", count=len(dead)) if dead else ""


PAGES = (
    Page("/outbox", "outbox", May.ANSWER, listing, nav="Nicht gesendet", summary=summary),
    Page("/outbox/{id:int}", "change-message", May.ANSWER, change, "POST"),
)
