"""One mail that came in: read it, judge it, and do what it may do, in ONE transaction with marking it as read.

Stored raw before anything looks at it; what is not understood or not allowed waits for an operator, never gets lost.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow.arrived import Arrived, identity
from bot.flow.centres import Centres, Matched
from bot.flow.chats import LEASE, Chats
from bot.flow.clerk import Clerk
from bot.flow.decisions import Decisions
from bot.flow.failures import Kind
from bot.flow.flood import Daily
from bot.flow.letters import Letters
from bot.flow.loop import MAX_ATTEMPTS, OUTAGE_SECONDS, Worker, report
from bot.flow.ports import Alert, tell_log
from bot.flow.post import Post
from bot.flow.reading import Reader
from bot.flow.releases import Releases, files_of
from bot.handover import answers, requests
from bot.knowledge.memory import give_back
from bot.mailing import arrival, commands, gate, senders
from bot.mailing.gate import Bounce, CentreQuestion, OfficeReply, Quarantine, Reason, Rules, Stranger
from bot.mailing.noise import Noise
from bot.mailing.parsing import Mail, Unreadable, Why
from bot.mailing.quotes import own_words
from bot.storage import approvals, quarantine, queue, raw_mail, tickets
from bot.storage.raw_mail import RawMail

log = structlog.get_logger()

BATCH = 8


@dataclass
class Mails:
    """Works the mails in the inbox off. ``rules`` gives the lists as they are now; ``alert`` tells the operator."""

    chats: Chats
    letters: Letters
    rules: Callable[[], Rules]
    strangers: Literal["answer", "refuse", "ignore"] = "refuse"
    second_office: str = ""  # where a mail goes that the office's first address does not take
    per_hour: int = 20  # mails of ours to one address that asks: the brake on two bots talking
    per_day: int = 20  # questions of one sender
    raw: RawMail | None = None  # where large mails are files
    room: quarantine.Room = field(default_factory=quarantine.Room)
    clock: Callable[[], float] = time.time
    alert: Alert = tell_log
    small: Worker = field(default_factory=Worker)
    large: Worker = field(default_factory=Worker)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)  # one large mail is stored or read at a time
    reader: Reader = field(default_factory=Reader)

    def __post_init__(self) -> None:
        self._run = self.chats.desk.writer.run
        if self.second_office:
            self.chats.desk.office = replace(self.chats.desk.office, second=self.second_office)
        self.post = Post(self.letters, self.rules().secret, self.clock, lambda: self.per_hour)
        self.centres = Centres(self.chats, self.post, self.clock, Daily(self.per_day))
        self.releases = Releases(self.chats, self.reader, self.unpacked, self.rules)
        self.decisions = Decisions(self.post, self.centres, self.releases.by_reply)

    async def receive(self, rows: list[tuple[str, str, Any]]) -> int:
        """Store mails; once it returns they may be acknowledged."""
        stored = 0
        for row in rows:
            if not arrival.is_large(row[2]):
                stored += await self.chats.receive(arrival.NAME, [row])
                self.small.wake()
                continue
            async with self._turn:
                aside = row if self.raw is None else await asyncio.to_thread(self._put_aside, row, self.raw)
                stored += await self.chats.receive(arrival.LARGE, [aside])
            self.large.wake()
        return stored

    @staticmethod
    def _put_aside(row: tuple[str, str, Any], raw: RawMail) -> tuple[str, str, object]:
        """A large mail becomes a file before its row is written."""
        lane, digest, payload = row
        content, recipients = arrival.unpack(payload, raw.read)
        raw.keep(digest, content)
        return lane, digest, arrival.put_aside(digest, recipients)

    async def unpacked(self, payload: str) -> tuple[bytes, list[str]]:
        """The mail and its envelope's recipients, from the payload of its row."""
        read = self.raw.read if self.raw is not None else _nowhere
        return await asyncio.to_thread(lambda: arrival.unpack(json.loads(payload), read))

    async def _swept(self, row: queue.Row) -> None:
        """The file of a mail that nobody needs any more."""
        payload = json.loads(row.payload)
        if self.raw is not None and "file" in payload and payload["file"] not in await self._run(raw_mail.used):
            await asyncio.to_thread(self.raw.drop, [payload["file"]])

    async def run(self) -> None:
        """Read mail until stopped. A large one delays no small one, and no two of them are in memory."""
        async with asyncio.TaskGroup() as group:
            group.create_task(self.small.run(self._read_small))
            group.create_task(self.large.run(self._read_large))

    def stop(self) -> None:
        """Let ``run`` end after the mails that are being read."""
        self.small.stop()
        self.large.stop()

    async def work(self) -> int:
        """Handle what is due now; how many mails were taken."""
        return await self._read_small() + await self._read_large()

    async def _read_small(self) -> int:
        return await self._read(arrival.NAME, BATCH)

    async def _read_large(self) -> int:
        async with self._turn:
            taken = await self._read(arrival.LARGE, 1)
            if taken:
                await asyncio.to_thread(give_back)
            return taken

    async def _read(self, channel: str, most: int) -> int:
        rows = await self._run(
            lambda connection: queue.claim(
                connection, queue.inbox, self.clock(), LEASE * 3, most, [channel], self.chats.holder
            )
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
            await self._swept(row)
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
                await self._hold(connection, Arrived(row, Unreadable(Why.DAMAGED), ""), Quarantine(Reason.DAMAGED))

    async def _handle(self, row: queue.Row) -> None:
        raw, recipients = await self.unpacked(row.payload)
        mail = await self.reader.read(raw)
        numbers = gate.token_numbers(mail, recipients)
        issued = await self._run(lambda connection: _issued(connection, numbers))
        rules = self._rules(issued)
        if isinstance(mail, Mail):
            read = mail
            if await self._run(lambda connection: self.decisions.obey(connection, row, read, recipients, rules)):
                log.info("mail handled", inbox=row.id, verdict="Decision")
                return
        verdict = await self.reader.judge(mail, recipients, rules, issued, int(self.clock()), own_words)
        matched: list[Matched] = []
        if isinstance(verdict, CentreQuestion | Stranger) and isinstance(mail, Mail):
            around = own_words(mail.text)
            read_today = verdict.questions[: self.centres.left(verdict.sender)]
            matched = [await self.centres.match(question, around) for question in read_today]
        arrived = Arrived(row, mail, identity(mail, verdict))
        await self._run(lambda connection: self._obey(connection, arrived, verdict, matched))
        kind = verdict.value if isinstance(verdict, Noise) else type(verdict).__name__
        log.info("mail handled", inbox=row.id, verdict=kind)

    def _rules(self, issued: Mapping[int, gate.Issued]) -> Rules:
        """The operator's lists; a clerk may have handed a question on to an address that is on none."""
        rules = self.rules()
        others = next(iter(rules.offices.values()), ())
        return replace(rules, offices={**{each.office: others for each in issued.values()}, **rules.offices})

    async def _obey(
        self, connection: AsyncConnection, mail: Arrived, verdict: gate.Verdict, matched: Sequence[Matched]
    ) -> None:
        async with queue.working(connection, mail.row):
            if (
                mail.identity
                and not isinstance(verdict, Noise | Bounce)
                and await self._again(connection, mail, verdict)
            ):
                log.info("the same mail by another way", inbox=mail.row.id)
                return
            match verdict:
                case OfficeReply():
                    await self._reply(connection, mail, verdict)
                case CentreQuestion():
                    files = files_of(verdict.attachments)
                    unread = len(verdict.questions) - len(matched)
                    await self.centres.answer(
                        connection, verdict.sender, verdict.thread, matched, files, verdict.unsent, unread
                    )
                case Stranger():
                    await self._stranger(connection, verdict, matched)
                case Bounce():
                    await self._bounce(connection, verdict)
                case Quarantine():
                    await self._hold(connection, mail, verdict)
                case Noise():
                    pass

    async def _again(self, connection: AsyncConnection, mail: Arrived, verdict: gate.Verdict) -> bool:
        """Whether the mail was done, or waits, already; a better copy of one that waits takes its place."""
        if isinstance(verdict, Quarantine):
            done = await approvals.is_obeyed(connection, mail.identity)
            return done or await quarantine.is_held(connection, mail.identity)
        if not await approvals.obey_once(connection, mail.identity, self.clock()):
            return True
        await quarantine.drop_same(connection, mail.identity)
        return False

    async def _reply(self, connection: AsyncConnection, mail: Arrived, reply: OfficeReply) -> None:
        if not await self.chats.desk.is_served(connection, reply.ticket):
            await self._hold(connection, mail, Quarantine(Reason.NOT_SERVED, reply.sender, reply.ticket))
            return
        clerk = Clerk(self.chats.desk, self.post, self.chats.live, self.may_forward_to)
        problems = [*reply.reading.problems, *await clerk.problems(connection, reply)]
        if problems:
            await self.post.write(connection, reply.sender, commands.report(problems), reply.thread)
            return
        await clerk.obey(connection, reply, files_of(reply.attachments))

    def may_forward_to(self, address: str) -> bool:
        """Whether: questions go to addresses that the operator has listed, or to the office's own organisation."""
        office = self.chats.desk.office.address
        listed = (entry for entries in self.rules().offices.values() for entry in entries)
        return senders.listed(address.lower(), [*self.rules().offices, *listed]) or senders.same_organisation(
            address.lower(), office
        )

    def offices(self, but: str) -> list[str]:
        """The addresses on the lists, without ``but``; whole domains are no addresses."""
        listed = {entry for entries in self.rules().offices.values() for entry in entries if not entry.startswith("@")}
        return sorted({*self.rules().offices, *listed} - {but.lower()})

    async def _stranger(self, connection: AsyncConnection, mail: Stranger, matched: Sequence[Matched]) -> None:
        # A forged sender would get what they never asked for.
        if self.strangers == "ignore" or not mail.proven:
            return
        if self.strangers == "answer" and matched:
            unread = len(mail.questions) - len(matched)
            await self.centres.answer(connection, mail.sender, mail.thread, matched, unread=unread)
            return
        city = self.chats.live.current.knowledge.city
        text = answers.refusal(city.name if city else "Deutschland")
        await self.post.write(connection, mail.sender, text, mail.thread)

    async def _bounce(self, connection: AsyncConnection, bounce: Bounce) -> None:
        status = bounce.status or "unknown"
        sent = await queue.sent_as(connection, bounce.message_id)
        number = sent[1] if sent else None
        if sent is None and bounce.message_id:  # a row that was tidied away
            number = await tickets.ticket_of(connection, bounce.message_id)
        if sent is None and number is None:
            log.info("a bounce of no mail of ours", status=bounce.status)
        elif number is not None and bounce.message_id.startswith("reply+"):
            if what := await self.chats.desk.undelivered(connection, number, f"status {status}"):
                self.alert(what)
        else:
            about = f" about question {number}" if number else ""
            self.alert(f"A mail of ours{about} to somebody who asked by mail was not delivered (status {status}).")

    async def _hold(self, connection: AsyncConnection, mail: Arrived, found: Quarantine) -> None:
        if found.reason is Reason.NO_TOKEN and found.tell and await self._asked_for_help(connection, mail, found.tell):
            return
        now, reason = self.clock(), found.reason
        sender = senders.author(mail.mail.headers) or ""
        rules = self.rules()
        proven = bool(sender) and (
            not rules.dmarc or senders.dmarc_passed(mail.mail.headers, rules.authserv_id, sender)
        )
        raw, recipients = await self.unpacked(mail.row.payload)
        payload = mail.row.payload
        if len(raw) > self.room.unproven and not proven and found.ticket is None:
            beginning = arrival.row(raw[: self.room.unproven], recipients)  # enough to see what it is
            if self.raw is not None and arrival.is_large(beginning[2]):
                beginning = await asyncio.to_thread(self._put_aside, beginning, self.raw)
            payload = json.dumps(beginning[2])
        id_ = await quarantine.hold(
            connection,
            payload,
            reason.name,
            found.ticket,
            now,
            mail.identity,
            sender=sender,
            proven=proven,
            size=len(raw),
        )
        if gone := await quarantine.make_room(connection, self.room):
            self.alert(
                f"The quarantine was full: {len(gone)} mails were deleted, those first whose sender nobody confirms. "
                "See LOTSE_QUARANTINE_MAILS and LOTSE_QUARANTINE_MB."
            )
        self.alert(f"Mail {id_} waits in quarantine: {reason.english} See `lotse quarantine show {id_}`.")
        if found.asks and found.ticket is not None and isinstance(mail.mail, Mail):
            await self._ask_the_office(connection, id_, found.ticket, mail.mail, reason)
        elif found.tell:
            await self.post.write(connection, found.tell, answers.waiting(reason.german))

    async def _asked_for_help(self, connection: AsyncConnection, mail: Arrived, sender: str) -> bool:
        """A clerk writes #hilfe or #offen without answering any question."""
        text = own_words(mail.mail.text) if isinstance(mail.mail, Mail) else ""
        verbs = {command.verb for command in commands.read(text, ()).commands}
        if not verbs or verbs - {"help", "open"}:
            return False
        clerk = Clerk(self.chats.desk, self.post, self.chats.live, self.may_forward_to)
        await clerk.inform(connection, sender, self.chats.desk.office.address, None, verbs)
        return True

    async def _ask_the_office(
        self, connection: AsyncConnection, id_: int, number: int, mail: Mail, reason: Reason
    ) -> None:
        """The office is told at once, and releases the mail by answering with one word."""
        for ticket in await tickets.stored_tickets(connection, number):
            asked = approvals.release_of(id_)
            decides = await approvals.ask(connection, "release", ticket.office, asked, self.clock())
            names = [each.name for each in mail.attachments if each.content is not None]
            sender = senders.author(mail.headers) or "?"
            text = requests.release(number, sender, reason.german, own_words(mail.text), names)
            subject = f"Lotse: Ist das die Antwort auf Frage {number}?"
            await self.post.write(connection, ticket.office, text, None, decides=decides, subject=subject)


def _nowhere(name: str) -> bytes:
    """Where mails are kept in the database no row names a file."""
    raise FileNotFoundError(name)


async def _issued(connection: AsyncConnection, numbers: Iterable[int]) -> dict[int, gate.Issued]:
    """What tokens with these questions' numbers must agree with."""
    return {
        number: gate.Issued(ticket.office, ticket.expires_at, ticket.question)
        for number in numbers
        for ticket in await tickets.stored_tickets(connection, number)
    }
