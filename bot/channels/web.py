"""The browser as a channel: what is sent to it is stored in its session, and shown when somebody looks."""

from __future__ import annotations

import uuid
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, Literal

from bot.conversation.incoming import Incoming
from bot.flow.ports import WEB, Delivered, Outcome, Refused, unfit
from bot.handover.answers import File
from bot.presentation.message import Message
from bot.presentation.outgoing import Document, Letter, Outgoing, Place, Receipt, Text
from bot.presentation.render import web

NAME = WEB
Show = Callable[[Text | Place | Document], Awaitable[bool]]  # whether the session is still there


class Web:
    """Parses and renders as every channel; to send is to store. ``show`` is the way into a session."""

    def __init__(self, show: Show) -> None:
        self._show = show

    def parse(self, payload: Any) -> Incoming | None:
        kind: Literal["text", "command", "button"] = payload["kind"]
        return Incoming(
            payload["session"],
            kind,
            payload["text"],
            payload.get("hint", ""),
            message=str(payload.get("message", "")),
            argument=payload.get("argument", ""),
        )

    def render(self, message: Message, incoming: Incoming) -> list[Outgoing]:
        """HTML of our own making, and the buttons below it."""
        to, uid = incoming.address, uuid.uuid4().hex
        if message.venue is not None:
            return [Place(to=to, uid=uid, venue=message.venue)]
        replaces = message.edit and incoming.kind == "button" and incoming.message.isdecimal()
        edit = incoming.message if replaces else ""
        return [Text(to=to, uid=uid, text=web(message.blocks), buttons=message.buttons, edit=edit)]

    def attach(self, files: Sequence[File], incoming: Incoming) -> list[Outgoing]:
        """A message for each file; its content is fetched by whoever may see the session."""
        return [
            Document(to=incoming.address, uid=uuid.uuid4().hex, name=file.name, content=file.content) for file in files
        ]

    async def send(self, lane: str, message: Outgoing) -> Outcome:
        match message:
            case Receipt():
                return Delivered()
            case Letter():
                return unfit(message)
            case _:
                there = await self._show(message)
                return Delivered() if there else Refused("the chat was deleted", quiet=True)
