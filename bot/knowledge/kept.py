"""What was made of the knowledge and takes seconds to make again, as Python keeps objects (pickle).

A kept object counts for the same words and the same program alone. It lies in folders that only Lotse or its image
writes to, sealed with a hash; what is cut, spoilt or of another program is left aside and made anew.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

import numpy as np
import structlog

from bot import matching
from bot.engine import sealed

log = structlog.get_logger()

T = TypeVar("T")


def kept(places: Iterable[Path], name: str, key: bytes, make: Callable[[], T]) -> T:
    """``name`` from the first of ``places`` that has it for ``key``, else made and kept in the first, if it can be."""
    places, header = list(places), sha256(_program() + key).digest()
    for path in [place / f"{name}.made" for place in places]:
        try:
            content = sealed.read(path).data
            if content[: len(header)] == header:
                found: T = pickle.loads(content[len(header) :])  # noqa: S301  # nobody else writes there
                return found
        except FileNotFoundError:
            continue
        except (OSError, sealed.Broken, pickle.PickleError, EOFError, AttributeError, ImportError) as error:
            log.warning("what was kept cannot be read, making it anew", file=path.name, error=type(error).__name__)
    made = make()
    try:
        sealed.write(places[0] / f"{name}.made", [header, pickle.dumps(made, pickle.HIGHEST_PROTOCOL)])
    except OSError as error:
        log.warning("what was made cannot be stored", error=error.strerror, path=str(places[0]))
    return made


@cache
def _program() -> bytes:
    """What the objects' form and content hang on besides the knowledge: our code, Python and numpy."""
    found = sha256(f"{sys.version}\n{np.__version__}\n".encode())
    for path in sorted(Path(matching.__file__).parent.glob("*.py")):
        found.update(path.read_bytes())
    return found.digest()
