"""The browser as a channel: what is sent to it is stored in its session, and shown when somebody looks."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any, Literal

from bot.conversation.incoming import Incoming
from bot.flow.ports import Delivered, Outcome, Refused
from bot.handover.answers import File
from bot.presentation.message import Message
from bot.presentation.render import web

NAME = "web"
# (session, uid, payload, the message it replaces or 0): whether the session is still there.
Show = Callable[[str, str, dict[str, Any], int], Awaitable[bool]]


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

    def render(self, message: Message, incoming: Incoming) -> list[dict[str, Any]]:
        """One payload a message: HTML of our own making, and buttons as (text, data)."""
        payload: dict[str, Any] = {"session": incoming.address, "uid": uuid.uuid4().hex}
        if message.venue is not None:
            return [{**payload, "venue": asdict(message.venue)}]
        payload["html"] = web(message.blocks)
        payload["buttons"] = [[[label.text, label.data] for label in row] for row in message.buttons]
        if message.edit and incoming.kind == "button" and incoming.message.isdecimal():
            payload["edit"] = int(incoming.message)
        return [payload]

    def attach(self, files: Sequence[File], incoming: Incoming) -> list[dict[str, Any]]:
        """A message for each file; its content is fetched by whoever may see the session."""
        return [
            {
                "session": incoming.address,
                "uid": uuid.uuid4().hex,
                "file": file.name,
                "content": base64.b64encode(file.content).decode("ascii"),
            }
            for file in files
        ]

    async def send(self, lane: str, payload: Mapping[str, Any]) -> Outcome:
        if "receipt" in payload:
            return Delivered()
        kept = {key: value for key, value in payload.items() if key not in ("session", "uid")}
        there = await self._show(str(payload["session"]), str(payload["uid"]), kept, int(payload.get("edit", 0)))
        return Delivered() if there else Refused("the chat was deleted", quiet=True)
