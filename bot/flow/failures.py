"""What an error means for the row that met it; every loop asks here, so that they all mean the same.

outage   the database, the disk or the network is away: the row waits, however long, and nothing is counted
poison   the row's own data is refused: trying again will not help, so after some attempts it is buried and told
fault    our program's mistake: the same, with a traceback in the log
"""

from __future__ import annotations

from enum import Enum

from sqlalchemy import exc


class Kind(Enum):
    """What became of a row."""

    OUTAGE = "outage"
    POISON = "poison"
    FAULT = "fault"


# SQLSTATE classes of PostgreSQL that speak of the data, whatever class of error the driver wraps them in:
# data exception, integrity constraint, program limit exceeded (an index entry too long, say).
_DATA_STATES = ("22", "23", "54")
# The pool has no connection, or the one we had is gone in the middle.
_AWAY = (exc.TimeoutError, exc.ResourceClosedError, exc.PendingRollbackError, OSError, EOFError)
_REFUSED = (exc.DataError, exc.IntegrityError, exc.ProgrammingError, UnicodeError)


def kind_of(error: BaseException) -> Kind:
    """Which of the three. A group is an outage only if all of it is."""
    if isinstance(error, BaseExceptionGroup):
        kinds = {kind_of(each) for each in error.exceptions}
        return next(kind for kind in (Kind.FAULT, Kind.POISON, Kind.OUTAGE) if kind in kinds)
    if isinstance(error, exc.DBAPIError):
        if error.connection_invalidated:
            return Kind.OUTAGE
        state = str(getattr(error.orig, "sqlstate", None) or "")
        return Kind.POISON if state.startswith(_DATA_STATES) or isinstance(error, _REFUSED) else Kind.OUTAGE
    if isinstance(error, _AWAY):
        return Kind.OUTAGE
    if isinstance(error, exc.StatementError) and error.orig is not None:  # a value that no column takes
        return Kind.POISON
    return Kind.POISON if isinstance(error, _REFUSED) else Kind.FAULT
