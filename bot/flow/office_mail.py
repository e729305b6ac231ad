"""The mails that go to the office: a question as it is mailed, with its token."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow import outbox
from bot.flow.days import day, zone_of
from bot.flow.ports import MAIL
from bot.handover import mail, tokens, working_days
from bot.handover.answers import File
from bot.knowledge.live import Current
from bot.presentation import formats
from bot.presentation.outgoing import Letter
from bot.storage import tickets


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


def message_of(
    ours: Office, ticket: mail.Ticket, office: str, expires: int, now: float, files: Sequence[File] = ()
) -> EmailMessage:
    """The mail that carries the question to ``office``. Where replies are read, the token is their address."""
    token = tokens.issue(ticket.number, office, expires, ours.secret)
    reply_to = ours.reply_to
    if ours.answerable:
        reply_to = f"{token.local_part}@{reply_to.rpartition('@')[2]}"
    return mail.message(
        ticket,
        token,
        sender=ours.sender,
        recipient=office,
        reply_to=reply_to,
        domain=ours.domain,
        now=datetime.fromtimestamp(now, UTC),
        answerable=ours.answerable,
        files=files,
    )


async def post(connection: AsyncConnection, office: str, message: EmailMessage, number: int, now: float) -> None:
    """Put a mail about question ``number`` into the outbox; those of one question go in order."""
    letter = Letter(office, message.as_bytes().decode("ascii"), str(message["Message-ID"]).strip("<>"))
    await outbox.put(connection, MAIL, f"mail:{number}", letter, now, number)


def ticket_of(
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
        last = working_days.after(day(at, zone_of(current)), composer.reply_days, city.land, city.closed)
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


def as_mailed(ticket: tickets.StoredTicket, current: Current) -> mail.Ticket:
    """A question of the database, as its mail shows it."""
    topics = tuple(json.loads(ticket.topics))
    return ticket_of(
        ticket.number,
        ticket.question,
        ticket.language,
        topics,
        current,
        client=bool(ticket.client),
        at=ticket.created_at,
    )
