"""Embeddings on disk. A cache that cannot be read or written costs time at the next start, never an answer."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
import structlog

from bot.matching.embedder import Stored

log = structlog.get_logger()


@dataclass(frozen=True)
class VectorCache:
    """One file a name below ``folder``; what is not there yet is looked for in ``baked``, which is only read."""

    folder: Path
    baked: Path | None = None

    def _path(self, name: str) -> Path:
        return self.folder / f"{name}.npz"

    def load(self, name: str) -> Mapping[bytes, Stored]:
        path = self._path(name)
        if self.baked is not None and not path.exists():
            path = self.baked / path.name
        try:
            with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
                keys, vectors = stored["keys"], stored["vectors"]
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, KeyError, BadZipFile, EOFError) as error:
            log.warning("embedding cache cannot be read, making it anew", error=type(error).__name__)
            return {}
        return {key.tobytes(): vector for key, vector in zip(keys, vectors, strict=True)}

    def save(self, name: str, vectors: Mapping[bytes, Stored]) -> None:
        keys = (
            np.frombuffer(b"".join(vectors), dtype=np.uint8).reshape(len(vectors), -1)
            if vectors
            else np.zeros((0, 16), np.uint8)
        )
        values = np.vstack(list(vectors.values())) if vectors else np.zeros((0, 0), np.float32)
        path = self._path(name)
        unfinished = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                np.savez(file, keys=keys, vectors=values)
            unfinished.replace(path)
        except OSError as error:
            log.warning("embedding cache cannot be written", error=error.strerror, path=str(path))
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)
