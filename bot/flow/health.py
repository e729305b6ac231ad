"""How the running bot is: written every few seconds, read by `lotse health` and by whoever asks `/readyz`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.content.problems import gathered
from bot.flow.delivery import Delivery
from bot.flow.loop import again_and_again
from bot.flow.ports import Alert, tell_log
from bot.flow.signs import Signs
from bot.knowledge.live import LiveKnowledge
from bot.storage import quarantine, queue
from bot.storage.writer import Writer

PAUSE = 5.0


@dataclass(frozen=True)
class Limits:
    """From where on the bot is not well. ``seconds``: that a way may fail, or a row may wait; else how many."""

    seconds: float = 600.0
    dead: int = 0
    held: int = 20


@dataclass(frozen=True)
class Health:
    """``matching`` says in words whether the model is there. ``alert`` is told of each problem that is new."""

    path: Path
    writer: Writer
    live: LiveKnowledge
    delivery: Delivery
    matching: Callable[[], str]
    signs: Signs = field(default_factory=Signs)
    limits: Limits = Limits()
    clock: Callable[[], float] = time.time
    alert: Alert = tell_log
    _known: set[str] = field(default_factory=set, compare=False)

    async def write(self) -> None:
        """Write for ever, every PAUSE seconds; nothing that fails ends it."""
        await again_and_again(PAUSE, self._write, "the health file")

    async def _write(self) -> None:
        state = await self.state()
        new = {what.partition(":")[0].partition(" has ")[0]: what for what in state["problems"]}
        for kind in new.keys() - self._known:
            self.alert(f"Lotse is not well: {new[kind]}")
        self._known.clear()
        self._known.update(new)
        text = json.dumps(state, indent=1)
        unfinished = self.path.with_suffix(".tmp")
        await asyncio.to_thread(unfinished.write_text, text)
        await asyncio.to_thread(unfinished.replace, self.path)

    async def state(self) -> dict[str, Any]:
        """What an operator wants to see at a glance; no words of anybody. ``well``: there are no ``problems``."""
        now = self.clock()
        counts = await self.writer.run(lambda connection: _counts(connection, now))
        errors = [str(problem) for problem in gathered(self.live.problems) if problem.is_error]
        problems = [
            *(f"{channel} has stopped: {why}" for channel, why in self.delivery.stopped.items()),
            *self.signs.failing(self.limits.seconds),
            *self._beyond(counts),
        ]
        return {
            "at": time.time(),  # the reader compares it with this machine's clock
            "well": not problems,
            "problems": problems,
            "ways": self.signs.as_dict(),
            "knowledge_errors": errors,
            "held_back": [asdict(held) for held in self.live.held],
            "matching": self.matching(),
            "stopped": self.delivery.stopped,
            **counts,
        }

    def _beyond(self, counts: dict[str, int]) -> list[str]:
        found = []
        for name in ("inbox", "outbox"):
            if (waits := counts[f"{name}_oldest_seconds"]) > self.limits.seconds:
                found.append(f"{name}: a row waits for {waits // 60} minutes")
            if (dead := counts[f"{name}_dead"]) > self.limits.dead:
                found.append(f"{name}: {dead} rows were given up. See `lotse {name} list`.")
        if (held := counts["quarantine"]) > self.limits.held:
            found.append(f"quarantine: {held} mails wait for your word. See `lotse quarantine list`.")
        return found


async def _counts(connection: AsyncConnection, now: float) -> dict[str, int]:
    found = {"quarantine": await quarantine.count(connection)}
    for table in (queue.inbox, queue.outbox):
        found[f"{table.name}_waiting"] = await queue.waiting(connection, table)
        found[f"{table.name}_dead"] = await queue.given_up(connection, table)
        oldest = await queue.oldest(connection, table)
        found[f"{table.name}_oldest_seconds"] = max(0, int(now - oldest)) if oldest is not None else 0
    return found
