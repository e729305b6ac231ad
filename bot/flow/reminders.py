"""Questions that the office has kept waiting: whoever asked is told, and the office is reminded, once each."""

from __future__ import annotations

from datetime import date, datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.actions import Action
from bot.conversation.events import (
    Button,
    PlaceCard,
    Quoted,
    Say,
    Sentence,
)
from bot.flow.days import day, zone_of
from bot.flow.desk import Desk
from bot.flow.loop import report
from bot.flow.office_mail import as_mailed
from bot.flow.states import language_of
from bot.handover import notice, working_days
from bot.knowledge.live import Current
from bot.presentation import formats
from bot.storage import quarantine, tickets

OFFICE_HOURS = range(9, 18)  # when a reminder may come, in the city's time


async def remind(desk: Desk) -> int:
    """Tell the askers whom the office has kept waiting, and remind it, once each; how many questions.

    Only on a working day in office hours. To be called every few minutes.
    """
    now, current = desk.clock(), desk.live.current
    city = current.knowledge.city
    here = datetime.fromtimestamp(now, zone_of(current))
    if (
        city is None
        or here.hour not in OFFICE_HOURS
        or not working_days.is_working_day(here.date(), city.land, city.closed)
    ):
        return 0
    stored = await desk.writer.run(partial(tickets.stored_tickets, state="open"))
    held = await desk.writer.run(quarantine.about)
    told = 0
    passed: dict[date, int] = {}  # working days since: counted once a day on which anybody asked
    for ticket in stored:
        # Where an answer waits in quarantine, "no answer has come" would not be true; an operator was told.
        if ticket.number in held:
            continue
        try:
            asked = day(ticket.created_at, zone_of(current))
            if asked not in passed:
                passed[asked] = working_days.between(asked, here.date(), city.land, city.closed)
            if passed[asked] >= int(city.reply_days):
                overdue = partial(_overdue, desk=desk, ticket=ticket, asked=asked, current=current, now=now)
                told += await desk.writer.run(overdue)
        except Exception as error:  # one question must not stop the others
            report(error, "nobody reminded, trying again", ticket=ticket.number)
    if told:
        desk.wake_delivery()
    return told


async def _overdue(
    connection: AsyncConnection, desk: Desk, ticket: tickets.StoredTicket, asked: date, current: Current, now: float
) -> bool:
    """Whether they had to be told: another replica may have been quicker."""
    if not await tickets.mark_overdue(connection, ticket.number, ticket.created_at):
        return False
    await _tell_overdue(connection, desk, ticket, asked, current, now)
    return True


async def _tell_overdue(
    connection: AsyncConnection, desk: Desk, stored: tickets.StoredTicket, asked: date, current: Current, now: float
) -> None:
    text = notice.reminder(as_mailed(stored, current), formats.day(asked.isoformat(), "de"))
    await desk.notify(connection, stored, "reminder", text, current, now)
    office = current.knowledge.city.office if current.knowledge.city else ""
    values: dict[str, str | int] = {"number": stored.number, "date": asked.isoformat()}
    withdraw = Button(f"withdraw:{stored.number}", Action("withdraw", str(stored.number)))
    say = Say((Sentence("overdue", values), PlaceCard(office), Quoted(stored.question)), ((withdraw,),))
    message = current.composer.compose(say, language_of(stored), now=now)
    await desk.tell(connection, stored, message, now)
