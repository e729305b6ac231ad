"""Up to where a mailbox was read."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from bot.storage.inserting import insert_into
from bot.storage.tables import mailboxes
from bot.storage.writer import Writer


@dataclass(frozen=True)
class Bookmark:
    """Of the mailbox ``name``: its UIDVALIDITY and the highest UID that is stored."""

    writer: Writer
    name: str

    async def read(self) -> tuple[int, int] | None:
        return await self.writer.run(self._read)

    async def write(self, validity: int, uid: int) -> None:
        async def put(connection: AsyncConnection) -> None:
            values = {"validity": validity, "uid": uid}
            statement = insert_into(connection.dialect.name, mailboxes).values(name=self.name, **values)
            await connection.execute(statement.on_conflict_do_update(index_elements=[mailboxes.c.name], set_=values))

        await self.writer.run(put)

    async def _read(self, connection: AsyncConnection) -> tuple[int, int] | None:
        columns = select(mailboxes.c.validity, mailboxes.c.uid)
        found = (await connection.execute(columns.where(mailboxes.c.name == self.name))).first()
        return (found.validity, found.uid) if found else None
