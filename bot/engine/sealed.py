"""Files that carry the hash of what they hold: half-written, cut or spoilt ones are noticed and left aside.

What can be made again is kept in such files; whoever finds one broken says so in one line and makes it anew.
"""

from __future__ import annotations

import gzip
import mmap
import os
import threading
import zlib
from collections.abc import Iterable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
_PART = 1 << 20  # bytes
_SEAL = 32  # bytes of the hash at a file's end
_FORGOTTEN = 3600.0  # seconds after which nobody is writing any more what was begun


class Broken(Exception):
    """A file is not what was written."""


def read(path: Path) -> Bytes:
    """What was sealed, mapped into memory and read-only. Raises OSError, Broken."""
    size = path.stat().st_size - _SEAL
    if size <= 0:
        raise Broken(f"{path} is cut short")
    seal = sha256()
    with path.open("rb") as file:  # read in parts: what is mapped counts as memory once it was looked at
        for start in range(0, size, _PART):
            seal.update(file.read(min(_PART, size - start)))
        if seal.digest() != file.read():
            raise Broken(f"{path} does not hold what was written")
    return np.memmap(path, np.uint8, "r", shape=(size,))


def read_packed(path: Path) -> Bytes:
    """What was sealed and then packed by gzip, in memory. Raises OSError, Broken."""
    try:
        content = gzip.decompress(path.read_bytes())
    except (EOFError, zlib.error, gzip.BadGzipFile) as error:
        raise Broken(f"{path} cannot be unpacked") from error
    if len(content) <= _SEAL or sha256(memoryview(content)[:-_SEAL]).digest() != content[-_SEAL:]:
        raise Broken(f"{path} does not hold what was written")
    return np.frombuffer(content, np.uint8)[:-_SEAL]


def let_go(mapped: Bytes) -> None:
    """Give back the memory of what was looked at: it is read from the file again when somebody looks once more."""
    if isinstance(mapped, np.memmap) and hasattr(mmap, "MADV_DONTNEED"):
        mapped._mmap.madvise(mmap.MADV_DONTNEED)  # type: ignore[attr-defined]  # noqa: SLF001  # numpy has no other way


def write(path: Path, parts: Iterable[bytes | memoryview]) -> None:
    """Seal ``parts`` and put them where ``path`` was, whole or not at all. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(f"{path.name}.{os.getpid()}-{threading.get_ident()}.tmp")
    seal = sha256()
    try:
        with unfinished.open("wb") as file:
            for part in parts:
                seal.update(part)
                file.write(part)
            file.write(seal.digest())
        unfinished.replace(path)
        for other in path.parent.glob(f"{path.name}.*.tmp"):  # of a process that was killed
            if other.stat().st_mtime < path.stat().st_mtime - _FORGOTTEN:
                other.unlink(missing_ok=True)
    finally:
        with suppress(OSError):
            unfinished.unlink(missing_ok=True)
