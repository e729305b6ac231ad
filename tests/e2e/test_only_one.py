"""Two real processes on one SQLite database: the second is refused with a line, commands go on, a kill leaves no lock."""

from __future__ import annotations

import asyncio
import signal
import sys

import pytest

from bot.storage.only_one import only_one
from tests.servers.process import ROOT

QUESTION = "Wie bekomme ich einen Termin?"


@pytest.fixture
async def lotse(lotse):
    """It serves."""
    await up(lotse)
    return lotse


async def up(process):
    async with asyncio.timeout(60):
        while not any(line["event"] == "serving" for line in process.log_lines):
            await asyncio.sleep(0.1)


async def typed(process, *arguments):
    """What a command says with the same settings, and its exit code."""
    found = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", *arguments),
        cwd=ROOT,
        env=process.settings,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    try:
        said, wrong = await asyncio.wait_for(found.communicate(), 60)
    finally:
        if found.returncode is None:
            found.kill()
            await found.wait()
    return found.returncode, said.decode(), wrong.decode()


async def test_the_second_is_refused_and_the_first_goes_on(api, lotse):
    before = lotse.log
    code, said, wrong = await typed(lotse, "run")
    assert (code, said) == (1, "")
    (line,) = [line for line in wrong.splitlines() if line.startswith("lotse: ")]
    assert line.startswith(f"lotse: Lotse runs already on {lotse.var}/lotse.db. Stop it first, or ")
    assert "Traceback" not in wrong
    assert lotse.log == before  # nobody else polls, no row was taken from it
    person = api.person(id=42, language_code="de")
    await person.says(QUESTION)
    await person.hears(1)


# what goes on beside it: exit code, what is said
BESIDE = [
    (("ask", QUESTION), 0, "Termin"),
    (("tickets",), 0, ""),
    (("inbox", "list"), 0, ""),
    (("backup", "BACKUPS"), 0, "lotse-"),
]


async def test_commands_go_on_beside_it_but_for_a_restore(lotse, tmp_path):
    for arguments, code, words in BESIDE:
        given = [str(tmp_path / "backups") if word == "BACKUPS" else word for word in arguments]
        found, said, wrong = await typed(lotse, *given)
        assert (found, wrong.count("lotse: ")) == (code, 0), wrong
        assert words in said
    (made,) = (tmp_path / "backups").iterdir()
    code, _, wrong = await typed(lotse, "restore", str(made))
    assert code == 1
    assert f"Lotse runs already on {lotse.var}/lotse.db. Stop it first" in wrong
    assert not list(lotse.var.glob("*.before"))
    assert await lotse.end() == 0
    assert (await typed(lotse, "restore", str(made)))[0] == 0


async def test_a_kill_leaves_no_lock(api, lotse):
    await lotse.end(signal.SIGKILL)
    (lotse.var / "log").unlink()
    await lotse.start()
    await up(lotse)
    person = api.person(id=43, language_code="de")
    await person.says(QUESTION)
    await person.hears(1)


def test_on_a_server_there_may_be_many(tmp_path):
    for url in ("postgresql://user@host/lotse", "nonsense", "", f"sqlite:////proc/{tmp_path.name}/lotse.db"):
        with only_one(url, ""), only_one(url, ""):
            pass
