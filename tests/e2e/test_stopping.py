"""A stop is heard at once: while the start takes its time, while a mailbox hangs, and as process 1 of a container."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import subprocess
import sys

import pytest

from tests.servers.process import ROOT, Process
from tests.servers.silent_imap import SilentImap

PATIENCE = 20  # seconds: a mailbox that hangs would hold it up for 30, a signal that is not heard for ever


@pytest.mark.parametrize("at", ["LOGIN", "FETCH"])
async def test_while_a_mailbox_hangs(api, tmp_path, at):
    """It hangs until the test ends; the stop is an orderly one all the same."""
    async with SilentImap(at).running() as mailbox:
        settings = {
            "LOTSE_IMAP_HOST": "127.0.0.1",
            "LOTSE_IMAP_PORT": str(mailbox.port),
            "LOTSE_IMAP_SECURITY": "none",
            "LOTSE_IMAP_USER": "reply",
            "LOTSE_IMAP_PASSWORD": "x",
            "LOTSE_AUTHSERV_ID": "mx.city.example",
        }
        process = Process(api.base_url.removesuffix("/bot"), tmp_path / "var", settings)
        await process.start()
        try:
            await asyncio.wait_for(mailbox.fell_silent.wait(), 120)
            process.process.send_signal(signal.SIGTERM)
            assert await asyncio.wait_for(process.process.wait(), PATIENCE) == 0
        finally:
            if process.process.returncode is None:
                await process.end(signal.SIGKILL)
    assert "Traceback" not in process.log
    assert [line["event"] for line in process.log_lines][-1] == "stopped"


def namespaces():
    """Whether a process may be number 1 of a namespace of its own here."""
    if not shutil.which("unshare"):
        return False
    return subprocess.run(["unshare", "--pid", "--fork", "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(not namespaces(), reason="no right to make a namespace of processes here")
async def test_as_process_1_while_it_starts(tmp_path):
    """Number 1 ignores every signal that it has set no handler for; docker waits ten seconds and kills."""
    code = (
        "import os, sys, time\n"
        "from bot.cli import running\n"
        "from bot.config import Settings\n"
        "class Slow:\n"
        "    async def serve(self, settings, last):\n"
        "        print(os.getpid(), 'starting', flush=True)\n"
        "        time.sleep(3600)\n"
        "running.application = Slow()\n"
        "running.run('')\n"
    )
    environment = {**os.environ, "TELEGRAM_TOKEN": "1:abc", "LOTSE_VAR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    started = await asyncio.create_subprocess_exec(
        *("unshare", "--pid", "--fork", "--kill-child", sys.executable, "-c", code),
        cwd=tmp_path,
        env=environment,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        line = await asyncio.wait_for(started.stdout.readline(), 120)
        assert line.split() == [b"1", b"starting"]
        children = (ROOT / "/proc" / str(started.pid) / "task" / str(started.pid) / "children").read_text()
        os.kill(int(children.split()[0]), signal.SIGTERM)
        assert await asyncio.wait_for(started.wait(), PATIENCE) == 0
    finally:
        if started.returncode is None:
            started.kill()
            await started.wait()
