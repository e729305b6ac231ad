"""A real `lotse run` process that talks to the loopback Bot API server; it can be killed and started again."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent.parent
SMALL = ROOT / "tests" / "fixtures" / "knowledge"
TOKEN = "123456:test-token"


@dataclass
class Process:
    """`lotse run` with its folder; the small town's knowledge and no model unless ``environment`` says otherwise."""

    api: str
    var: Path
    environment: dict[str, str] = field(default_factory=dict)
    process: asyncio.subprocess.Process | None = None

    @property
    def settings(self) -> dict[str, str]:
        clean = {key: value for key, value in os.environ.items() if not key.startswith(("LOTSE_", "TELEGRAM_"))}
        return {
            **clean,
            "TELEGRAM_TOKEN": TOKEN,
            "LOTSE_TELEGRAM_API": self.api,
            "LOTSE_VAR": str(self.var),
            "LOTSE_KNOWLEDGE": str(SMALL),
            "LOTSE_MODEL": "none",
            "LOTSE_LOG_FORMAT": "json",
            **self.environment,
        }

    async def start(self) -> None:
        self.var.mkdir(parents=True, exist_ok=True)
        with (self.var / "log").open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                sys.executable,
                "-m",
                "bot",
                "run",
                cwd=ROOT,
                env=self.settings,
                stdout=log,
                stderr=log,
                stdin=asyncio.subprocess.DEVNULL,
            )

    async def health(self) -> tuple[int, str]:
        """`lotse health` with the same settings: exit code, and what it prints."""
        asked = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "bot", "health", cwd=ROOT, env=self.settings, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await asked.communicate()
        return asked.returncode or 0, said.decode()

    async def end(self, how: signal.Signals = signal.SIGTERM) -> int:
        """Stop or kill it; its exit code."""
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(how)
        return await asyncio.wait_for(self.process.wait(), 30)

    @property
    def log(self) -> str:
        return (self.var / "log").read_text()

    @property
    def log_lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.log.splitlines() if line.startswith("{")]

    @property
    def mails(self) -> list[Path]:
        return sorted((self.var / "mail").glob("*.eml")) if (self.var / "mail").exists() else []
