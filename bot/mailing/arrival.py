"""The inbox row of a mail, as it came."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable
from typing import Any

NAME = "mail-in"
LARGE = "mail-in-large"  # those that take long to read: they are read one at a time, beside the others
SMALL = 100_000  # bytes: what is larger is large
LARGEST = 45_000_000  # bytes; larger is refused by LMTP and left in the mailbox by IMAP


def row(raw: bytes, recipients: list[str]) -> tuple[str, str, Any]:
    """The inbox row of a mail. The same mail handed in twice has the same id, so it is stored once."""
    hashed = hashlib.sha256(raw)
    hashed.update("\0".join(sorted(recipients)).encode())
    digest = hashed.hexdigest()
    payload = {"raw": base64.b64encode(raw).decode("ascii"), "recipients": recipients}
    return f"{NAME}:{digest[:40]}", digest, payload


def is_large(payload: Any) -> bool:
    """Whether the mail that ``row`` packed is a large one."""
    return len(payload["raw"]) > SMALL * 4 // 3


def put_aside(digest: str, recipients: list[str]) -> Any:
    """The payload of a mail that is kept as a file, with that name."""
    return {"file": digest, "recipients": recipients}


def unpack(payload: Any, read: Callable[[str], bytes]) -> tuple[bytes, list[str]]:
    """What ``row`` packed, or was put aside; ``read`` gives the content of a file."""
    raw = read(payload["file"]) if "file" in payload else base64.b64decode(payload["raw"])
    return raw, list(payload["recipients"])
