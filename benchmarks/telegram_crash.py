"""kill -9 of the real process, again and again while people write: what is lost, and what is sent twice.

Each person asks four questions whose answers differ, so that an answer that is missing cannot hide behind one that
came twice. A message is explained as sent twice when a kill lies between its two sendings: Telegram had taken it, and
the process died before it had stored that.
"""

from __future__ import annotations

import asyncio
import logging
import random
import signal
import tempfile
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console

from tests.servers.bot_api import BotApiServer, Person, SentMessage
from tests.servers.process import TOKEN, Process

KILLS = 20
ASKED = {  # of the invented town: what is asked, and what only its answer says
    "Wie bekomme ich einen Termin?": "Termine gibt es online",
    "Karte geklaut": "Melden Sie es sofort",
    "Kita Platz bekommen": "Anspruch auf einen Platz",
    "Duldung verlängern": "Eine Duldung ist kein Aufenthaltstitel",
}
WORKING_SECONDS = 1.0  # a kill comes so long, at most, after the first answer of this life
STARTING_SECONDS = 3.0  # or, one time in four, so long after the start, whatever is going on
QUIET_SECONDS = 90.0  # longer than the lease that a killed process leaves on what it was sending


def run(messages: int = 2_000) -> dict[str, Any]:
    """Updates, kills, lost, twice, how many of those a kill explains, and answers out of their order."""
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)  # the server's connections end when the process is killed
    logging.getLogger("aiohttp").setLevel(logging.CRITICAL)
    figures = asyncio.run(_run(messages))
    console = Console()
    for name, value in figures.items():
        console.print(f"{name.replace('_', ' ')}: {value}")
    return figures


async def _run(messages: int) -> dict[str, Any]:
    chance = random.Random(1)
    sent: list[SentMessage] = []
    kills: list[float] = []
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        async with BotApiServer(token=TOKEN) as server:
            people = [Person(server, 1_000 + n, "A", "de") for n in range(-(-messages // len(ASKED)))]
            server.on_message = sent.append
            lotse = Process(server.base_url.removesuffix("/bot"), Path(folder))
            await lotse.start()
            for life in range(KILLS):
                for question in ASKED:
                    for person in people[life::KILLS]:
                        await person.says(question)
                if chance.random() < 0.25:
                    await asyncio.sleep(chance.uniform(0, STARTING_SECONDS))
                else:
                    before = len(sent)
                    async with asyncio.timeout(60):
                        while len(sent) == before:  # noqa: ASYNC110 # what arrives comes from another process
                            await asyncio.sleep(0.01)
                    await asyncio.sleep(chance.uniform(0, WORKING_SECONDS))
                await lotse.end(signal.SIGKILL)
                kills.append(time.monotonic())
                await lotse.start()
            await _quiet(sent, len(people) * len(ASKED))
            await lotse.end(signal.SIGKILL)
            return _count(server, people, kills, time.monotonic() - started)


async def _quiet(sent: list[SentMessage], expected: int) -> None:
    """Wait until everything has come, and nothing comes any more."""
    seen, since = 0, time.monotonic()
    while time.monotonic() - since < (QUIET_SECONDS if len(sent) < expected else 60):
        if len(sent) != seen:
            seen, since = len(sent), time.monotonic()
        await asyncio.sleep(0.1)


def _count(server: BotApiServer, people: list[Person], kills: list[float], seconds: float) -> dict[str, Any]:
    lost = twice = explained = disorder = 0
    for person in people:
        came = {
            question: [message.at for message in server.messages(person.id) if answer in message.text]
            for question, answer in ASKED.items()
        }
        lost += sum(not times for times in came.values())
        for times in came.values():
            twice += max(0, len(times) - 1)
            explained += sum(any(one < kill < next_ for kill in kills) for one, next_ in pairwise(times))
        first = [times[0] for times in came.values() if times]
        disorder += first != sorted(first)
    return {
        "updates": len(people) * len(ASKED),
        "kills": len(kills),
        "lost": lost,
        "twice": twice,
        "twice_explained_by_a_kill": explained,
        "people_answered_out_of_order": disorder,
        "seconds": round(seconds),
    }
