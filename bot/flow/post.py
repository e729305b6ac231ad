"""Mails of ours to people who wrote by mail: into the outbox, and not too many to one address."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow import outbox
from bot.flow.letters import Letters
from bot.flow.ports import MAIL
from bot.handover import tokens
from bot.handover.answers import File
from bot.mailing.gate import Thread
from bot.storage import persons

log = structlog.get_logger()

HOUR = 3600.0


@dataclass
class Post:
    """``per_hour``: mails to one address, the brake on two bots talking. ``secret`` signs what asks for a word."""

    letters: Letters
    secret: bytes
    clock: Callable[[], float]
    per_hour: Callable[[], int]
    _sent: dict[str, deque[float]] = field(default_factory=dict)

    async def write(
        self,
        connection: AsyncConnection,
        to: str,
        text: str,
        thread: Thread | None = None,
        files: Sequence[File] = (),
        *,
        decides: int = 0,
        subject: str = "",
    ) -> bool:
        """Put one mail into the outbox; False when this address had enough of them in the last hour.

        ``decides``: the number of what a one-word reply to it decides.
        """
        now = self.clock()
        sent = self._sent.setdefault(to, deque())
        while sent and sent[0] < now - HOUR:
            sent.popleft()
        if len(sent) >= self.per_hour():
            log.warning("no more mail to one address this hour", limit=self.per_hour())
            return False
        sent.append(now)
        mark = tokens.decision(decides, to, self.secret) if decides else ""
        letter = self.letters.letter(to, text, thread_json(thread, subject), files, mark=mark)
        await outbox.put(connection, MAIL, persons.lane_of(MAIL, to), letter, now)
        return True


def thread_json(thread: Thread | None, subject: str = "") -> str:
    """As ``Letters.letter`` takes it."""
    if thread is None:
        return json.dumps({"subject": subject, "references": []}) if subject else ""
    return json.dumps({"subject": subject or thread.subject, "references": list(thread.references)})
