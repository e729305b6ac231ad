"""Failures of our own mail, whichever way a server reports them."""

from __future__ import annotations

import re
from dataclasses import dataclass

from bot.mailing import absences
from bot.mailing.headers import Headers
from bot.mailing.parsing import Mail

_DAEMON = re.compile(
    r"\b(?:mailer-?daemon|mail-?daemon|mdaemon|postmaster|mail\s?delivery|maildelivery|delivery\s?(?:sub)?system|mailsystem|mail-system"
    r"|system\s?administrator|systemadministrator|bounces?|mailerdaemon|microsoftexchange\w*|no-?reply-?mail-?delivery)\b",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|not? delivered|non[- ]?deliver|delivery\s(?:status|failure|failed|problem|error|report|has failed|notification)|returned (?:mail|to sender)|return(?:ed|ing) message"
    r"|failure notice|failed mail|mail (?:delivery )?(?:failed|failure|error|system error)|message (?:delivery )?(?:failed|failure)|could ?n[o']t be delivered|cannot be delivered"
    r"|rejected|unzustellbar|nicht zu(?:stell|gestell)|zustell(?:ung|fehler)|rückläufer|fehlgeschlagen|nicht (?:aus)?geliefert"
    r"|échec|non[- ]remis|non distribu|impossible de remettre|no (?:se )?(?:ha |pudo )?(?:sido )?entreg|mancata consegna|não entregue"
    r"|недостав|не доставлен|не удалось доставить|невозможно доставить|не було доставлено|niedostarcz|nie dostarczono|teslim edilem|iletilemedi|nelivrat|nu a (?:putut )?fi(?:st)? livrat"
    r"|olevererbart|kunde inte levereras|onbestelbaar|niet bezorgd|無法|配信|退信",
    re.IGNORECASE,
)
_LATER = re.compile(
    r"\bdelayed\b|\bdelay\b|\bdeferred\b|still (?:being )?(?:retried|trying|in (?:the )?queue)|will (?:be |keep |continue )?(?:re)?try|not yet been delivered|you do not need to resend"
    r"|\bverzögert|noch nicht zugestellt|weiter(?:hin)? versucht|wird erneut|no action is required|warning: could not send|warning: message|temporarily",
    re.IGNORECASE,
)
_FINAL = re.compile(
    r"\b5\d\d[ -]|\b5\.\d{1,3}\.\d{1,3}\b|permanent|giving up|gave up|undeliverable|does not exist|user unknown|unknown user|no such (?:user|mailbox|recipient)|failed permanently|has been (?:rejected|returned)"
    r"|could not be delivered|couldn't be delivered|wasn't able to deliver|endgültig|existiert nicht|unbekannt",
    re.IGNORECASE,
)
_STATUS = re.compile(r"(?<![\d.])([45]\.\d{1,3}\.\d{1,3})(?![\d.])")
_ADDRESS = re.compile(r"(?<![\w.+=-])([\w.+=-]{1,80}+@[\w-]{1,80}(?:\.[\w-]{1,80})+)")
_LOOKED_AT = 6_000  # letters of the text


@dataclass(frozen=True)
class Bounce:
    """A mail of ours was not delivered. ``message_id`` (empty: not told) is looked up in the outbox by the caller."""

    message_id: str
    recipient: str
    status: str  # RFC 3463, for example 5.1.1


def failure(mail: Mail) -> Bounce | None:
    """The failure that ``mail`` reports; None if it reports none, or says that the server still tries."""
    found = mail.delivery
    named = mail.mentions[0] if mail.mentions else ""
    if found and found.action == "failed":
        return Bounce(named or found.message_id, found.recipient, found.status)
    if found and found.action in ("delayed", "delivered", "relayed", "expanded"):
        return None
    if mail.report and mail.report not in ("delivery-status", "global-delivery-status"):
        return None
    headers, text = mail.headers, mail.text[:_LOOKED_AT]
    said = bool(_SUBJECT.search(headers.subject)) or bool(headers.all("x-failed-recipients"))
    if not (_from_machine(headers) and (named or said)) and not (named and said):
        return None
    if absences.SUBJECT.match(headers.subject):
        return None
    if _LATER.search(f"{headers.subject}\n{text[:2_000]}") and not _FINAL.search(text):
        return None
    if not said and not _FINAL.search(text) and not _SUBJECT.search(text[:2_000]):
        return None
    status = _STATUS.search(text)
    address = _ADDRESS.search(headers.first("x-failed-recipients")) or _ADDRESS.search(text)
    recipient = address.group(1).lower() if address else ""
    message_id = named or (found.message_id if found else "")
    return Bounce(message_id, recipient, status.group(1) if status else "")


def is_report(mail: Mail) -> bool:
    """Whether a mail server reports something, a failure or not."""
    return bool(mail.report or mail.delivery) or (bool(mail.mentions) and _from_machine(mail.headers))


def _from_machine(headers: Headers) -> bool:
    empty = bool(headers.all("return-path")) and headers.first("return-path").strip() in ("", "<>")
    return empty or bool(_DAEMON.search(headers.first("from")[:300]))
