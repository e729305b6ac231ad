"""A real `lotse run` process talking to a Bot API server on loopback."""

from __future__ import annotations

import signal

import pytest

from tests.servers.bot_api import BotApiServer
from tests.servers.process import TOKEN, Process


@pytest.fixture
async def api():
    async with BotApiServer(token=TOKEN) as server:
        yield server


@pytest.fixture
async def lotse(api, tmp_path):
    """A running Lotse."""
    process = Process(api.base_url.removesuffix("/bot"), tmp_path / "var")
    await process.start()
    yield process
    if process.process.returncode is None:
        await process.end(signal.SIGKILL)
