"""DKIM: mail out is signed, so that other servers can tell it from a forger's; and the DNS record that goes with it."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path

import dkim
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)
from dns.asyncresolver import Resolver, get_default_resolver
from dns.exception import DNSException
from dns.resolver import NXDOMAIN, NoAnswer

from bot.errors import SettingsError

# What is missing is signed as missing (RFC 6376, 5.4.2): nobody can add a Reply-To of their own and keep the signature.
_ONCE = (b"From", b"To", b"Subject", b"Date", b"Message-ID", b"Reply-To", b"References", b"In-Reply-To")
_FORM = (b"Auto-Submitted", b"MIME-Version", b"Content-Type", b"Content-Transfer-Encoding")
HEADERS = [*_ONCE, *_FORM, *_ONCE]  # named twice: nor a second one
LEAST_BITS = 1024  # verifiers must not believe fewer (RFC 8301)
DNS_SECONDS = 5.0
_MAKE = "Make one with `openssl genrsa -out dkim.pem 2048`."


class Published(Enum):
    """What DNS says of the record."""

    YES = "yes"
    OTHER = "other"
    NO = "no"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Signature:
    """Signs for ``domain`` (d=) with the key that DNS shows at ``selector`` (s=). Made by ``signature``."""

    domain: str
    selector: str
    algorithm: str
    private: bytes = field(repr=False)  # as dkimpy takes it: PEM for RSA, base64 for Ed25519
    public: str

    def sign(self, mail: bytes) -> bytes:
        """``mail`` (CRLF) with a DKIM-Signature on top. Takes milliseconds, with large attachments longer."""
        header: bytes = dkim.sign(
            mail,
            self.selector.encode(),
            self.domain.encode(),
            self.private,
            canonicalize=(b"relaxed", b"relaxed"),
            signature_algorithm=f"{self.algorithm}-sha256".encode(),
            include_headers=HEADERS,
        )
        return header + mail

    @property
    def name(self) -> str:
        """Where the record belongs in DNS."""
        return f"{self.selector}._domainkey.{self.domain}"

    @property
    def record(self) -> str:
        """The TXT record to publish, in one piece."""
        return f"v=DKIM1; k={self.algorithm}; p={self.public}"

    def holds(self, mail: bytes) -> bool:
        """Whether our own signature on ``mail`` still holds, by our key and without DNS."""

        def ours(name: bytes, **_: object) -> bytes:
            return self.record.encode() if name.decode().rstrip(".") == self.name else b""

        head = mail.replace(b"\r\n", b"\n").partition(b"\n\n")[0]
        count = len(re.findall(rb"^dkim-signature:", head, re.IGNORECASE | re.MULTILINE))
        return any(self._verify(mail, index, ours) for index in range(count))

    @staticmethod
    def _verify(mail: bytes, index: int, dns: Callable[..., bytes]) -> bool:
        try:
            return bool(dkim.DKIM(mail).verify(index, dns))
        except dkim.DKIMException:
            return False

    async def published(self, resolver: Resolver | None = None) -> Published:
        """Ask DNS for the record."""
        try:
            answer = await (resolver or get_default_resolver()).resolve(self.name, "TXT", lifetime=DNS_SECONDS)
        except (NXDOMAIN, NoAnswer):
            return Published.NO
        except DNSException:
            return Published.UNKNOWN
        texts = [re.sub(r"\s", "", b"".join(row.strings).decode("ascii", "replace")) for row in answer]
        return Published.YES if any(f"p={self.public}" in text.split(";") for text in texts) else Published.OTHER


def signature(domain: str, selector: str, path: Path) -> Signature:
    """Reads the private key (PEM, RSA or Ed25519). Raises SettingsError."""
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except OSError as error:
        raise SettingsError(
            f"LOTSE_DKIM_KEY_FILE: {path} cannot be read ({error.strerror}). Set the path of a private key that Lotse "
            f"may read. {_MAKE}"
        ) from error
    except TypeError:
        raise SettingsError(
            f"LOTSE_DKIM_KEY_FILE: {path} is protected by a password. Store it without one: "
            "`openssl pkey -in KEY -out dkim.pem`."
        ) from None
    except (ValueError, UnsupportedAlgorithm):
        raise SettingsError(f"LOTSE_DKIM_KEY_FILE: {path} is no private key in PEM form. {_MAKE}") from None
    if isinstance(key, Ed25519PrivateKey):
        seed, public = key.private_bytes_raw(), key.public_key().public_bytes_raw()
        return Signature(domain, selector, "ed25519", base64.b64encode(seed), base64.b64encode(public).decode())
    if not isinstance(key, RSAPrivateKey):
        raise SettingsError(f"LOTSE_DKIM_KEY_FILE: {path} is a key for neither RSA nor Ed25519. {_MAKE}")
    if key.key_size < LEAST_BITS:
        raise SettingsError(
            f"LOTSE_DKIM_KEY_FILE: the key in {path} has {key.key_size} bits, which nobody believes. {_MAKE}"
        )
    private = key.private_bytes(Encoding.PEM, PrivateFormat.TraditionalOpenSSL, NoEncryption())
    public_der = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return Signature(domain, selector, "rsa", private, base64.b64encode(public_der).decode())
