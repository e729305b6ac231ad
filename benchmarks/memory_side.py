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
from bot.knowledge import live as live_module

settings = load_settings()
kept = models.load_model(settings)  # for itself; `lotse run` does it within load_live
step("the model")
brain.load_model = lambda _: kept
live, mind = brain.load_live(settings, patience=brain.PATIENCE, keeps=True)
step("the knowledge and its matcher")
tidy = getattr(live_module, "tidy", None) or getattr(
    live_module, "_tidy", lambda: None
)  # as `lotse run` does after each of them
tidy()
step("what was left given back")
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
if sys.argv[1:] != ["edits"]:
    sys.exit()
edited = next(
    path for path in (settings.knowledge / "germany" / "de").glob("*.yaml") if "questions: |\n" in path.read_text()
)
before = edited.read_text(encoding="utf-8")
first = before.partition("questions: |\n")[2].partition("\n")[0]
edited.write_text(before.replace(first, f"{first} at all", 1), encoding="utf-8")
assert live.reload()
tidy()
step("an edit")
edited.write_text(before, encoding="utf-8")
assert live.reload()
tidy()
step("another edit")
live_module.REST_SECONDS = 0
live.reload()
step("a minute of rest")
