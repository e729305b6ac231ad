"""The knowledge folder as the console writes it: whole or not at all, never over somebody else's change, and in git."""

from __future__ import annotations

import errno
import fcntl
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from bot.console.git import GitError, Repository, repository_of
from bot.knowledge.folder import read_folder

BY_HAND = "von Hand"  # who is named as the author of what was changed beside the console


class NotSaved(Exception):
    """Nothing was changed; the text is German and says why."""


class Moved(NotSaved):
    """Somebody else has changed a file in the meantime."""

    def __init__(self, path: str) -> None:
        super().__init__("Jemand hat diese Datei inzwischen geändert. Es wurde nichts überschrieben.")
        self.path = path


def digest(content: bytes) -> str:
    """What tells whether a file is still the one that was read."""
    return hashlib.sha256(content).hexdigest()


@dataclass(frozen=True)
class Change:
    """A file's new text. ``before``: the digest of what it takes the place of, "" for a new file."""

    before: str
    after: bytes


@dataclass(frozen=True)
class Shelf:
    """``lock``: a file that whoever writes holds, of several processes one."""

    folder: Path
    lock: Path
    _repository: list[Repository | None] = field(default_factory=list)

    @property
    def repository(self) -> Repository | None:
        """git, where the folder is in it."""
        if not self._repository:
            self._repository.append(repository_of(self.folder))
        return self._repository[0]

    def files(self) -> dict[str, bytes]:
        """All files of the knowledge, by their path below the folder."""
        return read_folder(self.folder)

    def by_hand(self) -> tuple[str, ...]:
        """Files that somebody has changed beside the console and not committed."""
        try:
            return self.repository.changed() if self.repository else ()
        except GitError:
            return ()

    def save(self, changes: Mapping[str, Change], message: str, author: str) -> None:
        """Write all of it, and commit it with its author's name. Raises NotSaved; then everything is as it was."""
        with self._alone():
            old = {path: self._read(path) for path in changes}
            for path, change in changes.items():
                found = old[path]
                if (digest(found) if found is not None else "") != change.before:
                    raise Moved(path)
            self._keep_hand_edits(changes)
            written: list[str] = []
            try:
                ready = [(path, self._beside(path, change.after)) for path, change in changes.items()]
                for path, temporary in ready:
                    temporary.replace(self.folder / path)
                    written.append(path)
                if self.repository is not None:
                    self.repository.commit(sorted(changes), message, author)
            except (OSError, GitError) as error:
                self._back({path: old[path] for path in written})
                for path in changes:
                    with suppress(OSError):
                        _temporary(self.folder / path).unlink(missing_ok=True)
                raise NotSaved(f"Es wurde nichts gespeichert: {_worded(error)}") from error

    def _keep_hand_edits(self, changes: Mapping[str, Change]) -> None:
        """What was changed by hand becomes a commit of its own: taking back ours must not take back theirs."""
        if self.repository is None:
            return
        try:
            self.repository.check()
            beside = [path for path in self.repository.changed() if path in changes and self._read(path) is not None]
            if beside:
                self.repository.commit(beside, "Beside the console\n", BY_HAND)
        except GitError as error:
            raise NotSaved(f"Es wurde nichts gespeichert: {error}") from error

    @contextmanager
    def _alone(self) -> Iterator[None]:
        try:
            self.lock.parent.mkdir(parents=True, exist_ok=True)
            with self.lock.open("w") as held:
                fcntl.flock(held, fcntl.LOCK_EX)
                yield
        except OSError as error:
            raise NotSaved(f"Es wurde nichts gespeichert: {_worded(error)}") from error

    def _read(self, path: str) -> bytes | None:
        try:
            return (self.folder / path).read_bytes()
        except FileNotFoundError:
            return None

    def _beside(self, path: str, content: bytes) -> Path:
        """The new text, whole and on the disk, beside its place."""
        temporary = _temporary(self.folder / path)
        temporary.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        place = self.folder / path
        if place.exists():
            temporary.chmod(place.stat().st_mode & 0o777)
        else:
            temporary.chmod(0o644)
        return temporary

    def _back(self, old: Mapping[str, bytes | None]) -> None:
        for path, content in old.items():
            with suppress(OSError):
                if content is None:
                    (self.folder / path).unlink(missing_ok=True)
                else:
                    self._beside(path, content).replace(self.folder / path)


def _temporary(place: Path) -> Path:
    return place.with_name(f".{place.name}.tmp")


def _worded(error: Exception) -> str:
    if isinstance(error, GitError):
        return str(error)
    number = error.errno if isinstance(error, OSError) else 0
    if number in (errno.ENOSPC, errno.EDQUOT):
        return "Der Speicher ist voll. Bitten Sie Ihre IT-Stelle, Platz zu schaffen."
    if number in (errno.EACCES, errno.EPERM, errno.EROFS):
        return "Lotse darf in den Ordner mit den Texten nicht schreiben. Bitten Sie Ihre IT-Stelle um Hilfe."
    return "Die Datei ließ sich nicht schreiben. Bitten Sie Ihre IT-Stelle um Hilfe."
