"""kill -9 of the real delivery process, again and again while it sends: handovers lost, and sent twice.

The office's server answers one mail in ten with 451, and takes one in twenty and then breaks the connection. A mail
sent twice is explained when the server did that to its first sending, or a kill lies between the two: the server had it,
and nothing could be stored any more. Once on SQLite, once on PostgreSQL.
"""

from __future__ import annotations

import asyncio
import random
import tempfile
import time
from collections import defaultdict
from itertools import pairwise
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks import mail_out
from benchmarks.mail_out import Arrival, OfficeServer
from bot.storage.database import close, engine_for, migrate
from tests.servers.postgres import fresh_database

KILLS = 20  # on each database
LATER, DROP = 0.1, 0.05
WORKING_SECONDS = 0.6  # a kill comes so long, at most, after the first mail of this life


def run(messages: int = 1_000) -> dict[str, Any]:
    """``messages``: handovers on each database. The sums, and ``sqlite`` and ``postgresql`` one by one."""
    with tempfile.TemporaryDirectory() as folder:
        found = {"sqlite": asyncio.run(_run(f"sqlite:///{Path(folder) / 'lotse.db'}", messages))}
    with mail_out.postgresql() as uri:
        url = asyncio.run(fresh_database(uri))
        found["postgresql"] = asyncio.run(_run(url, messages))
    table = Table("", *found)
    for name in found["sqlite"]:
        table.add_row(name.replace("_", " "), *(str(figures[name]) for figures in found.values()))
    Console(width=120).print(table)
    return {**{name: sum(figures[name] for figures in found.values()) for name in found["sqlite"]}, **found}


async def _run(url: str, messages: int) -> dict[str, int]:
    chance = random.Random(1)
    server = OfficeServer(LATER, DROP)
    engine = engine_for(url)
    await migrate(engine)
    ids: list[str] = []
    kills: list[float] = []
    started = time.monotonic()
    try:
        async with server.listen() as port:
            for life in range(KILLS):
                ids += await mail_out.enqueue(
                    engine, range(messages * life // KILLS + 1, messages * (life + 1) // KILLS + 1)
                )
                before = len(server.arrivals)
                async with mail_out.replica(url, port):
                    async with asyncio.timeout(60):
                        while len(server.arrivals) == before:  # noqa: ASYNC110 # what arrives comes from another process
                            await asyncio.sleep(0.002)
                    await asyncio.sleep(chance.uniform(0, WORKING_SECONDS))
                kills.append(time.monotonic())
            async with mail_out.replica(url, port):
                left = await mail_out.emptied(engine)
    finally:
        await close(engine)
    return {**_count(server, ids, kills), "left_in_outbox": left, "seconds": round(time.monotonic() - started)}


def _count(server: OfficeServer, ids: list[str], kills: list[float]) -> dict[str, int]:
    came: dict[str, list[Arrival]] = defaultdict(list)
    for arrival in server.arrivals:
        came[arrival.message_id].append(arrival)
    again = [pair for arrivals in came.values() for pair in pairwise(arrivals)]
    by_drop = sum(first.dropped for first, _ in again)
    by_kill = sum(not first.dropped and any(first.at < kill < second.at for kill in kills) for first, second in again)
    return {
        "handovers": len(ids),
        "kills": len(kills),
        "answered_451": server.refusals,
        "dropped_after_data": sum(arrival.dropped for arrival in server.arrivals),
        "lost": len(set(ids) - set(came)),
        "twice": len(again),
        "twice_after_a_drop": by_drop,
        "twice_after_a_kill": by_kill,
        "twice_unexplained": len(again) - by_drop - by_kill,
    }
