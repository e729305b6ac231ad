"""The tables. Times are seconds since the epoch; a payload is JSON text and is emptied once it is done with."""

from __future__ import annotations

from typing import Any

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
from sqlalchemy.types import TypeDecorator

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Words(TypeDecorator[str]):
    """Text that strangers had a hand in. NUL and lone surrogates, which no database takes, become U+FFFD.

    So no reason, name, address or header can make a row unstorable, on either database.
    """

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Any) -> str | None:
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """``text`` as every database takes it."""
    return text.replace("\0", "\ufffd").encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# SQLite counts up by itself only for INTEGER, PostgreSQL wants BIGINT for ids that never run out.
_Id = BigInteger().with_variant(Integer, "sqlite")


def _queue_columns() -> list[Column[object]]:
    """What inbox and outbox share: rows of one lane are taken in order, those of different lanes side by side."""
    return [
        Column("id", _Id, primary_key=True, autoincrement=True),
        Column("channel", String(20), nullable=False),
        Column("lane", Words, nullable=False),
        Column("payload", Words, nullable=False),
        Column("state", String(10), nullable=False),  # waiting, done, dead
        Column("created_at", Double, nullable=False),
        Column("due_at", Double, nullable=False),
        Column("lease_until", Double, nullable=False),
        Column("attempts", Integer, nullable=False),
        Column("error", Words, nullable=False),
        Column("holder", String(40), nullable=False, server_default=""),  # the process that claimed it last
    ]


persons = Table(
    "persons",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("channel", String(20), nullable=False),
    Column("address", Words, nullable=False),
    Column("state", Words, nullable=False),
    Column("draft_at", Double),
    Column("seen_at", Double, nullable=False),
    UniqueConstraint("channel", "address"),
    sqlite_autoincrement=True,
)

inbox = Table(
    "inbox",
    metadata,
    *_queue_columns(),
    Column("external_id", Words, nullable=False),
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
    Column("message_id", Words, nullable=False, server_default=""),  # of a mail, so that its bounce finds it
    Index(None, "message_id"),
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
    Column("office", Words, nullable=False),
    Column("question", Words, nullable=False),
    Column("language", Words, nullable=False),
    Column("topics", Words, nullable=False),
    Column("message_id", Words, nullable=False),
    # open, overdue (both were told, still no answer), waiting (for the asker), answered, undelivered
    Column("state", String(12), nullable=False),
    Column("created_at", Double, nullable=False),
    Column("expires_at", BigInteger, nullable=False),
    Column("thread", Words, nullable=False, server_default=""),  # of a mail that asked: what an answer must refer to
    Column("client", Integer, nullable=False, server_default="0"),  # 1: a counsellor asks for somebody
    Column("answered_at", Double),  # the last time; NULL: never, or before this column was there
    Index(None, "person"),
    sqlite_autoincrement=True,  # a number is never used twice: an old mail's reply must not find a new question
)

ticket_entries = Table(  # what was done with a question; goes with it
    "ticket_entries",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("ticket", _Id, ForeignKey("tickets.number", ondelete="CASCADE"), nullable=False),
    Column("at", Double, nullable=False),
    Column("kind", String(10), nullable=False),  # reply, topic, files, note, moved, closed
    Column("way", String(10), nullable=False),  # mail, console, command
    Column("author", Words, nullable=False),  # of the console; "" of a mail
    Column("text", Words, nullable=False),
    Index(None, "ticket"),
    sqlite_autoincrement=True,
)

counts = Table(  # what people ask: no person, no words, no time but the week
    "counts",
    metadata,
    Column("city", String(50), primary_key=True),
    Column("week", String(8), primary_key=True),  # 2026-W48
    Column("topic", String(100), primary_key=True),  # "": none
    Column("language", String(20), primary_key=True),
    Column("channel", String(20), primary_key=True),
    Column("outcome", String(20), primary_key=True),
    Column("number", BigInteger, nullable=False),
)

quarantine = Table(
    "quarantine",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("received_at", Double, nullable=False),
    Column("reason", String(20), nullable=False),
    Column("ticket", _Id),
    Column("payload", Words, nullable=False),
    Column("identity", Words, nullable=False, server_default=""),  # of the mail, however often it comes
    Column("sender", Words, nullable=False, server_default=""),  # its From, "" where that is not clear
    Column("proven", Integer, nullable=False, server_default="0"),  # 1: our mail server confirms the sender
    Column("size", Integer, nullable=False, server_default="0"),  # bytes of the mail as it came
    sqlite_autoincrement=True,
)

approvals = Table(  # what a one-word reply decides: a centre's question before it goes to the office, a held answer
    "approvals",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("kind", String(10), nullable=False),
    Column("address", Words, nullable=False),  # who alone may decide
    Column("payload", Words, nullable=False),
    Column("created_at", Double, nullable=False),
    sqlite_autoincrement=True,
)

obeyed = Table(  # mails that were answered or relayed: the same one coming by another way is not done again
    "obeyed",
    metadata,
    Column("identity", String(64), primary_key=True),
    Column("at", Double, nullable=False),
)

mailboxes = Table(  # up to where each was read
    "mailboxes",
    metadata,
    Column("name", Text, primary_key=True),
    Column("validity", BigInteger, nullable=False),
    Column("uid", BigInteger, nullable=False),
)

invitations = Table(
    "invitations",
    metadata,
    Column("code_hash", String(64), primary_key=True),
    Column("expires_at", Double, nullable=False),
    Column("made_at", Double, nullable=False, server_default="0"),
    Column("author", Words, nullable=False, server_default=""),
    Column("purpose", Words, nullable=False, server_default=""),  # what the office calls it, so as to find it again
)

leases = Table(
    "leases",
    metadata,
    Column("name", String(50), primary_key=True),
    Column("holder", String(100), nullable=False),
    Column("until", Double, nullable=False),
)

web_sessions = Table(
    "web_sessions",
    metadata,
    Column("id", String(64), primary_key=True),  # the person's address; opens nothing by itself
    Column("created_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("notify", String(320), nullable=False, server_default=""),  # who is told of an answer, "" nobody
    Column("told", Integer, nullable=False, server_default="0"),  # 1: told since they last looked
)

web_keys = Table(
    "web_keys",
    metadata,
    Column("hash", String(64), primary_key=True),  # of what opens the session: the key itself is stored nowhere
    Column("session", String(64), ForeignKey("web_sessions.id", ondelete="CASCADE"), nullable=False),
    Column("kind", String(10), nullable=False),  # cookie, link, code
    Column("expires_at", Double, nullable=False),
    Index(None, "session"),
)

web_messages = Table(
    "web_messages",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("session", String(64), ForeignKey("web_sessions.id", ondelete="CASCADE"), nullable=False),
    Column("uid", String(64), nullable=False),  # of the outbox payload: what is delivered twice is shown once
    Column("payload", Text, nullable=False),
    Column("created_at", Double, nullable=False),
    UniqueConstraint("uid"),
    Index(None, "session", "id"),
    sqlite_autoincrement=True,
)

accounts = Table(  # who works in the console
    "accounts",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("name", Words, nullable=False),  # as it is shown
    Column("key", Words, nullable=False),  # the name without regard to capitals: what is typed to sign in
    Column("role", String(20), nullable=False),
    Column("password", Text, nullable=False, server_default=""),  # its Argon2 hash, "" while none is set
    Column("totp", Text, nullable=False, server_default=""),  # the second factor, encrypted with the installation's key
    Column("totp_used", BigInteger, nullable=False, server_default="0"),  # the step whose code was taken last
    Column("subject", Words, nullable=False, server_default=""),  # at the identity provider, "" for a local account
    Column("created_at", Double, nullable=False),
    Column("disabled", Integer, nullable=False, server_default="0"),
    UniqueConstraint("key"),
    Index(None, "subject"),
    sqlite_autoincrement=True,
)

office_sessions = Table(
    "office_sessions",
    metadata,
    Column("hash", String(64), primary_key=True),  # of the cookie: the cookie itself is stored nowhere
    Column("account", _Id, ForeignKey("accounts.id", ondelete="CASCADE"), nullable=False),
    Column("device", Words, nullable=False),  # the browser and system in two words, for its owner to recognise
    Column("created_at", Double, nullable=False),
    Column("seen_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Index(None, "account"),
)

office_links = Table(  # each good once: for the first administrator (no account), or to set a password anew
    "office_links",
    metadata,
    Column("hash", String(64), primary_key=True),
    Column("account", _Id, ForeignKey("accounts.id", ondelete="CASCADE")),
    Column("expires_at", Double, nullable=False),
)

audit = Table(  # who changed what; never words of people who ask
    "audit",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("at", Double, nullable=False),
    Column("who", Words, nullable=False),
    Column("action", String(40), nullable=False),
    Column("object", Words, nullable=False),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

proposals = Table(  # changes of the knowledge that wait for a second pair of eyes
    "proposals",
    metadata,
    Column("id", _Id, primary_key=True, autoincrement=True),
    Column("author", Words, nullable=False),
    Column("topic", String(100), nullable=False),
    Column("files", Words, nullable=False),  # JSON: path to the file's hash before, and its text after
    Column("state", String(10), nullable=False),  # waiting, returned, published
    Column("remark", Words, nullable=False, server_default=""),
    Column("decided_by", Words, nullable=False, server_default=""),
    Column("created_at", Double, nullable=False),
    Index(None, "state"),
    sqlite_autoincrement=True,
)
