"""Every error Lotse raises on purpose; each message says where, what, and what to do.

LotseError                 something an operator or editor can mend; the command line ends with 1
├── UsageError             the command was called wrongly; the command line ends with 2
├── SettingsError          a setting is missing or wrong
├── KnowledgeError         the knowledge has errors; carries every problem
├── StorageError           the database cannot be opened or written
└── ChannelStopped         a channel cannot go on (its token is not valid)
"""

from __future__ import annotations

from collections.abc import Sequence


class LotseError(Exception):
    """Something an operator or editor can mend; the text says how."""


class UsageError(LotseError):
    """The command was called wrongly."""


class SettingsError(LotseError):
    """A setting is missing or wrong."""


class KnowledgeError(LotseError):
    """The knowledge has errors; the text names every one."""

    def __init__(self, errors: Sequence[str]) -> None:
        super().__init__("\n".join([*errors, f"{len(errors)} error(s) in the knowledge. Run `lotse check`."]))


class StorageError(LotseError):
    """The database cannot be opened or written."""


class ChannelStopped(LotseError):
    """A channel cannot go on until somebody mends its settings."""
