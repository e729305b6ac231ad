"""What an error means for the row that met it: wait, or give up. Each as the libraries raise it."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import exc
from telegram.error import NetworkError

from bot.flow.failures import Kind, kind_of


def _database(kind, orig, invalidated=False):
    return kind("UPDATE", {}, orig, connection_invalidated=invalidated)


def _sqlstate(code):
    made = psycopg.Error("the server says no")
    made.sqlstate = code
    return made


ERRORS = [
    # what the database says when it is away ...
    (_database(exc.OperationalError, Exception("server closed the connection")), Kind.OUTAGE),
    (_database(exc.OperationalError, Exception("database or disk is full")), Kind.OUTAGE),
    (_database(exc.InterfaceError, Exception("connection is closed")), Kind.OUTAGE),
    (_database(exc.InternalError, _sqlstate("25006")), Kind.OUTAGE),  # a standby: read only
    (_database(exc.DataError, Exception("in the middle"), invalidated=True), Kind.OUTAGE),
    (exc.TimeoutError("QueuePool limit reached"), Kind.OUTAGE),  # no DBAPIError, and no OSError either
    (exc.ResourceClosedError("this connection is closed"), Kind.OUTAGE),
    (exc.PendingRollbackError("can't reconnect"), Kind.OUTAGE),
    (OSError(28, "No space left on device"), Kind.OUTAGE),
    (ConnectionResetError(), Kind.OUTAGE),
    (TimeoutError(), Kind.OUTAGE),
    # ... and when it does not like the row
    (_database(exc.DataError, Exception("NUL")), Kind.POISON),
    (_database(exc.IntegrityError, Exception("null value")), Kind.POISON),
    (_database(exc.ProgrammingError, Exception("index row size exceeds")), Kind.POISON),
    (_database(exc.OperationalError, _sqlstate("54000")), Kind.POISON),  # program limit exceeded
    (exc.StatementError("bind", "INSERT", {}, AttributeError("encode")), Kind.POISON),
    (UnicodeEncodeError("utf-8", "\udce4", 0, 1, "surrogates not allowed"), Kind.POISON),
    # faults of ours, and of libraries
    (KeyError("terminal"), Kind.FAULT),
    (RuntimeError("a bug"), Kind.FAULT),
    (RecursionError(), Kind.FAULT),
    (MemoryError(), Kind.FAULT),
    (NetworkError("of a channel's library"), Kind.FAULT),
    (ExceptionGroup("side by side", [OSError(), KeyError("x")]), Kind.FAULT),
    (ExceptionGroup("side by side", [OSError(), ExceptionGroup("", [exc.TimeoutError()])]), Kind.OUTAGE),
    (EOFError(), Kind.OUTAGE),  # a mail server hung up
    (exc.StatementError("of ours", "INSERT", {}, None), Kind.FAULT),
]


@pytest.mark.parametrize(("error", "kind"), ERRORS, ids=[type(error).__name__ for error, _ in ERRORS])
def test_what_an_error_means(error, kind):
    assert kind_of(error) is kind


# what PostgreSQL says (SQLSTATE), in whatever class the driver wraps it; whether it is about the row's own data
@pytest.mark.parametrize(
    ("state", "kind"),
    [
        ("22021", Kind.POISON),  # a character that is none
        ("23505", Kind.POISON),  # there already
        ("54000", Kind.POISON),  # too large for an index
        ("53100", Kind.OUTAGE),  # disk full
        ("57P01", Kind.OUTAGE),  # shut down
        ("40001", Kind.OUTAGE),  # two at once
        ("08006", Kind.OUTAGE),  # connection lost
        (None, Kind.OUTAGE),
    ],
)
def test_what_postgresql_means(state, kind):
    assert kind_of(_database(exc.OperationalError, _sqlstate(state))) is kind


@pytest.mark.parametrize(
    ("errors", "kind"),
    [
        ([OSError(), UnicodeError()], Kind.POISON),  # an outage only if all of it is
        ([UnicodeError(), KeyError()], Kind.FAULT),
        ([OSError(), EOFError()], Kind.OUTAGE),
    ],
)
def test_what_several_at_once_mean(errors, kind):
    assert kind_of(ExceptionGroup("side by side", errors)) is kind
    assert kind_of(ExceptionGroup("side by side", errors[::-1])) is kind
