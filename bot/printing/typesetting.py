"""PDF and pictures by typst. What is set comes in as data (JSON), never as typst's language: no word commands."""

from __future__ import annotations

import importlib.util
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Literal

from bot.errors import UsageError

TEMPLATES = Path(__file__).parent
# Packages with the fonts (all OFL): Latin, Greek and Cyrillic; Arabic script; Tigrinya.
FONTS = ("fontpkg_noto_sans", "fontpkg_noto_sans_arabic", "justmytype_intl_africa")


def pdf(template: str, data: Mapping[str, Any]) -> bytes:
    """``template``: a file's name in this folder. Raises UsageError where typst or a font is missing."""
    return _set(template, data, "pdf")[0]


def pictures(template: str, data: Mapping[str, Any], dots: float = 144.0) -> list[bytes]:
    """The same as one PNG a page; ``dots`` an inch."""
    return _set(template, data, "png", dots)


def _set(template: str, data: Mapping[str, Any], kind: Literal["pdf", "png"], dots: float = 144.0) -> list[bytes]:
    try:
        import typst
    except ImportError as error:
        raise UsageError("typst is not installed: run `make install` again.") from error
    made: Any = typst.compile(
        str(TEMPLATES / template),
        root=str(TEMPLATES),
        font_paths=_fonts(),
        ignore_system_fonts=True,
        format=kind,
        ppi=dots,
        sys_inputs={"data": json.dumps(data, ensure_ascii=False)},
    )
    return list(made) if isinstance(made, list) else [made]


@cache
def _fonts() -> list[str]:
    found = []
    for name in FONTS:
        spec = importlib.util.find_spec(name)
        places = list(spec.submodule_search_locations or ()) if spec else []
        if not places:
            raise UsageError(f"The fonts of {name.replace('_', '-')} are not installed: run `make install` again.")
        found += places
    return found
