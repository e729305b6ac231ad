"""Mails of ours that answer a mail: to a counselling centre, to a clerk, to a stranger. Never answered by machines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime

from bot.handover.envelope import POLICY, ids

MOST_REFERENCES = 20  # a thread of years must not make headers that servers refuse


@dataclass(frozen=True)
class File:
    """An attachment. ``kind`` is a media type such as application/pdf."""

    name: str
    kind: str
    content: bytes


def compose(
    *,
    to: str,
    sender: str,
    subject: str,
    text: str,
    message_id: str,
    now: datetime,
    references: Sequence[str] = (),
    reply_to: str = "",
    files: Sequence[File] = (),
) -> EmailMessage:
    """A plain mail. ``references``: ids without angle brackets, oldest first, the answered one last."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Address("Lotse", addr_spec=sender)
    mail["To"] = to
    if reply_to:
        mail["Reply-To"] = reply_to
    bare = subject.strip() or "Ihre Frage"
    mail["Subject"] = bare if not references or bare.lower().startswith(("re:", "aw:")) else f"Re: {bare}"
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{message_id}>"
    if known := ids(*references[-MOST_REFERENCES:]):
        mail["In-Reply-To"] = known.rpartition(" ")[2]
        mail["References"] = known
    mail["Auto-Submitted"] = "auto-replied"
    mail["X-Auto-Response-Suppress"] = "All"
    mail.set_content(text, cte="quoted-printable")
    for file in files:
        main, _, sub = file.kind.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub or "octet-stream", filename=file.name)
    return mail


def centre(parts: Sequence[str]) -> str:
    """The text to a counselling centre: one part a question."""
    line = "\n\n" + "-" * 40 + "\n\n"
    return (
        f"Guten Tag,\n\nhier ist, was Lotse zu Ihrer E-Mail weiß.\n\n{line.join(parts)}\n\nLotse, der Auskunfts-Bot\n"
    )


def answered(question: str, language: str, answer: str, german: str) -> str:
    """One question with its answer, and the German wording when the answer is in another language."""
    text = f"Frage ({language}):\n{_quoted(question)}\n\n{answer}"
    return text if german == answer else f"{text}\n\nAuf Deutsch:\n\n{german}"


def not_read(names: Sequence[str]) -> str:
    """Files came with questions that were answered without them."""
    return (
        f"Diese Anhänge hat Lotse nicht gelesen: {', '.join(names)}. Geht es um einen Brief: Hängen Sie ihn noch "
        "einmal an, und schreiben Sie dazu: bitte an das Büro."
    )


def not_enough(office: str) -> str:
    """How a question goes to people that was answered."""
    return (
        "Reicht eine Antwort nicht? Senden Sie uns die Frage noch einmal, und schreiben Sie dazu: bitte an das Büro. "
        f"Dann sehen Sie, was an {office} gehen würde, und entscheiden."
    )


def handed_over(question: str, language: str, office: str, number: int, days: int) -> str:
    """One question that went to the office; its answer comes to the centre."""
    return (
        f"Frage ({language}):\n{_quoted(question)}\n\n"
        f"Darauf gibt es keine geprüfte Antwort. Die Frage ist an {office} gegangen (Frage {number}). "
        f"Die Antwort kommt an Sie, meist innerhalb von {days} Arbeitstagen."
    )


def refusal(city: str) -> str:
    """To somebody who is on no list: German and English, no word of what they wrote."""
    return (
        f"Guten Tag,\n\ndieses Postfach liest nur E-Mails von Beratungsstellen und Ämtern in {city}. "
        "Ihre E-Mail hat niemand gelesen. Bitte fragen Sie Lotse bei Telegram, oder wenden Sie sich an das Amt.\n\n"
        f"Hello,\n\nthis mailbox reads mail from counselling centres and offices in {city} only. "
        "Nobody has read your mail. Please ask Lotse on Telegram, or turn to the office.\n"
    )


def waiting(reason: str) -> str:
    """To a proven sender whose mail waits for the operator."""
    return (
        f"Guten Tag,\n\nIhre E-Mail ist angekommen, aber nicht weitergegeben worden.\n\nGrund: {reason}\n\n"
        "Wer Lotse betreibt, ist benachrichtigt.\n"
    )


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())
