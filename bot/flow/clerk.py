"""What a clerk's reply orders, and is told: answers by topic, templates, handing on, closing, help, open questions."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow.desk import BY_MAIL, Desk, Reply
from bot.flow.orders import Orders, carry_out
from bot.flow.post import Post
from bot.flow.states import language_of
from bot.handover.answers import File
from bot.knowledge.live import LiveKnowledge
from bot.mailing import commands
from bot.mailing.commands import Command
from bot.mailing.gate import OfficeReply, Thread
from bot.storage import tickets

log = structlog.get_logger()


@dataclass(frozen=True)
class Clerk:
    """``may_forward``: whether questions may go to an address."""

    desk: Desk
    post: Post
    live: LiveKnowledge
    may_forward: Callable[[str], bool]

    async def problems(self, connection: AsyncConnection, reply: OfficeReply) -> list[str]:
        """German sentences on what cannot be done; nothing is done then."""
        found = []
        templates = self.live.templates()
        for command in reply.reading.commands:
            if command.verb == "answer" and not await self._topic(connection, reply, command):
                found.append(f"Die E-Mail mit Frage {reply.ticket} nennt kein Thema Nummer {command.topic}.")
            if command.verb == "template" and command.argument.casefold() not in templates:
                known = ", ".join(sorted(templates)) or "noch keine"
                found.append(f"„{command.argument}“ ist keine Vorlage. Es gibt: {known}.")
            if command.verb == "forward" and await self._erased(connection, reply.ticket):
                found.append(
                    f"Frage {reply.ticket} kann nicht mehr weitergegeben werden: Sie ist beantwortet, und ihr "
                    "Wortlaut ist bei Lotse gelöscht. Leiten Sie unsere E-Mail selbst weiter."
                )
            elif command.verb == "forward" and not self.may_forward(command.argument):
                found.append(
                    f"An {command.argument} darf Lotse keine Fragen geben: Die Adresse steht nicht auf der Liste. "
                    "Wer Lotse betreibt, kann sie eintragen (LOTSE_OFFICE_SENDERS)."
                )
        return found

    async def obey(self, connection: AsyncConnection, reply: OfficeReply, files: Sequence[File]) -> None:
        """Do what the reply says, in its order: answers and words first, then handing on or closing."""
        reading, number = reply.reading, reply.ticket
        text = reading.relayed
        files = [] if reading.private else files
        if reply.unsent and (text or files) and not reading.private:
            text = f"{text}\n\n({', '.join(reply.unsent)}: –)".strip()
        replies = []
        for command in reading.commands:
            if command.verb == "answer":
                replies.append(Reply(topics=(await self._topic(connection, reply, command),)))
            if command.verb == "template":
                replies.append(Reply(await self._template(connection, number, command.argument)))
        if text or files:
            replies.append(Reply(text, files))
        verbs = {command.verb for command in reading.commands}
        note = reading.text if reading.private else ""
        to = [command.argument for command in reading.commands if command.verb == "forward"]
        orders = Orders(number, BY_MAIL, replies, "close" in verbs, to, note)
        await carry_out(self.desk, connection, orders)
        for address in to:
            said = f"Guten Tag,\n\ndie Frage {number} ist jetzt bei {address}.\n"
            await self.post.write(connection, reply.sender, said, reply.thread)
        await self.inform(connection, reply.sender, reply.office, reply.thread, verbs)
        log.info("office replied", ticket=number, relayed=bool(replies), private=reading.private)

    async def inform(
        self, connection: AsyncConnection, to: str, office: str, thread: Thread | None, verbs: Collection[str]
    ) -> None:
        """#hilfe and #offen: one mail to the clerk."""
        parts = []
        if "open" in verbs:
            lines = await self.desk.open_list(connection, office)
            parts.append("\n".join(["Offene Fragen:", *(f"- {line}" for line in lines or ["keine"])]))
        if "help" in verbs:
            names = ", ".join(sorted(self.live.templates())) or "noch keine"
            parts.append(f"{commands.HELP}\n\nVorlagen Ihres Büros: {names}")
        if parts:
            text = "\n\n".join(["Guten Tag,", *parts, "Lotse, der Auskunfts-Bot"])
            subject = "" if thread else "Lotse: Befehle"
            await self.post.write(connection, to, f"{text}\n", thread, subject=subject)

    async def _erased(self, connection: AsyncConnection, number: int) -> bool:
        return not all(ticket.question for ticket in await tickets.stored_tickets(connection, number))

    async def _topic(self, connection: AsyncConnection, reply: OfficeReply, command: Command) -> str:
        """The id of the topic; "" where the mail's list has no such place."""
        if not command.topic.isdecimal():
            return command.topic
        topics = self.live.current.knowledge.topics
        listed = [
            topic
            for ticket in await tickets.stored_tickets(connection, reply.ticket)
            for topic in json.loads(ticket.topics)
            if topic in topics
        ]
        place = int(command.topic)
        return listed[place - 1] if place <= len(listed) else ""

    async def _template(self, connection: AsyncConnection, number: int, name: str) -> str:
        """The template in the asker's language where the office has written it, else in German."""
        (ticket,) = await tickets.stored_tickets(connection, number)
        words = self.live.templates()[name.casefold()]
        return words.get(language_of(ticket)) or words["de"]
