"""`lotse` and `python -m bot`: runs a command and turns errors into messages and exit codes."""

from __future__ import annotations

import faulthandler
import gc
import os
import sys
import time

# Before numpy is loaded: its threads wait for each other spinning, and cost more than they compute on small matrices.
os.environ.setdefault("OMP_NUM_THREADS", "1")

from bot.engine import processor
from bot.errors import LotseError, UsageError
from bot.flow import health_file


def main() -> None:
    """Exit code 0 when done, 1 for a failure, 2 for wrong use; results alone go to standard output."""
    if sys.argv[1:] == ["health"]:  # asked for twice a minute: what the other commands need takes seconds to load
        sys.exit(health_file.tell(time.time()))
    if lacking := processor.lacking():
        print(
            f"lotse: this processor is too old: it lacks {', '.join(lacking)}, which Lotse's libraries need "
            "(Intel has them since 2008, AMD since 2011). Run Lotse on another machine.",
            file=sys.stderr,
        )
        sys.exit(1)
    faulthandler.enable(2)  # where a library asks more of it than we know, the log names the library
    gc.disable()  # while all is loaded: nothing of it is garbage, and looking for it takes a tenth of the time
    from bot.cli import app

    gc.enable()
    try:
        app()
    except LotseError as error:
        print(f"lotse: {error}", file=sys.stderr)
        sys.exit(2 if isinstance(error, UsageError) else 1)
    except BaseExceptionGroup as group:
        known = group.subgroup(LotseError)
        if known is None:
            raise
        print(f"lotse: {_first(known)}", file=sys.stderr)
        sys.exit(1)
    except BrokenPipeError:
        sys.stderr.close()
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _first(group: BaseExceptionGroup[LotseError]) -> BaseException:
    error: BaseException = group
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return error


if __name__ == "__main__":
    main()
