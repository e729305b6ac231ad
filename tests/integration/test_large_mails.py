"""Many large mails at once, in a real process: small ones and questions do not wait for them, and memory has an end."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import smtplib
import time
from pathlib import Path

import pytest

from bot.handover import tokens
from bot.mailing import arrival
from bot.storage import persons, queue
from bot.storage.database import close, engine_for, migrate
from bot.storage.raw_mail import RawMail
from bot.wiring.secret import secret_of
from tests.rows import open_ticket
from tests.servers import daemon
from tests.servers.bot_api import BotApiServer
from tests.servers.process import TOKEN, Process

OFFICE = "buero@example.org"
EXPIRES = 9_000_000_000
PEOPLE = range(1, 11)  # each has a question at the office; their chats are 101, 102, ...
MB = 1_000_000
# Bytes for one that comes, one that is read, and what the C library keeps. Without turns: 560 and 1,200 MB.
MOST = {"sqlite": 400 * MB, "postgresql": 800 * MB}


class Town:
    """A process that reads mail; ``questions``: the address that answers each of them."""

    def __init__(self, api, var, url):
        self.api, self.url, self.port = api, url, daemon.free_port()
        environment = {
            "LOTSE_DATABASE_URL": url,
            "LOTSE_LMTP_PORT": str(self.port),
            "LOTSE_OFFICE_EMAIL": OFFICE,
            "LOTSE_MAIL_FROM": "lotse@example.org",
            "LOTSE_REPLY_TO": "reply@example.org",
            "LOTSE_AUTHSERV_ID": "mx.example.org",
        }
        self.process = Process(api.base_url.removesuffix("/bot"), var, environment)
        self.addresses = {}

    async def ask(self):
        self.process.var.mkdir(mode=0o700)
        secret, engine = secret_of(self.process.var / "secret"), engine_for(self.url)
        await migrate(engine)
        async with engine.begin() as connection:
            for number in PEOPLE:
                person = await persons.save(connection, "telegram", str(100 + number), "{}", None, 0)
                asked = await open_ticket(connection, person, office=OFFICE, expires_at=EXPIRES, now=time.time())
                token = tokens.issue(asked, OFFICE, EXPIRES, secret)
                self.addresses[number] = f"{token.local_part}@example.org"
        await close(engine)

    def reply(self, number, size=0):
        """The office's answer, with a file of about ``size`` bytes that is named and not relayed."""
        file = base64.encodebytes(os.urandom(size * 3 // 4)).decode()
        return (
            "Authentication-Results: mx.example.org; dmarc=pass header.from=example.org\n"
            f"From: {OFFICE}\nTo: {self.addresses[number]}\nSubject: AW\nMessage-ID: <r{number}@example.org>\n"
            'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
            f"Antwort {number}.\n\n--b\nContent-Type: application/zip; name=a.zip\n"
            f"Content-Transfer-Encoding: base64\n\n{file}\n--b--\n"
        ).replace("\n", "\r\n")

    async def lies_there(self, mails):
        """Mails that came before the process was started, in this order: (question, size). Their rows' ids."""
        engine, raw = engine_for(self.url), RawMail(self.process.var / "raw")
        async with engine.begin() as connection:
            for number, size in mails:
                address, mail = [self.addresses[number]], self.reply(number, size).encode()
                lane, digest, payload = arrival.row(mail, address)
                channel = arrival.LARGE if arrival.is_large(payload) else arrival.NAME
                if channel == arrival.LARGE and engine.dialect.name == "sqlite":
                    raw.keep(digest, mail)
                    payload = arrival.put_aside(digest, address)
                await queue.receive(connection, channel, lane, digest, json.dumps(payload), time.time())
        await close(engine)

    async def start(self):
        await self.process.start()
        async with asyncio.timeout(120):
            while not daemon.listens(self.port):
                assert self.process.process.returncode is None, self.process.log
                await asyncio.sleep(0.1)

    async def hand_in(self, number, size=0):
        """As the city's mail server does it."""

        def send():
            with smtplib.LMTP("127.0.0.1", self.port, timeout=120) as client:
                client.sendmail(OFFICE, [self.addresses[number]], self.reply(number, size).encode())

        await asyncio.to_thread(send)

    def peak(self):
        """The most memory that the process has held, in bytes."""
        status = Path(f"/proc/{self.process.process.pid}/status").read_text()
        return int(next(line.split()[1] for line in status.splitlines() if line.startswith("VmHWM"))) * 1024

    def handled(self):
        """Inbox rows of mails in the order in which they were done, and "question" for one from a chat."""
        lines = [line for line in self.process.log_lines if line["event"] in ("mail handled", "message handled")]
        return ["question" if line["event"] == "message handled" else line["inbox"] for line in lines]


@pytest.fixture
async def town(tmp_path, database_url):
    async with BotApiServer(token=TOKEN) as api:
        found = Town(api, tmp_path / "var", database_url)
        await found.ask()
        yield found
        if found.process.process and found.process.process.returncode is None:
            await found.process.end(signal.SIGKILL)


async def test_small_mails_and_questions_do_not_wait_for_the_large(town):
    large, small = range(1, 6), 6
    await town.lies_there([*((number, 5 * MB) for number in large), (small, 0)])
    await town.api.person(101).says("Wie bekomme ich einen Termin?")
    await town.start()
    for number in (*large, small):
        await town.api.wait_for(100 + number, 1, 120)
    order = town.handled()
    assert order.index(small) < order.index(3)
    assert order.index("question") < order.index(5)
    assert [row for row in order if row in large] == list(large)


async def test_of_many_that_come_at_once_few_are_in_memory(town):
    await town.start()
    before = town.peak()
    await asyncio.gather(*(town.hand_in(number, 20 * MB) for number in range(1, 9)), town.hand_in(9), town.hand_in(10))
    for number in PEOPLE:
        (found,) = await town.api.wait_for(100 + number, 1, 120)
        assert f"Antwort {number}." in found.text
    assert town.peak() - before < MOST[town.url.partition(":")[0]]
