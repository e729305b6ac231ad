"""One-word replies: a centre's yes to what it was shown, the office's yes to a mail that was held."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow.centres import Centres
from bot.flow.post import Post
from bot.handover import requests, tokens
from bot.handover.requests import YesOrNo
from bot.mailing import addressed, closings, senders
from bot.mailing.gate import Rules, Thread
from bot.mailing.parsing import Mail
from bot.mailing.quotes import own_words
from bot.storage import approvals, quarantine, queue

log = structlog.get_logger()


@dataclass(frozen=True)
class Decisions:
    """``release`` brings a held mail to whoever asked; False when there is nothing in it to bring."""

    post: Post
    centres: Centres
    release: Callable[[AsyncConnection, quarantine.Held], Awaitable[bool]]

    async def obey(
        self, connection: AsyncConnection, row: queue.Row, mail: Mail, recipients: Sequence[str], rules: Rules
    ) -> bool:
        """Whether the mail is the reply of somebody who may decide; then everything it leads to is done."""
        found = self._asked_by(mail, recipients)
        sender = senders.author(mail.headers)
        if found is None or sender is None or not mail.headers.intact or _automatic(mail):
            return False
        number, mark = found
        if rules.dmarc and not senders.dmarc_passed(mail.headers, rules.authserv_id, sender):
            return False
        asked = await approvals.find(connection, number)
        thread = _thread(mail)
        if asked is None:
            if mark != tokens.decision(number, sender, rules.secret):
                return False
            async with queue.working(connection, row):
                await self.post.write(connection, sender, requests.GONE, thread)
            return True
        office = {asked.address, *rules.offices.get(asked.address, ())} if asked.kind == "release" else {asked.address}
        if mark != tokens.decision(number, asked.address, rules.secret) or not senders.listed(sender, office):
            return False
        async with queue.working(connection, row):
            await self._decide(connection, asked, sender, own_words(mail.text), thread)
        return True

    async def _decide(
        self, connection: AsyncConnection, asked: approvals.Approval, sender: str, words: str, thread: Thread
    ) -> None:
        said = requests.read(closings.without(words))
        log.info("a word was given", approval=asked.id, kind=asked.kind, answer=said.answer.value)
        if said.answer is YesOrNo.UNCLEAR:
            await self.post.write(connection, sender, requests.UNCLEAR, thread)
            return
        if not await approvals.decided(connection, asked.id):
            return
        if asked.kind == "centre":
            if said.answer is YesOrNo.YES:
                await self.centres.send(connection, asked, said.numbers)
            else:
                await self.post.write(connection, sender, requests.NOT_SENT, thread)
            return
        held = await quarantine.held(connection, int(json.loads(asked.payload)["quarantine"]))
        text = requests.GONE
        if held and said.answer is YesOrNo.YES and await self.release(connection, held[0]):
            text = requests.RELEASED
        elif held and said.answer is YesOrNo.NO:
            text = requests.NOT_RELEASED
            await quarantine.drop(connection, held[0].id)
        await self.post.write(connection, sender, text, thread)

    @staticmethod
    def _asked_by(mail: Mail, recipients: Sequence[str]) -> tuple[int, str] | None:
        headers = mail.headers
        places = (*recipients, *addressed.paths(headers), *headers.in_reply_to, *headers.references[-1:])
        found = (tokens.read_decision(place.partition("@")[0]) for place in places)
        return next(filter(None, found), None)


def _automatic(mail: Mail) -> bool:
    said = mail.headers.first("auto-submitted").strip().lower()
    return said not in ("", "no") or bool(mail.report) or mail.headers.first("return-path").strip() == "<>"


def _thread(mail: Mail) -> Thread:
    headers = mail.headers
    this = (headers.message_id,) if headers.message_id else ()
    return Thread(headers.subject, headers.message_id, (*(headers.references or headers.in_reply_to), *this))
