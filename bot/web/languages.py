"""Languages as browsers name them. Pure."""

from __future__ import annotations

import json


def preferred(header: str, offered: tuple[str, ...]) -> str:
    """The first language of an Accept-Language header that is offered; "" when none is."""
    wanted: list[tuple[float, int, str]] = []
    for part in header[:500].split(","):
        tag, _, weight = part.strip().partition(";q=")
        try:
            wanted.append((-float(weight or 1), len(wanted), tag.split("-")[0].lower()))
        except ValueError:
            continue
    codes = {"ku": "kmr"}
    return next((code for _, _, tag in sorted(wanted) if (code := codes.get(tag, tag)) in offered), "")


def html_code(language: str) -> str:
    """The language as HTML names it."""
    return {"de-simple": "de-simple", "kmr": "kmr-Latn"}.get(language, language)


def language_in(state: str) -> str:
    """What a person's stored state says of their language; "" when nothing."""
    try:
        known = json.loads(state) if state else {}
    except ValueError:
        return ""
    return str(known.get("language") or known.get("spoken") or "")
