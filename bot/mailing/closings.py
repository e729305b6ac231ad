"""Where a text ends: greetings, signatures, "sent from my phone". Line by line, in linear time."""

from __future__ import annotations

import re

# Whole lines, in the languages of our askers and counsellors; a name may follow a comma.
_GREETING = re.compile(
    r"(?:(?:mit )?(?:freundliche|liebe|beste|viele|herzliche|schöne)[nm]?\s+(?:lieben? )?gr(?:ü|u|ue)(?:ß|ss)e?n?"
    r"(?: aus [\w -]{1,30}| und (?:einen )?(?:schönen|guten) [\w -]{1,30})?|gru(?:ß|ss)|grüße|mfg|vg|lg|bg|hochachtungsvoll|"
    r"(?:(?:with )?(?:kind|kindest|best|warm) )?regards|best wishes|all the best|"
    r"(?:yours )?sincerely(?: yours)?|yours faithfully|cheers|(?:bien )?cordialement|bien à vous|sincères salutations|"
    r"(?:un )?(?:cordial )?saludos?(?: cordiales)?|atentamente|с уважением|(?:із|з) повагою|(?:всего|усього) (?:доброго|найкращого)|saygılarımla|"
    r"cordiali saluti|distinti saluti|met vriendelijke groet(?:en)?|"
    r"iyi günler(?: dilerim)?|z poważaniem|pozdrawiam|cu stimă|cu respect|trân trọng|"
    r"مع (?:خالص )?(?:التحية|التحيات|تحياتي)|تحياتي|با احترام|با تشکر|په درناوي|"
    r"bi rêz(?: û hurmet)?|silav û rêz|salaan sharaf leh|ምስ ሰላምታ)",
    re.IGNORECASE,
)
_DEVICE = re.compile(
    r"(?:von meinem .{1,60} gesendet|gesendet (?:von|mit|über) .{1,60}|sent from .{1,60}|get outlook for .{1,40}|"
    r"outlook für .{1,30} (?:beziehen|abrufen)|diese nachricht wurde von meinem .{1,60} gesendet|"
    r"envoyé (?:de|depuis) .{1,60}|enviado desde .{1,60}|отправлено (?:с|из) .{1,60}|надіслано з .{1,60}|"
    r"wysłane z .{1,60}|trimis de pe .{1,60}|.{1,40}'?(?:den|dan|tan|ten) gönderildi|"
    r"gửi từ .{1,60}|أُ?رسلت? من .{1,60}|ارسال شده از .{1,60})",
    re.IGNORECASE,
)
_ASKS = re.compile(r"[?؟፧]\s*$")
_SIGNATURE_LINES = 12
_LONGEST = 120  # characters of a line in a signature


def without(text: str) -> str:
    """``text`` without what follows its end. A greeting ends a text only if short lines without a question follow."""
    lines = text.strip().splitlines()
    end = next((number for number, line in enumerate(lines) if line.rstrip() == "--"), len(lines))
    tail = _signature_start(lines[:end])
    for number, line in enumerate(lines[tail:end], tail):
        bare = line.strip().rstrip(",.!–-").strip()
        if len(bare) <= _LONGEST and (_DEVICE.fullmatch(bare) or _closes(bare)):
            return "\n".join(lines[:number]).strip()
    return "\n".join(lines[:end]).strip()


def _signature_start(lines: list[str]) -> int:
    """The first line that may be a greeting: below it nothing is long, nothing asks, and it is not much."""
    said = 0
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number]
        if said > _SIGNATURE_LINES:
            return number + 1
        if line.strip() and (len(line) > _LONGEST or _ASKS.search(line)):
            return number + 1
        said += bool(line.strip())
    return 0


def _is_name(rest: str) -> bool:
    words = rest.strip(" ,.!").split()
    return len(words) <= 4 and not any(word[0].islower() or word[0].isdigit() for word in words)


def _closes(bare: str) -> bool:
    found = _GREETING.match(bare)
    # "Viele Grüße, Anna" or "Viele Grüße Anna Schmidt": a name of a few words may follow.
    rest = bare[found.end() :] if found else "?"
    return bool(found) and (not rest or (not rest[0].isalnum() and _is_name(rest)))
