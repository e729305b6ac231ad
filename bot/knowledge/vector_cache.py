"""What was learned, on disk: vectors of texts, fitted classifiers, and what was made of the words (``kept``).

A cache that cannot be read or written costs time at the next start, never an answer. There are three places: what
comes with the knowledge (made by ``make vectors``, only read), what was baked into an image (only read), and Lotse's
own folder, to which new vectors are appended as they are learned: whoever is killed in the middle continues there, and
two processes may write at once.
"""

from __future__ import annotations

import os
import threading
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from errno import ENOSPC
from functools import partial
from hashlib import file_digest
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO, TypeVar
from zipfile import BadZipFile

import numpy as np
import structlog
from numpy.typing import NDArray

from bot.knowledge.beside import begin
from bot.knowledge.kept import found, keep, kept
from bot.matching.embedder import Keys, Learned, Stored
from bot.matching.rows import Rows

try:
    import fcntl
except ImportError:  # Windows
    fcntl = None  # type: ignore[assignment]

log = structlog.get_logger()

A = TypeVar("A")
T = TypeVar("T")

SHIPPED = "vectors"  # folder in the knowledge


def record(dimension: int) -> np.dtype[np.void]:
    """How one text's vector is stored: its key, a byte a number and their scale, and a checksum of all these."""
    return np.dtype([("key", "V16"), ("scale", "<f4"), ("row", "i1", (dimension,)), ("check", "<u4")])


def pack(learned: Learned) -> NDArray[np.void]:
    """As records."""
    found = np.zeros(len(learned.keys), record(learned.rows.bytes_.shape[1]))
    if len(found):
        found["key"] = np.frombuffer(b"".join(learned.keys), "V16")
        found["scale"], found["row"] = learned.rows.scales, learned.rows.bytes_
        found["check"] = _checksums(found)
    return found


def unpack(content: bytes, dimension: int, name: object) -> NDArray[np.void]:
    """The whole and true records in ``content``; a line says how much of ``name`` is left aside."""
    kind = record(dimension)
    found = np.frombuffer(content, kind, count=len(content) // kind.itemsize)
    good = found["check"] == _checksums(found)
    if (bad := int((~good).sum())) or len(content) % kind.itemsize:
        log.warning("vectors are spoilt and learned again", file=str(name), records=bad or 1)
        found = found[good]
    return found


def _alone(file: RawIOBase) -> None:
    """Wait until no other process appends; it ends with the file's closing, also by a kill."""
    if fcntl is not None:  # on Windows two processes that learn at once may learn something twice
        fcntl.flock(file, fcntl.LOCK_EX)


def _checksums(records: NDArray[np.void]) -> NDArray[np.uint32]:
    length = records.dtype.itemsize
    raw = memoryview(np.ascontiguousarray(records).view(np.uint8).reshape(-1).data)
    return np.array(
        [zlib.crc32(raw[start : start + length - 4]) for start in range(0, len(raw), length)], dtype=np.uint32
    )


@dataclass(frozen=True)
class VectorCache:
    """Writes below ``folder``; what is not there is looked for in ``baked`` and ``shipped``, which are only read."""

    folder: Path
    baked: Path | None = None
    shipped: Path | None = None
    keeps: bool = False  # whether what is read together from every place is kept, too

    def learned(self, name: str, dimension: int) -> Learned:
        """All vectors of the embedder ``name``, from every place; the newest of a text."""
        files = [path for path in self._vector_files(name) if path.exists()]

        def read() -> Learned:
            return _newest([unpack(_content(path), dimension, path) for path in files], dimension)

        if not self.keeps:
            return read()
        return self.kept(f"learned-{name}", b"".join(map(_digest, files)), read)

    def _vector_files(self, name: str) -> Iterator[Path]:
        if self.shipped is not None:
            yield from sorted(self.shipped.glob(f"*.{name}"))
        if self.baked is not None:
            yield self.baked / f"{name}.vectors"
        yield self._own(name)

    def _own(self, name: str) -> Path:
        return self.folder / f"{name}.vectors"

    def learn(self, name: str, learned: Learned) -> None:
        """Append whole records; of two processes one waits for the other, who might be in the middle of a record."""
        path, length = self._own(name), record(learned.rows.bytes_.shape[1]).itemsize
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with path.open("ab", buffering=0) as file:
                _alone(file)
                file.seek(0, os.SEEK_END)  # where it ends now, and not when it was opened
                # A write that was cut off by a kill or a full disk is filled up, so that what follows stands right.
                content = b"\0" * (-file.tell() % length) + pack(learned).tobytes()
                if file.write(content) != len(content):
                    raise OSError(ENOSPC, os.strerror(ENOSPC))
        except OSError as error:
            log.warning("what was learned cannot be stored", error=error.strerror, path=str(path))

    def keep(self, name: str, dimension: int, keys: Iterable[bytes], spare: int) -> None:
        """Write the own file anew with ``keys`` alone, when it holds more than as many again and ``spare``."""
        path, wanted = self._own(name), set(keys)
        with suppress(OSError):
            if path.stat().st_size > (2 * len(wanted) + spare) * record(dimension).itemsize:
                records = unpack(path.read_bytes(), dimension, path)
                kept = records[[key.tobytes() in wanted for key in records["key"]]]
                self._replace(path, lambda file: file.write(kept.tobytes()))

    def kept(self, name: str, key: bytes, make: Callable[[], T]) -> T:
        """What ``make`` gave for this ``key`` the last time; now made when it is not there."""
        return kept(self._places, name, key, make)

    def kept_later(self, name: str, key: bytes, make: Callable[[A], T], of: A, long: bool) -> Callable[[], T]:
        """The same of ``make(of)``, there when called; what takes ``long`` is made by another process meanwhile."""
        known: Iterator[T] = found(self._places, name, key)
        for one in known:
            return lambda: one
        what = partial(make, of)
        if not long or not self._is_writable():
            return lambda: keep(self.folder, name, key, what)
        wait = begin(keep, self.folder, name, key, what)

        def there() -> T:
            wait()
            known: Iterator[T] = found([self.folder], name, key)
            for one in known:
                return one
            return keep(self.folder, name, key, what)

        return there

    @property
    def _places(self) -> list[Path]:
        return [self.folder, *([self.baked] if self.baked is not None else [])]

    def _is_writable(self) -> bool:
        with suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
        return self.folder.is_dir() and os.access(self.folder, os.W_OK)

    def kept_with(
        self, name: str, key: bytes, make: Callable[[], T], parts: Mapping[str, object], worth: Callable[[T], bool]
    ) -> T:
        """The same of what uses ``parts``, in the own folder alone; what is not ``worth`` it is not kept."""
        return kept([self.folder], name, key, make, parts, worth)

    def load(self, name: str) -> Mapping[bytes, Stored]:
        """A classifier's weights: the own ones, else the baked, else those that come with the knowledge.

        For a new city those of Germany are a good beginning."""
        shipped = self.shipped / "classifiers" if self.shipped is not None else None
        places = [folder for folder in (self.folder, self.baked, shipped) if folder is not None]
        base = f"{name.partition('-')[0]}-germany"
        for path in [folder / f"{one}.npz" for one in (name, base) for folder in places]:
            try:
                with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                    keys, vectors = stored["keys"], stored["vectors"].astype(np.float32)
                return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}
            except FileNotFoundError:
                continue
            except (OSError, ValueError, KeyError, BadZipFile, EOFError) as error:
                log.warning("fitted weights cannot be read, fitting anew", file=path.name, error=type(error).__name__)
        return {}

    def save(self, name: str, vectors: Mapping[bytes, Stored]) -> None:
        """Replace a classifier's weights."""
        keys = np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(len(vectors), -1)
        values = np.vstack(list(vectors.values()))

        self._replace(self.folder / f"{name}.npz", lambda file: np.savez(file, keys=keys, vectors=values))

    def _replace(self, path: Path, write: Callable[[BinaryIO], object]) -> None:
        """``path`` is there whole, as it was or as ``write`` makes it."""
        unfinished = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.tmp")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                write(file)
            unfinished.replace(path)
        except OSError as error:
            log.warning("what was learned cannot be stored", error=error.strerror, path=str(path))
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)


@dataclass(frozen=True)
class ReadOnly:
    """What ``inner`` has; nothing is written."""

    inner: VectorCache

    def load(self, name: str) -> Mapping[bytes, Stored]:
        return self.inner.load(name)

    def learned(self, name: str, dimension: int) -> Learned:
        return self.inner.learned(name, dimension)

    def kept(self, name: str, key: bytes, make: Callable[[], T]) -> T:
        return make()  # and kept nowhere

    def kept_later(self, name: str, key: bytes, make: Callable[[A], T], of: A, long: bool) -> Callable[[], T]:
        return partial(make, of)

    def save(self, name: str, vectors: Mapping[bytes, Stored]) -> None: ...

    def learn(self, name: str, learned: Learned) -> None: ...

    def keep(self, name: str, dimension: int, keys: Iterable[bytes], spare: int) -> None: ...


def _newest(found: Sequence[NDArray[np.void]], dimension: int) -> Learned:
    """Of a text that stands in several places the last."""
    records = np.concatenate([np.zeros(0, record(dimension)), *found])
    keys = np.ascontiguousarray(records["key"]).view("S16")[::-1]
    _, last = np.unique(keys, return_index=True)
    rows = len(keys) - 1 - last
    return Learned(Keys(keys[last].tolist()), Rows(records["row"][rows], records["scale"][rows]))


def _digest(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file_digest(file, "sha256").digest()
    except OSError:
        return b""


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        log.warning("vectors cannot be read and are learned again", file=str(path), error=error.strerror)
        return b""
