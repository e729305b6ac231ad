"""A stop takes five seconds at most: no step waits for what hangs, and the last one asks nobody."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress

import pytest
import structlog

from bot.channels import imap
from bot.channels.imap import Imap
from bot.flow import stopping
from bot.flow.stopping import heard, within
from bot.web import server as web
from tests.servers.process import ROOT
from tests.servers.silent_imap import SilentImap

GOAL = 5.0  # seconds
PATIENCE = 60  # before a test says that something hangs: no measure of anything


def test_the_steps_are_over_before_the_last():
    one_after_the_other = (
        stopping.FINISH_SECONDS
        + stopping.GOODBYE_SECONDS  # to a mail server, when a worker is cut off
        + stopping.RELEASE_SECONDS
        + stopping.SETTLE_SECONDS
        + stopping.CLOSE_SECONDS
    )
    assert one_after_the_other < stopping.LAST_SECONDS < GOAL
    # beside the workers: the ways in
    assert web.GRACE_SECONDS < stopping.FINISH_SECONDS
    assert stopping.GOODBYE_SECONDS + stopping.RELEASE_SECONDS < stopping.FINISH_SECONDS


async def test_a_step_that_hangs_or_fails_does_not_hold_up_the_next():
    async def hangs():
        await asyncio.Event().wait()

    async def fails():
        raise OSError("the disk is gone")

    done = []

    async def works():
        done.append(1)

    with structlog.testing.capture_logs() as lines:
        await within(0.01, hangs(), "the database")
        await within(0.01, fails(), "the lease")
        await within(PATIENCE, works(), "the rest")
    assert [(line["event"], line["what"]) for line in lines] == [
        ("a stop waits no longer", "the database"),
        ("not closed well", "the lease"),
    ]
    assert done


async def test_who_waits_for_a_step_may_be_cancelled():
    step = asyncio.create_task(within(PATIENCE, asyncio.Event().wait(), "a mailbox"))
    await asyncio.sleep(0)
    step.cancel()
    with pytest.raises(asyncio.CancelledError):
        await step


# where in a look into the mailbox the server falls silent
SILENT_AT = ["LOGIN", "SELECT", "STATUS", "SEARCH", "FETCH"]


@pytest.mark.parametrize("at", SILENT_AT)
async def test_a_mailbox_that_hangs_is_left_alone(at, monkeypatch):
    """Its server says nothing until the test ends, and the socket's own limit is far away."""
    monkeypatch.setattr(imap, "SOCKET_SECONDS", 10 * PATIENCE)
    async with SilentImap(at).running() as server:
        task = asyncio.create_task(Imap("127.0.0.1", server.port, "none", "reply", "x").fetch(None))
        await asyncio.wait_for(server.fell_silent.wait(), PATIENCE)
        task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.wait_for(task, PATIENCE)
        assert task.cancelled()
    for thread in threading.enumerate():  # the server is gone now, and so are those who waited for it
        if thread.name == "lotse-aside":
            await asyncio.to_thread(thread.join, PATIENCE)


async def test_a_signal_sets_the_stop_and_the_last_before_the_loop_has_time():
    stop, began = asyncio.Event(), []
    before = signal.getsignal(signal.SIGTERM)
    async with heard(stop, lambda: began.append(1)):
        os.kill(os.getpid(), signal.SIGTERM)
        while not began:  # no step of the loop
            pass
        await asyncio.wait_for(stop.wait(), PATIENCE)
    assert signal.getsignal(signal.SIGTERM) is before


# what holds a process up for ever, and neither hears a stop nor is cancelled
HANGS = {
    "a thread of the loop": "await asyncio.to_thread(time.sleep, 3600)",
    "the loop itself": "time.sleep(3600)",
    "a task that is not cancelled": "while True:\n        try: await asyncio.sleep(3600)\n        except BaseException: pass",
}


def run(code):
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, timeout=PATIENCE, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize("what", HANGS)
def test_the_last_waits_for_nothing(what):
    code = (
        "import asyncio, time\n"
        "from bot.flow.stopping import end_at_last\n"
        f"async def main():\n    end_at_last(0.01)\n    {HANGS[what]}\n"
        "asyncio.run(main())\n"
    )
    assert "a stop took too long" in run(code)


def test_an_orderly_stop_does_not_wait_for_what_still_computes():
    """Knowledge that is learned takes minutes, in a thread that nothing interrupts."""
    code = (
        "import asyncio, sys, threading, time\n"
        "from bot.cli import running\n"
        "from bot.config import Settings\n"
        "class Stopped:\n"
        "    async def serve(self, settings, last):\n"
        "        asyncio.get_running_loop().run_in_executor(None, time.sleep, 3600)\n"
        "        print('stopped', end='')\n"
        "running.application = Stopped()\n"
        "asyncio.run(running._serve(Settings(_env_file=None)))\n"
    )
    assert run(code) == "stopped"
