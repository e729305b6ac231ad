"""Counselling centres: each question of a mail is answered, or goes to the office once the centre has said yes.

What would be sent is shown first, with the numbers masked and names pointed out, as on Telegram.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.model import Knowledge
from bot.conversation import sensitive
from bot.conversation.answering import by_itself, warning, worth_naming
from bot.conversation.events import Answer, Draft, Part, Say
from bot.conversation.outcomes import Outcome
from bot.flow import earlier
from bot.flow.chats import Chats
from bot.flow.days import week, zone_of
from bot.flow.earlier import Earlier
from bot.flow.flood import Daily
from bot.flow.ports import MAIL
from bot.flow.post import Post, thread_json
from bot.handover import answers, requests
from bot.handover.answers import File
from bot.mailing.client_words import SHORT, clients_part, script, wants_the_office
from bot.mailing.forwarded import Question
from bot.mailing.gate import Thread
from bot.presentation.i18n import name_in
from bot.presentation.render import plain
from bot.storage import approvals, counts, persons, tickets
from bot.storage.counts import Count


@dataclass(frozen=True)
class Matched:
    """A question, its language, what answers it (nothing when no topic does), and topics that might.

    ``warns``: of danger, above what goes to the office; who waits for people there must know whom to call now."""

    question: Question
    language: str
    says: tuple[Part, ...]
    likely: tuple[str, ...]
    warns: tuple[Part, ...] = ()

    def topic(self, knowledge: Knowledge) -> str:
        """The topic that answers it; "" when none does, or one that ``knowledge`` has not any more."""
        topics = [part.topic for part in self.says if isinstance(part, Answer)]
        return topics[0] if topics and knowledge.topics.keys() >= set(topics) else ""


@dataclass(frozen=True)
class Centres:
    """Answers, asks for a yes, and then hands over."""

    chats: Chats
    post: Post
    clock: Callable[[], float]
    daily: Daily

    def left(self, sender: str) -> int:
        """How many questions of this sender are read today."""
        return max(0, self.daily.left(sender, self.clock()))

    async def match(self, question: Question, around: str) -> Matched:
        """``around``: the words of the whole mail, which tell the language of a short question."""
        current = self.chats.live.current
        question = clients_part(question, current.matcher.language)
        found = await asyncio.to_thread(current.matcher.match, question.words)
        language = current.matcher.language(question.words)
        if len(question.words.split()) < SHORT and script(question.words) == script(around):
            language = current.matcher.language(around) or language
        likely = worth_naming(found, current.knowledge)
        if wants_the_office(question, around):
            return Matched(question, language or "de", (), likely, warning(found, current.knowledge))
        return Matched(question, language or "de", by_itself(found, current.knowledge), likely)

    async def answer(
        self,
        connection: AsyncConnection,
        sender: str,
        thread: Thread,
        matched: Sequence[Matched],
        files: Sequence[File] = (),
        unsent: Sequence[str] = (),
        unread: int = 0,
    ) -> None:
        """One mail: answers in the client's language with the German wording, and previews of what has none.

        ``unread``: how many questions more there were, beyond what is read of one sender in a day.
        """
        current, now = self.chats.live.current, self.clock()
        for _ in matched:
            self.daily.count(sender, now)
        composer, parts, to_forward, open_ = current.composer, [], [], []
        before = await earlier.of_thread(connection, sender, thread)
        again = {each.topic for each in before}  # what was answered with it is asked once more: it was not enough
        found = [(each.topic(current.knowledge), each.language) for each in matched]
        answered = [("" if topic in again else topic, code) for topic, code in found]
        await self._count(connection, [("answered" if topic else "no-answer", topic, code) for topic, code in answered])
        for number, (each, (topic, _)) in enumerate(zip(matched, answered, strict=True), 1):
            language = name_in("de", each.language)
            if told := each.says if topic else each.warns:
                say = Say(told)
                texts = [plain(composer.compose(say, code, now=now).blocks) for code in (each.language, "de")]
                parts.append(answers.answered(each.question.words, language, *texts))
                if texts[0] != texts[1]:
                    name = f"Zum-Weiterleiten-{number}-{language.replace(' ', '-')}.txt"
                    to_forward.append(File(name, "text/plain; charset=utf-8", f"{texts[0]}\n".encode()))
            if topic:
                continue
            words = "\n\n".join(filter(None, (each.question.context, each.question.words)))
            draft = Draft(0, words, each.language, each.likely, now, client=True)
            open_.append(earlier.beneath(draft, before, composer))
            preview = await self.chats.desk.preview(connection, open_[-1], current)
            names, language = [file.name for file in files], name_in("de", open_[-1].language)
            parts.append(requests.consent(len(open_), language, open_[-1].shown, preview, composer.office, names))
        decides = 0
        if files and not open_:
            parts.append(answers.not_read([file.name for file in files]))
        if len(open_) < len(matched):
            parts.append(answers.not_enough(composer.office))
        if open_:
            payload = {
                "drafts": [[draft.question, draft.language, list(draft.topics)] for draft in open_],
                "thread": thread_json(thread),
                "files": [[file.name, file.kind, base64.b64encode(file.content).decode()] for file in files],
            }
            decides = await approvals.ask(connection, "centre", sender, json.dumps(payload), now)
            hidden = any(draft.shown != draft.question for draft in open_)
            names = [found for draft in open_ for found in sensitive.telling(draft.shown)]
            parts.append(requests.how_to_consent(len(open_), hidden, names))
        if unsent:
            parts.append(f"Diese Anhänge hat Lotse nicht gelesen und gibt sie nicht weiter: {', '.join(unsent)}")
        if unread:
            parts.append(
                f"Nicht gelesen: {unread} weitere Fragen. Lotse liest an einem Tag nur eine begrenzte Zahl von einer "
                "Adresse; senden Sie diese bitte morgen noch einmal."
            )
        if not await self.post.write(connection, sender, answers.centre(parts), thread, to_forward, decides=decides):
            await approvals.decided(connection, decides)
            return
        known = [
            Earlier(each.question.words, code, topic)
            for each, (topic, code) in zip(matched, answered, strict=True)
            if topic
        ]
        await earlier.remember(connection, sender, thread, known, now)

    async def send(self, connection: AsyncConnection, asked: approvals.Approval, numbers: frozenset[int]) -> None:
        """The centre has said yes: hand over what it was shown, or those ``numbers`` of it."""
        current, now = self.chats.live.current, self.clock()
        payload = json.loads(asked.payload)
        files = [File(name, kind, base64.b64decode(content)) for name, kind, content in payload["files"]]
        person = await self.person(connection, asked.address)
        sent: list[tuple[Outcome, str, str]] = []
        known = json.loads(payload["thread"])
        thread = Thread(known["subject"], "", tuple(known["references"]))
        parts = []
        for number, (question, language, topics) in enumerate(payload["drafts"], 1):
            if numbers and number not in numbers:
                continue
            draft = Draft(0, question, language, tuple(topics), now, client=True)
            sent.append(("handed-over", "", language))
            ticket = await self.chats.desk.hand_over(connection, person, draft, current, now, files)
            await tickets.set_thread(connection, ticket, payload["thread"])
            composer = current.composer
            name = name_in("de", language)
            parts.append(answers.handed_over(draft.shown, name, composer.office, ticket, composer.reply_days))
        await self.post.write(connection, asked.address, answers.centre(parts) if parts else requests.NOT_SENT, thread)
        await self._count(connection, sent)

    async def _count(self, connection: AsyncConnection, found: Sequence[tuple[Outcome, str, str]]) -> None:
        """Outcomes with topic and language."""
        current = self.chats.live.current
        this = week(self.clock(), zone_of(current))
        each = [Count(this, topic, language, MAIL, outcome) for outcome, topic, language in found]
        await counts.add(connection, current.knowledge.city_id, each)

    async def person(self, connection: AsyncConnection, address: str) -> int:
        """The centre as somebody who asks; its address is where replies go."""
        known = await persons.find(connection, MAIL, address)
        state = known.state if known else ""
        return await persons.save(connection, MAIL, address, state, None, self.clock())
