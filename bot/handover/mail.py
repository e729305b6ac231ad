"""The handover mail: German for the clerk, the question in its own language, and no more personal data than that."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email import message_from_string
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime
from html import escape
from typing import Literal

from bot.handover.answers import File
from bot.handover.envelope import POLICY
from bot.handover.tokens import Token
from bot.presentation.direction import TURNING
from bot.presentation.i18n import FIRST_STRONG_ISOLATE, POP_ISOLATE, RIGHT_TO_LEFT, name_in

_TURNING = re.compile(f"[{TURNING}]")
# Everything below this line in a reply is ours, not the clerk's (issue: e-mail both ways).
MARKER = "-- Bitte über dieser Zeile antworten --"


COMMANDS = (
    "#antwort 1 sendet die geprüfte Antwort zum ersten Thema oben (oder #antwort und der Titel eines Themas)",
    "#weiter ADRESSE gibt die Frage an eine andere Stelle weiter",
    "#schließen beendet die Frage, die Person erfährt es",
    "#hilfe schickt Ihnen alle Befehle, #offen die Liste der offenen Fragen",
)


@dataclass(frozen=True)
class Ticket:
    """A question on its way to the office. ``number`` is the office's handle, ``question`` the asker's own words.

    ``client``: a counsellor asks for somebody, and gets the reply. ``due``: the day the answer is promised by, as a
    clerk reads it; "" before the question is sent.
    """

    number: int
    city: str
    question: str
    language: str
    considered: tuple[str, ...]
    reply_days: int
    client: bool = False
    due: str = ""


@dataclass(frozen=True)
class _Part:
    """A piece of the mail. ``kind`` says what its lines are: a paragraph, a list, or the asker's own words."""

    kind: Literal["text", "list", "quote"]
    lines: tuple[str, ...]
    heading: str = ""


def _parts(ticket: Ticket, answerable: bool) -> Iterator[_Part]:
    """What stands below the marker. Text and HTML are made of it, so that they say the same."""
    how = (
        "Antworten Sie einfach auf diese E-Mail. Ihr Text geht im Wortlaut an die fragende Person."
        if answerable
        else "Antworten Sie einfach auf diese E-Mail. Der Betrieb von Lotse leitet Ihren Text im Wortlaut weiter."
    )
    yield _Part("text", ("Guten Tag,",))
    asks = (
        "eine Beratungsstelle in {} hat Lotse für eine andere Person"
        if ticket.client
        else "eine Person in {} hat Lotse"
    )
    yield _Part(
        "text",
        (
            f"{asks.format(ticket.city)} etwas gefragt, worauf es keine geprüfte Antwort gibt.",
            "Die Antwort bekommt die Beratungsstelle. Sie hat zugestimmt, dass die Frage an Sie geht."
            if ticket.client
            else "Sie hat zugestimmt, dass ihre Frage an Sie geht.",
        ),
    )
    yield _Part("text", (f"Sprache der Frage: {name_in('de', ticket.language)}",))
    yield _Part("quote", lines_of(ticket.question), "Frage im Wortlaut:")
    if ticket.considered:
        yield _Part("list", ticket.considered, "Lotse hat an diese Themen gedacht:")
    else:
        yield _Part("text", ("Lotse kennt dazu kein passendes Thema.",))
    yield _Part(
        "list",
        (
            how,
            "Schreiben Sie über der Linie ganz oben. Kurze, einfache Sätze helfen.",
            "Schreiben Sie auf Deutsch oder in der Sprache der Frage: Lotse übersetzt Ihren Text nicht.",
            f"Der Person ist eine Antwort innerhalb {_days(ticket.reply_days)} zugesagt.",
            "Lotse schreibt keinen Namen und keine Adresse der Person dazu.",
        ),
        "So antworten Sie:",
    )
    if answerable:
        yield _Part("list", COMMANDS, "Kurze Befehle, allein in der ersten Zeile Ihrer Antwort:")
    yield _Part("text", ("Lotse, der Auskunfts-Bot",))


def _days(count: int) -> str:
    return "eines Arbeitstags" if count == 1 else f"von etwa {count} Arbeitstagen"


def body(ticket: Ticket, answerable: bool) -> str:
    """The mail as plain text. ``answerable``: a reply by mail reaches the asker without anybody's help."""
    paragraphs = [MARKER]
    for part in _parts(ticket, answerable):
        match part.kind:
            case "quote":
                lines = [f"> {directed(line, ticket.language)}".rstrip() for line in part.lines]
            case "list":
                lines = [f"- {line}" for line in part.lines]
            case "text":
                lines = list(part.lines)
        paragraphs.append("\n".join([*([part.heading] if part.heading else []), *lines]))
    return "\n\n".join(paragraphs)


def lines_of(text: str) -> tuple[str, ...]:
    """What a person wrote, line by line, without marks that turn the reading direction of what stands behind them."""
    return tuple(_TURNING.sub("", text).strip().splitlines())


def directed(line: str, language: str) -> str:
    """``line`` kept in its own direction, for right-to-left languages."""
    return f"{FIRST_STRONG_ISOLATE}{line}{POP_ISOLATE}" if language in RIGHT_TO_LEFT else line


# Outlook lays out with Word: it knows tables, cell borders and inline styles. No colours of text or ground: a mail
# program's dark mode brings its own.
_FONT = "font-family:'Segoe UI',Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5"
_PARAGRAPH = f"margin:0 0 14px 0;{_FONT}"


def html_body(ticket: Ticket, answerable: bool) -> str:
    """The same mail as simple HTML: no image, no link, nothing to load."""
    rows = [f'<p style="{_PARAGRAPH};padding-bottom:8px;border-bottom:1px solid #999999">{escape(MARKER)}</p>']
    for part in _parts(ticket, answerable):
        if part.heading:
            rows.append(f'<p style="{_PARAGRAPH};margin-bottom:6px"><b>{escape(part.heading)}</b></p>')
        match part.kind:
            case "quote":
                rows.append(_quote(part.lines, ticket.language))
            case "list":
                items = "".join(f'<li style="margin:0 0 4px 0">{escape(line)}</li>' for line in part.lines)
                rows.append(f'<ul style="margin:0 0 14px 0;padding:0 0 0 24px;{_FONT}">{items}</ul>')
            case "text":
                rows.append(f'<p style="{_PARAGRAPH}">{" ".join(escape(line) for line in part.lines)}</p>')
    content = "\n".join(rows)
    return f"""<!DOCTYPE html>
<html lang="de"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
<title>Frage an Lotse</title></head>
<body style="margin:0;padding:0">
<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0">
<tr><td style="padding:16px;max-width:640px">
{content}
</td></tr></table>
</body></html>
"""


def _quote(lines: tuple[str, ...], language: str) -> str:
    """The asker's words behind a bar that stands where their language begins its lines."""
    way, side = ("rtl", "right") if language in RIGHT_TO_LEFT else ("ltr", "left")
    return (
        '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" '
        f'style="margin:0 0 14px 0"><tr><td lang="{escape(language)}" dir="{way}" align="{side}" '
        f'style="border-{side}:4px solid #1f7a6d;padding:4px 12px;{_FONT};font-size:17px">'
        f"{'<br>'.join(escape(line) for line in lines)}</td></tr></table>"
    )


def message(
    ticket: Ticket,
    token: Token,
    sender: str,
    recipient: str,
    domain: str,
    reply_to: str,
    now: datetime,
    answerable: bool,
    files: Sequence[File] = (),
) -> EmailMessage:
    """The whole mail. Its Message-ID is fixed here, so that sending twice is seen as one by mail programs."""
    mail = EmailMessage(policy=POLICY)
    mail["From"] = Address("Lotse", addr_spec=sender)
    mail["To"] = recipient
    mail["Reply-To"] = reply_to
    mail["Subject"] = _subject(ticket)
    mail["Date"] = format_datetime(now)
    mail["Message-ID"] = f"<{token.local_part}@{domain}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["X-Auto-Response-Suppress"] = "All"
    mail["Content-Language"] = "de"
    mail.set_content(body(ticket, answerable), cte="quoted-printable")
    mail.add_alternative(html_body(ticket, answerable), subtype="html", cte="quoted-printable")
    for file in files:
        main, _, sub = file.kind.partition("/")
        mail.add_attachment(file.content, maintype=main, subtype=sub or "octet-stream", filename=file.name)
    return mail


def files_of(written: str) -> tuple[File, ...]:
    """What is attached to a mail of ours."""
    read = message_from_string(written, policy=POLICY)
    found = []
    for part in read.iter_attachments() if isinstance(read, EmailMessage) else ():
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            found.append(File(part.get_filename() or "Datei", part.get_content_type(), content))
    return tuple(found)


def _subject(ticket: Ticket) -> str:
    """What an inbox shows: the number first, then until when, and about what."""
    due = f", bis {ticket.due}" if ticket.due else ""
    topic = f": {ticket.considered[0]}" if ticket.due and ticket.considered else ""
    return f"Lotse: Frage {ticket.number} ({name_in('de', ticket.language)}){due}{topic}"
