"""What an operator must know: always a log line, and a mail or a Telegram message where one is set."""

from __future__ import annotations

import html
import json
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow import outbox
from bot.flow.letters import Letters
from bot.flow.ports import MAIL, TELEGRAM, tell_log
from bot.presentation.outgoing import Text
from bot.storage import persons
from bot.storage.writer import Writer

HOUR = 3600.0
MOST_WAITING = 100  # kinds that wait while nothing can be written


@dataclass
class Operator:
    """Callable as an ``Alert``. One message a kind and hour: what differs in numbers alone is of one kind."""

    writer: Writer
    letters: Letters
    wake_delivery: Callable[[], None]
    email: str = ""
    chat: str = ""  # of Telegram
    clock: Callable[[], float] = time.time
    _told: dict[str, float] = field(default_factory=dict)
    _waiting: list[str] = field(default_factory=list)

    def __call__(self, what: str) -> None:
        tell_log(what)
        kind, now = re.sub(r"\d+", "#", what)[:80], self.clock()
        if not (self.email or self.chat) or now - self._told.get(kind, -HOUR) < HOUR:
            return
        self._told = {known: at for known, at in self._told.items() if now - at < HOUR} | {kind: now}
        if len(self._waiting) < MOST_WAITING:
            self._waiting.append(what)

    async def send(self) -> None:
        """Put what is to be told into the outbox; to be called every few seconds. Raises while that is away."""
        if not self._waiting:
            return
        said = list(self._waiting)
        await self.writer.run(lambda connection: self._enqueue(connection, "\n\n".join(said)))
        del self._waiting[: len(said)]
        self.wake_delivery()

    async def _enqueue(self, connection: AsyncConnection, text: str) -> None:
        now = self.clock()
        if self.email:
            closing = "This kind of message comes once an hour at most. What each means: docs/operators.md.\n\nLotse\n"
            thread = json.dumps({"subject": "Lotse needs an operator", "references": []})
            letter = self.letters.letter(self.email, f"{text}\n\n{closing}", thread)
            await outbox.put(connection, MAIL, persons.lane_of(MAIL, self.email), letter, now)
        if self.chat:
            message = Text(to=self.chat, text=html.escape(text))
            await outbox.put(connection, TELEGRAM, persons.lane_of(TELEGRAM, self.chat), message, now)
