"""An IMAP server that falls silent for ever at one command: a mailbox that hangs."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress


class SilentImap:
    """Holds one mail, and says nothing more from ``at`` on, not even to LOGOUT. ``heard`` are its commands so far."""

    def __init__(self, at: str) -> None:
        self._at = at
        self.heard: list[str] = []
        self.fell_silent = asyncio.Event()
        self.port = 0
        self._writers: list[asyncio.StreamWriter] = []

    @asynccontextmanager
    async def running(self):
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        try:
            yield self
        finally:
            server.close()
            for writer in self._writers:
                writer.close()
                with suppress(OSError):
                    await writer.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        writer.write(b"* OK ready\r\n")
        while line := await reader.readline():
            tag, _, command = line.decode().strip().partition(" ")
            self.heard.append(command)
            if self._at in command or self.fell_silent.is_set():
                self.fell_silent.set()
                continue
            match command.split():
                case ["CAPABILITY"]:
                    writer.write(b"* CAPABILITY IMAP4rev1\r\n")
                case ["STATUS", *_]:
                    writer.write(b'* STATUS "INBOX" (UIDVALIDITY 7)\r\n')
                case ["UID", "SEARCH", *_]:
                    writer.write(b"* SEARCH 1\r\n")
                case ["SELECT", *_]:
                    writer.write(b"* 1 EXISTS\r\n")
            writer.write(f"{tag} OK done\r\n".encode())
