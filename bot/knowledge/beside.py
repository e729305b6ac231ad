"""What takes long is made in another process meanwhile, where there is a processor for it: a first start waits less.

The other process begins here, so that this imports nothing of ours: whoever starts it waits until it has read its work.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress


def processors() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def begin(make: Callable[..., object], *args: object) -> Callable[[], object]:
    """Begin ``make(*args)``, all of which can be pickled; the call waits for its end. What it gives is lost: it writes
    a file. Where there is one processor alone, or no process can be started, nothing is done.

    Not by multiprocessing, whose children first do once more what our own program began with. What the other process
    has to say is not heard: whoever waits finds out what is missing, makes it, and says so.
    """
    if processors() == 1:
        return lambda: None
    what = pickle.dumps((make, args), pickle.HIGHEST_PROTOCOL)
    with suppress(OSError):
        child = subprocess.Popen(  # noqa: S603  # ourselves
            [sys.executable, "-m", __name__],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        assert child.stdin is not None
        with suppress(BrokenPipeError), child.stdin:
            child.stdin.write(what)
        return child.wait
    return lambda: None


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one who waits
    begun, given = pickle.loads(sys.stdin.buffer.read())  # noqa: S301  # we wrote it, see ``begin``
    begun(*given)
    os._exit(0)  # there is nothing to tidy up, and it takes a tenth of a second
