"""The inbox row of a mail, as it came."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

NAME = "mail-in"


def row(raw: bytes, recipients: list[str]) -> tuple[str, str, Any]:
    """The inbox row of a mail. The same mail handed in twice has the same id, so it is stored once."""
    digest = hashlib.sha256(raw + "\0".join(sorted(recipients)).encode()).hexdigest()
    payload = {"raw": base64.b64encode(raw).decode("ascii"), "recipients": recipients}
    return f"{NAME}:{digest[:40]}", digest, payload


def unpack(payload: Any) -> tuple[bytes, list[str]]:
    """What ``row`` packed."""
    return base64.b64decode(payload["raw"]), list(payload["recipients"])
