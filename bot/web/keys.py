"""What opens a chat in a browser: a cookie, a private link, a short code to write down. Pure.

The keys themselves are stored nowhere; their hashes are, bound to the installation's secret.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Callable

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # no I, L, O, U: they are misread
CODE_LETTERS = 10  # 50 bits, and guesses are counted
KEY_BYTES = 24  # 192 bits
STAMP_SECONDS = 86_400
_MISREAD = str.maketrans("ILO", "110")


def new_code(random: Callable[[int], bytes]) -> str:
    """A code in two halves, as one writes it down: ABCDE-FGHJK."""
    letters = "".join(ALPHABET[byte % len(ALPHABET)] for byte in random(CODE_LETTERS))
    return f"{letters[:5]}-{letters[5:]}"


def read_code(text: str) -> str:
    """A code as somebody types it (small letters, spaces, O for 0); "" for what cannot be one."""
    letters = re.sub(r"[^0-9A-Z]", "", text.upper()).translate(_MISREAD)
    return letters if len(letters) == CODE_LETTERS and not set(letters) - set(ALPHABET) else ""


def key_hash(secret: bytes, kind: str, key: str) -> str:
    """What is stored of a key."""
    return hmac.new(secret, f"web {kind}:{key}".encode(), "sha256").hexdigest()


def stamp(secret: bytes, now: float) -> str:
    """The day-long sign of a form that we made: when, and that it was us."""
    at = str(int(now))
    return f"{at}.{hmac.new(secret, f'web form:{at}'.encode(), 'sha256').hexdigest()[:32]}"


def stamp_age(secret: bytes, given: str, now: float) -> float | None:
    """Seconds since we made the form; None for a stamp of somebody else's, or one that is too old."""
    at, _, _ = given.partition(".")
    if not re.fullmatch(r"\d{1,12}", at, re.ASCII):
        return None
    if not hmac.compare_digest(stamp(secret, int(at)).encode(), given.encode("utf-8", "replace")):
        return None
    age = now - int(at)
    return age if 0 <= age <= STAMP_SECONDS else None
