"""Modules that are loaded when something of them is used: what talks to a network takes long to load, and memory.

    if TYPE_CHECKING:
        from bot.tools import checking
    else:
        checking = Later("bot.tools.checking")

So mypy and import-linter see the module itself; a test compares both halves.
"""

from __future__ import annotations

import importlib
from typing import Any


class Later:
    """Stands for the module ``name``."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, what: str) -> Any:
        return getattr(importlib.import_module(self._name), what)
