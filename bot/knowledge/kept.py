"""What was made of the knowledge and takes seconds to make again, as Python keeps objects (pickle).

A kept object counts for the same words and the same program alone. It lies in folders that only Lotse or its image
writes to, sealed with a hash; what is cut, spoilt or of another program is left aside and made anew. An image brings
them packed (``NAME.made.gz``), so that it stays small.

Large arrays stand behind the pickle and are used where they lie: they are read-only, take memory only as far as they
are looked at, and processes of one machine share them.
"""

from __future__ import annotations

import pickle
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
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
from bot.knowledge.memory import give_back

log = structlog.get_logger()

T = TypeVar("T")

ALIGNED = 64  # bytes
PACKED = ".gz"
LARGE = 16_384  # bytes from which on an array stands behind the pickle


def kept(
    places: Sequence[Path],
    name: str,
    key: bytes,
    make: Callable[[], T],
    parts: Mapping[str, object] = MappingProxyType({}),
    worth: Callable[[T], bool] = lambda _: True,
) -> T:
    """``name`` from the first of ``places`` that has it for ``key``, else made and kept in the first, if it can be.

    ``parts``: objects that it uses and that are not kept with it, by name. What is not ``worth`` it is not kept.
    """
    known: Iterator[T] = found(places, name, key, parts)
    for one in known:
        return one
    return keep(places[0], name, key, make, parts, worth)


def found(
    places: Iterable[Path], name: str, key: bytes, parts: Mapping[str, object] = MappingProxyType({})
) -> Iterator[T]:
    """What each of ``places`` has of ``name`` for ``key``."""
    paths = [place / f"{name}.made{packed}" for place in places for packed in ("", PACKED)]
    return _whole(paths, _header(key), parts)


def keep(
    place: Path,
    name: str,
    key: bytes,
    make: Callable[[], T],
    parts: Mapping[str, object] = MappingProxyType({}),
    worth: Callable[[T], bool] = lambda _: True,
) -> T:
    """What ``make`` gives, kept in ``place``, whatever was there: see ``kept``."""
    path, header = place / f"{name}.made", _header(key)
    made = make()
    if not worth(made):
        return made
    arrays: list[memoryview] = []
    try:
        sealed.write(path, _packed(header, made, parts, arrays))
    except OSError as error:
        log.warning("what was made cannot be stored", error=error.strerror, path=str(place))
        return made
    if not arrays:
        return made
    del made, arrays  # what lies in the file needs little memory of our own, and not both are wanted at once
    give_back()
    known: Iterator[T] = _whole([path], header, parts)
    for one in known:
        return one
    return make()


def _header(key: bytes) -> bytes:
    return sha256(_program() + key).digest()


def _whole(paths: Iterable[Path], header: bytes, parts: Mapping[str, object]) -> Iterator[T]:
    """What the files hold that are there and whole."""
    for path in paths:
        try:
            content = sealed.read_packed(path) if path.suffix == PACKED else sealed.read(path)
            if content[: len(header)].tobytes() == header:
                pickled, *arrays = _pieces(content, len(header))
                found: T = _Reader(BytesIO(pickled), parts, arrays).load()
                sealed.let_go(content)
                yield found
        except FileNotFoundError:
            continue
        except Exception as error:  # noqa: BLE001  # whatever it holds: a start does without
            log.warning("what was kept cannot be read, making it anew", file=path.name, error=type(error).__name__)


def _packed(
    header: bytes, made: object, parts: Mapping[str, object], arrays: list[memoryview]
) -> Iterator[bytes | memoryview]:
    """The header, how many pieces follow and how long each is, the pieces: the pickle and the large ``arrays``, which
    are put there."""
    pickled = BytesIO()

    def is_small(buffer: pickle.PickleBuffer) -> bool:
        """Whether it is pickled with all else; what is not is put aside."""
        raw = buffer.raw()
        if len(raw) >= LARGE:
            arrays.append(raw)
        return len(raw) < LARGE

    # A method of the writer's would hold the writer, and that all that was made, until garbage is looked for.
    _Writer(pickled, parts, is_small).dump(made)
    pieces = [pickled.getbuffer(), *arrays]
    first: list[bytes | memoryview] = [header + struct.pack(f"<{1 + len(pieces)}Q", len(pieces), *map(len, pieces))]
    for piece in [*first, *pieces]:
        yield piece
        yield b"\0" * (-len(piece) % ALIGNED)


def _pieces(content: sealed.Bytes, place: int) -> Iterator[memoryview]:
    """The pieces again, as they lie; ``place``: where their number stands."""
    (count,) = struct.unpack_from("<Q", content.data, place)
    lengths = struct.unpack_from(f"<{count}Q", content.data, place + 8)
    place += 8 * (1 + count)
    for length in lengths:
        place += -place % ALIGNED
        yield content[place : place + length].data
        place += length


class _Writer(pickle.Pickler):
    def __init__(
        self, file: BytesIO, parts: Mapping[str, object], is_small: Callable[[pickle.PickleBuffer], bool]
    ) -> None:
        super().__init__(file, pickle.HIGHEST_PROTOCOL, buffer_callback=is_small)
        self._names = {id(part): name for name, part in parts.items()}

    def persistent_id(self, obj: object) -> str | None:
        return self._names.get(id(obj))


class _Reader(pickle.Unpickler):  # nobody else writes there
    def __init__(self, file: BytesIO, parts: Mapping[str, object], arrays: Sequence[memoryview]) -> None:
        super().__init__(file, buffers=arrays)
        self._parts = parts

    def persistent_load(self, pid: str) -> object:
        return self._parts[pid]


@cache
def _program() -> bytes:
    """What the objects' form and content hang on besides the knowledge: our code and its weights, Python and numpy."""
    found = sha256(f"{sys.version_info}\n{np.__version__}\n{pydantic.VERSION}\n".encode())
    for room in (content_room, knowledge, matching):
        for path in sorted(Path(str(room.__file__)).parent.iterdir()):
            if path.suffix in {".py", ".json", ".npz"}:
                found.update(path.read_bytes())
    return found.digest()
