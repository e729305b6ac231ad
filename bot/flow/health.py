"""How the running bot is: written every few seconds, read by `lotse health`."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from bot.flow.delivery import Delivery
from bot.flow.loop import again_and_again
from bot.knowledge.live import LiveKnowledge
from bot.storage import queue
from bot.storage.writer import Writer

PAUSE = 5.0
FRESH_SECONDS = 30.0


@dataclass(frozen=True)
class Health:
    """``matching`` says in words whether the model is there."""

    path: Path
    writer: Writer
    live: LiveKnowledge
    delivery: Delivery
    matching: Callable[[], str]

    async def write(self) -> None:
        """Write for ever, every PAUSE seconds; nothing that fails ends it."""
        await again_and_again(PAUSE, self._write, "the health file")

    async def _write(self) -> None:
        text = json.dumps(await self.state(), indent=1)
        unfinished = self.path.with_suffix(".tmp")
        await asyncio.to_thread(unfinished.write_text, text)
        await asyncio.to_thread(unfinished.replace, self.path)

    async def state(self) -> dict[str, Any]:
        """What an operator wants to see at a glance; no words of anybody."""

        async def count(connection: AsyncConnection) -> dict[str, int]:
            return {
                f"{table.name}_{state}": await queue.waiting(connection, table, state)
                for table in (queue.inbox, queue.outbox)
                for state in ("waiting", "dead")
            }

        counts = await self.writer.run(count)
        errors = [str(problem) for problem in self.live.problems if problem.is_error]
        return {
            "at": time.time(),
            "knowledge_errors": errors,
            "matching": self.matching(),
            "stopped": self.delivery.stopped,
            **counts,
        }


def read(path: Path, now: float) -> tuple[str, bool]:
    """What the running bot last wrote of itself, and whether that is well and fresh."""
    try:
        text = path.read_text(encoding="utf-8")
        state = json.loads(text)
    except (OSError, ValueError):
        return f"{path} cannot be read: the bot is not running, or writes elsewhere (LOTSE_VAR).", False
    fresh = now - float(state.get("at", 0)) < FRESH_SECONDS
    return text, fresh and not state.get("stopped")
