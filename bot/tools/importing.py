"""`lotse import`: records of other systems, from an address or a file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import httpx

from bot.errors import UsageError

SECONDS = 30.0
MAX_BYTES = 50_000_000


def read_json(where: str) -> Any:
    """What stands at an address or in a file. Raises UsageError: where, what, what to do."""
    try:
        raw = _fetched(where) if where.startswith(("http://", "https://")) else Path(where).read_bytes()
    except OSError as error:
        raise UsageError(f"{where}: {error.strerror}. Give a file, or an address with https://.") from error
    try:
        return json.loads(raw)
    except (ValueError, RecursionError) as error:
        page = " It is a web page." if raw.lstrip()[:1] == b"<" else ""
        raise UsageError(f"{where} is no JSON.{page} Is this the address of an interface?") from error


def _fetched(url: str) -> bytes:
    found = bytearray()
    try:
        with httpx.stream("GET", url, timeout=SECONDS, follow_redirects=True) as answer:
            if answer.status_code != httpx.codes.OK:
                raise UsageError(f"{url} answers with status {answer.status_code}. Is the address right?")
            for piece in answer.iter_bytes():
                found += piece
                if len(found) > MAX_BYTES:
                    raise UsageError(f"{url} is larger than {MAX_BYTES:,} bytes: it was left.")
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise UsageError(f"{url} cannot be reached ({type(error).__name__}). Is there a network?") from error
    return bytes(found)
