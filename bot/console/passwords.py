"""What signs somebody in: a password, and a code that changes every thirty seconds. Pure: time is an argument."""

from __future__ import annotations

import base64
import hmac
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from cryptography.fernet import Fernet, InvalidToken

SHORTEST = 12  # characters; a long sentence is better than odd signs
LONGEST = 200
STEP = 30  # seconds
_HASHER = PasswordHasher()


def password_hash(password: str) -> str:
    """What is stored of a password. Takes some 50 ms and 64 MB on purpose."""
    return _HASHER.hash(password)


@cache
def _nobody() -> str:
    """What a name that does not exist is checked against: it takes as long."""
    return _HASHER.hash("nobody")


def is_password(stored: str, given: str) -> bool:
    """Whether ``given`` is the password; takes as long when there is none."""
    try:
        return _HASHER.verify(stored or _nobody(), given[:LONGEST]) and bool(stored)
    except (Argon2Error, InvalidHashError):
        return False


def fault_of(password: str, name: str) -> str:
    """Why a new password is not taken, in German; "" when it is."""
    if len(password) < SHORTEST:
        return "Das Passwort ist zu kurz: Es braucht mindestens 12 Zeichen. Ein ganzer Satz ist gut."
    if len(password) > LONGEST:
        return "Das Passwort ist zu lang: höchstens 200 Zeichen."
    if len(set(password)) < 5 or name.casefold() == password.casefold():
        return "Das Passwort ist zu leicht zu erraten. Ein ganzer Satz ist gut."
    return ""


def new_secret(seed: bytes, key: str) -> str:
    """A second factor's secret for whoever opened the link ``key``: the same however often the page is loaded."""
    return base64.b32encode(hmac.digest(seed, f"console totp:{key}".encode("utf-8", "replace"), "sha256")[:20]).decode()


def app_address(secret: str, name: str, issuer: str) -> str:
    """What the app on the phone reads from the picture."""
    return pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=issuer)


def step_of(secret: str, code: str, now: float) -> int:
    """The step (30 seconds since 1970) whose code this is, of the last, this and the next; 0 when it is none."""
    digits = "".join(code.split())
    if not secret or len(digits) != 6 or not digits.isascii() or not digits.isdecimal():  # as apps show it
        return 0
    current = int(now) // STEP
    counter = pyotp.HOTP(secret)
    return next((step for step in (current - 1, current, current + 1) if counter.verify(digits, step)), 0)


def seal(seed: bytes, secret: str) -> str:
    """The secret as it is stored: who steals the database alone cannot use it."""
    return _box(seed).encrypt(secret.encode()).decode()


def unseal(seed: bytes, stored: str) -> str:
    """The secret; "" when none is stored, or it was stored with another key."""
    try:
        return _box(seed).decrypt(stored.encode()).decode() if stored else ""
    except InvalidToken:
        return ""


def _box(seed: bytes) -> Fernet:
    return Fernet(base64.urlsafe_b64encode(hmac.digest(seed, b"console totp box", "sha256")))
