"""A change that waits for a second pair of eyes: what it is to do, as it is stored; and writing one down."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Self

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.console.entries import Changed
from bot.console.topic_form import TopicForm
from bot.console.visit import Visit
from bot.storage import proposals


@dataclass(frozen=True)
class Proposed:
    """``address``: of the form it comes from, below /office. ``read``: languages that were read against the German.

    ``new``: a whole topic, instead of single ``changes``.
    """

    title: str
    address: str
    changes: tuple[Changed, ...] = ()
    read: tuple[str, ...] = ()
    new: TopicForm | None = None

    def as_json(self) -> str:
        """For the database."""
        changes = [change.as_dict() for change in self.changes]
        stored = {"title": self.title, "address": self.address, "changes": changes, "read": list(self.read)}
        return json.dumps({**stored, "new": asdict(self.new)} if self.new else stored)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Back from the database."""
        stored = json.loads(text)
        changes = tuple(Changed.from_dict(each) for each in stored["changes"])
        new = TopicForm(**stored["new"]) if "new" in stored else None
        return cls(stored["title"], stored["address"], changes, tuple(stored["read"]), new)


async def propose(visit: Visit, id_: str, proposed: Proposed, instead_of: int = 0) -> None:
    """Let it wait, and note who wrote it. ``instead_of``: an earlier one of the same author, which goes."""

    async def part(connection: AsyncConnection) -> int:
        earlier = await proposals.find(connection, instead_of) if instead_of else None
        if earlier is not None and earlier.author == visit.name:
            await proposals.drop(connection, earlier.id)
        return await proposals.add(connection, visit.name, id_, proposed.as_json(), visit.now)

    await visit.change(part, id_, "propose")
