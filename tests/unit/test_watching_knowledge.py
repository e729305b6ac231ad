"""Who watches the knowledge's files stops when told to, whatever was saved in that very moment."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

import pytest

from bot.knowledge.live import LiveKnowledge
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from tests.conftest import SMALL
from tests.dialogue import NoCache


@pytest.mark.parametrize("steps", range(5))  # of the event loop, from the change until it is told
async def test_a_change_does_not_hold_up_the_end(catalogues, steps):
    mind = SimpleNamespace(left=0, build=lambda found: Matcher(found, None, NoCache(), LanguageDetector()))
    live = LiveKnowledge(SMALL, "musterstadt", catalogues, mind)
    watching = asyncio.create_task(live.watch(60))
    await asyncio.sleep(0.2)  # it waits
    live.touch()
    for _ in range(steps):
        await asyncio.sleep(0)
    watching.cancel()
    async with asyncio.timeout(20):
        assert isinstance((await asyncio.gather(watching, return_exceptions=True))[0], asyncio.CancelledError)
