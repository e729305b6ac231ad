"""The last good knowledge on disk: what a start falls back on when an editor's mistake stands in the files.

Whole or not at all: a generation is a folder that gets its name when all is in it, and its sum is checked when it is
read. Beside the files it holds since when what is held back, and with them lie the vectors that came with the
knowledge, for the day on which that whole folder is gone.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import structlog

log = structlog.get_logger()

_SUM = "sum.json"


@dataclass(frozen=True)
class Kept:
    """``files``: as ``read_folder`` gives them. ``since``: a unit's name to seconds since the epoch."""

    files: Mapping[str, bytes] = field(default_factory=dict)
    since: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class LastGood:
    """Reads and writes below ``folder``, which belongs to one city of one knowledge folder."""

    folder: Path

    @classmethod
    def of(cls, var: Path, knowledge: Path, city: str) -> LastGood:
        """Two knowledge folders that use one ``var`` do not meet."""
        place = hashlib.sha256(str(knowledge.resolve()).encode()).hexdigest()[:8]
        return cls(var / "last_good" / f"{city}-{place}")

    @property
    def vectors(self) -> Path:
        return self.folder / "vectors"

    def read(self) -> Kept:
        """The newest that is whole; nothing, where there is none."""
        for generation in reversed(self._generations()):
            try:
                noted = json.loads((generation / _SUM).read_bytes())
                files = {
                    path.relative_to(generation).as_posix(): path.read_bytes()
                    for path in sorted(generation.rglob("*.y*ml"))
                }
                since = {str(unit): float(at) for unit, at in noted["since"].items()}
                if noted["sum"] == digest(files):
                    return Kept(files, since)
                log.warning("the last good knowledge is not whole, an earlier one is taken", path=str(generation))
            except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
                log.warning("the last good knowledge cannot be read", path=str(generation), error=type(error).__name__)
        return Kept()

    def keep(self, kept: Kept, shipped: Path | None = None) -> None:
        """Replace what is kept; ``shipped``: the folder of vectors to keep with it. A full disk is only logged."""
        generations = self._generations()
        number = int(generations[-1].name) + 1 if generations else 1
        unfinished = self.folder / f"unfinished-{os.getpid()}"
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            for name, content in kept.files.items():
                path = unfinished / name
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_bytes(content)
            note = json.dumps({"sum": digest(kept.files), "since": dict(kept.since)})
            (unfinished / _SUM).write_text(note, encoding="utf-8")
            unfinished.rename(self.folder / f"{number:08}")
            if shipped is not None:
                self._keep_vectors(shipped)
        except OSError as error:
            log.warning("the last good knowledge cannot be kept", error=error.strerror, path=str(self.folder))
            shutil.rmtree(unfinished, ignore_errors=True)
            return
        for generation in generations[:-1]:  # one more is left, should the newest turn out not to be whole
            shutil.rmtree(generation, ignore_errors=True)

    def _keep_vectors(self, shipped: Path) -> None:
        """A copy of what comes with the knowledge: what has changed, and no more than that."""
        there = {path.relative_to(shipped) for path in shipped.rglob("*") if path.is_file()}
        if not there:
            return
        for name in there:
            source, copy = shipped / name, self.vectors / name
            with suppress(FileNotFoundError):
                now, then = source.stat(), copy.stat()
                if (now.st_size, now.st_mtime_ns) == (then.st_size, then.st_mtime_ns):
                    continue
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(source, copy)
        for path in self.vectors.rglob("*"):
            if path.is_file() and path.relative_to(self.vectors) not in there:
                path.unlink()

    def _generations(self) -> list[Path]:
        """The oldest first."""
        with suppress(OSError):
            return sorted(path for path in self.folder.iterdir() if path.name.isdecimal())
        return []


def digest(files: Mapping[str, bytes]) -> str:
    """Of all files, their names and contents."""
    found = hashlib.sha256()
    for name in sorted(files):
        found.update(f"{name}\0{len(files[name])}\0".encode())
        found.update(files[name])
    return found.hexdigest()
