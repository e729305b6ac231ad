"""A real `lotse run` process talking to a Bot API server on loopback."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from tests.conftest import ROOT, SMALL
from tests.servers.bot_api import BotApiServer

TOKEN = "123456:test-token"


@dataclass
class Process:
    """`lotse run` with its folder; it can be killed and started again."""

    api: str
    var: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    async def start(self):
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("LOTSE_", "TELEGRAM_"))}
        environment = {
            **clean,
            "TELEGRAM_TOKEN": TOKEN,
            "LOTSE_TELEGRAM_API": self.api,
            "LOTSE_VAR": str(self.var),
            "LOTSE_KNOWLEDGE": str(SMALL),
            "LOTSE_MODEL": "none",
            "LOTSE_LOG_FORMAT": "json",
            **self.environment,
        }
        self.var.mkdir(parents=True, exist_ok=True)
        log = (self.var / "log").open("ab")
        self.process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "bot",
            "run",
            cwd=ROOT,
            env=environment,
            stdout=log,
            stderr=log,
            stdin=asyncio.subprocess.DEVNULL,
        )
        log.close()

    async def end(self, how=signal.SIGTERM):
        """Stop or kill it; its exit code."""
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), 30)

    @property
    def log(self):
        return (self.var / "log").read_text()

    @property
    def log_lines(self):
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]

    @property
    def mails(self):
        return sorted((self.var / "mail").glob("*.eml")) if (self.var / "mail").exists() else []


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
