"""One incoming message: read, match, step, and then state, answers and tickets in ONE transaction.

Workers take rows from the inbox; a row is done only when everything it led to is committed. A worker that dies
leaves its row to the next one.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Mapping
from dataclasses import InitVar, dataclass, field, replace
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.conversation import deep_links
from bot.conversation.actions import Action, decode
from bot.conversation.events import (
    COMMANDS,
    OTHER_KINDS,
    Asked,
    Button,
    Command,
    Commanded,
    Event,
    Forget,
    HandOver,
    Invited,
    OtherKind,
    Pressed,
    Preview,
    Question,
    Say,
    Sentence,
    SentOther,
    Withdraw,
)
from bot.conversation.hearing import Heard, hear
from bot.conversation.incoming import Incoming
from bot.conversation.machine import step
from bot.conversation.state import State
from bot.flow.desk import Desk, Office, day, state_of
from bot.flow.flood import Flood
from bot.flow.loop import Worker
from bot.flow.ports import Channel
from bot.knowledge.live import Current, LiveKnowledge
from bot.storage import forgetting, invitations, persons, queue, tickets
from bot.storage.writer import Writer

log = structlog.get_logger()

LEASE = 20.0  # after a crash a message waits this long; handling one takes milliseconds
MAX_ATTEMPTS = 8
BATCH = 32


@dataclass
class Chats:
    """Works the inbox off. ``wake_delivery`` is called when something waits in the outbox."""

    engine: AsyncEngine
    live: LiveKnowledge
    channels: Mapping[str, Channel]
    office: InitVar[Office]
    clock: Callable[[], float] = time.time
    per_minute: int = 20  # messages of one person; the others are read a minute later
    wake_delivery: Callable[[], None] = lambda: None
    worker: Worker = field(default_factory=Worker)
    writer: Writer | None = None  # one for the whole process

    def __post_init__(self, office: Office) -> None:
        writer = self.writer or Writer(self.engine)
        self._write = writer.run
        self.desk = Desk(self.live, self.channels, office, writer, self.clock, self.wake_delivery)
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
            person = await persons.find(connection, row.channel, incoming.address)
            state = state_of(person.state if person else "")
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
        person = await self._write(lambda connection: persons.find(connection, row.channel, address))
        state = state_of(person.state if person else "")
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
        person: persons.Person | None,
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
        asked = await tickets.stored_tickets(connection, person=person.id) if person else []
        questions = tuple(_question(ticket, self.desk.zone(current)) for ticket in asked)
        state, effects = step(state, event, current.knowledge, now, questions)
        language = state.language or language
        if Forget() in effects:
            await forgetting.forget(connection, row.channel, incoming.address)
        else:
            text, since = state.to_json(), state.words_since
            person_id = await persons.save(connection, row.channel, incoming.address, text, since, now)
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
                await self.desk.add(connection, effect.draft, current, now)
            elif isinstance(effect, HandOver):
                await self.desk.hand_over(connection, person_id, effect.draft, current, now)
            elif isinstance(effect, Withdraw):
                await self.desk.withdraw(connection, effect.number, current, now)
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
                return SentOther(kind, incoming.guess, incoming.album), known
            case _:
                heard = Heard(
                    incoming.text,
                    known,
                    incoming.forwarded,
                    incoming.edited,
                    incoming.file,
                    *_replied(incoming, current),
                )
                # The embedder is native code and takes milliseconds: off the event loop.
                event = await asyncio.to_thread(hear, heard, state, matcher, current.knowledge, self.clock())
                return event, event.language

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
                preview = await self.desk.preview(connection, part.draft, current)
        message = current.composer.compose(say, say.language or language or "de", preview, now=now)
        for payload in self.channels[row.channel].render(message, incoming):
            await queue.enqueue(connection, row.channel, row.lane, json.dumps(payload, ensure_ascii=True), now)


def _replied(incoming: Incoming, current: Current) -> tuple[int, str]:
    """What a message replies to: the number of an answered question, and a topic; 0 and "" for none."""
    actions = [action for action in map(decode, incoming.replied_buttons) if action is not None]
    number = next((action.argument for action in actions if action.verb == "again"), "")
    if number.isdecimal():
        return int(number), ""
    topic = next((action.argument for action in actions if action.verb == "helped"), "")
    return 0, topic or current.composer.topic_titled(incoming.replied)


def _question(ticket: tickets.StoredTicket, zone: ZoneInfo) -> Question:
    asked = day(ticket.created_at, zone).isoformat()
    return Question(ticket.number, asked, ticket.question, ticket.state in tickets.OPEN)


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
