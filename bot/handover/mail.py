"""The handover mail: German for the clerk, the question in its own language, and no more personal data than that."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime

from bot.handover.tokens import Token
from bot.presentation.i18n import FIRST_STRONG_ISOLATE, POP_ISOLATE, RIGHT_TO_LEFT, name_in

# Everything below this line in a reply is ours, not the clerk's (issue: e-mail both ways).
MARKER = "-- Bitte über dieser Zeile antworten --"


@dataclass(frozen=True)
class Ticket:
    """A question on its way to the office. ``number`` is the office's handle, ``question`` the asker's own words."""

    number: int
    city: str
    question: str
    language: str
    considered: tuple[str, ...]
    reply_days: int


def body(ticket: Ticket, answerable: bool) -> str:
    """The mail's text. ``answerable``: a reply by mail reaches the asker without anybody's help."""
    shown = directed(ticket.question.strip(), ticket.language)
    how = (
        "Antworten Sie einfach auf diese E-Mail. Ihr Text geht im Wortlaut an die fragende Person."
        if answerable
        else "Antworten Sie einfach auf diese E-Mail. Der Betrieb von Lotse leitet Ihren Text im Wortlaut weiter."
    )
    lines = [
        MARKER,
        "",
        "Guten Tag,",
        "",
        f"eine Person in {ticket.city} hat Lotse etwas gefragt, worauf es keine geprüfte Antwort gibt.",
        "Sie hat zugestimmt, dass ihre Frage an Sie geht.",
        "",
        f"Sprache der Frage: {name_in('de', ticket.language)}",
        "",
        "Frage im Wortlaut:",
        *(f"> {line}".rstrip() for line in shown.splitlines()),
        "",
        *(
            ["Lotse hat an diese Themen gedacht:", *(f"- {title}" for title in ticket.considered)]
            if ticket.considered
            else ["Lotse kennt dazu kein passendes Thema."]
        ),
        "",
        "So antworten Sie:",
        f"- {how}",
        "- Schreiben Sie über der Linie ganz oben. Kurze, einfache Sätze helfen.",
        f"- Der Person ist eine Antwort innerhalb von etwa {ticket.reply_days} Arbeitstagen genannt.",
        "- Name und Kontakt der Person stehen nicht in dieser E-Mail.",
        "",
        "Lotse, der Auskunfts-Bot",
    ]
    return "\n".join(lines)


def directed(text: str, language: str) -> str:
    """``text`` with each line kept in its own direction, for right-to-left languages."""
    if language not in RIGHT_TO_LEFT:
        return text
    return "\n".join(f"{FIRST_STRONG_ISOLATE}{line}{POP_ISOLATE}" for line in text.splitlines())


def message(
    ticket: Ticket,
    token: Token,
    sender: str,
    recipient: str,
    domain: str,
    reply_to: str,
    now: datetime,
    answerable: bool,
) -> EmailMessage:
    """The whole mail. Its Message-ID is fixed here, so that sending twice is seen as one by mail programs."""
    mail = EmailMessage(policy=SMTP)
    mail["From"] = Address("Lotse", addr_spec=sender)
    mail["To"] = recipient
    mail["Reply-To"] = reply_to
    mail["Subject"] = f"Lotse: Frage {ticket.number} ({name_in('de', ticket.language)})"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{token.local_part}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Content-Language"] = "de"
    mail.set_content(body(ticket, answerable), cte="quoted-printable")
    return mail
