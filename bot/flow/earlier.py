"""What a centre was answered by mail, for its next mail in the same thread ("that does not answer it"): whoever reads
that one sees what was asked before, and what Lotse said."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.events import Answer, Draft, Say
from bot.mailing.gate import Thread
from bot.presentation.compose import Composer
from bot.presentation.i18n import name_in
from bot.presentation.render import plain
from bot.storage import approvals

KIND = "answered"
PARAGRAPHS = 2  # of an answer, its title above: so much tells which one it was


@dataclass(frozen=True)
class Earlier:
    """A question, its language, and the topic that answered it."""

    words: str
    language: str
    topic: str


async def remember(
    connection: AsyncConnection, sender: str, thread: Thread, answered: Sequence[Earlier], now: float
) -> None:
    """Keep what was answered in a thread; a mail without an id is in none."""
    if answered and thread.references:
        payload = {"mail": thread.references[-1], "answered": list(map(astuple, answered))}
        await approvals.ask(connection, KIND, sender, json.dumps(payload), now)


async def of_thread(connection: AsyncConnection, sender: str, thread: Thread) -> list[Earlier]:
    """What the sender was answered in this thread, oldest first."""
    kept = [json.loads(each.payload) for each in await approvals.of(connection, KIND, sender)]
    return [Earlier(*each) for found in kept if found["mail"] in thread.references for each in found["answered"]]


def beneath(draft: Draft, earlier: Sequence[Earlier], composer: Composer) -> Draft:
    """``draft`` with each question before it, and how the answer to it begins, in German. German words about it are a
    counsellor's; the client's language stays."""
    if not earlier:
        return draft
    words = "\n\n".join([*(_told(each, composer, draft.at) for each in earlier), draft.question])
    topics = [each.topic for each in earlier if each.topic in composer.knowledge.topics]
    language = earlier[0].language if draft.language == "de" else draft.language
    return replace(draft, question=words, topics=tuple(dict.fromkeys([*topics, *draft.topics])), language=language)


def _told(earlier: Earlier, composer: Composer, now: float) -> str:
    asked = f"Vorher gefragt ({name_in('de', earlier.language)}):\n{_quoted(earlier.words)}"
    if earlier.topic not in composer.knowledge.topics:
        return asked
    answer = plain(composer.compose(Say((Answer(earlier.topic),)), "de", now=now).blocks)
    begins = "\n\n".join(answer.split("\n\n")[: 1 + PARAGRAPHS])
    return f"{asked}\n\nLotse hat geantwortet:\n{_quoted(begins)}"


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())
