"""One incoming message: read, match, step, and then state, answers and tickets in ONE transaction.

Workers take rows from the inbox; a row is done only when everything it led to is committed. A worker that dies
leaves its row to the next one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import InitVar, dataclass, field, replace
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.conversation import deep_links
from bot.conversation.actions import Action
from bot.conversation.events import (
    Button,
    Forget,
    HandOver,
    Invited,
    Moved,
    PlaceCard,
    Pressed,
    Preview,
    Question,
    Say,
    Sentence,
    Withdraw,
)
from bot.conversation.incoming import Incoming
from bot.conversation.machine import step
from bot.conversation.outcomes import outcomes
from bot.conversation.state import State
from bot.flow import outbox
from bot.flow.days import day, week, zone_of
from bot.flow.desk import Desk
from bot.flow.failures import Kind
from bot.flow.flood import Daily, Flood
from bot.flow.loop import MAX_ATTEMPTS, OUTAGE_SECONDS, Tasks, Worker, report
from bot.flow.office_mail import Office
from bot.flow.ports import TELEGRAM, WEB, Alert, Channel, tell_log
from bot.flow.states import state_of
from bot.flow.turn import Turn, decision, heard
from bot.knowledge.live import LiveKnowledge
from bot.matching.context import NOTHING
from bot.presentation.outgoing import Receipt
from bot.storage import counts, forgetting, invitations, moves, persons, queue, tickets
from bot.storage.counts import Count
from bot.storage.traces import Traces
from bot.storage.writer import Writer

log = structlog.get_logger()

LEASE = 20.0  # after a crash a message waits this long; handling one takes milliseconds
BATCH = 32  # messages at once
FEW = 8  # so many are taken together, if they are there: looking for them costs


@dataclass
class Chats:
    """Works the inbox off. ``wake_delivery`` is called when something waits in the outbox."""

    engine: AsyncEngine
    live: LiveKnowledge
    channels: Mapping[str, Channel]
    office: InitVar[Office]
    clock: Callable[[], float] = time.time
    per_minute: int = 20  # messages of one person; the others are read a minute later
    per_day: int = 20  # questions and additions of one person to the office
    wake_delivery: Callable[[], None] = lambda: None
    alert: Alert = tell_log
    worker: Worker = field(default_factory=Worker)
    writer: Writer | None = None  # one for the whole process
    holder: str = ""  # this process, for the others
    traces: Traces | None = None  # what has to go, too, when somebody wants all erased

    def __post_init__(self, office: Office) -> None:
        writer = self.writer or Writer(self.engine)
        self._write = writer.run
        self.desk = Desk(self.live, self.channels, office, writer, self.clock, self.wake_delivery, self.alert)
        self._flood = Flood(self.per_minute)
        self._sent = Daily(self.per_day)
        self._tasks = Tasks(self._ended)

    async def begin_anew(self, channel: str, address: str) -> None:
        """What this person says next belongs to no earlier conversation; drafts and questions stay."""

        async def forget(connection: AsyncConnection) -> None:
            if (person := await persons.find(connection, channel, address)) is not None:
                state = replace(state_of(person.state), context=NOTHING)
                await persons.write_state(connection, person.id, state.to_json(), state.words_since)

        await self._write(forget)

    async def receive(self, channel: str, rows: list[tuple[str, str, Any]]) -> int:
        """Store (lane, external id, payload) rows in one transaction; how many are new.

        Once it returns they may be acknowledged.
        """
        now = self.clock()

        async def store(connection: AsyncConnection) -> tuple[int, set[str]]:
            new = 0
            for lane, external_id, payload in rows:
                text = json.dumps(payload, ensure_ascii=True)
                new += await queue.receive(connection, channel, lane, external_id, text, now)
            return new, await queue.slowed(connection, queue.inbox, {lane for lane, _, _ in rows})

        new, slowed = await self._write(store)
        for lane, external_id, _ in rows:
            if lane in slowed:
                self._tasks.start(self._perhaps_danger(channel, external_id))
        self.worker.wake()
        return new

    async def run(self) -> None:
        """Work the inbox off until stopped. A message that takes long delays no other person's."""
        await self._tasks.run(self.worker, self._start)

    async def work(self) -> int:
        """Handle what is due now; how many rows were taken."""
        taken = await self._start()
        await self._tasks.finish()
        return taken

    async def _start(self) -> int:
        """Begin with what is due, as far as there is room; how many rows were taken."""
        room = BATCH - len(self._tasks)
        if room < FEW:
            return 0  # those that end wake us
        rows = await self._write(
            lambda connection: queue.claim(
                connection, queue.inbox, self.clock(), LEASE, room, list(self.channels), self.holder, [TELEGRAM]
            )
        )
        for row in rows:
            self._tasks.start(self._attempt(row))
        return len(rows)

    async def _perhaps_danger(self, channel: str, external_id: str) -> None:
        """Somebody who writes too much may be in danger: that message is answered at once, before what waits."""
        row = await self._write(lambda connection: queue.received(connection, channel, external_id))
        if row is not None:
            await self._at_once([row])

    async def _at_once(self, rows: Sequence[queue.Row]) -> None:
        """Answer those that speak of danger; the others wait."""
        for row in rows:
            try:
                incoming = self.channels[row.channel].parse(json.loads(row.payload))
                if incoming is None or incoming.kind != "text":
                    continue
                turn = Turn(row, incoming.clean(), self.live.current, self.clock(), language=incoming.guess)
                if (await heard(turn, "")).in_danger:
                    await self._handle(row)
            except queue.NotOurs:
                continue  # it was its turn meanwhile
            except Exception as error:
                report(error, "not answered before its turn", inbox=row.id)

    def _ended(self) -> None:
        self.worker.wake()
        self.wake_delivery()

    async def _attempt(self, row: queue.Row) -> None:
        """Whatever fails here fails for this row alone."""
        try:
            await self._handle(row)
        except queue.NotOurs:
            log.warning("message was taken over by another process", inbox=row.id)
        except Exception as error:
            kind = report(error, "message failed", inbox=row.id, attempt=row.attempts)
            try:
                await self._failed(row, error, kind)
            except Exception as again:
                # Nothing can be written now: the lease runs out by itself, and the row is taken again.
                report(again, "message not put off", inbox=row.id)

    async def _failed(self, row: queue.Row, error: Exception, kind: Kind) -> None:
        """Put the row off; or, when it will never work, give it up and offer its person another way."""
        if kind is Kind.OUTAGE or row.attempts < MAX_ATTEMPTS:
            until = self.clock() + (OUTAGE_SECONDS if kind is Kind.OUTAGE else 2.0**row.attempts)
            await self._write(
                partial(_put_off, row=row, until=until, why=type(error).__name__, counted=kind is not Kind.OUTAGE)
            )
            return
        await self._write(partial(_bury, row=row, why=type(error).__name__))
        self.alert(
            f"Inbox row {row.id} failed {row.attempts} times and was given up: {type(error).__name__}. "
            "See `lotse inbox list`."
        )
        await self._write(lambda connection: self._apologise(connection, row))
        self.wake_delivery()

    async def _apologise(self, connection: AsyncConnection, row: queue.Row) -> None:
        """Nobody is left without a word, even by a fault of ours: offer a person instead of an answer."""
        incoming = self.channels[row.channel].parse(json.loads(row.payload))
        if incoming is None:
            return
        person = await persons.find(connection, row.channel, incoming.address)
        state = state_of(person.state if person else "")
        language = state.language or state.spoken or incoming.guess
        ask = Button("button-ask-person", Action("person"))
        turn = Turn(row, incoming, self.live.current, self.clock(), language=language)
        await self._say(connection, turn, Say((Sentence("failed"),), ((ask,),)))

    async def _handle(self, row: queue.Row) -> None:
        incoming = self.channels[row.channel].parse(json.loads(row.payload))
        if incoming is None:
            await self._write(partial(_finish, row=row))
            return
        turn = Turn(row, incoming.clean(), self.live.current, self.clock(), language=incoming.guess)
        if turn.incoming.kind == "group":
            await self._write(lambda connection: self._excuse(connection, turn))
            return
        find = partial(persons.find, channel=row.channel, address=incoming.address)
        counted = False
        while True:
            # What the words mean depends on what was said before, and is found out outside the transaction.
            before = await self._write(find, reads=True)
            turn = await heard(turn, before.state if before else "")
            wait = self._flood.wait(row.lane, turn.now) if not (counted or turn.in_danger) else 0.0
            if wait:
                behind = await self._write(partial(self._slow_down, turn=turn, until=turn.now + wait))
                await self._at_once(behind)
                return
            counted = True
            if await self._write(partial(self._answer, turn=turn)):
                break
        if isinstance(turn.event, Pressed) and turn.event.action and turn.event.action.verb == "delete":
            await self._erase_traces(turn)  # "everything is deleted" is true of what stands beside the tables, too
        log.info("message handled", inbox=row.id, channel=row.channel, kind=incoming.kind, **decision(turn.event))

    async def _erase_traces(self, turn: Turn) -> None:
        try:
            if self.traces is not None:
                await self.traces.erase(turn.erased)
        except Exception as error:
            report(error, "traces not erased, the hourly tidying tries again", inbox=turn.row.id)

    async def _excuse(self, connection: AsyncConnection, turn: Turn) -> None:
        """A group is told once that private messages are the place."""
        async with queue.working(connection, turn.row):
            await self._say(connection, turn, Say((Sentence("groups"),)))

    async def _slow_down(self, connection: AsyncConnection, turn: Turn, until: float) -> Sequence[queue.Row]:
        """Put the message off, and say so once; the first time, what waits behind it and has to be looked at."""
        behind: Sequence[queue.Row] = ()
        async with queue.working(connection, turn.row) as work:
            if self._flood.first_warning(turn.row.lane):
                await self._say(connection, turn, Say((Sentence("too-many"),)))
                behind = await queue.behind(connection, turn.row)
            work.put_off(until, queue.TOO_MANY, counted=False)
        return behind

    async def _answer(self, connection: AsyncConnection, turn: Turn) -> bool:
        """Everything a message leads to; in one transaction, which owns the row and reads the person.

        False when the person's state is not the one that the event was made with: it has to be heard anew.
        """
        person = await persons.find(connection, turn.row.channel, turn.incoming.address, lock=True)
        if (person.state if person else "") != turn.before:
            return False
        async with queue.working(connection, turn.row):
            await self._step(connection, turn, person)
        return True

    async def _step(self, connection: AsyncConnection, turn: Turn, person: persons.Person | None) -> None:
        row, incoming, current, now, event = turn.row, turn.incoming, turn.current, turn.now, turn.event
        assert event is not None, "a turn is heard before it is answered"
        state = state_of(turn.before)
        about = state.context.topic
        if isinstance(event, Invited) and not state.counsellor:
            code = deep_links.invitation(incoming.argument)
            event = replace(event, valid=await invitations.redeem(connection, code, now))
        moving = ""
        if isinstance(event, Moved):
            moving = await moves.redeem(connection, deep_links.moved(incoming.argument), now)
            browser = await persons.find(connection, WEB, moving)
            chosen = state_of(browser.state) if browser else State()
            event = replace(event, valid=bool(moving), language=chosen.language or chosen.spoken)
        asked = await tickets.of_person(connection, person.id) if person else []
        questions = tuple(_question(ticket, zone_of(current)) for ticket in asked)
        before = state
        state, effects = step(state, event, current.knowledge, now, questions)
        turn = replace(turn, language=state.language or turn.language)
        if any(isinstance(effect, HandOver) for effect in effects):
            if self._sent.left(row.lane, now) <= 0:
                office = current.knowledge.city.office if current.knowledge.city else ""
                state, effects = before, [Say((Sentence("send-limit"), PlaceCard(office)))]
            else:
                self._sent.count(row.lane, now)
        if Forget() in effects:
            numbers = await forgetting.forget(connection, row.channel, incoming.address)
            turn.erased[:] = [f"mail:{number}" for number in numbers]
        else:
            text, since = state.to_json(), state.words_since
            person_id = await persons.save(connection, row.channel, incoming.address, text, since, now)
            if moving:
                await self._moved(connection, turn, moving, person_id)
        if incoming.receipt:
            receipt = Receipt(incoming.receipt)
            await outbox.put(connection, row.channel, f"receipt:{incoming.receipt}", receipt, now)
        for effect in effects:
            if isinstance(effect, HandOver) and effect.draft.joins:
                await self.desk.add(connection, effect.draft, current, now)
            elif isinstance(effect, HandOver):
                await self.desk.hand_over(connection, person_id, effect.draft, current, now)
            elif isinstance(effect, Withdraw):
                await self.desk.withdraw(connection, effect.number, current, now)
            elif isinstance(effect, Say):
                await self._say(connection, turn, effect)
        found = [
            Count(week(now, zone_of(current)), topic, turn.language or "de", row.channel, outcome)
            for outcome, topic in outcomes(event, effects, about)
        ]
        await counts.add(connection, current.knowledge.city_id, found)

    async def _moved(self, connection: AsyncConnection, turn: Turn, session: str, person: int) -> None:
        """The questions of a chat in a browser are this person's; the browser is told, whoever looks at it."""
        count = await moves.move(connection, session, person)
        log.info("questions moved from the browser", inbox=turn.row.id, questions=count)
        if (channel := self.channels.get(WEB)) is None:
            return
        message = turn.current.composer.compose(Say((Sentence("moved-away"),)), turn.language or "de", now=turn.now)
        for each in channel.render(message, Incoming(session, "text", "")):
            await outbox.put(connection, WEB, persons.lane_of(WEB, session), each, turn.now)

    async def _say(self, connection: AsyncConnection, turn: Turn, say: Say) -> None:
        preview = ""
        for part in say.parts:
            if isinstance(part, Preview):
                preview = await self.desk.preview(connection, part.draft, turn.current)
        language = say.language or turn.language or "de"
        for message in turn.current.composer.messages(say, language, preview, now=turn.now):
            for each in self.channels[turn.row.channel].render(message, turn.incoming):
                await outbox.put(connection, turn.row.channel, turn.row.lane, each, turn.now)


async def _finish(connection: AsyncConnection, row: queue.Row) -> None:
    async with queue.working(connection, row):
        pass


async def _put_off(connection: AsyncConnection, row: queue.Row, until: float, why: str, *, counted: bool) -> None:
    async with queue.working(connection, row) as work:
        work.put_off(until, why, counted=counted)


async def _bury(connection: AsyncConnection, row: queue.Row, why: str) -> None:
    async with queue.working(connection, row) as work:
        work.bury(why)


def _question(ticket: tickets.StoredTicket, zone: ZoneInfo) -> Question:
    asked = day(ticket.created_at, zone).isoformat()
    return Question(ticket.number, asked, ticket.question, ticket.state in tickets.OPEN)
