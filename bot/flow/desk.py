"""The office's side of a question: handed over, added to, withdrawn, answered.

Where a reply goes is what the database says, never what a mail says.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

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
from bot.flow import outbox
from bot.flow.days import day, zone_of
from bot.flow.office_mail import Office, as_mailed, message_of, post, ticket_of
from bot.flow.ports import MAIL, Alert, Channel, tell_log
from bot.flow.states import language_of
from bot.handover import mail, notice
from bot.handover.answers import File
from bot.knowledge.live import Current, LiveKnowledge
from bot.presentation import formats
from bot.presentation.i18n import name_in
from bot.presentation.message import Block, Label, Message
from bot.storage import approvals, entries, persons, quarantine, queue, tickets
from bot.storage.entries import Author
from bot.storage.writer import Writer

log = structlog.get_logger()

TICKET_DAYS = 180
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
        ticket = ticket_of(number, draft.shown, draft.language, draft.topics, current, client=draft.client, at=now)
        message = message_of(self.office, ticket, self.office.address, expires, now, files)
        await tickets.set_message_id(connection, number, str(message["Message-ID"]))
        await post(connection, self.office.address, message, number, now)
        log.info("question handed over", ticket=number)
        return number

    async def add(self, connection: AsyncConnection, draft: Draft, current: Current, now: float) -> None:
        (stored,) = await tickets.stored_tickets(connection, draft.joins)
        text = notice.addition(as_mailed(stored, current), draft.shown)
        await self.notify(connection, stored, "addition", text, current, now)
        await tickets.extend(connection, stored.number, f"{stored.question}\n\n{draft.shown}".strip(), now)

    async def withdraw(self, connection: AsyncConnection, number: int, current: Current, now: float) -> None:
        (stored,) = await tickets.stored_tickets(connection, number)
        # What may be its answer has nobody any more whom it could reach.
        await approvals.forget_releases(connection, await quarantine.drop_of(connection, [number]))
        if await tickets.withdraw(connection, number):
            await self.notify(connection, stored, "withdrawal", notice.withdrawal(number), current, now)
        log.info("question withdrawn", ticket=number)

    async def preview(self, connection: AsyncConnection, draft: Draft, current: Current) -> str:
        """The mail's text, made as it will be when it is sent."""
        if draft.joins:
            (stored,) = await tickets.stored_tickets(connection, draft.joins)
            return notice.addition(as_mailed(stored, current), draft.shown)
        ticket = ticket_of(0, draft.shown, draft.language, draft.topics, current, client=draft.client)
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
        message = message_of(
            self.office, as_mailed(found[0], self.live.current), office, found[0].expires_at, now, files
        )
        await tickets.set_message_id(connection, number, str(message["Message-ID"]))
        await post(connection, office, message, number, now)
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
        asked = day(found[0].created_at, zone_of(current)).isoformat()
        office = current.knowledge.city.office if current.knowledge.city else ""
        sentence = Sentence("not-delivered", {"number": number, "date": asked})
        say = Say((sentence, PlaceCard(office), Quoted(found[0].question)))
        await self.tell(connection, found[0], current.composer.compose(say, language_of(found[0]), now=now), now)
        return f"{said} Whoever asked was told. Correct LOTSE_OFFICE_EMAIL, restart, then `lotse resend {number}`."

    async def refused(self, connection: AsyncConnection, row: queue.Row, why: str) -> str:
        """A row that the other side does not take: where it carried a question to the office, the question must not
        count as sent. What an operator must know."""
        if row.ticket is None or row.lane != f"{MAIL}:{row.ticket}":  # what else is about it goes to whoever asked
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
        await self.tell(connection, found[0], current.composer.compose(say, language_of(found[0]), now=now), now)

    async def open_list(self, connection: AsyncConnection, office: str) -> list[str]:
        """One German line for each question that waits for ``office``: no words of anybody."""
        current = self.live.current
        lines = []
        for stored in await tickets.stored_tickets(connection):
            if stored.state in tickets.OPEN and stored.office.lower() == office.lower():
                ticket = as_mailed(stored, current)
                asked = formats.day(day(stored.created_at, zone_of(current)).isoformat(), "de")
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
        await self.tell(connection, found[0], self.framed(found[0], reply), now, reply.files)
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

    async def tell(
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
        first = message_of(self.office, as_mailed(stored, current), stored.office, stored.expires_at, now)
        message = notice.message(first, kind, text, stored.number, int(now))
        await post(connection, stored.office, message, stored.number, now)
        log.info("office notified", ticket=stored.number, kind=kind)
