"""1,000 people writing at once to the real process: messages a second, the answer's delay, memory; beside an echo bot.

Full load: everybody waits for an answer, and writes again a second after it has come. Half load: messages come evenly,
half as many a second. The Bot API server runs in this process, on the same cores as the bot.
"""

from __future__ import annotations

import asyncio
import os
import random
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console

from benchmarks import labelled
from bot.config import load_settings
from tests.servers.bot_api import BotApiServer, Person, SentMessage
from tests.servers.process import ROOT, TOKEN, Process

PEOPLE = 1_000
PAUSE = 1.0  # seconds from an answer to the next question: an answer may be two messages
HALF_MESSAGES = 1_500
ECHO_MESSAGES = 5_000
START_SECONDS = 3_600  # without embeddings made before, the first start embeds the whole knowledge
ANSWER_SECONDS = 120
WARM = 1_000  # messages after which memory is first read: caches have filled
PAGE, TICK = os.sysconf("SC_PAGE_SIZE"), os.sysconf("SC_CLK_TCK")


def run(messages: int = 3_000) -> dict[str, Any]:
    """Figures at full load (``messages`` of them), at half load, and of the echo bot."""
    return asyncio.run(_run(messages))


async def _run(messages: int) -> dict[str, Any]:
    with tempfile.TemporaryDirectory() as folder:
        settings = load_settings()
        environment = {
            "LOTSE_KNOWLEDGE": str(settings.knowledge),
            "LOTSE_CITY": settings.city,
            "LOTSE_MODEL": settings.model,
            "LOTSE_CACHE": str(settings.cache or settings.var.absolute() / "cache"),
        }
        async with BotApiServer(token=TOKEN) as server:
            lotse = Process(server.base_url.removesuffix("/bot"), Path(folder), environment)
            await lotse.start()
            assert lotse.process is not None
            full, half = await _both_loads(server, lotse.process, messages)
            await lotse.end(signal.SIGKILL)
    async with BotApiServer(token=TOKEN) as server:
        echo = await _echo(server, min(messages, ECHO_MESSAGES))
    figures = {
        "updates": messages,
        "people": PEOPLE,
        **full,
        **{f"half_{name}": half[name] for name in ("per_second", "p50_ms", "p99_ms")},
        "echo_per_second": echo["per_second"],
        "echo_p50_ms": echo["p50_ms"],
        "echo_p99_ms": echo["p99_ms"],
        "echo_memory_mb": echo["memory_mb"],
        "ratio": round(full["per_second"] / echo["per_second"], 3),
    }
    console = Console()
    for name, value in figures.items():
        console.print(f"{name.replace('_', ' ')}: {value}")
    return figures


async def _both_loads(
    server: BotApiServer, process: asyncio.subprocess.Process, messages: int
) -> tuple[dict[str, Any], dict[str, Any]]:
    crowd = Crowd(server, process)
    await crowd.first_answer()
    full = await crowd.full_load(messages)
    print(f"full load: {full}", file=sys.stderr, flush=True)
    return full, await crowd.even_load(min(messages, HALF_MESSAGES), full["per_second"] / 2)


async def _echo(server: BotApiServer, messages: int) -> dict[str, Any]:
    environment = {**os.environ, "TELEGRAM_TOKEN": TOKEN, "TELEGRAM_API": server.base_url}
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "benchmarks.echo_bot", cwd=ROOT, env=environment, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        crowd = Crowd(server, process)
        await crowd.first_answer()
        return await crowd.full_load(messages)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


@dataclass
class Crowd:
    """People who ask the questions of benchmarks/questions, in sixteen languages, and what they notice."""

    server: BotApiServer
    process: asyncio.subprocess.Process
    delays: list[float] = field(default_factory=list)
    memory: list[tuple[int, float]] = field(default_factory=list)  # (messages answered, megabytes)

    def __post_init__(self) -> None:
        lines = labelled.load(editors=True)
        random.Random(1).shuffle(lines)
        self._lines = lines
        self._people = [
            Person(self.server, 1_000 + n, "A", lines[n % len(lines)].language.split("-")[0]) for n in range(PEOPLE)
        ]
        self._asked = 0
        self._since: dict[int, float] = {}  # who waits for an answer, and since when
        self._free: Callable[[Person], None] = lambda _: None
        self._by_id = {person.id: person for person in self._people}
        self._twice = 0
        self.server.on_message = self._heard

    async def first_answer(self) -> None:
        """Wait until the bot serves."""
        await self._ask(self._people[0])
        async with asyncio.timeout(START_SECONDS):
            while self._since:
                if self.process.returncode is not None:
                    raise RuntimeError("The bot has ended by itself. Run it by hand to see why: python -m bot run")
                await asyncio.sleep(0.2)

    async def full_load(self, messages: int) -> dict[str, Any]:
        """Everybody writes, and writes again when answered, until ``messages`` are written."""
        left = messages
        background: set[asyncio.Task[None]] = set()

        def write(person: Person) -> None:
            nonlocal left
            if left > 0:
                left -= 1
                background.add(task := asyncio.get_running_loop().create_task(self._ask(person)))
                task.add_done_callback(background.discard)

        async def everybody() -> None:
            self._free = write
            for person in self._people:
                write(person)

        return await self._measure(messages, everybody())

    async def even_load(self, messages: int, per_second: float) -> dict[str, Any]:
        """``messages``, ``per_second`` of them, each from whoever has been quiet longest."""

        async def evenly() -> None:
            quiet = list(self._people)
            self._free = quiet.append
            started = time.monotonic()
            for number in range(messages):
                await asyncio.sleep(max(0.0, started + number / per_second - time.monotonic()))
                while not quiet:  # noqa: ASYNC110 # hardly ever: a thousand people wait
                    await asyncio.sleep(0.01)
                await self._ask(quiet.pop(0))

        return await self._measure(messages, evenly())

    async def _measure(self, messages: int, writing: Any) -> dict[str, Any]:
        self.delays, self.memory, self._twice = [], [], 0
        cpu, own, started = self._cpu(), resource.getrusage(resource.RUSAGE_SELF), time.monotonic()
        sample = asyncio.create_task(self._sample())
        await writing
        seen, quiet_since = -1, time.monotonic()
        while len(self.delays) < messages:
            if len(self.delays) != seen:
                seen, quiet_since = len(self.delays), time.monotonic()
            if self.process.returncode is not None or time.monotonic() - quiet_since > ANSWER_SECONDS:
                break  # counted as lost
            await asyncio.sleep(0.02)
        seconds = time.monotonic() - started
        sample.cancel()
        spent = resource.getrusage(resource.RUSAGE_SELF)
        warm = next((megabytes for answered, megabytes in self.memory if answered >= WARM), self._resident())
        return {
            "lost": messages - len(self.delays),
            "twice": self._twice,
            "per_second": round(len(self.delays) / seconds, 1),
            "p50_ms": round(float(np.percentile(self.delays, 50)) * 1000),
            "p99_ms": round(float(np.percentile(self.delays, 99)) * 1000),
            "memory_mb": round(self._resident()),
            "memory_growth_mb": round(self._resident() - warm, 1),
            "cpu_ms": round((self._cpu() - cpu) * 1000 / messages, 1),
            "server_cpu_ms": round(
                (spent.ru_utime + spent.ru_stime - own.ru_utime - own.ru_stime) * 1000 / messages, 1
            ),
        }

    async def _ask(self, person: Person) -> None:
        cycle, place = divmod(self._asked, len(self._lines))
        self._asked += 1
        question = self._lines[place].question
        self._since[person.id] = time.monotonic()
        # No text comes twice: what is remembered of a text could not help, and would show in the memory.
        await person.says(f"{question} {cycle}" if cycle else question)

    def _heard(self, message: SentMessage) -> None:
        since = self._since.pop(message.chat_id, None)
        if since is None:
            before, last = self.server.messages(message.chat_id)[-2:]
            self._twice += before.text == last.text
            return
        self.delays.append(message.at - since)
        asyncio.get_running_loop().call_later(PAUSE, self._free, self._by_id[message.chat_id])

    async def _sample(self) -> None:
        while True:
            self.memory.append((len(self.delays), self._resident()))
            await asyncio.sleep(1)

    def _resident(self) -> float:
        """The bot's resident memory in megabytes."""
        try:
            pages = int(Path(f"/proc/{self.process.pid}/statm").read_text().split()[1])
        except OSError:
            return 0.0
        return pages * PAGE / 1_048_576

    def _cpu(self) -> float:
        """Seconds of processor the bot has used."""
        try:
            fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2].split()
        except OSError:
            return 0.0
        return (int(fields[11]) + int(fields[12])) / TICK
