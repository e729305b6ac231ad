"""A mail on its way through the flow, and what makes it the same mail by whichever way it comes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

from bot.mailing import gate, senders
from bot.mailing.parsing import Mail, Unreadable
from bot.storage import queue


@dataclass(frozen=True)
class Arrived:
    """A mail on its way: its row, what was read of it, and its identity, "" where it has none."""

    row: queue.Row
    mail: Mail | Unreadable
    identity: str


def identity(mail: Mail | Unreadable, verdict: gate.Verdict) -> str:
    """The same for a mail however often and by whichever way it comes: its id, its author, what it says and answers."""
    headers = mail.headers
    if not headers.message_id or not isinstance(mail, Mail):
        return ""
    ticket = getattr(verdict, "ticket", None)
    files = [f"{each.name} {each.size}" for each in mail.attachments]
    parts = (headers.message_id, senders.author(headers) or "", str(ticket), headers.subject, mail.text, *files)
    return hashlib.sha256("\0".join(parts).encode("utf-8", "replace")).hexdigest()
