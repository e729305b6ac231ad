"""What is kept, and until when."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.conversation.state import DRAFT_SECONDS
from bot.flow.loop import report
from bot.flow.ports import Alert, tell_log
from bot.flow.states import state_of
from bot.storage import accounts, approvals, audit, forgetting, invitations, leases, persons, quarantine
from bot.storage.kept import ANSWERED_DAYS, APPROVAL_DAYS, AUDIT_DAYS, DONE_DAYS
from bot.storage.traces import Traces
from bot.storage.writer import Writer

DAY = 86400.0
REMINDER_DAYS = 3  # before held mail is erased
T = TypeVar("T")


@dataclass(frozen=True)
class Retention:
    """Keeps the promise of `storage.kept`. ``days``: how long a silent person, and held mail, is remembered."""

    writer: Writer
    clock: Callable[[], float]
    days: int
    traces: Traces | None = None
    alert: Alert = tell_log
    _reminded: set[int] = field(default_factory=set, compare=False)

    async def tidy(self) -> None:
        """Erase what has been kept long enough; to be called every hour or so. What fails stops nothing else."""
        now = self.clock()
        silent_since = now - self.days * DAY
        for person in await self.writer.run(
            lambda connection: persons.with_old_drafts(connection, now - DRAFT_SECONDS)
        ):
            await self._try(partial(_without_draft, person=person, now=now), "an old draft", person=person.id)
        await self._try(lambda connection: invitations.drop_expired(connection, now), "invitations")
        await self._try(lambda connection: accounts.drop_expired(connection, now), "sessions of the office")
        await self._try(lambda connection: audit.drop_old(connection, now - AUDIT_DAYS * DAY), "the audit log")
        answered = now - ANSWERED_DAYS * DAY
        await self._try(lambda connection: forgetting.erase_words(connection, answered), "answered questions")
        left = await self._try(
            lambda connection: forgetting.drop_old(connection, silent_since, now - DONE_DAYS * DAY, now), "persons"
        )
        if left:
            self.alert(
                f"{left} messages that nobody has taken for {self.days} days were erased: their channel does not run. "
                "Set what it needs (docs/settings.md)."
            )
        soon = silent_since + REMINDER_DAYS * DAY
        ending = await self._try(lambda connection: quarantine.ending(connection, soon), "quarantine") or []
        if new := [id_ for id_ in ending if id_ not in self._reminded]:
            self._reminded.update(new)
            ids = ", ".join(map(str, new[:20]))
            self.alert(
                f"Held mail is erased in {REMINDER_DAYS} days, and nobody has decided on it: {ids}. "
                "See `lotse quarantine show`."
            )
        await self._try(lambda connection: leases.drop_old(connection, now - DAY), "leases")
        undecided = now - APPROVAL_DAYS * DAY
        await self._try(lambda connection: approvals.drop_old(connection, undecided), "what nobody decided")
        await self._try(lambda connection: quarantine.drop_old(connection, silent_since), "quarantine")
        if self.traces is not None:
            try:
                await self.traces.drop_old(silent_since)
            except Exception as error:
                report(error, "not erased, trying again", what="files")

    async def _try(self, part: Callable[[AsyncConnection], Awaitable[T]], what: str, **ids: object) -> T | None:
        try:
            return await self.writer.run(part)
        except Exception as error:
            report(error, "not erased, trying again", what=what, **ids)
            return None


async def _without_draft(connection: AsyncConnection, person: persons.Person, now: float) -> None:
    state = state_of(person.state).fresh(now)
    await persons.write_state(connection, person.id, state.to_json(), state.words_since)
