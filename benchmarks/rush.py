"""Sixty people at once, three steps each (a question nobody has words for, "ask a human", "yes, send"): the longest answer.

With --against FOLDER another checkout with its own .venv goes through the same, in turn with this one.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

import numpy as np

from tests.servers.bot_api import BotApiServer, Person
from tests.servers.process import ROOT, TOKEN

PEOPLE = 60
ROUNDS = 3  # the first is not measured: in it what is missing is learned, and the matcher made anew
PATIENCE = 300  # seconds
HEALTH = 12  # seconds: how a process is, it writes down every five
QUESTION = "Mein Fahrrad quietscht seit {number} Tagen, wer repariert das?"
STEPS = ("enschen fragen", "Ja, so senden")  # ends of the labels that are pressed


def run(against: str | None = None) -> dict[str, Any]:
    """Longest and middle delay of an answer in seconds, each round; ``against``: the folder of another build."""
    folders = {"now": ROOT, **({"old": Path(against).absolute()} if against else {})}
    figures: dict[str, Any] = {"people": PEOPLE, "steps": 3}
    with tempfile.TemporaryDirectory() as kept:
        for number in range(ROUNDS):
            for name, folder in folders.items():
                for file in (Path(kept) / name).glob("lotse.db*"):
                    file.unlink()  # another round's people; what was learned stays
                delays = asyncio.run(_round(folder, Path(kept) / name, number))
                if not number:
                    continue
                figures.setdefault(f"{name}_longest_s", []).append(round(max(delays), 2))
                figures.setdefault(f"{name}_p50_s", []).append(round(float(np.median(delays)), 2))
                print(f"round {number}, {name}: longest {max(delays):.2f} s of {len(delays)} answers", flush=True)
    return figures


async def _round(folder: Path, var: Path, number: int) -> list[float]:
    """A fresh process of the build in ``folder``, everything learned, asked once, then by everybody."""
    python = folder / ".venv" / "bin" / "python"
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LOTSE_", "TELEGRAM_"))}
    async with BotApiServer(token=TOKEN) as server:
        environment = {
            **clean,
            "TELEGRAM_TOKEN": TOKEN,
            "LOTSE_TELEGRAM_API": server.base_url.removesuffix("/bot"),
            "LOTSE_VAR": str(var),
            "LOTSE_CACHE": str(folder / "var" / "cache"),
        }
        process = await asyncio.create_subprocess_exec(
            *(str(python) if python.exists() else sys.executable, "-m", "bot", "run"),
            cwd=folder,
            env=environment,
            stdin=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
        )
        try:
            first = server.person(id=1)
            await first.says("Hallo")
            await first.hears(1, PATIENCE)
            await asyncio.sleep(HEALTH)
            while _learning(var):  # noqa: ASYNC110 # another process, which tells nobody
                await asyncio.sleep(1)
            people = [server.person(id=PEOPLE * (number + 2) + each) for each in range(PEOPLE)]
            return [delay for delays in await asyncio.gather(*map(_three_steps, people)) for delay in delays]
        finally:
            process.kill()
            await process.wait()


def _learning(var: Path) -> bool:
    """Whether texts are still being learned, as health says; an early build learned them all before it answered."""
    health = var / "health.json"
    return health.exists() and "to learn" in health.read_text()


async def _three_steps(person: Person) -> list[float]:
    delays = [await _seconds(person, person.says(QUESTION.format(number=person.id)))]
    for end in STEPS:
        message = person.server.messages(person.id)[-1]
        label = next(text for row in message.buttons for text, _ in row if text.endswith(end))
        delays.append(await _seconds(person, person.presses(message, label)))
    return delays


async def _seconds(person: Person, step: Coroutine[Any, Any, int]) -> float:
    """From a step to what comes of it: a new message, or the last one changed."""
    before, begun = _seen(person), time.monotonic()
    await step
    async with asyncio.timeout(PATIENCE):
        while _seen(person) == before:  # noqa: ASYNC110 # a message that changes tells nobody
            await asyncio.sleep(0.01)
    return time.monotonic() - begun


def _seen(person: Person) -> tuple[int, str]:
    messages = person.server.messages(person.id)
    return len(messages), messages[-1].text if messages else ""
