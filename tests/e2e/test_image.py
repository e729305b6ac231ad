"""The container image: built from the Dockerfile, shut in as the documents say, asked, corrected, printed from, stopped.

`make image` runs this and shows the figures (pytest -rP); it takes some minutes, most of them for the first build.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import time
from itertools import count

import pytest

from tests.servers import container
from tests.servers.container import ROOT, Container
from tests.servers.process import TOKEN

QUESTION = "Wie bekomme ich einen Termin bei der Ausländerbehörde?"
OLD, NEW = "Sie brauchen immer einen Termin.", "Sie brauchen immer einen Termin, auch zum Abholen."
MOST_BYTES = 500_000_000
USER = 4711  # no such user exists in the image, nor here
SHUT_IN = ("--read-only", "--tmpfs=/tmp", "--cap-drop=all", "--security-opt=no-new-privileges", f"--user={USER}:{USER}")


@pytest.fixture
async def started(api, tmp_path):
    """Lotse in a container, with a folder of texts that is watched; everything else but /tmp and its volume is read-only."""
    shutil.copytree(ROOT / "knowledge", tmp_path / "knowledge")
    var = tmp_path / "var"
    var.mkdir()
    var.chmod(0o1777)
    made = Container(
        container.image(),
        (*SHUT_IN, f"--volume={var}:/var/lib/lotse", f"--volume={tmp_path}/knowledge:/knowledge:ro"),
        tmp_path / "log",
        {
            "TELEGRAM_TOKEN": TOKEN,
            "LOTSE_TELEGRAM_API": api.base_url.removesuffix("/bot"),
            "LOTSE_WEB_URL": "https://lotse.example.org",
        },
    )
    made.knowledge = tmp_path / "knowledge"
    yield made
    await made.kill()


def correct(file):
    """A clerk's change, as an editor's program writes it: a new file in the place of the old."""
    fresh = file.with_suffix(".new")
    fresh.write_text(file.read_text().replace(OLD, NEW))
    assert NEW in fresh.read_text()
    fresh.replace(file)


async def until(reached, seconds=120):
    async with asyncio.timeout(seconds):
        while not await reached():
            await asyncio.sleep(0.5)


async def test_it_starts_is_corrected_and_stops(api, started):
    person = api.person(id=7, language_code="de")
    await person.says(QUESTION)
    begun = time.monotonic()
    await started.start()
    (answer,) = await person.hears(1, 180)
    print(f"First answer: {time.monotonic() - begun:.1f} s after the start")
    assert "Termin" in answer.text

    said = (await started.does("sh", "-c", "id -u; id -g; touch /srv/x /knowledge/x; touch /tmp/x"))[1]
    assert set(said.split()[:2]) == {str(USER)}
    assert said.count("Read-only file system") == said.count("cannot touch") == 2
    assert "lotse" in (await started.does("cat", "/proc/1/cmdline"))[1]  # it is process 1 itself

    async def well():
        return (await started.does("lotse", "health"))[0] == 0

    await until(well)

    # What was taken out of the libraries is missed by nobody: fonts, typesetting, every language's names and dates.
    for command in (["report", "--format=pdf", "--out=/tmp/report.pdf"], ["postcards", "--out=/tmp/cards"]):
        code, said = await started.does("lotse", *command)
        assert code == 0, said
    begins = "for pdf in /tmp/report.pdf /tmp/cards/*.pdf; do head -c 5 $pdf; done"
    assert (await started.does("sh", "-c", begins))[1] == "%PDF-" * 3

    correct(started.knowledge / "erfurt" / "de" / "other.yaml")

    others = map(api.person, count(8))  # who asks again is told the rest

    async def corrected():
        other = next(others)
        await other.says(QUESTION)
        return NEW in (await other.hears(1))[0].text

    await until(corrected)

    states = [
        line.rpartition(") ")[2][0]
        for line in (await started.does("sh", "-c", "cat /proc/[0-9]*/stat"))[1].splitlines()
    ]
    assert "Z" not in states  # whom it started it has waited for
    begun = time.monotonic()
    assert await started.stop() == 0
    print(f"Stop: {time.monotonic() - begun:.1f} s after SIGTERM")

    await other_start(api, started)
    assert "Traceback" not in started.log


def test_it_is_small():
    """On Debian's packages, as scripts/image.sh builds it here."""
    told = subprocess.run(
        [*container.engine(), "image", "inspect", "--format={{.Size}}", container.image()],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    print(f"Size: {int(told.stdout) / 1e6:.0f} MB unpacked")
    assert int(told.stdout) < MOST_BYTES


async def other_start(api, started):
    """The same volume again: what was made at the first start is there."""
    late = api.person(id=1_000, language_code="de")
    await late.says(QUESTION)
    begun = time.monotonic()
    await started.start()
    (answer,) = await late.hears(1, 180)
    print(f"Next start: first answer after {time.monotonic() - begun:.1f} s")
    assert NEW in answer.text
    assert await started.stop() == 0
