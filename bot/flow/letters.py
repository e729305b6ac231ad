"""Mail to people who asked by mail."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from bot.conversation.incoming import Incoming
from bot.handover.answers import File, compose
from bot.presentation.message import Message
from bot.presentation.outgoing import Letter
from bot.presentation.render import plain


@dataclass(frozen=True)
class Letters:
    """People who asked by mail (counselling centres): what they get is a mail in their own thread."""

    sender: str
    reply_to: str

    def parse(self, payload: Any) -> None:
        """Nothing comes in this way: mail is read by `flow.mails`."""

    def render(self, message: Message, incoming: Incoming) -> list[Letter]:
        """One mail; a reply by mail has no buttons."""
        return [self.letter(incoming.address, f"{plain(message.blocks)}\n", incoming.message)]

    def attach(self, files: Sequence[File], incoming: Incoming) -> list[Letter]:
        """One more mail with all files."""
        names = ", ".join(file.name for file in files)
        return [self.letter(incoming.address, f"Anhang: {names}\n", incoming.message, files)] if files else []

    def letter(self, to: str, text: str, thread: str, files: Sequence[File] = (), mark: str = "") -> Letter:
        """One mail.

        ``thread``: JSON with ``subject`` and ``references``, or "". ``mark``: stands before the @ of the mail's id and
        of the address it is answered to.
        """
        known: dict[str, Any] = json.loads(thread) if thread else {"subject": "Lotse", "references": []}
        message_id = f"{mark or f'answer.{uuid.uuid4().hex}'}@{self.sender.rpartition('@')[2]}"
        message = compose(
            to=to,
            sender=self.sender,
            reply_to=f"{mark}@{self.reply_to.rpartition('@')[2]}" if mark else self.reply_to,
            subject=known["subject"],
            references=known["references"],
            text=text,
            message_id=message_id,
            now=datetime.now(UTC),
            files=files,
        )
        return Letter(to, message.as_bytes().decode("ascii"), message_id)
