"""The questions at the office as its console shows and answers them: the same desk, outbox and thread as by mail."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum
from typing import Literal

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow.days import day, zone_of
from bot.flow.desk import Desk, NotServed, Reply
from bot.flow.orders import Orders, carry_out
from bot.flow.states import language_of
from bot.handover import notice, working_days
from bot.matching.grouping import groups
from bot.presentation.message import Message
from bot.storage import approvals, audit, entries, quarantine, tickets
from bot.storage.entries import Author, Entry

log = structlog.get_logger()

MOST_GROUPED = 150  # questions
_GROUPING = asyncio.Lock()

Status = Literal["open", "waiting", "answered", "overdue"]
STATUSES: tuple[Status, ...] = ("open", "overdue", "waiting", "answered")


class Outcome(Enum):
    """What became of a form."""

    DONE = "done"
    AGAIN = "again"  # the same form came twice: the first time it was done
    CHANGED = "changed"  # somebody did something since the page was shown: nothing was done
    GONE = "gone"  # withdrawn or deleted by whoever asked, or never there
    NOT_SERVED = "not-served"  # the channel does not run here
    NOT_LISTED = "not-listed"  # questions may not go to this address


@dataclass(frozen=True)
class Form:
    """``key``: the page's own random one, so that a double click is one. ``stand``: of the question when it was shown.

    An empty ``stand``: whatever happened meanwhile, do it.
    """

    key: str
    stand: str
    author: Author


@dataclass(frozen=True)
class Question:
    """``language``: the asker reads it. ``written_in``: of the question. ``topics``: ids of ours that may be meant.

    ``asked``, ``due``: days. ``office``: whose mailbox has it, "" when it is the office's own. ``held``: mails about it
    in quarantine. ``undelivered``: its mail never reached the office.
    """

    number: int
    status: Status
    asked: date
    due: date
    language: str
    written_in: str
    channel: str
    topics: tuple[str, ...]
    office: str
    client: bool
    undelivered: bool
    held: tuple[int, ...]
    text: str
    stand: str = ""
    history: tuple[Entry, ...] = ()


@dataclass(frozen=True)
class Group:
    """Questions that mean the same; the first is in the middle of them."""

    questions: tuple[Question, ...]

    @property
    def topic(self) -> str:
        """The topic of ours that is nearest to most of them; "" for none."""
        near = [question.topics[0] for question in self.questions if question.topics]
        return max(near, key=near.count) if near else ""


@dataclass(frozen=True)
class Read:
    """In which language the asker reads each part of a reply."""

    topics: dict[str, str]
    words: str


@dataclass(frozen=True)
class Questions:
    """``may_forward``: whether questions may go to an address."""

    desk: Desk
    may_forward: Callable[[str], bool]

    @property
    def city(self) -> str:
        return self.desk.live.current.knowledge.city_id

    async def all(self) -> list[Question]:
        """Those of this city; the ones that wait longest come first."""

        async def read(connection: AsyncConnection) -> list[Question]:
            held = await quarantine.held(connection)
            found = await tickets.stored_tickets(connection)
            return [self._question(ticket, held) for ticket in found if ticket.city == self.city]

        found = await self.desk.writer.run(read)
        return sorted(found, key=lambda question: (STATUSES.index(question.status) > 1, question.due, question.number))

    async def one(self, number: int) -> Question | None:
        """With its history; None where this city has no such question."""

        async def read(connection: AsyncConnection) -> Question | None:
            ticket = await self._ticket(connection, number)
            if ticket is None:
                return None
            history = await entries.of(connection, number)
            question = self._question(ticket, await quarantine.held(connection))
            return replace(question, stand=_stand(ticket, history), history=tuple(history))

        return await self.desk.writer.run(read)

    async def reply(self, number: int, form: Form, reply: Reply, *, asks_back: bool = False) -> Outcome:
        """Answer: leaves by the outbox as a mail's answer does; the office's mailbox is told in the same thread."""

        async def do(connection: AsyncConnection, ticket: tickets.StoredTicket) -> None:
            await carry_out(self.desk, connection, Orders(number, form.author, (reply,), asks_back=asks_back))
            titles = [self.desk.live.current.composer.title(topic, "de") for topic in reply.topics]
            said = [reply.text, *titles, *(file.name for file in reply.files)]
            text = notice.answered(number, [each for each in said if each], asks_back=asks_back)
            await self._tell_office(connection, ticket, "answered", text)

        return await self._act("reply", number, form, do)

    async def close(self, number: int, form: Form) -> Outcome:
        """End a question without an answer; whoever asked is told."""

        async def do(connection: AsyncConnection, ticket: tickets.StoredTicket) -> None:
            await carry_out(self.desk, connection, Orders(number, form.author, close=True))
            await self._tell_office(connection, ticket, "closed", notice.closed(number))

        return await self._act("close-question", number, form, do)

    async def hand_on(self, number: int, form: Form, address: str) -> Outcome:
        """Give a question to another office, which gets the mail and may answer by it."""
        if not self.may_forward(address):
            return Outcome.NOT_LISTED

        async def do(connection: AsyncConnection, ticket: tickets.StoredTicket) -> None:
            await self._tell_office(connection, ticket, "moved", notice.moved(number, address))
            await carry_out(self.desk, connection, Orders(number, form.author, forward=(address,)))

        return await self._act("hand-on", number, form, do)

    async def note(self, number: int, form: Form, text: str) -> Outcome:
        """Words for colleagues; whoever asked never reads them. Whatever happened meanwhile, a note stays true."""

        async def do(connection: AsyncConnection, _: tickets.StoredTicket) -> None:
            await carry_out(self.desk, connection, Orders(number, form.author, note=text))

        return await self._act("note", number, replace(form, stand=""), do)

    async def preview(self, number: int, reply: Reply) -> Message | None:
        """What the asker will read, made as it will be sent."""
        ticket = await self.desk.writer.run(lambda connection: self._ticket(connection, number))
        return self.desk.framed(ticket, reply) if ticket is not None else None

    def read_in(self, question: Question, topics: Sequence[str], text: str) -> Read:
        """Which part of a reply the asker reads in which language; "" for words whose language is not sure."""
        current = self.desk.live.current
        known = [topic for topic in topics if topic in current.knowledge.topics]
        return Read(
            {topic: current.composer.language_of(topic, question.language) for topic in known},
            current.matcher.language(text) if text else "",
        )

    async def groups(self) -> list[Group]:
        """The newest questions whose words are still kept, those that mean the same together, large groups first."""
        found = [question for question in await self.all() if question.text]
        newest = sorted(found, key=lambda question: -question.number)[:MOST_GROUPED]
        matcher = self.desk.live.current.matcher
        async with _GROUPING:  # the model takes some seconds for so many: one after the other, off the event loop
            likeness, least = await asyncio.to_thread(matcher.likeness, [question.text for question in newest])
        return [Group(tuple(newest[row] for row in rows)) for rows in groups(likeness, least)]

    async def _act(
        self,
        what: str,
        number: int,
        form: Form,
        do: Callable[[AsyncConnection, tickets.StoredTicket], Awaitable[None]],
    ) -> Outcome:
        """All or nothing, in one transaction; the same form once, and only on what it was shown."""
        identity = hashlib.sha256(f"console\0{number}\0{form.key}".encode()).hexdigest()

        async def part(connection: AsyncConnection) -> Outcome:
            await tickets.lock(connection, number)
            if await approvals.is_obeyed(connection, identity):
                return Outcome.AGAIN
            ticket = await self._ticket(connection, number)
            if ticket is None:
                return Outcome.GONE
            if form.stand and form.stand != _stand(ticket, await entries.of(connection, number)):
                return Outcome.CHANGED
            await approvals.obey_once(connection, identity, self.desk.clock())
            await do(connection, ticket)
            await audit.note(connection, self.desk.clock(), form.author.name, what, f"Frage {number}")
            return Outcome.DONE

        try:
            outcome = await self.desk.writer.run(part)
        except NotServed:
            return Outcome.NOT_SERVED
        if outcome is Outcome.DONE:
            self.desk.wake_delivery()
        log.info("console", ticket=number, outcome=outcome.value)
        return outcome

    async def _ticket(self, connection: AsyncConnection, number: int) -> tickets.StoredTicket | None:
        found = await tickets.stored_tickets(connection, number)
        return next((ticket for ticket in found if ticket.city == self.city), None)

    async def _tell_office(
        self, connection: AsyncConnection, ticket: tickets.StoredTicket, kind: notice.Kind, text: str
    ) -> None:
        await self.desk.notify(connection, ticket, kind, text, self.desk.live.current, self.desk.clock())

    def _question(self, ticket: tickets.StoredTicket, held: Sequence[quarantine.Held]) -> Question:
        current, own = self.desk.live.current, self.desk.office.address
        zone = zone_of(current)
        asked = day(ticket.created_at, zone)
        city = current.knowledge.city
        land, closed = (city.land, city.closed) if city else ("TH", [])
        elsewhere = ticket.office if ticket.office.lower() != own.lower() else ""
        days = current.composer.reply_days
        today = datetime.fromtimestamp(self.desk.clock(), zone).date()
        late = ticket.state == "overdue" or working_days.between(asked, today, land, closed) >= days
        return Question(
            number=ticket.number,
            status=_status(ticket.state, late=late, elsewhere=bool(elsewhere)),
            asked=asked,
            due=working_days.after(asked, days, land, closed),
            language=language_of(ticket),
            written_in=ticket.language,
            channel=ticket.channel,
            topics=tuple(topic for topic in json.loads(ticket.topics) if topic in current.knowledge.topics),
            office=elsewhere,
            client=bool(ticket.client),
            undelivered=ticket.state == "undelivered",
            held=tuple(each.id for each in held if each.ticket == ticket.number),
            text=ticket.question,
        )


def _status(state: str, *, late: bool, elsewhere: bool) -> Status:
    """``waiting``: for whoever asked, or for another office that is not late."""
    if state in ("answered", "waiting"):
        return "answered" if state == "answered" else "waiting"
    if late:
        return "overdue"
    return "waiting" if elsewhere else "open"


def _stand(ticket: tickets.StoredTicket, history: Sequence[Entry]) -> str:
    """Changes whenever the asker adds something or the office does something that they are told."""
    last = max((entry.id for entry in history if entry.told), default=0)
    return f"{last}-{ticket.created_at:.3f}"
