"""Reading what the running bot wrote of itself.

Needs the standard library and python-dotenv alone: a health check that runs twice a minute must cost nothing.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path

from dotenv import dotenv_values

FRESH_SECONDS = 30.0


def path_of(environment: Mapping[str, str]) -> Path:
    """The health file as `bot.config` finds it: from the environment, from `.env`, else in `var`."""
    given = {name.upper(): value for name, value in {**dotenv_values(".env"), **environment}.items() if value}
    return Path(given.get("LOTSE_HEALTH_FILE") or Path(given.get("LOTSE_VAR") or "var") / "health.json")


def read(path: Path, now: float) -> tuple[str, bool]:
    """What the running bot last wrote of itself, and whether that is well and fresh."""
    try:
        text = path.read_text(encoding="utf-8")
        state = json.loads(text)
        fresh = now - float(state.get("at", 0)) < FRESH_SECONDS
    except (OSError, ValueError, TypeError, AttributeError):
        return f"{path} cannot be read: the bot is not running, or writes elsewhere (LOTSE_VAR).", False
    if not fresh:
        text = f"{text}\n{path} is {now - float(state.get('at', 0)):.0f} seconds old: the bot does not run, or hangs."
    return text, fresh and state.get("well") is True


def tell(now: float) -> int:
    """`lotse health`: print it; the exit code."""
    text, well = read(path_of(os.environ), now)
    print(text)
    return 0 if well else 1
