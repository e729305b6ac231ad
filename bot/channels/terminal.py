"""Chat in the terminal: the same inbox, outbox and delivery as everywhere, with a line of text as a message."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Awaitable, Callable, Sequence
from typing import Any, TextIO

from bot.conversation.events import COMMANDS
from bot.conversation.incoming import Incoming
from bot.flow.ports import Delivered, Outcome, Store, unfit
from bot.handover.answers import File
from bot.presentation.message import Message
from bot.presentation.outgoing import Outgoing, Receipt, Text
from bot.presentation.render import plain

NAME = "terminal"
YOU = "you"
LANE = f"{NAME}:{YOU}"


class Terminal:
    """One person at a keyboard. Buttons are numbers in brackets; a number as a line presses one."""

    def __init__(self, out: TextIO, hint: str, session: str) -> None:
        self._out, self._hint, self._session = out, hint, session
        self._buttons: list[str] = []

    def parse(self, payload: Any) -> Incoming | None:
        return Incoming(YOU, payload["kind"], payload["text"], self._hint, argument=payload.get("argument", ""))

    def render(self, message: Message, incoming: Incoming) -> list[Outgoing]:
        text = plain(message.blocks)
        if (venue := message.venue) is not None:
            text = f"{venue.name}, {venue.address}\n{venue.latitude}, {venue.longitude}"
        return [Text(to=incoming.address, text=text, buttons=message.buttons)]

    def attach(self, files: Sequence[File], incoming: Incoming) -> list[Outgoing]:
        return [Text(to=incoming.address, text=f"[{file.name}, {len(file.content)} bytes]") for file in files]

    async def send(self, lane: str, message: Outgoing) -> Outcome:
        match message:
            case Receipt():
                pass
            case Text():
                labels = [label for row in message.buttons for label in row]
                self._buttons = [label.data for label in labels]
                numbered = "   ".join(f"[{i}] {label.text}" for i, label in enumerate(labels, 1))
                self._out.write("\n" + message.text + "\n" + (f"\n{numbered}\n" if numbered else "") + "\n")
                self._out.flush()
            case _:
                return unfit(message)
        return Delivered()

    async def read(self, lines: TextIO, store: Store, settled: Callable[[], Awaitable[None]], greet: bool) -> None:
        """Store line after line, and wait for each answer; return at the end of the input."""
        numbers = itertools.count()
        if greet:
            await store([(LANE, f"{self._session}-start", {"kind": "command", "text": "start"})])
            await settled()
        while True:
            if greet:
                self._out.write("> ")
                self._out.flush()
            line = await asyncio.to_thread(_read_line, lines)
            if line is None:
                return
            if not line.strip():
                continue
            await store([(LANE, f"{self._session}-{next(numbers)}", self._message(line.strip()))])
            await settled()

    def _message(self, line: str) -> dict[str, str]:
        if line.isdecimal() and 0 < int(line[:4]) <= len(self._buttons):
            return {"kind": "button", "text": self._buttons[int(line[:4]) - 1]}
        name, _, argument = line[1:].partition(" ")
        if line.startswith("/") and name.lower() in COMMANDS:
            return {"kind": "command", "text": name.lower(), "argument": argument.strip()}
        return {"kind": "text", "text": line}


def _read_line(lines: TextIO) -> str | None:
    """One line; None at the end. Bytes that are no UTF-8 were replaced when the stream was opened."""
    line = lines.readline()
    return line or None
