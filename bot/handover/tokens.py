"""The token that ties a mail to one question of one office until it expires.

``reply+<id>.<HMAC>``: lower-case base32, 100 bit, because mail clients lower-case addresses.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from dataclasses import dataclass

_BITS = 100


@dataclass(frozen=True)
class Token:
    """A ticket's number and the proof that we wrote it."""

    number: int
    proof: str

    @property
    def local_part(self) -> str:
        """The part of an address or Message-ID before the @."""
        return f"reply+{self.number}.{self.proof}"


def issue(number: int, office: str, expires: int, secret: bytes) -> Token:
    """The token for a ticket. ``office`` is the address it was sent to, ``expires`` in seconds since the epoch."""
    text = f"{number}\n{office.lower()}\n{expires}".encode()
    digest = hmac.new(secret, text, hashlib.sha256).digest()
    return Token(number, base64.b32encode(digest).decode().lower()[: _BITS // 5])


def read(local_part: str) -> Token | None:
    """The token in the part before the @; None when it has none. It is not proven yet: see ``holds``."""
    found = re.fullmatch(r"reply\+(\d{1,18})\.([a-z2-7]{20})", local_part.strip().lower(), re.ASCII)
    return Token(int(found.group(1)), found.group(2)) if found else None


def holds(token: Token, office: str, expires: int, now: int, secret: bytes) -> bool:
    """Whether we issued ``token`` for this office, and it has not expired."""
    return now <= expires and hmac.compare_digest(token.proof, issue(token.number, office, expires, secret).proof)


def decision(number: int, address: str, secret: bytes) -> str:
    """The part before the @ that ties a one-word reply of ``address`` to what it decides."""
    text = f"decide\n{number}\n{address.lower()}".encode()
    digest = hmac.new(secret, text, hashlib.sha256).digest()
    return f"decide+{number}.{base64.b32encode(digest).decode().lower()[: _BITS // 5]}"


def read_decision(local_part: str) -> tuple[int, str] | None:
    """The number of what is decided, and the whole part before the @, to be compared with ``decision``."""
    found = re.fullmatch(r"decide\+(\d{1,18})\.[a-z2-7]{20}", local_part.strip().lower(), re.ASCII)
    return (int(found.group(1)), found.group()) if found else None
