"""From bytes and encoded words to letters that every database and channel takes."""

from __future__ import annotations

import codecs
import re
from email.header import decode_header

# Codecs of Python that are no charsets of mail, or slow on hostile input.
_NO_CHARSETS = {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined"}
# Control characters, and the marks that turn a name's reading direction round ("fdp.exe").
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TURNING = re.compile("[\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def one_line(text: str) -> str:
    """Without line breaks, control characters and marks of direction; single spaces."""
    return " ".join(_TURNING.sub("", _CONTROLS.sub(" ", clean(text))).split())


def clean(text: str) -> str:
    """What every database and channel takes: no NUL, no lone surrogate, no control character but tab and \\n."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    return _CONTROLS.sub("", text).encode("utf-8", "replace").decode()


def decoded(value: str) -> str:
    """Encoded words and raw bytes turned into letters; ``value`` as it is where that fails."""
    try:
        pieces = decode_header(value)
    except Exception:  # noqa: BLE001  # binascii and header errors of several kinds
        pieces = [(value, None)]
    return "".join(
        from_bytes(piece, charset or "")
        if isinstance(piece, bytes)
        else from_bytes(piece.encode("utf-8", "surrogateescape"), "utf-8")
        if _bytes_inside(piece)
        else piece
        for piece, charset in pieces
    )


def _bytes_inside(text: str) -> bool:
    return any("\udc80" <= letter <= "\udcff" for letter in text)


def from_bytes(content: bytes, charset: str) -> str:
    """Letters in the charset it claims. A false or missing claim: UTF-8, else Windows' western one."""
    claimed = _codec(charset)
    for attempt in filter(None, (claimed, "utf-8")):
        try:
            return content.decode(attempt)
        except UnicodeError:
            continue
    return content.decode(claimed or "cp1252", "replace")


def _codec(charset: str) -> str:
    """Python's name of a charset; empty if it is none, or says nothing (ASCII with other letters in it)."""
    try:
        name = codecs.lookup(charset.strip("\"' ")).name
        b"abcd".decode(name, "replace")  # zlib and hex are codecs, but of no text
    except (LookupError, ValueError):
        return ""
    return "" if name in _NO_CHARSETS or name == "ascii" else name
