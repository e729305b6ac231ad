"""Later mails about a question that the office has already: an addition, a reminder, a withdrawal, what was done.

Each is an answer to the first mail, so that it stands in the same thread and a reply finds the same question.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from email.message import EmailMessage
from typing import Literal

from bot.handover.mail import MARKER, Ticket, directed, lines_of

Kind = Literal["addition", "reminder", "withdrawal", "answered", "closed", "moved"]
_SUBJECTS: dict[Kind, str] = {
    "addition": "Ergänzung zur Frage",
    "reminder": "Erinnerung an die Frage",
    "withdrawal": "Zurückgezogen: Frage",
    "answered": "Beantwortet: Frage",
    "closed": "Geschlossen: Frage",
    "moved": "Weitergegeben: Frage",
}

_ERASED = "Was sie bisher gefragt hat, steht in der ersten E-Mail; bei Lotse ist es schon gelöscht."


def addition(ticket: Ticket, added: str) -> str:
    """The text of a mail that adds ``added``, the asker's own words, to the question."""
    return _letter(
        f"die Person, die Frage {ticket.number} gestellt hat, schreibt dazu etwas. "
        "Sie hat zugestimmt, dass es an Sie geht.",
        ("Neu, im Wortlaut:", *_quoted(added, ticket.language)),
        ("Bisher:", *_quoted(ticket.question, ticket.language)) if ticket.question else (_ERASED,),
        ("Antworten Sie einfach auf diese E-Mail, über der Linie ganz oben.",),
    )


def reminder(ticket: Ticket, asked: str) -> str:
    """The text that reminds of a question without an answer; ``asked`` is its day as the clerk reads it."""
    return _letter(
        f"auf die Frage {ticket.number} vom {asked} ist noch keine Antwort gekommen. Der Person waren etwa "
        f"{ticket.reply_days} Arbeitstage genannt; Lotse hat ihr heute geschrieben, dass es länger dauert.",
        ("Frage im Wortlaut:", *_quoted(ticket.question, ticket.language)),
        (
            "Antworten Sie einfach auf diese E-Mail, über der Linie ganz oben.",
            "Haben Sie schon geantwortet? Dann ist die Antwort nicht angekommen: Bitte senden Sie sie noch einmal.",
            "An diese Frage erinnert Lotse nur dieses eine Mal.",
        ),
    )


def withdrawal(number: int) -> str:
    """The text that says that no answer is needed any more."""
    return _letter(
        f"die Person hat ihre Frage {number} zurückgezogen. Eine Antwort ist nicht mehr nötig und kann sie nicht "
        "mehr erreichen. Bitte löschen Sie die E-Mail mit der Frage, wenn Sie sie nicht mehr brauchen.",
    )


def answered(number: int, said: Sequence[str], *, asks_back: bool = False) -> str:
    """The text that tells the office's mailbox what a colleague has answered in the console; ``said`` in order."""
    opening = (
        f"die Frage {number} ist in der Konsole beantwortet worden. Die Antwort ist an die Person unterwegs; "
        "Sie müssen nichts mehr tun."
    )
    if asks_back:
        opening = f"zur Frage {number} ist in der Konsole zurückgefragt worden. Lotse wartet auf die Person."
    lines = [f"> {line}".rstrip() for text in said for line in (*text.strip().splitlines(), "")]
    more = "Wenn Sie auf diese E-Mail antworten, geht auch das an die Person."
    return _letter(opening, ("Im Wortlaut:", *lines[:-1]), (more,))


def closed(number: int) -> str:
    """The text that tells the office's mailbox that a colleague has closed the question."""
    return _letter(
        f"die Frage {number} ist in der Konsole ohne Antwort geschlossen worden. Die Person hat das erfahren und kann "
        "noch einmal fragen. Sie müssen nichts mehr tun.",
    )


def moved(number: int, office: str) -> str:
    """The text that tells the office's mailbox that the question is at another address now."""
    return _letter(
        f"die Frage {number} ist in der Konsole an {office} weitergegeben worden. Dort wird sie beantwortet; "
        "Sie müssen nichts mehr tun.",
    )


def message(first: EmailMessage, kind: Kind, text: str, number: int, serial: int) -> EmailMessage:
    """``first``, the mail that carried the question, turned into a later mail with ``text``.

    ``serial`` tells mails of one kind apart (seconds since the epoch, say); the same one gives the same Message-ID.
    """
    original = str(first["Message-ID"])
    local, _, domain = original.strip("<>").rpartition("@")
    first.clear_content()
    first.set_content(text, cte="quoted-printable")  # drops every Content- header
    first["Content-Language"] = "de"
    for name in ("Subject", "Message-ID"):
        del first[name]
    first["Subject"] = f"Lotse: {_SUBJECTS[kind]} {number}"
    first["Message-ID"] = f"<{local}.{kind}-{serial}@{domain}>"
    first["In-Reply-To"] = original
    first["References"] = original
    return first


def _quoted(text: str, language: str) -> Iterable[str]:
    return (f"> {line}".rstrip() for line in (directed(each, language) for each in lines_of(text)))


def _letter(opening: str, *paragraphs: Iterable[str]) -> str:
    parts = [MARKER, "Guten Tag,", opening, *("\n".join(lines) for lines in paragraphs), "Lotse, der Auskunfts-Bot"]
    return "\n\n".join(parts)
