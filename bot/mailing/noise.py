"""Mail that nobody wrote to be read: answering or relaying it makes loops."""

from __future__ import annotations

import re
from collections.abc import Collection
from enum import Enum

from bot.handover import tokens
from bot.handover.mail import MARKER
from bot.mailing.parsing import Headers, Mail
from bot.mailing.senders import author


class Noise(Enum):
    """Why a mail is left alone."""

    AUTOMATIC = "automatic"  # Auto-Submitted, X-Autoreply
    NO_RETURN = "no-return-path"
    BULK = "bulk"
    LIST = "list"
    OWN = "own"
    ABSENCE = "absence"
    RECEIPT = "receipt"
    INVITATION = "invitation"
    DELIVERY = "delivery"  # a mail server's report that is no failure


# At the beginning alone: "AW: Abwesenheitsnotiz" is a person who answers one.
_ABSENCE_SUBJECT = re.compile(
    r"(?:automatische (?:antwort|rückantwort|abwesenheit\w*)|abwesenheits(?:notiz|meldung|nachricht|benachrichtigung|"
    r"mitteilung|info|assistent|agent)\w*|abwesend:|auto(?:matic)?[ -]?(?:reply|response)|out[ -]of[ -](?:the )?office|"
    r"ooo:|vacation (?:reply|notice|message|response)|"
    r"ich bin (?:derzeit |zurzeit |momentan )?(?:nicht im (?:büro|haus)|abwesend|außer haus))(?!\w)|auto: ",
    re.IGNORECASE,
)
_RECEIPT_SUBJECT = re.compile(
    r"(?:gelesen|nicht gelesen|ungelesen gelöscht|read|not read|lesebestätigung|read receipt|return receipt[^:]*|"
    r"empfangsbestätigung[^:]*): ",
    re.IGNORECASE,
)
# In the first lines of a text, in the first person: an office that tells when it is closed answers a question.
_ABSENCE_TEXT = re.compile(
    r"\b(?:ich bin|bin ich)\b[^!?\n]{0,80}\b(?:nicht im (?:büro|haus|dienst)|abwesend|im urlaub|nicht erreichbar|"
    r"außer haus|in elternzeit|auf dienstreise|nicht am arbeitsplatz)|"
    r"\bi(?:'m| am|’m| will be)\b[^!?\n]{0,60}\b(?:out of (?:the )?office|"
    r"on (?:annual |parental |sick |maternity )?leave|on vacation|on holiday|"
    r"away from (?:my desk|the office)|away until)|"
    r"\bihre (?:e-?mail|nachricht) wird nicht (?:automatisch )?weitergeleitet\b|"
    r"\byour (?:e-?mail|message) will not be forwarded\b",
    re.IGNORECASE,
)
_ABSENCE_LINES = 8
_ROBOT_FIELDS = ("x-autoreply", "x-autorespond", "x-auto-reply", "x-autoresponder")


def find(headers: Headers, mail: Mail | None, own: Collection[str]) -> Noise | None:
    """Why this is noise, or None. ``mail`` is None for one that cannot be read; ``own``: our addresses."""
    sender = author(headers) or ""
    proof = tokens.read(headers.message_id.partition("@")[0])
    if proof or tokens.read(sender.partition("@")[0]) or sender in {address.lower() for address in own}:
        return Noise.OWN
    if mail and (mail.report == "disposition-notification" or _RECEIPT_SUBJECT.match(headers.subject)):
        return Noise.RECEIPT
    if mail and mail.report:
        return Noise.DELIVERY
    if mail and mail.calendar:
        return Noise.INVITATION
    if _ABSENCE_SUBJECT.match(headers.subject):
        return Noise.ABSENCE
    automatic = re.match(r"[\w-]*", headers.first("auto-submitted").strip().lower())
    if automatic and automatic.group() not in ("", "no"):
        return Noise.AUTOMATIC
    if any(headers.all(name) for name in _ROBOT_FIELDS):
        return Noise.AUTOMATIC
    if headers.all("return-path") and headers.first("return-path").strip() in ("", "<>"):
        return Noise.NO_RETURN
    if headers.first("precedence").strip().lower() in ("bulk", "junk", "list", "auto_reply"):
        return Noise.BULK
    if headers.all("list-id"):
        return Noise.LIST
    return None


def reads_like_absence(text: str) -> bool:
    """Whether the first lines say that somebody is away. Not certain: such a reply waits for the operator."""
    own = text.partition(MARKER)[0].splitlines()
    lines = [line[:500] for line in own if line.strip() and not line.startswith(">")][:_ABSENCE_LINES]
    return bool(_ABSENCE_TEXT.search("\n".join(lines)))
