"""The office's side of a question: handed over, added to, withdrawn, brought to mind, answered.

Where a reply goes is what the database says, never what a mail says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from email.message import EmailMessage
from functools import partial
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.actions import Action
from bot.conversation.events import (
    Answer,
    Button,
    Draft,
    PlaceCard,
    Quoted,
    Say,
    Sentence,
)
from bot.conversation.incoming import Incoming
from bot.conversation.state import State
from bot.flow import outbox
from bot.flow.loop import report
from bot.flow.ports import MAIL, Alert, Channel, tell_log
from bot.handover import mail, notice, tokens, working_days
from bot.handover.answers import File
from bot.knowledge.live import Current, LiveKnowledge
from bot.presentation import formats
from bot.presentation.i18n import name_in
from bot.presentation.message import Block, Label, Message
from bot.presentation.outgoing import Letter
from bot.storage import entries, persons, quarantine, queue, tickets
from bot.storage.entries import Author
from bot.storage.writer import Writer

log = structlog.get_logger()

TICKET_DAYS = 180
OFFICE_HOURS = range(9, 18)  # when a reminder may come, in the city's time


BY_MAIL = Author("mail")
BY_COMMAND = Author("command")


class NotServed(Exception):
    """The channel that a question came by does not run here; its name."""


@dataclass(frozen=True)
class Reply:
    """One message of the office: its own words, word for word, then the curated answers of ``topics``, then files."""

    text: str = ""
    files: Sequence[File] = ()
    topics: Sequence[str] = ()


@dataclass(frozen=True)
class Office:
    """Where handed-over questions go, and how the mail is made. ``answerable``: replies are read by Lotse itself."""

    address: str
    sender: str
    reply_to: str
    secret: bytes
    answerable: bool = False
    second: str = ""  # where a mail goes that the first address does not take

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]


@dataclass
class Desk:
    """What it writes is in the outbox when the transaction of ``connection`` is committed."""

    live: LiveKnowledge
    channels: Mapping[str, Channel]
    office: Office
    writer: Writer
    clock: Callable[[], float]
    wake_delivery: Callable[[], None]
    alert: Alert = tell_log
    _unserved: set[str] = field(default_factory=set)  # channels that an operator was told of

    async def hand_over(
        self,
        connection: AsyncConnection,
        person: int,
        draft: Draft,
        current: Current,
        now: float,
        files: Sequence[File] = (),
    ) -> int:
        """Write the question down and put its mail, with ``files``, into the outbox; its number."""
        expires = int(now) + TICKET_DAYS * 86400
        number = await tickets.open_ticket(
            connection,
            person=person,
            city=current.knowledge.city_id,
            office=self.office.address,
            question=draft.shown,
            language=draft.language,
            topics=json.dumps(draft.topics),
            now=now,
            expires_at=expires,
            client=draft.client,
        )
        ticket = self._ticket(number, draft.shown, draft.language, draft.topics, current, client=draft.client, at=now)
        message = self._mail(ticket, self.office.address, expires, now, files)
        await tickets.set_message_id(connection, number, str(message["Message-ID"]))
        await self._post(connection, self.office.address, message, number, now)
        log.info("question handed over", ticket=number)
        return number

    async def add(self, connection: AsyncConnection, draft: Draft, current: Current, now: float) -> None:
        (stored,) = await tickets.stored_tickets(connection, draft.joins)
        text = notice.addition(self._stored(stored, current), draft.shown)
        await self.notify(connection, stored, "addition", text, current, now)
        await tickets.extend(connection, stored.number, f"{stored.question}\n\n{draft.shown}".strip(), now)

    async def withdraw(self, connection: AsyncConnection, number: int, current: Current, now: float) -> None:
        (stored,) = await tickets.stored_tickets(connection, number)
        if await tickets.withdraw(connection, number):
            await self.notify(connection, stored, "withdrawal", notice.withdrawal(number), current, now)
        log.info("question withdrawn", ticket=number)

    async def preview(self, connection: AsyncConnection, draft: Draft, current: Current) -> str:
        """The mail's text, made as it will be when it is sent."""
        if draft.joins:
            (stored,) = await tickets.stored_tickets(connection, draft.joins)
            return notice.addition(self._stored(stored, current), draft.shown)
        ticket = self._ticket(0, draft.shown, draft.language, draft.topics, current, client=draft.client)
        return mail.body(ticket, self.office.answerable)

    async def move(
        self,
        connection: AsyncConnection,
        number: int,
        office: str,
        author: Author = BY_COMMAND,
        files: Sequence[File] = (),
    ) -> None:
        """Send a question to another office, with the ``files`` that came with it. Raises KeyError."""
        now = self.clock()
        found = await tickets.stored_tickets(connection, number)
        if not found:
            raise KeyError(number)
        await tickets.set_office(connection, number, office)
        message = self._mail(self._stored(found[0], self.live.current), office, found[0].expires_at, now, files)
        await tickets.set_message_id(connection, number, str(message["Message-ID"]))
        await self._post(connection, office, message, number, now)
        await entries.add(connection, number, "moved", author, office, now)

    async def is_served(self, connection: AsyncConnection, number: int) -> bool:
        """Whether the channel runs here that question ``number`` came by; True where there is no such question."""
        return all(ticket.channel in self.channels for ticket in await tickets.stored_tickets(connection, number))

    async def undelivered(self, connection: AsyncConnection, number: int, why: str, files: Sequence[File] = ()) -> str:
        """The office's server does not take the mail of a question; what an operator must know of it.

        It goes to the second office where there is one; else whoever asked is told so, with the phone and another way.
        """
        found = await tickets.stored_tickets(connection, number)
        if not found or found[0].state not in tickets.OPEN:
            return ""
        said = f"The mail of question {number} was not delivered ({why})."
        second = self.office.second
        if second and found[0].office != second:
            await self.move(connection, number, second, files=files)
            return f"{said} It went to the second office address."
        await tickets.set_state(connection, number, "undelivered")
        now, current = self.clock(), self.live.current
        asked = day(found[0].created_at, self.zone(current)).isoformat()
        office = current.knowledge.city.office if current.knowledge.city else ""
        sentence = Sentence("not-delivered", {"number": number, "date": asked})
        say = Say((sentence, PlaceCard(office), Quoted(found[0].question)))
        await self._tell(connection, found[0], current.composer.compose(say, language_of(found[0]), now=now), now)
        return f"{said} Whoever asked was told. Correct LOTSE_OFFICE_EMAIL, restart, then `lotse resend {number}`."

    async def refused(self, connection: AsyncConnection, row: queue.Row, why: str) -> str:
        """A row that the other side does not take: where it carried a question to the office, the question must not
        count as sent. What an operator must know."""
        if row.channel != MAIL or row.ticket is None or row.lane != f"mail:{row.ticket}":
            return ""
        return await self.undelivered(connection, row.ticket, why, outbox.files_in(row.payload))

    async def close(self, connection: AsyncConnection, number: int, author: Author = BY_COMMAND) -> None:
        """The office ends a question without an answer: whoever asked is told. Raises KeyError."""
        found = await tickets.stored_tickets(connection, number)
        if not found:
            raise KeyError(number)
        now, current = self.clock(), self.live.current
        await tickets.answered(connection, number, now)
        await entries.add(connection, number, "closed", author, "", now)
        office = current.knowledge.city.office if current.knowledge.city else ""
        again = Button("button-ask-again", Action("again", str(number)))
        words = (Quoted(found[0].question),) if found[0].question else ()
        say = Say((Sentence("closed-by-office", {"number": number}), PlaceCard(office), *words), ((again,),))
        await self._tell(connection, found[0], current.composer.compose(say, language_of(found[0]), now=now), now)

    async def open_list(self, connection: AsyncConnection, office: str) -> list[str]:
        """One German line for each question that waits for ``office``: no words of anybody."""
        current = self.live.current
        lines = []
        for stored in await tickets.stored_tickets(connection):
            if stored.state in tickets.OPEN and stored.office.lower() == office.lower():
                ticket = self._stored(stored, current)
                asked = formats.day(day(stored.created_at, self.zone(current)).isoformat(), "de")
                topic = f", {ticket.considered[0]}" if ticket.considered else ""
                language = name_in("de", stored.language)
                lines.append(f"Frage {stored.number} vom {asked} ({language}), zugesagt bis {ticket.due}{topic}")
        return lines

    async def relay_reply(self, number: int, text: str) -> None:
        """Bring the office's words to whoever asked question ``number``. Raises KeyError when there is none."""
        await self.writer.run(lambda connection: self.relay(connection, number, Reply(text), BY_COMMAND))
        self.wake_delivery()

    async def relay(self, connection: AsyncConnection, number: int, reply: Reply, author: Author = BY_MAIL) -> None:
        """What the office says, with the question it belongs to.

        Raises KeyError when there is no such question, NotServed when its channel does not run here.
        """
        now = self.clock()
        found = await tickets.stored_tickets(connection, number)
        if not found:
            raise KeyError(number)
        if found[0].channel not in self.channels:
            raise NotServed(found[0].channel)
        await self._tell(connection, found[0], self.framed(found[0], reply), now, reply.files)
        await tickets.answered(connection, number, now)
        if reply.text:
            await entries.add(connection, number, "reply", author, reply.text, now)
        for topic in reply.topics:
            await entries.add(connection, number, "topic", author, topic, now)
        if reply.files:
            names = ", ".join(file.name for file in reply.files)
            await entries.add(connection, number, "files", author, names, now)

    def framed(self, ticket: tickets.StoredTicket, reply: Reply) -> Message:
        """The message that whoever asked reads."""
        now, current, language = self.clock(), self.live.current, language_of(ticket)
        composer = current.composer
        helped = Label(composer.sentence("button-helped", language), Action("helped").encode())
        again = Label(composer.sentence("button-ask-again", language), Action("again", str(ticket.number)).encode())
        answers = Say(tuple(Answer(topic) for topic in reply.topics))
        return Message(
            (
                Block("markdown", composer.sentence("office-reply", language)),
                *((Block("verbatim", reply.text),) if reply.text else ()),
                *(self._explained(reply.text, language, current) if reply.text else ()),
                *composer.compose(answers, language, now=now).blocks,
                *(self._asked(ticket, language, current) if ticket.question else ()),
            ),
            ((helped, again),),
        )

    def _asked(self, ticket: tickets.StoredTicket, language: str, current: Current) -> tuple[Block, ...]:
        """What they had asked, where its words are still kept."""
        title = current.composer.sentence("your-question", language)
        return Block("markdown", title), Block("verbatim", ticket.question)

    def _explained(self, text: str, language: str, current: Current) -> tuple[Block, ...]:
        """Below German words of the office, to somebody who reads another language: how to get them explained.

        With what our own topics call the German terms that occur in them.
        """
        composer = current.composer
        if language in ("de", "de-simple") or current.matcher.language(text) not in ("de", ""):
            return ()
        lines = [composer.sentence("reply-in-german", language)]
        lines += [f"- {german}: {own}" for german, own in composer.terms_in(text, language)]
        return (Block("markdown", "\n".join(lines)),)

    async def remind(self) -> int:
        """Tell the askers whom the office has kept waiting, and remind it, once each; how many questions.

        Only on a working day in office hours. To be called every few minutes.
        """
        now, current = self.clock(), self.live.current
        city = current.knowledge.city
        here = datetime.fromtimestamp(now, self.zone(current))
        if (
            city is None
            or here.hour not in OFFICE_HOURS
            or not working_days.is_working_day(here.date(), city.land, city.closed)
        ):
            return 0
        stored = await self.writer.run(partial(tickets.stored_tickets, state="open"))
        held = await self.writer.run(quarantine.about)
        told = 0
        passed: dict[date, int] = {}  # working days since: counted once a day on which anybody asked
        for ticket in stored:
            # Where an answer waits in quarantine, "no answer has come" would not be true; an operator was told.
            if ticket.number in held:
                continue
            try:
                asked = day(ticket.created_at, self.zone(current))
                if asked not in passed:
                    passed[asked] = working_days.between(asked, here.date(), city.land, city.closed)
                if passed[asked] >= int(city.reply_days):
                    overdue = partial(self._overdue, ticket=ticket, asked=asked, current=current, now=now)
                    told += await self.writer.run(overdue)
            except Exception as error:  # one question must not stop the others
                report(error, "nobody reminded, trying again", ticket=ticket.number)
        if told:
            self.wake_delivery()
        return told

    async def _overdue(
        self, connection: AsyncConnection, ticket: tickets.StoredTicket, asked: date, current: Current, now: float
    ) -> bool:
        """Whether they had to be told: another replica may have been quicker."""
        if not await tickets.mark_overdue(connection, ticket.number, ticket.created_at):
            return False
        await self._tell_overdue(connection, ticket, asked, current, now)
        return True

    async def _tell_overdue(
        self, connection: AsyncConnection, stored: tickets.StoredTicket, asked: date, current: Current, now: float
    ) -> None:
        text = notice.reminder(self._stored(stored, current), formats.day(asked.isoformat(), "de"))
        await self.notify(connection, stored, "reminder", text, current, now)
        office = current.knowledge.city.office if current.knowledge.city else ""
        values: dict[str, str | int] = {"number": stored.number, "date": asked.isoformat()}
        withdraw = Button(f"withdraw:{stored.number}", Action("withdraw", str(stored.number)))
        say = Say((Sentence("overdue", values), PlaceCard(office), Quoted(stored.question)), ((withdraw,),))
        message = current.composer.compose(say, language_of(stored), now=now)
        await self._tell(connection, stored, message, now)

    async def _tell(
        self,
        connection: AsyncConnection,
        stored: tickets.StoredTicket,
        message: Message,
        now: float,
        files: Sequence[File] = (),
    ) -> None:
        """Send ``message`` to whoever asked; the address comes from the database alone.

        Where their channel does not run any more (no token, another machine), an operator is told instead.
        """
        if stored.channel not in self.channels:
            if stored.channel not in self._unserved:
                self._unserved.add(stored.channel)
                self.alert(
                    f"Question {stored.number} came by {stored.channel}, which does not run here: whoever asked cannot "
                    f"be told anything. Set what {stored.channel} needs (docs/settings.md), then restart."
                )
            return
        lane = persons.lane_of(stored.channel, stored.address)
        channel, to = self.channels[stored.channel], Incoming(stored.address, "text", message=stored.thread)
        for each in (*channel.render(message, to), *channel.attach(files, to)):
            await outbox.put(connection, stored.channel, lane, each, now, stored.number)

    async def notify(
        self,
        connection: AsyncConnection,
        stored: tickets.StoredTicket,
        kind: notice.Kind,
        text: str,
        current: Current,
        now: float,
    ) -> None:
        """Write the office a later mail about a question."""
        first = self._mail(self._stored(stored, current), stored.office, stored.expires_at, now)
        message = notice.message(first, kind, text, stored.number, int(now))
        await self._post(connection, stored.office, message, stored.number, now)
        log.info("office notified", ticket=stored.number, kind=kind)

    def _mail(
        self, ticket: mail.Ticket, office: str, expires: int, now: float, files: Sequence[File] = ()
    ) -> EmailMessage:
        """The mail that carries the question to ``office``. Where replies are read, the token is their address."""
        token = tokens.issue(ticket.number, office, expires, self.office.secret)
        reply_to = self.office.reply_to
        if self.office.answerable:
            reply_to = f"{token.local_part}@{reply_to.rpartition('@')[2]}"
        return mail.message(
            ticket,
            token,
            sender=self.office.sender,
            recipient=office,
            reply_to=reply_to,
            domain=self.office.domain,
            now=datetime.fromtimestamp(now, UTC),
            answerable=self.office.answerable,
            files=files,
        )

    async def _post(
        self, connection: AsyncConnection, office: str, message: EmailMessage, number: int, now: float
    ) -> None:
        letter = Letter(office, message.as_bytes().decode("ascii"), str(message["Message-ID"]).strip("<>"))
        await outbox.put(connection, MAIL, f"mail:{number}", letter, now, number)

    def _ticket(
        self,
        number: int,
        question: str,
        language: str,
        topics: tuple[str, ...],
        current: Current,
        *,
        client: bool,
        at: float | None = None,
    ) -> mail.Ticket:
        """``at``: when it was asked; None for a preview."""
        composer, city = current.composer, current.knowledge.city
        due = ""
        if at is not None and city is not None:
            last = working_days.after(day(at, self.zone(current)), composer.reply_days, city.land, city.closed)
            due = formats.day(last.isoformat(), "de")
        return mail.Ticket(
            number=number,
            city=current.knowledge.city.name if current.knowledge.city else "Deutschland",
            question=question,
            language=language,
            considered=tuple(composer.title(topic, "de") for topic in topics if topic in current.knowledge.topics),
            reply_days=composer.reply_days,
            client=client,
            due=due,
        )

    def _stored(self, ticket: tickets.StoredTicket, current: Current) -> mail.Ticket:
        topics = tuple(json.loads(ticket.topics))
        return self._ticket(
            ticket.number,
            ticket.question,
            ticket.language,
            topics,
            current,
            client=bool(ticket.client),
            at=ticket.created_at,
        )

    def zone(self, current: Current) -> ZoneInfo:
        city = current.knowledge.city
        return ZoneInfo(city.time_zone if city else "Europe/Berlin")


def day(at: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, zone).date()


def week(at: float, zone: ZoneInfo) -> str:
    """The ISO week, as 2026-W48."""
    year, number, _ = day(at, zone).isocalendar()
    return f"{year}-W{number:02}"


def language_of(ticket: tickets.StoredTicket) -> str:
    """What whoever asked reads; German where nothing is known, as in the conversation."""
    state = state_of(ticket.person_state)
    return state.language or state.spoken or ticket.language or "de"


def state_of(text: str) -> State:
    """A person's state; one that cannot be read any more begins anew rather than blocking the person."""
    try:
        return State.from_json(text) if text else State()
    except (ValueError, KeyError, TypeError):
        log.warning("state of a person cannot be read, beginning anew")
        return State()
