"""The console's sentences: German stands where it is used, English in the modules of this folder, each ``ENGLISH``."""

from __future__ import annotations

import importlib
import pkgutil

ENGLISH: dict[str, str] = {}
for _found in pkgutil.iter_modules(__path__):
    ENGLISH |= importlib.import_module(f"{__name__}.{_found.name}").ENGLISH


def translated(german: str, language: str, **values: object) -> str:
    """A sentence in "de" or "en", with its {values}. One that has no English yet is shown in German."""
    text = ENGLISH.get(german, german) if language == "en" else german
    return text.format(**values) if values else text
