"""The words of a reply, without the mail it answers: cut at our marker, at other programs' quotes, at signatures.

Losing words of a reply is the worse error: what may be either stays. Every line is looked at a bounded number of
times and at most its first ``SEEN`` characters, so time grows with the text's length alone, whoever wrote it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

LINES = 5_000  # lines looked at; what follows them is one more line
SEEN = 300  # characters of a line that are looked at
FOLDED = 4  # lines over which an attribution is folded at most
CONTEXT = 12  # a quote of up to this many lines stays above its answer
SIGNATURE = 25  # lines under "-- "; more of them are no signature


class Why(StrEnum):
    """Why something was cut."""

    MARKER = "marker"
    ATTRIBUTION = "attribution"
    HEADERS = "headers"
    ORIGINAL = "original"
    QUOTE = "quote"
    SIGNATURE = "signature"
    FOOTER = "footer"


@dataclass(frozen=True)
class Part:
    why: Why
    text: str


@dataclass(frozen=True)
class Reply:
    """``words``: the reply's own words, without blank lines around them; ``cut``: the rest, in its order."""

    words: str
    cut: tuple[Part, ...] = ()


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
_FORWARDED = re.compile(
    r"begin\s+forwarded\s+message|anfang\s+der\s+weitergeleiteten\s+(?:nachricht|e-mail)|début\s+du\s+message\s+transféré"
    r"|-{2,}\s*(?:forwarded\s+message|weitergeleitete\s+nachricht|message\s+transféré|mensaje\s+reenviado"
    r"|messaggio\s+inoltrato|пересланное\s+сообщение|переслане\s+повідомлення|пересылаемое\s+сообщение"
    r"|mesaj\s+redirecționat|iletilen\s+(?:ileti|mesaj)|wiadomość\s+przekazana|رسالة\s+معاد\s+توجيهها"
    r"|پیام\s+هدایت\s?شده|thư\s+đã\s+chuyển\s+tiếp)",
    re.IGNORECASE,
)

_LABELS = {
    "from": "von from de da od od: från fra van от отправитель від відправник de\u00a0la expéditeur kimden gönderen"
    " من المرسل از فرستنده từ người\u00a0gửi ji 发件人 寄件人 寄件者 差出人 nga",
    "date": "gesendet gesendet\u00a0am datum date sent envoyé envoyé\u00a0le enviado enviado\u00a0el enviada fecha data"
    " inviato wysłano wysłane trimis tarih gönderilme\u00a0tarihi gönderildi отправлено дата надіслано"
    " التاريخ تاريخ\u00a0الإرسال تم\u00a0الإرسال أرسلت أُرسلت تاریخ ارسال\u00a0شده ngày đã\u00a0gửi sendt skickat dato"
    " verzonden odesláno dîrok taariikh 发送时间 日期 送信日時 dërguar",
    "to": "an to à a para pour do către catre kime alıcı кому إلى الى به گیرنده đến tới til till aan komu destinataire"
    " ji\u00a0bo 收件人 宛先 për",
    "subject": "betreff betr subject objet asunto assunto oggetto temat subiect konu тема الموضوع موضوع chủ\u00a0đề"
    " tiêu\u00a0đề emne ämne onderwerp předmět mijar 主题 主旨 件名 subjekti",
    "other": "cc bcc kopie kopia copia копия копія reply-to antwort\u00a0an importance priorität wichtigkeit anlagen"
    " attachments dw bilgi نسخة organization",
}
_FIELDS = {label.replace("\u00a0", " "): field for field, labels in _LABELS.items() for label in labels.split(" ")}
_LABEL = re.compile(r"[\s*_]*([^\W\d_][^:：*]{0,24}?)[\s*]*[:：]")

# A device or a mail program, not far behind "sent from".
_DEVICE = (
    r".{0,40}(?:iphone|ipad|ipod|handy|smartphone|mobil|samsung|galaxy|huawei|xiaomi|redmi|android|outlook|(?<!e-)mail|gmx"
    r"|web\.de|yahoo|phone|tablet|blackberry|pixel|nokia|sony|htc|windows|telefon|téléphone|teléfono|móvil|portable|proton"
    r"|device|cell|alcatel|мобил|телефон|смартфон|айфон|пошт|почт|هاتف|جوال|آیفون|گوشی|điện\s?thoại)"
)
_FOOTERS = (
    r"(?:gesendet\s(?:von|mit|über)|sent\s(?:from|via|with|by|using)|envoyé\s(?:de|depuis|à\spartir|avec)"
    r"|enviado\s(?:desde|do|con|pelo)|inviato\sda|trimis\s(?:de\spe|din|cu)|wysłan[eoy]\sz|отправлено\s(?:с|из|со)"
    r"|надіслано\s(?:з|із|зі)|(?:أُرسلت?|أرسلت?|تم\sالإرسال|مرسلة?)\sمن|(?:فرستاده|ارسال)\sشده\sاز|gửi\stừ|được\sgửi\stừ)\s"
    + _DEVICE,
    _DEVICE + r"\S{0,12}\s(?:cihazımdan\s)?gönderildi",
    r"sent\sfrom\smy\s\S{1,30}$",
    r"von\smein\w{1,3}\s" + _DEVICE + r".{0,30}\sgesendet[.]?$",
    r"von\s(?:unterwegs|iphone|ipad)\sgesendet[.]?$",
    r"diese\snachricht\swurde\s(?:von|mit)\s.{1,80}\sgesendet[.]?$",
    r"(?:get|holen\ssie\ssich|téléchargez|obtenez|obtenir|obtener|scarica|pobierz)\soutlook\s",
    r"outlook\sfür\s(?:android|ios)\sbeziehen",
    r"從我的.{0,40}傳送|从我的.{0,40}发送",
)
_FOOTER = re.compile(rf"[\s(<*_]{{0,4}}(?:{'|'.join(_FOOTERS)})", re.IGNORECASE)
_RULE = re.compile(r"[\s*]*[-_=—–]{5,}[\s*]*$")
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"))
_INVISIBLE[0xA0] = _INVISIBLE[0x202F] = " "
_BLANK_LINES = re.compile(r"\n[^\S\n]*+\n(?:[^\S\n]*+\n)++")


@dataclass(frozen=True)
class _Run:
    """Lines ``start`` to ``stop`` of one kind; a quoted run begins at ``quote``, above it stands its attribution."""

    quoted: bool
    start: int
    quote: int
    stop: int


_Found = list[tuple[int, bool]]  # what _attributions returns


def split(text: str, marker: str) -> Reply:
    """The reply's own words, and what was cut and why. ``marker`` is the line above which the office answers.

    A reply written only below the marker, or into an old mail that is not marked with ``>``, stays as it is: then the
    marker is still in its words, by which the caller can tell.
    """
    lines = _BLANK_LINES.sub("\n\n", text.replace("\r\n", "\n").replace("\r", "\n")).split("\n", LINES)
    seen = [line[:SEEN].translate(_INVISIBLE).strip() for line in lines]
    marked = _marker_line(seen, _letters(marker))
    found = _attributions(seen, marked)
    old, why = _where_old_begins(seen, found, marked)
    cut = [Part(why, "\n".join(lines[old:]))] if old < len(lines) else []
    kept, parts = _without_quotes(lines[:old], seen[:old], found, marked)
    return Reply(_BLANK_LINES.sub("\n\n", "\n".join(kept)).strip(), (*parts, *cut))


def _marker_line(seen: Sequence[str], sought: str) -> int | None:
    first = sought.partition(" ")[0]
    candidates = (i for i, line in enumerate(seen) if first and first in line.casefold())
    return next((i for i in candidates if _letters(seen[i]).startswith(sought)), None)


def _letters(line: str) -> str:
    """Without quote signs and dashes, which mail programs change."""
    return " ".join(re.findall(r"\w+", line)).casefold()


def _where_old_begins(seen: Sequence[str], found: _Found, marked: int | None) -> tuple[int, Why]:
    """The first line below which everything is the old mail, though no ``>`` says so; past the end without one."""
    nothing = len(seen), Why.QUOTE
    if marked is not None and not seen[marked].startswith(">"):
        # What introduces our mail stands directly above the marker, but for a warning that a gateway puts there.
        for start in range(max(0, marked - 24), marked):
            length, why = _introduction(seen, found, start)
            if length and sum(bool(line) for line in seen[start + length : marked]) <= 5 and any(seen[:start]):
                return _above_rule(seen, start), why
        return (marked, Why.MARKER) if _has_words(seen[:marked], found) else nothing
    if marked is not None:
        return nothing  # every line of the old mail is quoted
    words = False
    position = 0
    while position < len(seen):
        if _FORWARDED.match(seen[position]):
            return nothing  # a mail passed on is part of the reply
        length, why = _introduction(seen, found, position)
        if length and words:
            return _above_rule(seen, position), why
        words = words or (not length and bool(seen[position]) and not seen[position].startswith(">"))
        position += length or 1
    return nothing


def _has_words(seen: Sequence[str], found: _Found) -> bool:
    position = 0
    while position < len(seen):
        length, _ = _introduction(seen, found, position)
        if not length and seen[position] and not seen[position].startswith(">"):
            return True
        position += length or 1
    return False


def _above_rule(seen: Sequence[str], start: int) -> int:
    """Outlook draws a line above the headers."""
    above = start - 1
    while above > 0 and not seen[above]:
        above -= 1
    return above if above > 0 and _RULE.match(seen[above]) else start


def _introduction(seen: Sequence[str], found: _Found, start: int) -> tuple[int, Why]:
    """How many lines at ``start`` introduce an old mail that is not marked with ``>``, or 0."""
    line = seen[start]
    if not line or line.startswith(">"):
        return 0, Why.QUOTE
    if _ORIGINAL.match(line):
        return 1, Why.ORIGINAL
    if length := _headers(seen, start):
        return length, Why.HEADERS
    length, certain = found[start]
    if certain and not _is_quoted(seen, start + length):
        return length, Why.ATTRIBUTION
    return 0, Why.QUOTE


def _is_quoted(seen: Sequence[str], start: int) -> bool:
    following = next((line for line in seen[start : start + 3] if line), "")
    return following.startswith(">")


def _field(line: str) -> str | None:
    label = _LABEL.match(line[:60])
    return _FIELDS.get(label[1].strip().casefold()) if label else None


def _headers(seen: Sequence[str], start: int) -> int:
    """The length of a block like ``Von: … Gesendet: … An: … Betreff: …`` at ``start``, or 0."""
    if _field(seen[start]) in {None, "other"}:
        return 0
    values: dict[str, str] = {}
    end = position = start
    while position < min(len(seen), end + 3):  # a value may be folded, and lines may be double-spaced
        field = _field(seen[position])
        if field in values:
            break
        if field:
            values[field] = " ".join(seen[position : position + 2])
            end = position + 1
        position += 1
    known = values.keys() - {"other"}
    addressed = any(_ADDRESS.search(values.get(field, "")) for field in ("from", "to"))
    sure = ("from" in known and (len(known) >= 3 or (len(known) == 2 and addressed))) or (
        {"date", "to"} <= known and addressed and bool(_TIME.search(values["date"]))
    )
    return end - start if sure else 0


def _attributions(seen: Sequence[str], marked: int | None) -> _Found:
    """For every line how many lines there are like ``On … wrote:``, or 0; and whether they are, with no ``>`` below."""
    found = [(0, False)] * len(seen)
    for start in reversed(range(len(seen))):
        joined = ""
        for length, line in enumerate(seen[start : start + FOLDED], 1):
            if not line or line.startswith(">") or len(joined) + len(line) > SEEN:
                break
            joined = f"{joined} {line}" if joined else line
            colon = joined.endswith((":", "："))
            kind = _is_attribution(joined) if colon or joined.endswith((">", ">)", "--")) else None
            if kind:
                # The nearest beginning holds: words above it that begin alike are the writer's own.
                nearer = any(found[start + k][0] and _OPENER.match(seen[start + k]) for k in range(1, length))
                certain = kind == "certain" or (marked is not None and 0 <= marked - start - length < 3)
                if not nearer and (certain or _is_quoted(seen, start + length)):
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


def _without_quotes(
    lines: Sequence[str], seen: Sequence[str], found: _Found, marked: int | None
) -> tuple[list[str], list[Part]]:
    runs = _runs(seen, found)
    bodies: dict[int, tuple[int, list[Part]]] = {}
    words = False
    last = -1  # the last run with own words
    # One quote with nothing above it is the whole old mail, answered below; others say what is answered.
    quoted = [run for run in runs if run.quoted]
    whole = quoted[0] if len(quoted) == 1 and not any(seen[: quoted[0].start]) else None
    for index, run in enumerate(runs):
        if not run.quoted:
            bodies[index] = _without_signature(lines, seen, run, words)
            if any(seen[run.start : bodies[index][0]]):
                words, last = True, index
    kept: list[str] = []
    parts: list[Part] = []
    for index, run in enumerate(runs):
        if not run.quoted:
            stop, cut = bodies[index]
            kept += lines[run.start : stop]
            parts += cut
            if cut:
                kept.append("")
            continue
        holds_marker = marked is not None and run.start <= marked < run.stop
        if index < last and run is not whole and not holds_marker and run.stop - run.quote <= CONTEXT:
            if run.start < run.quote:
                parts.append(Part(Why.ATTRIBUTION, "\n".join(lines[run.start : run.quote]).strip()))
            kept += lines[run.quote : run.stop]
        else:
            parts.append(
                Part(Why.MARKER if holds_marker else Why.QUOTE, "\n".join(lines[run.start : run.stop]).strip())
            )
            kept.append("")
    return kept, parts


def _runs(seen: Sequence[str], found: _Found) -> list[_Run]:
    runs: list[_Run] = []
    position = begin = 0
    while position < len(seen):
        line = seen[position]
        length = found[position][0]
        if not (line.startswith(">") or (length and _is_quoted(seen, position + length))):
            position += 1
            continue
        quote = position + length
        while not seen[quote]:
            quote += 1
        stop = quote
        for following in range(quote, len(seen)):
            if seen[following].startswith(">"):
                stop = following + 1
            elif seen[following]:
                break
        if begin < position:
            runs.append(_Run(False, begin, begin, position))
        runs.append(_Run(True, position, quote, stop))
        position = begin = stop
    if begin < len(seen):
        runs.append(_Run(False, begin, begin, len(seen)))
    return runs


def _without_signature(
    lines: Sequence[str], seen: Sequence[str], run: _Run, words_above: bool
) -> tuple[int, list[Part]]:
    """Where the run's own words end, and what stands below: a footer of the mail program, a signature."""
    stop = run.stop
    parts: list[Part] = []

    def trim() -> None:
        nonlocal stop
        while stop > run.start and not seen[stop - 1]:
            stop -= 1

    def take(start: int, why: Why) -> None:
        nonlocal stop
        parts.insert(0, Part(why, "\n".join(lines[start:stop])))
        stop = start

    trim()
    footer = stop
    while footer > run.start and (not seen[footer - 1] or _is_footer(seen[footer - 1])):
        footer -= 1
    while footer < stop and not seen[footer]:
        footer += 1
    apart = footer == run.start or not seen[footer - 1] or seen[footer - 1] == "--"
    if footer < stop and apart and (words_above or any(seen[run.start : footer])):
        take(footer, Why.FOOTER)
        trim()
    dashes = [i for i in range(run.start, stop) if seen[i] == "--"]
    if dashes:
        # "-- " with its space is the standard; without it the dashes may part two paragraphs, so the last ones count.
        exact = next((i for i in dashes if lines[i].rstrip("\r") == "-- "), None)
        start = exact if exact is not None else dashes[-1]
        below = sum(bool(line) for line in seen[start + 1 : stop])
        allowed = SIGNATURE if exact is not None else SIGNATURE // 2
        if below <= allowed and (words_above or any(seen[run.start : start])):
            take(start, Why.SIGNATURE)
            trim()
    return (stop, parts) if parts else (run.stop, parts)


def _is_footer(line: str) -> bool:
    return len(line) <= 160 and len(line.split()) <= 11 and bool(_FOOTER.match(line))
