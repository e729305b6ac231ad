"""What was made of the knowledge and takes seconds to make again, as Python keeps objects (pickle).

A kept object counts for the same words and the same program alone. It lies in folders that only Lotse or its image
writes to, sealed with a hash; what is cut, spoilt or of another program is left aside and made anew.
"""

from __future__ import annotations

import pickle
import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import MappingProxyType
from typing import TypeVar

import numpy as np
import pydantic
import structlog

from bot import content as content_room
from bot import knowledge, matching
from bot.engine import sealed

log = structlog.get_logger()

T = TypeVar("T")


def kept(
    places: Iterable[Path],
    name: str,
    key: bytes,
    make: Callable[[], T],
    parts: Mapping[str, object] = MappingProxyType({}),
    worth: Callable[[T], bool] = lambda _: True,
) -> T:
    """``name`` from the first of ``places`` that has it for ``key``, else made and kept in the first, if it can be.

    ``parts``: objects that it uses and that are not kept with it, by name. What is not ``worth`` it is not kept.
    """
    places, header = list(places), sha256(_program() + key).digest()
    for path in [place / f"{name}.made" for place in places]:
        try:
            content = sealed.read(path).data
            if content[: len(header)] == header:
                found: T = _Reader(BytesIO(content[len(header) :]), parts).load()
                return found
        except FileNotFoundError:
            continue
        except (OSError, sealed.Broken, pickle.PickleError, EOFError, AttributeError, ImportError) as error:
            log.warning("what was kept cannot be read, making it anew", file=path.name, error=type(error).__name__)
    made = make()
    if not worth(made):
        return made
    written = BytesIO()
    _Writer(written, parts).dump(made)
    try:
        sealed.write(places[0] / f"{name}.made", [header, written.getbuffer()])
    except OSError as error:
        log.warning("what was made cannot be stored", error=error.strerror, path=str(places[0]))
    return made


class _Writer(pickle.Pickler):
    def __init__(self, file: BytesIO, parts: Mapping[str, object]) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL)
        self._names = {id(part): name for name, part in parts.items()}

    def persistent_id(self, obj: object) -> str | None:
        return self._names.get(id(obj))


class _Reader(pickle.Unpickler):  # nobody else writes there
    def __init__(self, file: BytesIO, parts: Mapping[str, object]) -> None:
        super().__init__(file)
        self._parts = parts

    def persistent_load(self, pid: str) -> object:
        return self._parts[pid]


@cache
def _program() -> bytes:
    """What the objects' form and content hang on besides the knowledge: our code, Python and numpy."""
    found = sha256(f"{sys.version}\n{np.__version__}\n{pydantic.VERSION}\n".encode())
    for room in (content_room, knowledge, matching):
        for path in sorted(Path(str(room.__file__)).parent.glob("*.py")):
            found.update(path.read_bytes())
    return found.digest()
