"""From bytes and encoded words to letters that every database and channel takes."""

from __future__ import annotations

import binascii
import codecs
import quopri
import re

from bot.mailing import charsets
from bot.presentation.direction import TURNING

# Codecs of Python that are no charsets of mail, or slow on hostile input.
_NO_CHARSETS = {"idna", "punycode", "unicode-escape", "raw-unicode-escape", "undefined"}
# Control characters, and the marks that turn a name's reading direction round ("fdp.exe").
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f]")
_UNREADABLE = re.compile("[\x80-\x9f]")  # what is left of a charset that nobody recognised
_TURNING = re.compile(f"[\u200e\u200f{TURNING}]")
_ENCODED_WORD = re.compile(r"=\?([^?\s*]{1,40})(?:\*[^?\s]{0,40})?\?([bBqQ])\?([^?\r\n]{0,1000})\?=")
_BETWEEN_WORDS = re.compile(r"(\?=)\s+(?==\?[^?\s]{1,80}\?[bBqQ]\?)")
_SAMPLE = 4_000  # bytes that a charset is guessed from
_HIGH = re.compile(rb"[\x80-\xff]")


def one_line(text: str) -> str:
    """Without line breaks, control characters and marks of direction; single spaces."""
    return " ".join(_TURNING.sub("", clean(text)).split())


def clean(text: str) -> str:
    """What every database and channel takes: no NUL, no lone surrogate, no control character but tab and \\n.

    Control characters of a charset that was not recognised stood for letters: they become the sign for that.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x0b", "\n").replace("\x0c", "\n")
    text = _UNREADABLE.sub("\ufffd", _CONTROLS.sub("", text))
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decoded(value: str) -> str:
    """Encoded words (RFC 2047) and raw bytes turned into letters; a word that cannot be decoded stays as it is."""
    if any("\udc80" <= letter <= "\udcff" for letter in value):
        value = from_bytes(value.encode("utf-8", "surrogateescape"), "")
    value = _BETWEEN_WORDS.sub(r"\1", value)
    # Words of one charset that touch are decoded as one: programs cut them within a letter.
    shown: list[str] = []
    waiting: tuple[str, bytes] = "", b""
    end = 0

    def flush() -> None:
        nonlocal waiting
        shown.append(from_bytes(waiting[1], waiting[0]) if waiting[1] else "")
        waiting = "", b""

    for word in _ENCODED_WORD.finditer(value):
        charset, content = word.group(1).lower(), _word_bytes(word)
        if content is None:
            continue
        if word.start() != end or charset != waiting[0]:
            flush()
        shown.append(value[end : word.start()])
        waiting = charset, waiting[1] + content
        end = word.end()
    flush()
    return "".join([*shown, value[end:]])


def _word_bytes(word: re.Match[str]) -> bytes | None:
    text = word.group(3).encode("utf-8", "surrogateescape")
    if word.group(2) in "qQ":
        return quopri.decodestring(text.replace(b"_", b"=20"), header=False)
    try:
        return binascii.a2b_base64(text + b"===")
    except binascii.Error:
        return None


def from_bytes(content: bytes, charset: str, language: str = "") -> str:
    """The letters of ``content``, which claims ``charset``; ``language`` (of a header) helps to guess.

    A small charset is read as its larger relative, as mail programs and browsers do; UTF-8 under another name, and
    another one under the name of UTF-8, are recognised. What cannot be read is U+FFFD.
    """
    claimed = _codec(charset)
    if charsets.is_one_byte(claimed) or not claimed:
        try:
            return content.decode("utf-8")  # text of another charset is next to never valid UTF-8
        except UnicodeDecodeError as error:
            if not claimed and error.end >= len(content) - 3 and error.start > len(content) // 2:
                return content.decode("utf-8", "replace")  # cut within its last letter
    if claimed:
        try:
            text = content.decode(charsets.larger(claimed, content))
        except UnicodeError:
            text = content.decode(charsets.larger(claimed, content), "replace")
            if claimed not in ("utf-8", "utf_8_sig") or charsets.is_mostly_utf8(_sample(content)):
                return text
        else:
            return text
    return content.decode(charsets.guess(_sample(content), language), "replace")


def _sample(content: bytes) -> bytes:
    first = _HIGH.search(content)
    start = max(0, first.start() - 40) if first else 0
    return content[start : start + _SAMPLE]


def _codec(charset: str) -> str:
    """Python's name of a charset; empty if it is none, or says nothing (ASCII with other letters in it)."""
    try:
        name = codecs.lookup(charset.strip("\"' ")).name
        b"abcd".decode(name, "replace")  # zlib and hex are codecs, but of no text
    except (LookupError, ValueError):
        return ""
    return "" if name.replace("_", "-") in _NO_CHARSETS or name == "ascii" else name
