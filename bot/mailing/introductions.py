"""The lines by which mail programs introduce an older mail: "On ... wrote:", a block of header lines, a separator.

Every line is looked at a bounded number of times and at most its first ``SEEN`` characters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from enum import StrEnum

from bot.mailing.labels import field_of

SEEN = 300  # characters of a line that are looked at
FOLDED = 4  # lines over which an attribution is folded at most


class Why(StrEnum):
    """Why something was cut."""

    MARKER = "marker"
    ATTRIBUTION = "attribution"
    HEADERS = "headers"
    ORIGINAL = "original"
    QUOTE = "quote"
    SIGNATURE = "signature"
    FOOTER = "footer"


Found = list[tuple[int, bool]]  # what attributions returns


# Words of "... wrote", for the languages of our askers and of mail programs around them.
_WROTE = frozenset(
    """schrieb schrieben geschrieben wrote writes said sent écrit scris escribió escreveu scritto napisał napisała
    nadesłał pisze написал написала пишет пише написав писал schreef geschreven skrev napsal napsala írta yazdı yazmış
    viết كتب كتبت كتابة نوشت نوشته ولیکل وليکل nivîsî nivîsand nivîsandiye qoray ጽሒፉ ጽሒፋ ጻፈ shkroi""".split()  # noqa: SIM905
)
_WROTE_UNPARTED = ("写道", "寫道", "のメール")
_WORD = re.compile(r"[^\W\d_]+")
# What an attribution begins with: "On", "Am" and so on with a figure behind it, a date, or a day of the week.
_OPENER = re.compile(
    r"(?:on|at|am|le|el|em|il|op|den|på|pe|în|in|dnia|w\s+dniu|dne|dňa|vào|ngày|à|в|у|від|في|بتاريخ|در|په|di|roja"
    r"|taariikhda|ኣብ|在|më)\s[^:]{0,40}?\d"
    r"|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}\b|\d{4}年|\d{1,2}\.?\s\w{3,10}\.?\s\d{4}"
    r"|\w{2,10}\.?,?\s(?:\w{1,3}\s)?\d{1,2}\.?\s\w{1,10}\.?,?\s(?:de\s)?\d{4}",
    re.IGNORECASE,
)
_INSIDE = re.compile(r"[\s-](?:On|Am|Le|El|Em|Il|Op) [^:]{0,20}\d")  # the reply's last words stand in the same line
_TIME = re.compile(r"(?<![\d:.])\d{1,2}(?::\d{2}(?!\d)|[.h]\d{2}\s?(?:am|pm|uhr)\b)|(?:kl|klo)\.?\s\d", re.IGNORECASE)
_DATE = re.compile(r"\d{1,4}[./-]\d{1,2}|\d{4}")
_ADDRESS = re.compile(r"(?<![\w.+=-])[\w.+=-]{1,100}+@[\w-]{1,100}\.\w")
_ADDRESS_END = re.compile(r"@[^\s<>@]{1,200}>{1,2}\)?\s?:?$")
_TOLD = frozenset({"mir", "uns", "me", "us"})  # "hat mir geschrieben": a sentence

_ORIGINAL = re.compile(
    r"[\s*>]*(?:[-_—–]{2,}\s*(?:original\s+message|reply\s+message|original\s+e-?mail|ursprüngliche\s+(?:nachricht|mail|e-mail)"
    r"|original-?nachricht|original-?mail|antwort\s+nachricht|message\s+d'origine|message\s+d’origine|message\s+original"
    r"|mensaje\s+original|mensagem\s+original|messaggio\s+originale|oorspronkelijk\s+bericht|oprindelig\s+meddelelse"
    r"|opprinnelig\s+melding|ursprungligt\s+meddelande|wiadomość\s+oryginalna|oryginalna\s+wiadomość"
    r"|mesaj\s+original|mesajul\s+original|mesajul\s+inițial|orijinal\s+(?:mesaj|ileti)|özgün\s+ileti"
    r"|исходное\s+сообщение|оригінальне\s+повідомлення|вихідне\s+повідомлення"
    r"|الرسالة\s+الأصلية|رسالة\s+أصلية|پیام\s+اصلی|thư\s+gốc|tin\s+nhắn\s+gốc|原始邮件|邮件原件)\b.{0,40}?[-_—–]{2,}"
    r"|\[?original\s+message\s+processed\s+by\s)",
    re.IGNORECASE,
)
FORWARDED = re.compile(
    r"begin\s+forwarded\s+message|anfang\s+der\s+weitergeleiteten\s+(?:nachricht|e-mail)|début\s+du\s+message\s+transféré"
    r"|-{2,}\s*(?:forwarded\s+message|weitergeleitete\s+nachricht|message\s+transféré|mensaje\s+reenviado"
    r"|messaggio\s+inoltrato|пересланное\s+сообщение|переслане\s+повідомлення|пересылаемое\s+сообщение"
    r"|mesaj\s+redirecționat|iletilen\s+(?:ileti|mesaj)|wiadomość\s+przekazana|رسالة\s+معاد\s+توجيهها"
    r"|پیام\s+هدایت\s?شده|thư\s+đã\s+chuyển\s+tiếp)",
    re.IGNORECASE,
)

RULE = re.compile(r"[\s*]*[-_=—–]{5,}[\s*]*$")


def above_rule(seen: Sequence[str], start: int) -> int:
    """Outlook draws a line above the headers."""
    above = start - 1
    while above > 0 and not seen[above]:
        above -= 1
    return above if above >= 0 and RULE.match(seen[above]) else start


def introduction(seen: Sequence[str], found: Found, start: int) -> tuple[int, Why]:
    """How many lines at ``start`` introduce an old mail that is not marked with ``>``, or 0."""
    line = seen[start]
    if not line or line.startswith(">"):
        return 0, Why.QUOTE
    if _ORIGINAL.match(line):
        return 1, Why.ORIGINAL
    if length := header_block(seen, start):
        return length, Why.HEADERS
    length, certain = found[start]
    if certain and not is_quoted(seen, start + length):
        return length, Why.ATTRIBUTION
    return 0, Why.QUOTE


def is_quoted(seen: Sequence[str], start: int) -> bool:
    following = next((line for line in seen[start : start + 3] if line), "")
    return following.startswith(">")


def header_block(seen: Sequence[str], start: int) -> int:
    """The length of a block like ``Von: … Gesendet: … An: … Betreff: …`` at ``start``, or 0."""
    if field_of(seen[start][:60]) in {None, "other", "cc", "reply"}:
        return 0
    values: dict[str, str] = {}
    end = position = start
    while position < min(len(seen), end + 3):  # a value may be folded, and lines may be double-spaced
        field = field_of(seen[position][:60])
        if field in values:
            break
        if field:
            values[field] = " ".join(seen[position : position + 2])
            end = position + 1
        position += 1
    known = values.keys() - {"other", "cc", "reply"}
    addressed = any(_ADDRESS.search(values.get(field, "")) for field in ("from", "to"))
    sure = ("from" in known and (len(known) >= 3 or (len(known) == 2 and addressed))) or (
        {"date", "to"} <= known and addressed and bool(_TIME.search(values["date"]))
    )
    return end - start if sure else 0


def attributions(seen: Sequence[str], marked: int | None) -> Found:
    """For every line how many lines there are like ``On … wrote:``, or 0; and whether they are, with no ``>`` below."""
    found = [(0, False)] * len(seen)
    for start in reversed(range(len(seen))):
        joined = ""
        for length, line in enumerate(seen[start : start + FOLDED], 1):
            if not line or line.startswith(">") or len(joined) + len(line) > SEEN:
                break
            joined = f"{joined} {line}" if joined else line
            colon = joined.endswith((":", "："))
            if not colon and _wrote_alone(seen, start + length):
                continue  # "On ... Kim <kim@...>" and below it "wrote:"
            ruled = length <= 2 and joined.startswith("--") and joined.endswith("--")
            kind = _is_attribution(joined) if colon or ruled or joined.endswith((">", ">)")) else None
            if kind:
                # The nearest beginning holds: words above it that begin alike are the writer's own.
                nearer = any(found[start + k][0] and _OPENER.match(seen[start + k]) for k in range(1, length))
                certain = kind == "certain" or (marked is not None and 0 <= marked - start - length < 3)
                if not nearer and (certain or is_quoted(seen, start + length)):
                    found[start] = (length, certain)
                    break
            if colon:
                break
    return found


def _is_attribution(joined: str) -> str | None:
    """ "certain", "likely" (if a quote follows), or None."""
    said = frozenset(_WORD.findall(joined.casefold()))
    wrote = not said.isdisjoint(_WROTE) or any(word in joined for word in _WROTE_UNPARTED)
    if joined.startswith("--") and joined.endswith("--"):
        return "certain" if wrote else None
    address = _ADDRESS.search(joined)
    opener = _OPENER.match(joined.lstrip("- "))
    closed = joined.endswith((":", "："))
    if not opener and _INSIDE.search(joined):
        return None
    if opener and closed and (address or _TIME.search(joined)) and (wrote or _ADDRESS_END.search(joined)):
        return "certain" if address or said.isdisjoint(_TOLD) else None
    if wrote and closed and address and len(joined[: address.start()].split()) <= 6:
        return "certain"
    if closed and (wrote or (address and _DATE.search(joined)) or (opener and _TIME.search(joined))):
        return "likely" if len(joined.split()) <= 25 else None
    return "likely" if opener and _ADDRESS_END.search(joined) else None


def _wrote_alone(seen: Sequence[str], position: int) -> bool:
    line = seen[position] if position < len(seen) else ""
    return line.endswith((":", "：")) and len(line) <= 30 and not _WROTE.isdisjoint(_WORD.findall(line.casefold()))


def near_introduction(seen: Sequence[str], start: int) -> int | None:
    """Where lines directly above our own mail, which is known to begin at ``start``, introduce it in no known form."""
    end = start
    while end > 0 and (not seen[end - 1] or RULE.match(seen[end - 1])):
        end -= 1
    joined = ""
    for first in range(end - 1, max(-1, end - 1 - FOLDED), -1):
        line = seen[first]
        if not line or line.startswith(">"):
            return None
        joined = f"{line} {joined}".strip()
        if len(joined) > SEEN:
            return None
        named = bool(_ADDRESS.search(joined)) or "lotse" in joined.casefold()
        wrote = not _WROTE.isdisjoint(_WORD.findall(joined.casefold()))
        dated = bool(_TIME.search(joined) or _DATE.search(joined))
        closed = joined.endswith((":", "：", ">", "wrote", "--", ">>>")) or joined.startswith(("#", "-", ">>"))
        closed = closed or bool(_TIME.search(joined[-14:])) or bool(_ADDRESS.search(line) and dated)
        if len(line.split()) > 1 and _ADDRESS.search(line) and line.endswith((":", "：")) and len(line.split()) <= 8:
            return first  # "Zitat von Lotse <...>:"
        if (
            named
            and closed
            and (wrote or dated)
            and (_OPENER.match(joined.lstrip('-# "')) or wrote or _ADDRESS.search(joined) or line[:1] in "#-")
        ):
            return first
    return None
