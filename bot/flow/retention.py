"""What is kept, and until when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.state import DRAFT_SECONDS
from bot.flow.desk import state_of
from bot.flow.loop import report
from bot.storage import approvals, forgetting, invitations, persons, quarantine
from bot.storage.writer import Writer

APPROVAL_DAYS = 14  # what waits for one word of somebody
DONE_DAYS = 7  # rows that are done, without words, for whoever looks into a fault


@dataclass(frozen=True)
class Retention:
    """Keeps the retention promise. ``days``: how long a silent person, and held mail, is remembered."""

    writer: Writer
    clock: Callable[[], float]
    days: int

    async def tidy(self) -> None:
        """Erase what has been kept long enough; to be called every hour or so. What fails stops nothing else."""
        now = self.clock()
        silent_since = now - self.days * 86400
        for person in await self.writer.run(
            lambda connection: persons.with_old_drafts(connection, now - DRAFT_SECONDS)
        ):
            await self._try(partial(_without_draft, person=person, now=now), "an old draft", person=person.id)
        await self._try(lambda connection: invitations.drop_expired(connection, now), "invitations")
        await self._try(
            lambda connection: forgetting.drop_old(connection, silent_since, now - DONE_DAYS * 86400, now), "persons"
        )
        undecided = now - APPROVAL_DAYS * 86400
        await self._try(lambda connection: approvals.drop_old(connection, undecided), "what nobody decided")
        await self._try(lambda connection: quarantine.drop_old(connection, silent_since), "quarantine")

    async def _try(self, part: Callable[[AsyncConnection], Awaitable[object]], what: str, **ids: object) -> None:
        try:
            await self.writer.run(part)
        except Exception as error:
            report(error, "not erased, trying again", what=what, **ids)


async def _without_draft(connection: AsyncConnection, person: persons.Person, now: float) -> None:
    state = state_of(person.state).fresh(now)
    await persons.write_state(connection, person.id, state.to_json(), state.words_since)
