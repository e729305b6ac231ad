"""One start of Lotse for ``memory``: does what ``lotse run`` does, and says after each step what the process holds."""

from __future__ import annotations

import json
import os
import sys

sys.path.insert(0, os.getcwd())


def held() -> dict[str, int]:
    """What stands in /proc, in kB."""
    with open("/proc/self/status") as file:
        lines = dict(line.split(":", 1) for line in file)
    return {name: int(lines[name].split()[0]) for name in ("VmRSS", "VmHWM", "RssAnon", "RssFile")}


def step(name: str) -> None:
    print(json.dumps({"step": name, **held()}), flush=True)


step("Python")
import bot.cli

step("the commands")
import bot.app

step("everything imported")
from bot.config import load_settings
from bot.knowledge import brain, models

settings = load_settings()
if len(sys.argv) > 1 and sys.argv[1] == "parts":  # for itself, as `assemble` does it within load_live
    kept = models.load_model(settings)
    step("the model")
    brain.load_model = lambda _: kept
live, mind = brain.load_live(settings, patience=brain.PATIENCE, keeps=True)
step("the knowledge and its matcher")
import asyncio


async def database() -> None:
    from bot.storage.database import close, engine_for, migrate

    engine = engine_for(settings.database, settings.database_pool)
    await migrate(engine)
    await close(engine)


settings.var.mkdir(parents=True, exist_ok=True)
asyncio.run(database())
step("the database")
match = live.current.matcher.match
match("Wo ist die Ausländerbehörde?")
step("one question")
for question in sys.stdin:
    match(question.rstrip("\n"))
step("many questions")
