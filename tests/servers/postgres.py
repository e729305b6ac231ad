"""Empty databases of a PostgreSQL that runs for tests or measurements."""

from __future__ import annotations

import uuid

from sqlalchemy import text

from bot.storage.database import close, engine_for


async def fresh_database(uri: str) -> str:
    """The address of a new, empty database of this PostgreSQL."""
    name = f"t{uuid.uuid4().hex}"
    admin = engine_for(uri)
    async with admin.connect() as connection:
        autocommit = await connection.execution_options(isolation_level="AUTOCOMMIT")
        await autocommit.execute(text(f"CREATE DATABASE {name}"))
    await close(admin)
    head, _, tail = uri.partition("/postgres?")
    return f"{head}/{name}?{tail}" if tail else uri.replace("/postgres", f"/{name}")
