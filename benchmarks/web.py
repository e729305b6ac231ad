"""200 people with open streams who write in a browser, beside 200 on Telegram, in one process: messages a second, delay,
memory. Then 20 times kill -9 while 2,000 messages are written: what is lost, and what is shown twice.

Everybody waits for an answer, and writes again a second after it has come. Browsers and the Bot API server run in this
process, on the same cores as the bot.
"""

from __future__ import annotations

import asyncio
import logging
import random
import re
import signal
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks import labelled
from benchmarks.telegram_crash import ASKED, KILLS
from benchmarks.telegram_load import PAGE
from benchmarks.web_people import WebPerson, begin, environment
from bot.config import load_settings
from tests.servers.bot_api import BotApiServer, Person, SentMessage
from tests.servers.daemon import free_port
from tests.servers.process import TOKEN, Process

PEOPLE = 200
PAUSE = 1.0
WAIT_SECONDS = 120
LEASE_SECONDS = 90  # longer than what a killed process leaves on a row


def run(messages: int = 2_000) -> dict[str, Any]:
    """Figures of both ways, and of the kills."""
    for name in ("asyncio", "aiohttp"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # connections end when a process is killed
    figures = asyncio.run(_load(messages))
    print(f"load: {figures}", file=sys.stderr, flush=True)
    figures |= asyncio.run(_crash(messages))
    console = Console()
    for name, value in figures.items():
        console.print(f"{name.replace('_', ' ')}: {value}")
    return figures


class Round:
    """Everybody asks, and asks again when answered, until ``messages`` are written. ``ask`` writes for one of them."""

    def __init__(self, messages: int, ask: Callable[[int, str], Awaitable[None]]) -> None:
        lines = labelled.load(editors=True)
        random.Random(1).shuffle(lines)
        self._questions = [line.question for line in lines]
        self._messages, self._ask = messages, ask
        self._asked = 0
        self._since: dict[int, float] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.delays: list[float] = []

    def heard(self, number: int) -> None:
        """Somebody was answered; the second part of an answer is none."""
        if (since := self._since.pop(number, None)) is not None:
            self.delays.append(time.monotonic() - since)
            asyncio.get_running_loop().call_later(PAUSE, self._write, number)

    def _write(self, number: int) -> None:
        if self._asked < self._messages:
            cycle, place = divmod(self._asked, len(self._questions))
            self._asked += 1
            self._since[number] = time.monotonic()
            text = f"{self._questions[place]} {cycle}" if cycle else self._questions[place]
            self._tasks.add(task := asyncio.get_running_loop().create_task(self._ask(number, text)))
            task.add_done_callback(self._tasks.discard)

    async def run(self) -> dict[str, Any]:
        started = time.monotonic()
        for number in range(PEOPLE):
            self._write(number)
        seen, quiet_since = -1, started
        while len(self.delays) < self._messages and time.monotonic() - quiet_since < WAIT_SECONDS:
            if len(self.delays) != seen:
                seen, quiet_since = len(self.delays), time.monotonic()
            await asyncio.sleep(0.02)
        return {
            "lost": self._messages - len(self.delays),
            "per_second": round(len(self.delays) / (time.monotonic() - started), 1),
            "p50_ms": round(float(np.percentile(self.delays, 50)) * 1000),
            "p99_ms": round(float(np.percentile(self.delays, 99)) * 1000),
        }


async def _load(messages: int) -> dict[str, Any]:
    settings, port = load_settings(), free_port()
    with tempfile.TemporaryDirectory() as folder:
        shared = {
            "LOTSE_KNOWLEDGE": str(settings.knowledge),
            "LOTSE_CITY": settings.city,
            "LOTSE_MODEL": settings.model,
            "LOTSE_CACHE": str(settings.cache or settings.var.absolute() / "cache"),
        }
        async with BotApiServer(token=TOKEN) as server:
            lotse = Process(server.base_url.removesuffix("/bot"), Path(folder), {**shared, **environment(port)})
            await lotse.start()
            assert lotse.process is not None
            try:
                stamp = await begin(port, settings.city, 3_600)
                await _telegram(server, PEOPLE)  # both ways warm: what is read once is read
                telegram = await _telegram(server, messages)
                before = _resident(lotse.process.pid)
                web, memory = await _web(port, settings.city, stamp, messages, lotse.process.pid)
            finally:
                await lotse.end(signal.SIGKILL)
    return {
        "messages": messages,
        "streams": PEOPLE,
        **web,
        "memory_mb": memory,
        "memory_before_streams_mb": before,
        **{f"telegram_{name}": value for name, value in telegram.items()},
        "ratio": round(web["per_second"] / telegram["per_second"], 2),
    }


async def _telegram(server: BotApiServer, messages: int) -> dict[str, Any]:
    people = [Person(server, 1_000 + number, "A", "de") for number in range(PEOPLE)]

    async def ask(number: int, text: str) -> None:
        await people[number].says(text)

    now = Round(messages, ask)

    def heard(message: SentMessage) -> None:
        now.heard(message.chat_id - 1_000)

    server.on_message = heard
    return await now.run()


async def _web(port: int, city: str, stamp: str, messages: int, pid: int) -> tuple[dict[str, Any], int]:
    now: Round | None = None

    def heard(person: WebPerson, _: int, __: str) -> None:
        if now is not None:
            now.heard(person.number)

    people = [WebPerson(number, port, city, heard, stamp=stamp) for number in range(PEOPLE)]
    listening = [asyncio.create_task(_enter(person)) for person in people]
    while any(not person.ids for person in people):  # noqa: ASYNC110 # everybody has a chat and a stream
        await asyncio.sleep(0.1)
    await asyncio.sleep(PAUSE)
    sent = iter(range(10**9))

    async def ask(number: int, text: str) -> None:
        uid = f"u{next(sent)}"
        while not await people[number].post(text, uid):  # noqa: ASYNC110 # as a browser tries again
            await asyncio.sleep(0.2)

    now = Round(messages, ask)
    figures = await now.run()
    memory = _resident(pid)
    figures["twice"] = sum(len(person.ids) - len(set(person.ids)) for person in people)
    for task in listening:
        task.cancel()
    return figures, memory


async def _enter(person: WebPerson) -> None:
    """Begin a chat, then listen."""
    while not await person.post("Hallo", f"begin{person.number}"):  # noqa: ASYNC110 # the same
        await asyncio.sleep(0.2)
    await person.listen()


def _resident(pid: int) -> int:
    return round(int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * PAGE / 1_048_576)


async def _crash(messages: int) -> dict[str, Any]:
    """People ask four questions each, and repeat a post that nobody confirmed, with the same uid."""
    chance, port, city = random.Random(1), free_port(), "musterstadt"
    kills = 0
    with tempfile.TemporaryDirectory() as folder:
        lotse = Process("http://127.0.0.1:9", Path(folder), {"TELEGRAM_TOKEN": "", **environment(port)})
        await lotse.start()
        stamp = await begin(port, city)
        seen: dict[tuple[int, str], int] = {}

        def heard(person: WebPerson, _: int, html: str) -> None:
            text = " ".join(re.sub(r"<[^>]+>", "", html).split())
            for question, answer in ASKED.items():
                if answer in text:
                    seen[person.number, question] = seen.get((person.number, question), 0) + 1

        people = [WebPerson(number, port, city, heard, stamp=stamp) for number in range(-(-messages // len(ASKED)))]
        tasks = []
        for life in range(KILLS):
            tasks += [asyncio.create_task(_ask_all(person)) for person in people[life::KILLS]]
            await asyncio.sleep(chance.uniform(0.3, 2.5))
            await lotse.end(signal.SIGKILL)
            kills += 1
            await lotse.start()
            await begin(port, city)
        count, since = -1, time.monotonic()
        expected = len(people) * len(ASKED)
        while len(seen) < expected and time.monotonic() - since < LEASE_SECONDS:
            if len(seen) != count:
                count, since = len(seen), time.monotonic()
            await asyncio.sleep(0.1)
        await asyncio.sleep(3)  # what comes twice comes now
        for task in tasks:
            task.cancel()
        await lotse.end(signal.SIGKILL)
    return {
        "crash_messages": expected,
        "kills": kills,
        "crash_lost": expected - len(seen),
        "crash_twice": sum(count - 1 for count in seen.values())
        + sum(len(person.ids) - len(set(person.ids)) for person in people),
    }


async def _ask_all(person: WebPerson) -> None:
    listening = None
    for place, question in enumerate(ASKED):
        while not await person.post(question, f"q{place}"):  # noqa: ASYNC110 # the same
            await asyncio.sleep(0.2)
        listening = listening or asyncio.create_task(person.listen())
    assert listening is not None
    await listening
