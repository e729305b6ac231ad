"""Empty databases of a PostgreSQL that runs for tests or measurements."""

from __future__ import annotations

import uuid

from sqlalchemy import make_url, text

from bot.storage.database import close, engine_for


async def fresh_database(uri: str) -> str:
    """The address of a new, empty database of this PostgreSQL."""
    name = f"t{uuid.uuid4().hex}"
    await _at_once(uri, f"CREATE DATABASE {name}")
    head, _, tail = uri.partition("/postgres?")
    return f"{head}/{name}?{tail}" if tail else uri.replace("/postgres", f"/{name}")


async def drop_database(uri: str, url: str) -> None:
    """Takes the database at ``url`` away again, and whoever still holds it open: a thousand of them are 7 GB."""
    name = make_url(url).database
    await _at_once(uri, f"DROP DATABASE {name} WITH (FORCE)")


async def _at_once(uri: str, statement: str) -> None:
    admin = engine_for(uri)
    async with admin.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text(statement))
    await close(admin)
