"""People with browsers: a chat in a browser over a real socket, with as little work of their own as may be.

They share the processors with the bot that is measured, so HTTP is spoken by hand: keep-alive posts, and one stream.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode


@dataclass
class WebPerson:
    """``heard`` is called with every message of the stream: (person, id, html). ``address``: from where they write."""

    number: int
    port: int
    city: str
    heard: Callable[[WebPerson, int, str], None]
    cookie: str = ""
    last: int = 0
    stamp: str = ""
    language: str = "de"
    ids: list[int] = field(default_factory=list)
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    @property
    def address(self) -> str:
        return f"10.{self.number >> 16 & 255}.{self.number >> 8 & 255}.{self.number & 255}"

    async def post(self, text: str, uid: str) -> bool:
        """Whether it is stored; False when nothing said so, and it has to be sent again with the same ``uid``."""
        body = urlencode({"stamp": self.stamp, "uid": uid, "lang": self.language, "text": text}).encode()
        try:
            async with asyncio.timeout(30):
                status, headers, answer = await self._ask("POST", f"/chat/{self.city}/say", body)
        except (OSError, EOFError, TimeoutError, ValueError):
            self.hang_up()
            return False
        if found := re.search(r"set-cookie: (lotse=[^;\r]+)", headers, re.IGNORECASE):
            self.cookie = found[1]
        return status == 200 and bool(json.loads(answer).get("stored"))

    async def fetch(self, path: str) -> bytes:
        """A page. Raises OSError or EOFError where there is no server."""
        _, _, answer = await self._ask("GET", path, b"")
        return answer

    def hang_up(self) -> None:
        if self._line is not None:
            self._line[1].close()
            self._line = None

    async def listen(self) -> None:
        """Keep a stream open for ever, and open it again where it was cut, as a browser does."""
        while True:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
                writer.write(self._head("GET", f"/chat/{self.city}/events", f"Last-Event-ID: {self.last}\r\n"))
                try:
                    while line := await reader.readline():
                        if line.startswith(b"data: "):
                            said = json.loads(line[6:])
                            self.last = said["id"]
                            self.ids.append(said["id"])
                            self.heard(self, said["id"], said["html"])
                finally:
                    writer.close()
            except (OSError, EOFError, ValueError):
                pass
            await asyncio.sleep(0.2)

    def _head(self, method: str, path: str, more: str) -> bytes:
        cookie = f"Cookie: {self.cookie}\r\n" if self.cookie else ""
        return (
            f"{method} {path} HTTP/1.1\r\nHost: 127.0.0.1:{self.port}\r\nX-Forwarded-For: {self.address}\r\n"
            f"Accept: application/json\r\n{cookie}{more}\r\n"
        ).encode()

    async def _ask(self, method: str, path: str, body: bytes) -> tuple[int, str, bytes]:
        if self._line is None:
            self._line = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._line
        more = f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(body)}\r\n" if body else ""
        writer.write(self._head(method, path, more) + body)
        headers = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        length = re.search(r"content-length: (\d+)", headers, re.IGNORECASE)
        answer = await reader.readexactly(int(length[1])) if length else b""
        return int(headers.split(maxsplit=2)[1]), headers, answer


async def begin(port: int, city: str, seconds: float = 120) -> str:
    """Wait until the bot serves; the stamp of a form."""
    person = WebPerson(0, port, city, lambda *_: None)
    async with asyncio.timeout(seconds):
        while True:
            try:
                page = await person.fetch(f"/chat/{city}")
                person.hang_up()
                return re.search(r'name="stamp" value="([^"]+)"', page.decode())[1]  # type: ignore[index]
            except (OSError, EOFError):
                person.hang_up()
                await asyncio.sleep(0.2)


def environment(port: int) -> dict[str, Any]:
    """Everybody has an address of their own, as behind a proxy, and writes without a limit of their own."""
    return {"LOTSE_WEB": f"127.0.0.1:{port}", "LOTSE_WEB_PROXIES": "127.0.0.1", "LOTSE_PER_MINUTE": "100000"}
