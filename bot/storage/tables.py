"""The tables. Times are seconds since the epoch; a payload is JSON text and is emptied once it is done with."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite counts up by itself only for INTEGER, PostgreSQL wants BIGINT for ids that never run out.
_Id = BigInteger().with_variant(Integer, "sqlite")


def _queue_columns() -> list[Column[object]]:
    """What inbox and outbox share: rows of one lane are taken in order, those of different lanes side by side."""
    return [
        Column("id", _Id, primary_key=True, autoincrement=True),
        Column("channel", String(20), nullable=False),
        Column("lane", String(200), nullable=False),
        Column("payload", Text, nullable=False),
        Column("state", String(10), nullable=False),  # waiting, done, dead
        Column("created_at", Double, nullable=False),
        Column("due_at", Double, nullable=False),
        Column("lease_until", Double, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("error", Text, nullable=False),
    ]


persons = Table(
    "persons",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("channel", String(20), nullable=False),
    Column("address", String(200), nullable=False),
    Column("state", Text, nullable=False),
    Column("draft_at", Double),
    Column("seen_at", Double, nullable=False),
    UniqueConstraint("channel", "address"),
    sqlite_autoincrement=True,
)

inbox = Table(
    "inbox",
    metadata,
    *_queue_columns(),
    Column("external_id", String(200), nullable=False),
    UniqueConstraint("channel", "external_id"),
    Index(None, "state", "due_at"),
    Index(None, "lane", "state", "id"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    *_queue_columns(),
    Column("ticket", _Id),
    Index(None, "state", "due_at"),
    Index(None, "lane", "state", "id"),
    sqlite_autoincrement=True,
)

tickets = Table(
    "tickets",
    metadata,
    Column("number", _Id, primary_key=True, autoincrement=True),
    Column("person", _Id, ForeignKey("persons.id", ondelete="CASCADE"), nullable=False),
    Column("city", String(50), nullable=False),
    Column("office", String(320), nullable=False),
    Column("question", Text, nullable=False),
    Column("language", String(20), nullable=False),
    Column("topics", Text, nullable=False),
    Column("message_id", String(320), nullable=False),
    Column("state", String(12), nullable=False),  # open, overdue (both were told, still no answer), answered
    Column("created_at", Double, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("thread", Text, nullable=False, server_default=""),  # of a mail that asked: what an answer must refer to
    Column("client", Integer, nullable=False, server_default="0"),  # 1: a counsellor asks for somebody
    Index(None, "person"),
    sqlite_autoincrement=True,  # a number is never used twice: an old mail's reply must not find a new question
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("received_at", Double, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("ticket", _Id),
    Column("payload", Text, nullable=False),
    sqlite_autoincrement=True,
)

invitations = Table(
    "invitations",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("expires_at", Double, nullable=False),
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("holder", String(100), nullable=False),
    Column("until", Double, nullable=False),
)
