"""One incoming message: read, match, step, and then state, answers and tickets in ONE transaction.

Workers take rows from the inbox; a row is done only when everything it led to is committed. A worker that dies
leaves its row to the next one.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from email.message import EmailMessage
from functools import partial
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.conversation import deep_links
from bot.conversation.actions import Action, decode
from bot.conversation.events import (
    COMMANDS,
    OTHER_KINDS,
    Answer,
    Asked,
    Button,
    Command,
    Commanded,
    Draft,
    Event,
    Forget,
    HandOver,
    Invited,
    OtherKind,
    PlaceCard,
    Pressed,
    Preview,
    Question,
    Quoted,
    Say,
    Sentence,
    SentOther,
    Withdraw,
)
from bot.conversation.incoming import Incoming
from bot.conversation.machine import step
from bot.conversation.state import DRAFT_SECONDS, State
from bot.flood import Flood
from bot.handover import mail, notice, tokens, working_days
from bot.handover.answers import File
from bot.live import Current, LiveKnowledge
from bot.presentation import formats
from bot.presentation.message import Block, Label, Message
from bot.storage import invitations, people, quarantine, queue
from bot.storage.writer import Writer
from bot.worker import Worker

log = structlog.get_logger()

LEASE = 20.0  # after a crash a message waits this long; handling one takes milliseconds
MAX_ATTEMPTS = 8
BATCH = 32
TICKET_DAYS = 180
OFFICE_HOURS = range(9, 18)  # when a reminder may come, in the city's time


class Channel(Protocol):
    """What the service must know of a channel. Both are pure."""

    def parse(self, payload: Any) -> Incoming | None:
        """A stored payload as a message; None for what needs no answer."""

    def render(self, message: Message, incoming: Incoming) -> list[dict[str, Any]]:
        """The outbox payloads, in order, that show ``message`` to whoever sent ``incoming``."""

    def attach(self, files: Sequence[File], incoming: Incoming) -> list[dict[str, Any]]:
        """The payloads that bring the office's files."""


@dataclass(frozen=True)
class Office:
    """Where handed-over questions go, and how the mail is made. ``answerable``: replies are read by Lotse itself."""

    address: str
    sender: str
    reply_to: str
    secret: bytes
    answerable: bool = False

    @property
    def domain(self) -> str:
        return self.sender.rpartition("@")[2]


@dataclass
class Service:
    """Works the inbox off. ``wake_delivery`` is called when something waits in the outbox."""

    engine: AsyncEngine
    live: LiveKnowledge
    channels: Mapping[str, Channel]
    office: Office
    clock: Callable[[], float] = time.time
    per_minute: int = 20  # messages of one person; the others are read a minute later
    wake_delivery: Callable[[], None] = lambda: None
    worker: Worker = field(default_factory=Worker)
    writer: Writer | None = None  # one for the whole process

    def __post_init__(self) -> None:
        self._write = (self.writer or Writer(self.engine)).run
        self._flood = Flood(self.per_minute)

    async def receive(self, channel: str, rows: list[tuple[str, str, Any]]) -> int:
        """Store (lane, external id, payload) rows in one transaction; how many are new.

        Once it returns they may be acknowledged.
        """
        now = self.clock()

        async def store(connection: AsyncConnection) -> int:
            new = 0
            for lane, external_id, payload in rows:
                text = json.dumps(payload, ensure_ascii=True)
                new += await queue.receive(connection, channel, lane, external_id, text, now)
            return new

        new = await self._write(store)
        self.worker.wake()
        return new

    async def work(self) -> int:
        """Handle what is due now; how many rows were taken."""
        rows = await self._write(
            lambda connection: queue.claim(connection, queue.inbox, self.clock(), LEASE, BATCH, list(self.channels))
        )
        if rows:
            async with asyncio.TaskGroup() as group:
                for row in rows:
                    group.create_task(self._attempt(row))
            self.wake_delivery()
        return len(rows)

    async def _attempt(self, row: queue.Row) -> None:
        try:
            await self._handle(row)
        except (DBAPIError, OSError) as error:
            # The lease runs out by itself; nothing can be written now.
            log.error("message not stored, trying again", inbox=row.id, error=type(error).__name__)
        except Exception as error:
            # A message that breaks the program must not stop the others, and must not be lost.
            log.exception("message failed", inbox=row.id, attempt=row.attempts)
            failure = repr(type(error))
            await self._write(lambda connection: self._put_off(connection, row, failure))

    async def _put_off(self, connection: AsyncConnection, row: queue.Row, error: str) -> None:
        if row.attempts >= MAX_ATTEMPTS:
            await queue.bury(connection, queue.inbox, row.id, error)
            await self._apologise(connection, row)
        else:
            await queue.put_off(connection, queue.inbox, row.id, self.clock() + 2.0**row.attempts, error)

    async def _apologise(self, connection: AsyncConnection, row: queue.Row) -> None:
        """Nobody is left without a word, even by a fault of ours: offer a person instead of an answer."""
        log.error("needs an operator", what=f"Inbox row {row.id} failed {row.attempts} times and was given up")
        try:
            incoming = self.channels[row.channel].parse(json.loads(row.payload))
        except Exception:  # it is the parsing that fails: then there is nobody to write to
            log.exception("message cannot even be read", inbox=row.id)
            return
        if incoming is not None:
            person = await people.find(connection, row.channel, incoming.address)
            state = _state(person.state if person else "")
            language = state.language or state.spoken or incoming.guess
            ask = Button("button-ask-person", Action("person"))
            say = Say((Sentence("failed"),), ((ask,),))
            await self._say(connection, row, incoming, say, language, self.live.current, self.clock())
            self.wake_delivery()

    async def _handle(self, row: queue.Row) -> None:
        channel = self.channels[row.channel]
        incoming = channel.parse(json.loads(row.payload))
        if incoming is None:
            await self._write(lambda connection: queue.finish(connection, queue.inbox, row.id))
            return
        current = self.live.current
        if incoming.kind == "group":
            await self._write(lambda connection: self._excuse(connection, row, incoming, current))
            return
        address = incoming.address
        person = await self._write(lambda connection: people.find(connection, row.channel, address))
        state = _state(person.state if person else "")
        event, language = await self._event(incoming, state, current)

        now = self.clock()
        in_danger = isinstance(event, Asked) and event.match.emergency is not None
        wait = self._flood.wait(row.lane, now) if not in_danger else 0.0
        if wait:
            await self._write(
                lambda connection: self._slow_down(connection, row, incoming, language, current, now + wait)
            )
            return
        await self._write(
            lambda connection: self._answer(connection, row, incoming, person, state, event, language, current, now)
        )
        log.info("message handled", inbox=row.id, channel=row.channel, kind=incoming.kind, **_decision(event))

    async def _excuse(self, connection: AsyncConnection, row: queue.Row, incoming: Incoming, current: Current) -> None:
        """A group is told once that private messages are the place."""
        say = Say((Sentence("groups"),))
        await self._say(connection, row, incoming, say, incoming.guess, current, self.clock())
        await queue.finish(connection, queue.inbox, row.id)

    async def _slow_down(
        self,
        connection: AsyncConnection,
        row: queue.Row,
        incoming: Incoming,
        language: str,
        current: Current,
        until: float,
    ) -> None:
        if self._flood.first_warning(row.lane):
            say = Say((Sentence("too-many"),))
            await self._say(connection, row, incoming, say, language, current, self.clock())
        await queue.put_off(connection, queue.inbox, row.id, until, "too many messages")

    async def _answer(
        self,
        connection: AsyncConnection,
        row: queue.Row,
        incoming: Incoming,
        person: people.Person | None,
        state: State,
        event: Event,
        language: str,
        current: Current,
        now: float,
    ) -> None:
        """Everything a message leads to; in one transaction."""
        if isinstance(event, Invited) and not state.counsellor:
            code = deep_links.invitation(incoming.argument)
            event = replace(event, valid=await invitations.redeem(connection, code, now))
        asked = await people.stored_tickets(connection, person=person.id) if person else []
        questions = tuple(_question(ticket, self._zone(current)) for ticket in asked)
        state, effects = step(state, event, current.knowledge, now, questions)
        language = state.language or language
        if Forget() in effects:
            await people.forget(connection, row.channel, incoming.address)
        else:
            draft_at = state.draft.at if state.draft else None
            person_id = await people.save(connection, row.channel, incoming.address, state.to_json(), draft_at, now)
        if incoming.receipt:
            await queue.enqueue(
                connection,
                row.channel,
                f"receipt:{incoming.receipt}",
                json.dumps({"receipt": incoming.receipt}),
                now,
            )
        for effect in effects:
            if isinstance(effect, HandOver) and effect.draft.joins:
                await self._add(connection, effect.draft, current, now)
            elif isinstance(effect, HandOver):
                await self.hand_over(connection, person_id, effect.draft, current, now)
            elif isinstance(effect, Withdraw):
                await self._withdraw(connection, effect.number, current, now)
            elif isinstance(effect, Say):
                await self._say(connection, row, incoming, effect, language, current, now)
        await queue.finish(connection, queue.inbox, row.id)

    async def _event(self, incoming: Incoming, state: State, current: Current) -> tuple[Event, str]:
        """The event behind a message, and the language to answer in."""
        matcher = current.matcher
        known = state.language or state.spoken or incoming.guess
        match incoming.kind:
            case "command" if incoming.text == "start" and deep_links.invitation(incoming.argument):
                return Invited(False, incoming.guess), known  # whether it is good is for the transaction to say
            case "command":
                command: Command = next((name for name in COMMANDS if name == incoming.text), "help")
                return Commanded(command, incoming.guess, incoming.argument), known
            case "button":
                return Pressed(decode(incoming.text)), known
            case "other":
                kind: OtherKind = next((name for name in OTHER_KINDS if name == incoming.text), "other")
                return SentOther(kind, incoming.guess), known
            case _:
                written_in = matcher.language(incoming.text)
                client = incoming.forwarded and state.counsellor
                language = state.language or ("" if client else written_in) or known
                # The embedder is native code and takes milliseconds: off the event loop.
                found = await asyncio.to_thread(matcher.match, incoming.text)
                return Asked(incoming.text, found, language, written_in, incoming.forwarded), language

    async def _say(
        self,
        connection: AsyncConnection,
        row: queue.Row,
        incoming: Incoming,
        say: Say,
        language: str,
        current: Current,
        now: float,
    ) -> None:
        preview = ""
        for part in say.parts:
            if isinstance(part, Preview):
                preview = await self._preview(connection, part.draft, current)
        message = current.composer.compose(say, language or "de", preview, now=now)
        for payload in self.channels[row.channel].render(message, incoming):
            await queue.enqueue(connection, row.channel, row.lane, json.dumps(payload, ensure_ascii=True), now)

    async def _preview(self, connection: AsyncConnection, draft: Draft, current: Current) -> str:
        """The mail's text, made as it will be when it is sent."""
        if draft.joins:
            (stored,) = await people.stored_tickets(connection, draft.joins)
            return notice.addition(self._stored(stored, current), draft.shown)
        ticket = self._ticket(0, draft.shown, draft.language, draft.topics, current, client=draft.client)
        return mail.body(ticket, self.office.answerable)

    def _ticket(
        self,
        number: int,
        question: str,
        language: str,
        topics: tuple[str, ...],
        current: Current,
        *,
        client: bool,
    ) -> mail.Ticket:
        composer = current.composer
        return mail.Ticket(
            number=number,
            city=current.knowledge.city.name if current.knowledge.city else "Deutschland",
            question=question,
            language=language,
            considered=tuple(composer.title(topic, "de") for topic in topics if topic in current.knowledge.topics),
            reply_days=composer.reply_days,
            client=client,
        )

    def _stored(self, ticket: people.StoredTicket, current: Current) -> mail.Ticket:
        topics = tuple(json.loads(ticket.topics))
        return self._ticket(
            ticket.number, ticket.question, ticket.language, topics, current, client=bool(ticket.client)
        )

    def _zone(self, current: Current) -> ZoneInfo:
        city = current.knowledge.city
        return ZoneInfo(city.time_zone if city else "Europe/Berlin")

    async def hand_over(
        self, connection: AsyncConnection, person: int, draft: Draft, current: Current, now: float
    ) -> int:
        """Write the question down and put its mail into the outbox; its number."""
        expires = int(now) + TICKET_DAYS * 86400
        number = await people.open_ticket(
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
        ticket = self._ticket(number, draft.shown, draft.language, draft.topics, current, client=draft.client)
        message = self._mail(ticket, self.office.address, expires, now)
        await people.set_message_id(connection, number, str(message["Message-ID"]))
        await self._post(connection, self.office.address, message, number, now)
        log.info("question handed over", ticket=number)
        return number

    def _mail(self, ticket: mail.Ticket, office: str, expires: int, now: float) -> EmailMessage:
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
        )

    async def _post(
        self, connection: AsyncConnection, office: str, message: EmailMessage, number: int, now: float
    ) -> None:
        payload = {"to": office, "mail": message.as_bytes().decode("ascii")}
        await queue.enqueue(connection, "mail", f"mail:{number}", json.dumps(payload), now, ticket=number)

    async def _notify(
        self,
        connection: AsyncConnection,
        stored: people.StoredTicket,
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

    async def _add(self, connection: AsyncConnection, draft: Draft, current: Current, now: float) -> None:
        (stored,) = await people.stored_tickets(connection, draft.joins)
        text = notice.addition(self._stored(stored, current), draft.shown)
        await self._notify(connection, stored, "addition", text, current, now)
        await people.extend(connection, stored.number, f"{stored.question}\n\n{draft.shown}", now)

    async def _withdraw(self, connection: AsyncConnection, number: int, current: Current, now: float) -> None:
        (stored,) = await people.stored_tickets(connection, number)
        if await people.withdraw(connection, number):
            await self._notify(connection, stored, "withdrawal", notice.withdrawal(number), current, now)
        log.info("question withdrawn", ticket=number)

    async def remind(self) -> int:
        """Tell the askers whom the office has kept waiting, and remind it, once each; how many questions.

        Only on a working day in office hours. To be called every few minutes.
        """
        now, current = self.clock(), self.live.current
        city = current.knowledge.city
        here = datetime.fromtimestamp(now, self._zone(current))
        if city is None or here.hour not in OFFICE_HOURS or not working_days.is_working_day(here.date(), city.land):
            return 0
        stored = await self._write(people.stored_tickets)
        told = 0
        for ticket in stored:
            asked = _day(ticket.created_at, self._zone(current))
            waited = working_days.between(asked, here.date(), city.land)
            if ticket.state == "open" and waited >= int(city.reply_days):
                told += await self._write(partial(self._overdue, ticket=ticket, asked=asked, current=current, now=now))
        if told:
            self.wake_delivery()
        return told

    async def _overdue(
        self, connection: AsyncConnection, ticket: people.StoredTicket, asked: date, current: Current, now: float
    ) -> bool:
        """Whether they had to be told: another replica may have been quicker."""
        if not await people.mark_overdue(connection, ticket.number, ticket.created_at):
            return False
        await self._tell_overdue(connection, ticket, asked, current, now)
        return True

    async def _tell_overdue(
        self, connection: AsyncConnection, stored: people.StoredTicket, asked: date, current: Current, now: float
    ) -> None:
        text = notice.reminder(self._stored(stored, current), formats.day(asked.isoformat(), "de"))
        await self._notify(connection, stored, "reminder", text, current, now)
        office = current.knowledge.city.office if current.knowledge.city else ""
        values: dict[str, str | int] = {"number": stored.number, "date": asked.isoformat()}
        withdraw = Button(f"withdraw:{stored.number}", Action("withdraw", str(stored.number)))
        say = Say((Sentence("overdue", values), PlaceCard(office), Quoted(stored.question)), ((withdraw,),))
        message = current.composer.compose(say, _language_of(stored), now=now)
        await self._tell(connection, stored, message, now)

    async def _tell(
        self,
        connection: AsyncConnection,
        stored: people.StoredTicket,
        message: Message,
        now: float,
        files: Sequence[File] = (),
    ) -> None:
        """Send ``message`` to whoever asked; the address comes from the database alone."""
        lane = people.lane_of(stored.channel, stored.address)
        channel, to = self.channels[stored.channel], Incoming(stored.address, "text", message=stored.thread)
        for payload in (*channel.render(message, to), *channel.attach(files, to)):
            text = json.dumps(payload, ensure_ascii=True)
            await queue.enqueue(connection, stored.channel, lane, text, now, stored.number)

    async def relay_reply(self, number: int, text: str) -> None:
        """Bring the office's words to whoever asked question ``number``. Raises KeyError when there is none."""
        await self._write(lambda connection: self.relay(connection, number, text))
        self.wake_delivery()

    async def relay(
        self, connection: AsyncConnection, number: int, text: str, files: Sequence[File] = (), topic: str = ""
    ) -> None:
        """The office's words, its files, or the curated answer of ``topic``, with the question they belong to.

        Raises KeyError when there is no such question.
        """
        now, current = self.clock(), self.live.current
        found = await people.stored_tickets(connection, number)
        if not found:
            raise KeyError(number)
        ticket, composer = found[0], current.composer
        language = _language_of(ticket)
        helped = Label(composer.sentence("button-helped", language), Action("helped").encode())
        again = Label(composer.sentence("button-ask-again", language), Action("again", str(number)).encode())
        answer = composer.compose(Say((Answer(topic),)), language, now=now).blocks if topic else ()
        message = Message(
            (
                Block("markdown", composer.sentence("office-reply", language)),
                *((Block("verbatim", text),) if text else ()),
                *answer,
                Block("markdown", composer.sentence("your-question", language)),
                Block("verbatim", ticket.question),
            ),
            ((helped, again),),
        )
        await self._tell(connection, ticket, message, now, files)
        await people.answered(connection, number)

    async def move(self, connection: AsyncConnection, number: int, office: str) -> None:
        """Send a question to another office: the first one's mailbox does not exist. Raises KeyError."""
        now = self.clock()
        found = await people.stored_tickets(connection, number)
        if not found:
            raise KeyError(number)
        await people.set_office(connection, number, office)
        message = self._mail(self._stored(found[0], self.live.current), office, found[0].expires_at, now)
        await people.set_message_id(connection, number, str(message["Message-ID"]))
        await self._post(connection, office, message, number, now)

    async def tidy(self, retention_days: int) -> None:
        """Keep the retention promise; to be called every hour or so."""
        now = self.clock()

        async def forget(connection: AsyncConnection) -> None:
            for person in await people.with_old_drafts(connection, now - DRAFT_SECONDS):
                state = replace(_state(person.state), draft=None)
                await people.write_state(connection, person.id, state.to_json())
            await invitations.drop_expired(connection, now)
            silent_since = now - retention_days * 86400
            await people.drop_old(connection, silent_since, now - 7 * 86400, now)
            await quarantine.drop_old(connection, silent_since)

        await self._write(forget)


def _day(at: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, zone).date()


def _language_of(ticket: people.StoredTicket) -> str:
    """What whoever asked reads; German where nothing is known, as in the conversation."""
    state = _state(ticket.person_state)
    return state.language or state.spoken or ticket.language or "de"


def _question(ticket: people.StoredTicket, zone: ZoneInfo) -> Question:
    asked = _day(ticket.created_at, zone).isoformat()
    return Question(ticket.number, asked, ticket.question, ticket.state in people.OPEN)


def _state(text: str) -> State:
    """A person's state; one that cannot be read any more begins anew rather than blocking the person."""
    try:
        return State.from_json(text) if text else State()
    except (ValueError, KeyError, TypeError):
        log.warning("state of a person cannot be read, beginning anew")
        return State()


def _decision(event: Event) -> dict[str, object]:
    """What may be logged of a decision: ids and numbers, never words."""
    if isinstance(event, Asked):
        return {
            "outcome": event.match.outcome,
            "topic": event.match.topic,
            "confidence": round(event.match.confidence, 3),
            "emergency": event.match.emergency,
            "language": event.language,
        }
    if isinstance(event, Commanded):
        return {"command": event.command}
    if isinstance(event, Invited):
        return {"invitation": event.valid}
    return {}
