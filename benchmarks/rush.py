"""Sixty people at once, three steps each (a question nobody has words for, "ask a human", "yes, send"): the longest answer.

With --against FOLDER another checkout with its own .venv goes through the same, in turn with this one.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import numpy as np

from tests.servers.bot_api import BotApiServer, Person
from tests.servers.process import ROOT, TOKEN

PEOPLE = 60
ROUNDS = 3
PATIENCE = 300  # seconds
QUESTION = "Mein Fahrrad quietscht seit {number} Tagen, wer repariert das?"
STEPS = ("enschen fragen", "Ja, so senden")  # ends of the labels that are pressed


def run(against: str | None = None) -> dict[str, Any]:
    """Longest and middle delay of an answer in seconds, each round; ``against``: the folder of another build."""
    folders = {"now": ROOT, **({"old": Path(against).absolute()} if against else {})}
    figures: dict[str, Any] = {"people": PEOPLE, "steps": 3}
    for number in range(ROUNDS):
        for name, folder in folders.items():
            delays = asyncio.run(_round(folder))
            figures.setdefault(f"{name}_longest_s", []).append(round(max(delays), 2))
            figures.setdefault(f"{name}_p50_s", []).append(round(float(np.median(delays)), 2))
            print(f"round {number + 1}, {name}: longest {max(delays):.2f} s of {len(delays)} answers", flush=True)
    return figures


async def _round(folder: Path) -> list[float]:
    """A fresh process of the build in ``folder``, asked once, then by everybody."""
    python = folder / ".venv" / "bin" / "python"
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("LOTSE_", "TELEGRAM_"))}
    with tempfile.TemporaryDirectory() as var:
        async with BotApiServer(token=TOKEN) as server:
            environment = {
                **clean,
                "TELEGRAM_TOKEN": TOKEN,
                "LOTSE_TELEGRAM_API": server.base_url.removesuffix("/bot"),
                "LOTSE_VAR": var,
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
                people = [server.person(id=100 + number) for number in range(PEOPLE)]
                return [delay for delays in await asyncio.gather(*map(_three_steps, people)) for delay in delays]
            finally:
                process.kill()
                await process.wait()


async def _three_steps(person: Person) -> list[float]:
    delays = []
    begun = time.monotonic()
    await person.says(QUESTION.format(number=person.id))
    (message,) = await person.hears(1, PATIENCE)
    delays.append(message.at - begun)
    for end in STEPS:
        label = next(text for row in message.buttons for text, _ in row if text.endswith(end))
        begun = time.monotonic()
        await person.presses(message, label)
        (message,) = await person.hears(1, PATIENCE)
        delays.append(message.at - begun)
    return delays
