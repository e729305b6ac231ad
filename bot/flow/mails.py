"""One mail that came in: read it, judge it, and do what it may do, in ONE transaction with marking it as read.

Stored raw before anything looks at it; what is not understood or not allowed waits for an operator, never gets lost.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from bot.conversation.answering import worth_naming
from bot.conversation.events import Answer, Draft, Say
from bot.flow.chats import LEASE, Chats
from bot.flow.failures import Kind
from bot.flow.letters import Letters
from bot.flow.loop import MAX_ATTEMPTS, OUTAGE_SECONDS, Worker, report
from bot.flow.ports import MAIL, Alert, tell_log
from bot.flow.reading import Reader
from bot.handover import answers
from bot.handover.answers import File
from bot.handover.mail import MARKER
from bot.mailing import arrival, commands, gate
from bot.mailing.forwarded import Question
from bot.mailing.gate import Bounce, CentreQuestion, OfficeReply, Quarantine, Reason, Rules, Stranger, Thread
from bot.mailing.noise import Noise
from bot.mailing.parsing import Mail
from bot.mailing.quotes import own_words
from bot.presentation.i18n import name_in
from bot.presentation.render import plain
from bot.storage import persons, quarantine, queue, tickets
from bot.storage.writer import Writer

log = structlog.get_logger()

BATCH = 8
HOUR = 3600.0


@dataclass
class Mails:
    """Works the mails in the inbox off. ``rules`` gives the lists as they are now; ``alert`` tells the operator."""

    engine: AsyncEngine
    chats: Chats
    letters: Letters
    rules: Callable[[], Rules]
    strangers: Literal["answer", "refuse", "ignore"] = "refuse"
    second_office: str = ""
    per_hour: int = 20  # mails of ours to one address that asks: the brake on two bots talking
    clock: Callable[[], float] = time.time
    alert: Alert = tell_log
    worker: Worker = field(default_factory=Worker)
    reader: Reader = field(default_factory=Reader)

    def __post_init__(self) -> None:
        self._run = (self.chats.writer or Writer(self.engine)).run
        self._sent: dict[str, deque[float]] = {}

    async def receive(self, rows: list[tuple[str, str, object]]) -> int:
        """Store mails; once it returns they may be acknowledged."""
        stored = await self.chats.receive(arrival.NAME, rows)
        self.worker.wake()
        return stored

    async def work(self) -> int:
        """Handle what is due now; how many mails were taken."""
        rows = await self._run(
            lambda connection: queue.claim(connection, queue.inbox, self.clock(), LEASE * 3, BATCH, [arrival.NAME])
        )
        for row in rows:
            await self._attempt(row)
        if rows:
            self.chats.wake_delivery()
        return len(rows)

    async def _attempt(self, row: queue.Row) -> None:
        """Whatever fails here fails for this mail alone."""
        try:
            await self._handle(row)
        except queue.NotOurs:
            log.warning("mail was taken over by another process", inbox=row.id)
        except Exception as error:
            kind = report(error, "mail failed", inbox=row.id, attempt=row.attempts)
            why = type(error).__name__
            try:
                await self._run(lambda connection: self._failed(connection, row, why, kind))
            except Exception as again:
                # Nothing can be written now: the lease runs out by itself, and the row is taken again.
                report(again, "mail not put off", inbox=row.id)

    async def _failed(self, connection: AsyncConnection, row: queue.Row, why: str, kind: Kind) -> None:
        """Put it off; or, when it will never work, keep it for an operator."""
        async with queue.working(connection, row) as work:
            if kind is Kind.OUTAGE:
                work.put_off(self.clock() + OUTAGE_SECONDS, why, counted=False)
            elif row.attempts < MAX_ATTEMPTS:
                work.put_off(self.clock() + 2.0**row.attempts, why)
            else:
                await self._hold(connection, row, Quarantine(Reason.DAMAGED))

    async def _handle(self, row: queue.Row) -> None:
        raw, recipients = arrival.unpack(json.loads(row.payload))
        mail = await self.reader.read(raw)
        issued = await self._run(lambda connection: _issued(connection, gate.token_numbers(mail, recipients)))
        now = int(self.clock())
        verdict = await self.reader.judge(mail, recipients, self.rules(), issued, now, own_words)
        matched: list[_Matched] = []
        if isinstance(verdict, CentreQuestion | Stranger):
            matched = [await self._match(question) for question in verdict.questions]
        await self._run(lambda connection: self._obey(connection, row, verdict, matched))
        kind = verdict.value if isinstance(verdict, Noise) else type(verdict).__name__
        log.info("mail handled", inbox=row.id, verdict=kind)

    async def _obey(
        self, connection: AsyncConnection, row: queue.Row, verdict: gate.Verdict, matched: Sequence[_Matched]
    ) -> None:
        async with queue.working(connection, row):
            match verdict:
                case OfficeReply():
                    await self._reply(connection, row, verdict)
                case CentreQuestion():
                    await self._centre(connection, verdict.sender, verdict.thread, matched)
                case Stranger():
                    await self._stranger(connection, verdict, matched)
                case Bounce():
                    await self._bounce(connection, verdict)
                case Quarantine():
                    await self._hold(connection, row, verdict)
                case Noise():
                    pass

    async def _reply(self, connection: AsyncConnection, row: queue.Row, reply: OfficeReply) -> None:
        reading = reply.reading
        if MARKER in reading.text:
            # Nothing stands above the line: relaying the rest would send our own mail back.
            await self._hold(connection, row, Quarantine(Reason.EMPTY, reply.sender, reply.ticket))
            return
        if reading.problems:
            await self._write(connection, reply.sender, commands.report(reading.problems), reply.thread)
            return
        if not await self.chats.desk.is_served(connection, reply.ticket):
            await self._hold(connection, row, Quarantine(Reason.NOT_SERVED, reply.sender, reply.ticket))
            return
        files = [File(each.name, each.kind, each.content) for each in reply.attachments if each.content is not None]
        text = reading.relayed
        if reading.private:
            files = []
        elif reply.unsent and (text or files):
            text = f"{text}\n\n({', '.join(reply.unsent)}: –)".strip()
        topics = [command.topic for command in reading.commands if command.verb == "answer"]
        for topic in topics:
            await self.chats.desk.relay(connection, reply.ticket, "", topic=topic)
        if text or files:
            await self.chats.desk.relay(connection, reply.ticket, text, files)
        if any(command.verb == "close" for command in reading.commands):
            await tickets.answered(connection, reply.ticket)
        log.info("office replied", ticket=reply.ticket, relayed=bool(text or files or topics), private=reading.private)

    async def _match(self, question: Question) -> _Matched:
        matcher = self.chats.live.current.matcher
        found = await asyncio.to_thread(matcher.match, question.words)
        language = await asyncio.to_thread(matcher.language, question.words)
        likely = worth_naming(found, self.chats.live.current.knowledge)
        return _Matched(question, language or "de", found.topic or "", likely)

    async def _centre(
        self, connection: AsyncConnection, sender: str, thread: Thread, matched: Sequence[_Matched]
    ) -> None:
        """Answer each question in the client's language with the German wording, or hand it over."""
        current, now = self.chats.live.current, self.clock()
        composer = current.composer
        parts = []
        for each in matched:
            language = name_in("de", each.language)
            if each.topic in current.knowledge.topics:
                say = Say((Answer(each.topic),))
                texts = [plain(composer.compose(say, code, now=now).blocks) for code in (each.language, "de")]
                parts.append(answers.answered(each.question.words, language, *texts))
                continue
            person = await self._person(connection, sender)
            words = f"{each.question.context}\n\n{each.question.words}".strip()
            draft = Draft(0, words, each.language, each.likely, now)
            number = await self.chats.desk.hand_over(connection, person, draft, current, now)
            await tickets.set_thread(connection, number, _json(thread))
            office = composer.office
            parts.append(answers.handed_over(each.question.words, language, office, number, composer.reply_days))
        await self._write(connection, sender, answers.centre(parts), thread)

    async def _person(self, connection: AsyncConnection, address: str) -> int:
        """The centre as somebody who asks; its address is where replies go."""
        known = await persons.find(connection, MAIL, address)
        state = known.state if known else ""
        return await persons.save(connection, MAIL, address, state, None, self.clock())

    async def _stranger(self, connection: AsyncConnection, mail: Stranger, matched: Sequence[_Matched]) -> None:
        # A forged sender would get what they never asked for.
        if self.strangers == "ignore" or not mail.proven:
            return
        if self.strangers == "answer" and matched:
            await self._centre(connection, mail.sender, mail.thread, matched)
            return
        city = self.chats.live.current.knowledge.city
        await self._write(connection, mail.sender, answers.refusal(city.name if city else "Deutschland"), mail.thread)

    async def _bounce(self, connection: AsyncConnection, bounce: Bounce) -> None:
        number = await tickets.ticket_of(connection, bounce.message_id) if bounce.message_id else None
        if number is None:
            log.info("a bounce of no mail of ours", status=bounce.status)
            return
        found = await tickets.stored_tickets(connection, number)
        again = bool(self.second_office) and found[0].office != self.second_office
        if again:
            await self.chats.desk.move(connection, number, self.second_office)
        what = "It went to the second office address." if again else "Correct LOTSE_OFFICE_EMAIL, then `lotse tickets`."
        self.alert(f"The mail of question {number} was not delivered (status {bounce.status or 'unknown'}). {what}")

    async def _hold(self, connection: AsyncConnection, row: queue.Row, found: Quarantine) -> None:
        id_ = await quarantine.hold(connection, row.payload, found.reason.name, found.ticket, self.clock())
        self.alert(f"Mail {id_} waits in quarantine: {found.reason.english} See `lotse quarantine show {id_}`.")
        if found.tell:
            await self._write(connection, found.tell, answers.waiting(found.reason.german), None)

    async def _write(self, connection: AsyncConnection, to: str, text: str, thread: Thread | None) -> None:
        """Put a mail of ours into the outbox, unless this address had enough of them in the last hour."""
        now = self.clock()
        sent = self._sent.setdefault(to, deque())
        while sent and sent[0] < now - HOUR:
            sent.popleft()
        if len(sent) >= self.per_hour:
            log.warning("no more mail to one address this hour", limit=self.per_hour)
            return
        sent.append(now)
        payload = self.letters.letter(to, text, _json(thread) if thread else "")
        await queue.enqueue(connection, MAIL, persons.lane_of(MAIL, to), json.dumps(payload), now)

    async def release(self, id_: int, number: int | None) -> bool:
        """An operator vouches for a held mail: its own words go to whoever asked. False when there is no such mail.

        Raises KeyError when no question is known for it, ValueError when it holds no words to send: it cannot be read,
        is private, or nothing stands above the line.
        """
        # Not through the writer: this is a command's process, and reading the mail would hold up what shares a commit.
        async with self.engine.begin() as connection:
            held = await quarantine.held(connection, id_)
            if not held:
                return False
            ticket = number or held[0].ticket
            if ticket is None:
                raise KeyError(id_)
            raw, _ = arrival.unpack(json.loads(held[0].payload))
            mail = await self.reader.read(raw)
            words = own_words(mail.text) if isinstance(mail, Mail) else ""
            text = commands.read(words, self.rules().topics).relayed
            if not text or MARKER in text:
                raise ValueError(id_)
            await self.chats.desk.relay(connection, ticket, text)
            await quarantine.drop(connection, id_)
        self.chats.wake_delivery()
        return True


@dataclass(frozen=True)
class _Matched:
    """A question, its language, the topic that answers it ("" when none does), and those that might."""

    question: Question
    language: str
    topic: str
    likely: tuple[str, ...]


async def _issued(connection: AsyncConnection, numbers: Iterable[int]) -> dict[int, gate.Issued]:
    """What tokens with these questions' numbers must agree with."""
    return {
        number: gate.Issued(ticket.office, ticket.expires_at)
        for number in numbers
        for ticket in await tickets.stored_tickets(connection, number)
    }


def _json(thread: Thread) -> str:
    return json.dumps({"subject": thread.subject, "references": list(thread.references)})
