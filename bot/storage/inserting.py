"""INSERT that may meet a row which is there already: SQLite and PostgreSQL say it alike, SQLAlchemy apart."""

from __future__ import annotations

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite


def insert_into(dialect: str, table: Table) -> sqlite.Insert:
    """An INSERT into ``table`` with ``on_conflict_do_...``; ``dialect``: the connection's, "sqlite" or "postgresql"."""
    if dialect == "postgresql":
        return postgresql.insert(table)  # type: ignore[return-value] # the same methods, by another name
    return sqlite.insert(table)
