"""Held mail that somebody vouches for: its own words go to whoever asked."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow.chats import Chats
from bot.flow.desk import BY_COMMAND, BY_MAIL, Reply
from bot.flow.orders import Orders, carry_out
from bot.flow.reading import Reader
from bot.handover.answers import File
from bot.handover.mail import MARKER
from bot.mailing import commands
from bot.mailing.gate import Rules
from bot.mailing.parsing import Attachment, Mail
from bot.mailing.quotes import own_words
from bot.storage import audit, quarantine, tickets
from bot.storage.entries import Author


class AskerGone(KeyError):
    """Whoever asked the question has withdrawn or deleted it, or its time is over: no answer reaches them."""


@dataclass(frozen=True)
class Releases:
    """``unpacked`` gives a mail as it came, from the payload of its row; ``rules`` the lists as they are now."""

    chats: Chats
    reader: Reader
    unpacked: Callable[[str], Awaitable[tuple[bytes, list[str]]]]
    rules: Callable[[], Rules]

    async def release(self, id_: int, number: int | None, author: Author = BY_COMMAND) -> bool:
        """Somebody vouches for a held mail: its own words go to whoever asked. False when there is no such mail.

        Raises AskerGone when its question is gone, KeyError when none is known for it, ValueError when it holds
        nothing to send: it cannot be read, is private, or nothing stands above the line.
        """
        held = await self.chats.desk.writer.run(lambda connection: quarantine.held(connection, id_))
        if not held:
            return False
        asked = number or held[0].ticket
        if asked is None:
            raise KeyError(id_)
        if not await self.chats.desk.writer.run(lambda connection: tickets.stored_tickets(connection, asked)):
            raise AskerGone(asked)
        reply = await self._readable(held[0])  # takes a while: not in the transaction
        if reply is None:
            raise ValueError(id_)
        if not await self.chats.desk.writer.run(
            lambda connection: self._bring(connection, held[0], number, reply, author)
        ):
            return False
        self.chats.wake_delivery()
        return True

    async def by_reply(self, connection: AsyncConnection, held: quarantine.Held) -> bool:
        reply = await self._readable(held)
        return reply is not None and await self._bring(connection, held, None, reply, BY_MAIL)

    async def _readable(self, held: quarantine.Held) -> Reply | None:
        """What of a held mail may go to whoever asked."""
        raw, _ = await self.unpacked(held.payload)
        mail = await self.reader.read(raw)
        words = own_words(mail.text) if isinstance(mail, Mail) else ""
        reading = commands.read(words, self.rules().topics)
        files = files_of(mail.attachments) if isinstance(mail, Mail) and not reading.private else []
        text = reading.relayed
        return None if MARKER in text or reading.problems or not (text or files) else Reply(text, files)

    async def _bring(
        self, connection: AsyncConnection, held: quarantine.Held, number: int | None, reply: Reply, author: Author
    ) -> bool:
        """False when the mail has gone meanwhile (somebody else has decided), or its question."""
        ticket = number or held.ticket
        if ticket is None or not await tickets.stored_tickets(connection, ticket):
            return False
        if not await quarantine.drop(connection, held.id):
            return False
        await carry_out(self.chats.desk, connection, Orders(ticket, author, (reply,)))
        if author.way == "console":
            await audit.note(connection, self.chats.clock(), author.name, "release-mail", f"E-Mail {held.id}")
        return True


def files_of(attachments: Sequence[Attachment]) -> list[File]:
    """Those that a mail brings whole."""
    return [File(each.name, each.kind, each.content) for each in attachments if each.content is not None]
