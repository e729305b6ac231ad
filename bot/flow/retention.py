"""What is kept, and until when."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.state import DRAFT_SECONDS
from bot.flow.desk import state_of
from bot.storage import forgetting, invitations, persons, quarantine
from bot.storage.writer import Writer

DONE_DAYS = 7  # rows that are done, without words, for whoever looks into a fault


@dataclass(frozen=True)
class Retention:
    """Keeps the retention promise. ``days``: how long a silent person, and held mail, is remembered."""

    writer: Writer
    clock: Callable[[], float]
    days: int

    async def tidy(self) -> None:
        """Erase what has been kept long enough; to be called every hour or so."""
        await self.writer.run(self._tidy)

    async def _tidy(self, connection: AsyncConnection) -> None:
        now = self.clock()
        for person in await persons.with_old_drafts(connection, now - DRAFT_SECONDS):
            state = state_of(person.state).fresh(now)
            await persons.write_state(connection, person.id, state.to_json(), state.words_since)
        await invitations.drop_expired(connection, now)
        silent_since = now - self.days * 86400
        await forgetting.drop_old(connection, silent_since, now - DONE_DAYS * 86400, now)
        await quarantine.drop_old(connection, silent_since)
