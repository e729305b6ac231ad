"""The key that signs tokens, links and the webhook's address: made once, whole or not at all."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from pathlib import Path

from bot.errors import StorageError

LENGTH = 32  # bytes


def secret_of(path: Path) -> bytes:
    """The key in ``path``; a new one where there is none. Raises StorageError: not writable, or not a whole key.

    A short key would let anybody compute the tokens; an empty one is what a full disk left behind.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            _make(path)
        found = path.read_bytes()
    except OSError as error:
        raise StorageError(
            f"{path} cannot be written: {error.strerror}. Make the folder writable and see that the disk has space."
        ) from error
    if len(found) < LENGTH:
        raise StorageError(
            f"{path} is damaged: it holds {len(found)} bytes instead of {LENGTH}. Bring it back from your backup "
            "(`lotse restore`). Where there is none, delete it: replies to questions of before then wait in quarantine."
        )
    return found


def _make(path: Path) -> None:
    """Written beside its place, to the disk, and then put there: of several processes the first one's stays."""
    unfinished = path.with_name(f"{path.name}.{os.getpid()}.tmp")
    try:
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(secrets.token_bytes(LENGTH))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(unfinished, path)
    finally:
        unfinished.unlink(missing_ok=True)
