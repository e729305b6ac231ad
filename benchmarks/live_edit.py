"""From a press on "Save" in the console to the new words in the chat: a real `lotse run` with Erfurt's texts and the model.

Somebody signs in and changes the German answer of a topic, ten times; meanwhile somebody else opens that topic in the
chat again and again. Measured are the save itself (press until it is checked, written and in git), and from there to the
new answer, while the editor's next page is made, too.
"""

from __future__ import annotations

import asyncio
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

import httpx
import pyotp
from rich.console import Console

from bot.config import load_settings
from tests.office import PASSWORD, fields, in_git
from tests.servers.browser import running

TOPIC = "appointment-book"
EDITS = 10
LOOK_SECONDS = 0.05
PATIENCE = 60.0


def run() -> dict[str, Any]:
    """Seconds of ten edits: median and most."""
    figures = asyncio.run(_measure())
    console = Console()
    for name, value in figures.items():
        console.print(f"{name.replace('_', ' ')}: {value}")
    return figures


async def _measure() -> dict[str, Any]:
    settings = load_settings()
    with tempfile.TemporaryDirectory() as folder:
        knowledge = Path(folder) / "knowledge"
        shutil.copytree(settings.knowledge, knowledge)
        in_git(knowledge)
        environment = {
            "LOTSE_VAR": str(Path(folder) / "var"),
            "LOTSE_KNOWLEDGE": str(knowledge),
            "LOTSE_CITY": settings.city,
            "LOTSE_MODEL": settings.model,
            "LOTSE_CACHE": str((settings.cache or settings.var / "cache").absolute()),
            "LOTSE_WEB": "127.0.0.1:18280+",
            "LOTSE_LMTP_PORT": "0",
        }
        with running(Path(folder), environment, r"(http://\S+)/office/first/(\S+)", 600) as (found, _):
            await asyncio.sleep(3)  # what a start still does is done
            async with (
                httpx.AsyncClient(base_url=found[1], timeout=PATIENCE, follow_redirects=True) as editor,
                httpx.AsyncClient(base_url=found[1], timeout=PATIENCE, follow_redirects=True) as visitor,
            ):
                await _sign_in(editor, f"/office/first/{found[2]}")
                rows = []
                for number in range(-1, EDITS):  # the first warms
                    rows.append(await _edit(editor, visitor, number))
                    await _settled(Path(folder) / "log", number + 2)
                del rows[0]
    saves, lives = zip(*rows, strict=True)
    return {
        "edits": EDITS,
        "save_median_s": round(statistics.median(saves), 2),
        "live_after_the_save_median_s": round(statistics.median(lives), 2),
        "live_after_the_save_most_s": round(max(lives), 2),
        "press_to_live_median_s": round(statistics.median(map(sum, rows)), 2),
    }


async def _sign_in(editor: httpx.AsyncClient, link: str) -> None:
    """As the first administrator."""
    page = (await editor.get(link)).text
    secret = page.partition('data-test="secret">')[2].partition("<")[0].replace(" ", "")
    form = {"csrf": fields(page)["csrf"], "name": "Ada", "password": PASSWORD, "repeat": PASSWORD}
    done = await editor.post(link, data={**form, "code": pyotp.TOTP(secret).now()})
    assert "sign-out" in done.text, done.text


async def _settled(log: Path, reloads: int) -> None:
    """Until the matcher of the last edit runs, too: nobody saves twice in two seconds."""
    while (await asyncio.to_thread(log.read_text)).count("knowledge reloaded") < reloads:  # noqa: ASYNC110
        await asyncio.sleep(0.2)
    await asyncio.sleep(1)


async def _edit(editor: httpx.AsyncClient, visitor: httpx.AsyncClient, number: int) -> tuple[float, float]:
    """Seconds from the press until it is saved, and from there to the new words in the chat."""
    path, mark = f"/office/topics/{TOPIC}", f"Messung {number + 1} von {EDITS}"
    form = fields((await editor.get(path)).text)
    form["de.answer"] = f"{form['de.answer'].partition(' (Messung')[0]} ({mark}.)"
    started = time.perf_counter()
    done = await editor.post(path, data={**form, "do": "save"}, follow_redirects=False)
    assert done.status_code == 303, done.text
    saved = time.perf_counter()
    going_on = asyncio.create_task(editor.get(done.headers["location"]))
    while mark not in (await visitor.get("/", params={"topic": TOPIC, "lang": "de"})).text:
        if time.perf_counter() - saved > PATIENCE:
            raise SystemExit(f"after {PATIENCE:.0f} seconds the chat does not say {mark!r}")
        await asyncio.sleep(LOOK_SECONDS)
    live = time.perf_counter()
    assert "Gespeichert" in (await going_on).text
    print(f"{mark}: saved after {saved - started:.2f} s, live {live - saved:.2f} s later", file=sys.stderr, flush=True)
    return saved - started, live - saved
