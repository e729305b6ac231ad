"""Where in a text a forwarded mail begins: the lines that mail programs write above it, in every language we know.

A separator ("-------- Weitergeleitete Nachricht --------"), a block of header lines, all of it in one line (Yahoo), or
one line like "Am ... schrieb ...:" (Outlook for Mac, Yandex).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from bot.mailing.introductions import FOLDED, SEEN, Found, attributions
from bot.mailing.labels import FIELDS, labelled

_LONGEST = 2_000  # letters of a header line
_MAX_LINES = 5_000  # in which blocks are looked for
_MAX_BLOCKS = 200
_MOST_LINES = 30  # of a header

_MARK = re.compile(
    r"[\s>*]*[-=_*]{2,12}\s?(?P<words>[^-=_]{0,60}?(?:weitergeleitet|forwarded|transféré|transmis|réexpédié|reenviad|inoltrat|encaminhada|reencaminhada"
    r"|přeposlan|preposlan|videresendt|vidarebefordra|edelleenlähetet|välitet|proslijeđen|továbbított|doorgestuurd|przekazan|przesłan"
    r"|redirec[țţt]ionat|пересла|пересыла|перенаправ|переадрес|iletil|yönlendiril|chuyển tiếp|توجيه|محو[لّ]|موجهة|هدایت|بازارسال|فوروارد|転送"
    r"|(?P<original>ursprüngliche|originalnachricht|original|d['’]origine|oorspronkelijk|исходное|оригінал|вихідне|oryginal|özgün|orijinal|الأصلية|اصلی|gốc))"
    r"[^-=_]{0,80}?)\s?[-=_*]{2,12}(?P<rest>.*)",
    re.IGNORECASE | re.DOTALL,
)
_PHRASE = re.compile(
    r"[\s>*]*(?:anfang der weitergeleiteten (?:nachricht|e-?mail)|begin forwarded message|forwarded message|weitergeleitete nachricht"
    r"|début du message (?:transféré|réexpédié)|inicio del mensaje reenviado|inizio (?:del )?messaggio inoltrato|início da mensagem (?:reencaminhada|encaminhada)"
    r"|początek przekazywanej wiadomości|începe mesajul redirecționat|начало переадресованного сообщения|начало пересылаемого сообщения"
    r"|початок листа, що пересилається|i?̇?i?leti başlangıcı|iletilen ileti başlangıcı|začátek přeposílané zprávy|začiatok preposlanej správy"
    r"|start på videresendt besked|videresendt melding|vidarebefordrat mejl|välitetty viesti alkaa|započni proslijeđenu poruku"
    r"|továbbított levél kezdete|begin doorgestuurd bericht|بداية الرسالة المعاد توجيهها|bắt đầu (?:thư|tin nhắn) (?:được )?chuyển tiếp"
    r"|شروع پیام هدایت‌شده)\s?[:：]?\s*",
    re.IGNORECASE,
)
_END = re.compile(
    r"[\s>*]*[-=_*]{2,12}\s?(?:ende|end|fin|fine|fim|koniec|sfârșit(?:ul)?|конец|кінець|son|einde|slut|نهاية|پایان|kết thúc)\b[^-=_]{0,80}[-=_*]{2,12}\s*",
    re.IGNORECASE,
)
_BY_MAIL = re.compile(r"[\w.+=-]{1,100}+@[\w-]{1,100}\.\w")
_DATED = re.compile(r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}|\d{1,2}:\d{2}|\d{4}")
# Labels in one line, one behind the other without a space, as Yahoo writes them: "...example>An: ... MEZBetreff: ...".
_SPELT = {spelling for name in FIELDS for spelling in (name, name.capitalize(), name.title(), name.upper())}
_NAMES = "|".join(sorted(map(re.escape, filter(lambda name: len(name) > 1, _SPELT)), key=len, reverse=True))
_GLUED = re.compile(
    rf"(?:(?<![^\W\d_])|(?=[^\W\d_a-zß-öø-ÿа-яіїєґ]))(?P<name>{_NAMES})\s?:|(?<=[>\s])(?P<short>[AÀ])\s?:"
)


_Labelled = tuple[str | None, str]


@dataclass(frozen=True)
class Block:
    """Header lines ``start`` to before ``end``. ``marked``: a line says "forwarded", not just "original message"."""

    start: int
    end: int
    sender: str = ""
    to: str = ""
    subject: str = ""
    marked: bool = False
    attributed: bool = False  # one line like "Am ... schrieb ...:"


def find(lines: Sequence[str]) -> list[Block]:
    """The blocks of a text, in order; those that are only an attribution are there too."""
    lines = lines[:_MAX_LINES]
    seen = [line[:SEEN].replace("\xa0", " ").replace("\ufeff", "").strip() for line in lines]
    bare = [line.lstrip("> \t") for line in seen]
    attributed = attributions(bare, None)
    fields = [labelled(line) for line in bare]
    blocks: list[Block] = []
    number = 0
    while number < len(lines) and len(blocks) < _MAX_BLOCKS:
        found = _block(lines, bare, fields, attributed, number)
        if found:
            blocks.append(found)
            number = max(found.end, number + 1)
        else:
            number += 1
    return blocks


def is_end(line: str) -> bool:
    """``----- Ende der weitergeleiteten Nachricht -----``"""
    return len(line) <= SEEN and bool(_END.fullmatch(line.strip()))


def _block(
    lines: Sequence[str], bare: Sequence[str], fields: Sequence[_Labelled], attributed: Found, number: int
) -> Block | None:
    start, rest = number, ""
    line = lines[number][:_LONGEST].replace("\xa0", " ").replace("\ufeff", "")
    mark = _MARK.fullmatch(line.strip()) if not is_end(line) else None
    marked = bool(mark) or (len(line) <= SEEN and bool(_PHRASE.fullmatch(line.strip())))
    if mark:
        rest = mark.group("rest").strip()
    if rest:
        return _glued(lines, start, rest)
    if marked:
        number += 1
        while number < len(lines) and number < start + 4 and not bare[number]:
            number += 1
    header = _header(bare, fields, number, marked=marked) or (_bare_header(bare, number) if marked else None)
    said = marked and not (mark and mark.group("original"))
    if header:
        return Block(start, *header, marked=said)
    if number < len(lines):
        length, certain = attributed[number]
        if length and (certain or marked) and _BY_MAIL.search(" ".join(bare[number : number + length])):
            return Block(
                start,
                number + length,
                " ".join(bare[number : number + length]).casefold(),
                marked=marked,
                attributed=True,
            )
        joined = _dated_sender(bare, number) if marked else 0
        if joined:
            return Block(start, number + joined, bare[number].casefold(), marked=said, attributed=True)
    return Block(start, start + 1, marked=True) if said else None


def _dated_sender(bare: Sequence[str], number: int) -> int:
    """How many lines are ``30.11.2026, 14:25, "Olena" <olena@...>:`` below a separator."""
    joined = ""
    for length, line in enumerate(bare[number : number + FOLDED], 1):
        joined = f"{joined} {line}".strip()
        if not line:
            return 0
        if joined.endswith((":", "：")):
            return length if _BY_MAIL.search(joined) and _DATED.search(joined) else 0
    return 0


def _header(
    bare: Sequence[str], fields: Sequence[_Labelled], begin: int, *, marked: bool
) -> tuple[int, str, str, str] | None:
    """End, sender, recipients and subject of the header lines that begin at ``begin``."""
    values: dict[str, str] = {}
    last = ""
    number = begin
    while number < min(len(bare), begin + _MOST_LINES):
        kind, value = fields[number]
        if kind and not (kind in values and kind in ("from", "subject")):
            values.setdefault(kind, value)
            last = kind
        elif last and bare[number] and (_goes_on(bare[number], last) or _labelled_soon(fields, number)):
            values[last] += f" {bare[number]}"
        else:
            break
        number += 1
    first = fields[begin][0] if begin < len(fields) else None
    if (
        "from" not in values
        or len(values.keys() - {"other"}) < 2
        or not (first == "from" or marked or _is_full(values))
    ):
        return None
    return number, values["from"].casefold(), values.get("to", "").casefold(), values.get("subject", "")


def _bare_header(bare: Sequence[str], begin: int) -> tuple[int, str, str, str] | None:
    """Header lines without colons, as eM Client writes them: ``Von "Olena" <olena@...>``."""
    values: dict[str, str] = {}
    number = begin
    while number < min(len(bare), begin + _MOST_LINES):
        name, _, value = bare[number].partition(" ")
        kind = FIELDS.get(name.casefold())
        if not kind or kind in values:
            break
        values[kind] = value
        number += 1
    if len(values) < 3 or not _BY_MAIL.search(values.get("from", "")):
        return None
    return number, values["from"].casefold(), values.get("to", "").casefold(), values.get("subject", "")


def _is_full(values: dict[str, str]) -> bool:
    """Gesendet, Von, An, Betreff in another order: enough of them, with a date or an address."""
    return (
        {"from", "subject"} <= values.keys()
        and len(values) >= 3
        and bool(_BY_MAIL.search(values["from"] + values.get("to", "")) or _DATED.search(values.get("date", "")))
    )


def _goes_on(line: str, last: str) -> bool:
    """Whether a line is the rest of a list of addresses above it."""
    return last in ("to", "cc", "reply", "from") and bool(_BY_MAIL.search(line)) and len(line.split()) <= 12


def _labelled_soon(fields: Sequence[_Labelled], number: int) -> bool:
    """Whether one of the next two lines goes on with the header block."""
    return any(kind for kind, _ in fields[number + 1 : number + 3])


def _glued(lines: Sequence[str], start: int, rest: str) -> Block:
    """A separator with the header behind it in the same line; the subject is its last field."""
    end = start + 1
    while "subject" not in _fields(rest) and end < min(len(lines), start + 5) and lines[end].strip():
        rest = f"{rest} {lines[end].strip()}"
        end += 1
    values = _fields(rest)
    if "from" not in values:
        return Block(start, start + 1, marked=True)
    return Block(
        start, end, values["from"].casefold(), values.get("to", "").casefold(), values.get("subject", ""), marked=True
    )


def _fields(text: str) -> dict[str, str]:
    """What stands behind each label in a line, by its kind."""
    found = list(_GLUED.finditer(text[:_LONGEST]))
    if not found or text[: found[0].start()].strip():
        return {}
    ends = [each.start() for each in found[1:]] + [len(text)]
    values: dict[str, str] = {}
    for each, end in zip(found, ends, strict=True):
        kind = FIELDS.get((each.group("name") or each.group("short")).casefold().replace("i\u0307", "i"), "to")
        values.setdefault(kind, text[each.end() : end].strip())
    return values
