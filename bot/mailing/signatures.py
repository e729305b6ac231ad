"""What stands below somebody's words and is none: a mail program's footer, a signature, a help desk's lines."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.mailing import closings

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
SIGNATURE = 25  # lines under "-- "; more of them are no signature
_RULE = re.compile(r"[\s*_=~#–—-]{3,}$")
_DIVIDER = re.compile(r"[-–—]{2,3}$")

# Lines of help desks around somebody's answer.
_DESK_FIRST = re.compile(
    r"[\s>]*[-=_*#~]{2,}\s*[^-=_]{0,60}(?:\b(?:above|over|über|oberhalb|au-dessus|encima|arriba|sopra|powyżej|deasupra|выше|вище"
    r"|üst|فوق|بالای|trên)\b|satırın)[^-=_]{0,60}[-=_*#~]{2,}\s*$",
    re.IGNORECASE,
)
_DESK_LAST = re.compile(
    r"\W{0,4}(?:(?:support\s)?powered\sby\s|betrieben\smit\s|bereitgestellt\svon\s)"
    r"\W?(?:freescout|zammad|osticket|otrs|otobo|znuny|chatwoot|zendesk|freshdesk|help\sscout|glpi|request\stracker)",
    re.IGNORECASE,
)
_DISCLAIMER = re.compile(
    r"vertraulich|confidential|rechtlich geschützt|adressat|intended recipient|virenfrei|virus|avast|umwelt|before printing"
    r"|ausdruck|datenschutz|privacy|haftung|disclaimer|elektronische signatur|de-mail|kein zugang|конфиденциальн|gizli"
    r"|confidentiel|confidencial|poufn|confidențial",
    re.IGNORECASE,
)
_CONTACT = re.compile(
    r"^\W{0,3}(?:tel|telefon|phone|fon|mobil|mobile|handy|fax|telefax|e-?mail|mail|web|internet|homepage|тел|телефон|durchwahl|sprechzeiten"
    r"|öffnungszeiten|adresse|postanschrift|besucheranschrift|sitz|zimmer|raum)\b\.?\s?[:.]?\s?[\d+(]?|^\W{0,3}[tfmew]\s?[:.]\s?[\d+(\w]"
    r"|^\S{1,60}@[\w.-]+\.\w+\W*$|^\W{0,2}(?:https?://|www\.)\S+\W*$|^\W{0,3}(?:D-)?\d{5}\s[A-ZÄÖÜ][\w-]+\W*$"
    r"|(?:straße|strasse|str\.|platz|weg|allee|ring|gasse|markt|вул\.|ул\.)\s?\d+\s?[a-z]?(?:\W+\d{5}\s\S+)?\W*$|^\W{0,3}\+?\(?\d[\d\s()/-]{6,}$|#\d{4,}",
    re.IGNORECASE,
)
_JOINING = frozenset(
    "für und der die das des dem im in am an von vom zu zur bei of the and for de la du des et für i.a. i.v. im auftrag".split()  # noqa: SIM905
)
_SALUTATION = re.compile(
    r"\W*(?:guten\s(?:tag|morgen|abend)|hallo|hi|hey|hello|moin|servus|grüß\sgott|liebe[rs]?|sehr\sgeehrte[rs]?|werte[rs]?|dear"
    r"|good\s(?:morning|afternoon|evening)|bonjour|bonsoir|buenos\sdías|buenas\stardes|hola|estimad[oa]s?|buongiorno|merhaba"
    r"|sayın|iyi\sgünler|selam|добрый\s(?:день|вечер)|доброе\sутро|здравствуйте|уважаем\w+|привет|добр(?:ого|ий)\s(?:дня|день)"
    r"|шановн\w+|вітаю|вітаємо|добридень|dzień\sdobry|szanown\w+|bună\s(?:ziua|dimineața)|stimat\w+|xin\schào|kính\sgửi"
    r"|السلام\sعليكم(?:\sورحمة\sالله\sوبركاته)?|مرحبا|تحية\sطيبة|سلام|با\sسلام|slav|silav|rojbaş|asc|selam)\b"
    r"(?:\s[^\s.?!,:;]{1,30}){0,6}\s?[,.!:–-]{0,2}\s*$",
    re.IGNORECASE,
)


def is_footer(line: str) -> bool:
    """A line that a mail program or a help desk puts below."""
    return bool(_DESK_LAST.match(line)) or (len(line) <= 160 and len(line.split()) <= 11 and bool(_FOOTER.match(line)))


def is_desk_line(line: str) -> bool:
    """``-- Please reply above this line --``, as help desks put above an answer."""
    return len(line) <= 160 and bool(_DESK_FIRST.match(line))


def is_disclaimer(text: str) -> bool:
    return bool(_DISCLAIMER.search(text[:3_000]))


def looks_like_signature(lines: Sequence[str], *, contact: bool = False) -> bool:
    """Whether lines are a name, an office, ways to reach it: nothing that tells. ``contact``: one of these is needed."""
    said = [line.strip() for line in lines if line.strip() and not _RULE.match(line.strip())]
    if not said or len(said) > SIGNATURE // 2:
        return False
    reached = any(_CONTACT.search(line[:200]) for line in said)
    for line in said:
        words = re.findall(r"[^\W\d_]+", line)
        by_label = bool(_CONTACT.search(line[:200])) and len(words) <= 10
        told = line.endswith(("?", "!", "؟", "…")) or (line.endswith(".") and len(words) >= 4)
        if is_disclaimer(line) or (by_label and not told):
            continue
        if told or len(words) > 8 or not is_name_like(line):
            return False
    return reached or not contact


def is_name_like(line: str) -> bool:
    """``Amt für Migration``: words with capitals but for small ones."""
    words = re.findall(r"[^\W\d_][\w.'’-]*", line)
    return bool(words) and all(not word[0].islower() or word.casefold() in _JOINING for word in words)


def ending(
    lines: Sequence[str], seen: Sequence[str], start: int, stop: int, *, words_above: bool
) -> list[tuple[int, bool]]:
    """Where, in lines ``start`` to ``stop``, what is no more the writer's begins: (line, is a footer), lowest first."""
    cuts: list[tuple[int, bool]] = []

    def trim(end: int) -> int:
        while end > start and not seen[end - 1]:
            end -= 1
        return end

    stop = trim(stop)
    footer = stop
    while footer > start and (
        not seen[footer - 1] or is_footer(seen[footer - 1]) or _is_rule_of_footer(seen, footer, stop)
    ):
        footer -= 1
    while footer < stop and not seen[footer]:
        footer += 1
    apart = (
        footer == start or not seen[footer - 1] or _DIVIDER.match(seen[footer - 1]) or is_desk_last(seen[footer:stop])
    )
    if footer < stop and apart and (words_above or any(seen[start:footer])):
        cuts.append((footer, True))
        stop = trim(footer)
    dashes = [number for number in range(start, stop) if seen[number] in ("--", "—", "––", "---")]
    if dashes:
        # "-- " with its space is the standard; two of them around a few lines are a help desk's; else it depends.
        exact = next((number for number in dashes if lines[number].rstrip("\r") == "-- "), None)
        first = exact if exact is not None else dashes[-1]
        if exact is None and len(dashes) > 1 and dashes[-1] >= stop - 1:
            first = dashes[-2]
        below = [line for line in seen[first + 1 : stop] if line and line not in ("--", "—", "––", "---")]
        is_signature = (exact is not None and len(below) <= SIGNATURE) or not below or looks_like_signature(below)
        if is_signature and (words_above or any(seen[start:first])):
            cuts.append((first, False))
    return cuts


def _is_rule_of_footer(seen: Sequence[str], position: int, stop: int) -> bool:
    """FreeScout draws a line above its footer."""
    return bool(_RULE.match(seen[position - 1])) and is_desk_last(seen[position:stop])


def is_desk_last(lines: Sequence[str]) -> bool:
    return any(_DESK_LAST.match(line) for line in lines)


def said(text: str) -> str:
    """What a text says beside greetings, signatures, footers and rules; empty when nothing is left."""
    kept = [
        line
        for line in text.splitlines()
        if not (_RULE.match(line.strip()) or is_footer(line.strip()) or is_desk_line(line.strip()))
    ]
    first = next((number for number, line in enumerate(kept) if line.strip()), 0)
    if kept and _SALUTATION.match(kept[first].strip()[:120]):
        del kept[first]
    left = closings.without("\n".join(kept))
    if not re.search(r"[^\W_]", left) and not _has_sign(left):
        return ""
    return "" if looks_like_signature(left.splitlines(), contact=True) else left


def _has_sign(text: str) -> bool:
    return any(ord(letter) > 0x2190 for letter in text)
