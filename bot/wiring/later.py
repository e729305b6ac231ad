"""Modules that are loaded when something of them is used: what talks to a network takes long to load, and memory."""

from __future__ import annotations

import importlib
from typing import Any


class Later:
    """Stands for the module ``name``."""

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, what: str) -> Any:
        return getattr(importlib.import_module(self._name), what)
