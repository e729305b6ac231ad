"""From the browser to Telegram: the questions at the office go along, and nobody else gets their answers."""

from __future__ import annotations

import asyncio
import html
import os
import re
import subprocess
import sys

import httpx
import pytest

from tests.e2e.test_watching import until_up, watched  # noqa: F401 # the fixture
from tests.servers.process import ROOT, SMALL

FOREIGN = "Fahrräder reparieren"
JSON = {"accept": "application/json"}


class Visitor:
    """Somebody's browser, without scripts but for the answers."""

    def __init__(self, client, address):
        self.client, self.base = client, f"{address}/chat/musterstadt"

    async def post(self, path, **values):
        page = (await self.client.get(self.base)).text
        hidden = dict(re.findall(r'name="(stamp|uid|lang)" value="([^"]*)"', page))
        return await self.client.post(f"{self.base}/{path}", data={**hidden, **values}, headers=JSON)

    async def messages(self, count):
        async with asyncio.timeout(30):
            while len(found := (await self.client.get(f"{self.base}/messages?after=0")).json()) < count:
                await asyncio.sleep(0.05)
        return found

    async def press(self, label, count):
        for message in reversed(await self.messages(count)):
            for data, words in re.findall(r'name="button" value="([^"]+)"[^>]*>([^<]+)<', message["html"]):
                if label in words:
                    return await self.post("say", button=data, message=str(message["id"]))
        raise AssertionError(label)

    async def link(self):
        page = (await self.post("telegram")).text
        assert "<svg" in page
        return html.unescape(re.search(r'data-test="telegram-link">([^<]+)<', page)[1])


@pytest.fixture
async def visitor(watched):  # noqa: F811
    """Whose question is at the office."""
    async with httpx.AsyncClient(timeout=30, follow_redirects=True) as client:
        await until_up(client, f"{watched.web}/healthz")
        found = Visitor(client, watched.web)
        assert (await found.post("say", text=FOREIGN)).json() == {"stored": True}
        await found.press("Menschen", 1)
        await found.press("so senden", 2)
        await found.messages(2)
        async with asyncio.timeout(30):
            while not watched.mails:
                await asyncio.sleep(0.05)
        yield found


async def reply(process, text):
    environment = {
        **os.environ,
        "LOTSE_VAR": str(process.var),
        "LOTSE_KNOWLEDGE": str(SMALL),
        "TELEGRAM_TOKEN": "123456:test-token",
    }
    command = [sys.executable, "-m", "bot", "reply", "1"]
    done = await asyncio.to_thread(
        subprocess.run, command, input=text.encode(), env=environment, cwd=ROOT, capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr


async def test_the_answer_comes_where_the_link_was_opened_and_nowhere_else(api, watched, visitor):  # noqa: F811
    link = await visitor.link()
    address, _, parameter = link.partition("?start=")
    assert address == "https://t.me/lotse_bot"
    assert re.fullmatch(r"go_[\w-]{32}", parameter)  # 192 bits
    person, other = api.person(id=5, language_code="de"), api.person(id=6, language_code="de")
    await person.says(f"/start {parameter}")
    (welcome,) = await person.hears(1)
    assert "Ab jetzt geht es hier weiter" in welcome.text
    # it was good once
    await other.says(f"/start {parameter}")
    (refused,) = await other.hears(1)
    assert "schon benutzt oder ist abgelaufen" in refused.text
    # whoever still looks at the browser is told
    assert "jetzt auf Telegram" in (await visitor.messages(3))[-1]["html"]
    await reply(watched, "Kommen Sie am Montag.")
    (answer,) = await person.hears(1)
    assert "Kommen Sie am Montag." in answer.text
    assert FOREIGN in answer.text
    assert len(api.messages(6)) == 1
    assert "Montag" not in str(await visitor.messages(3))
    assert parameter not in watched.log


@pytest.mark.parametrize("how", ["revoked", "replaced", "guessed", "deleted"])
async def test_a_link_that_is_good_no_more_moves_nothing(api, watched, visitor, how):  # noqa: F811
    parameter = (await visitor.link()).partition("?start=")[2]
    match how:
        case "revoked":
            await visitor.post("revoke")
        case "replaced":
            await visitor.link()
        case "guessed":
            parameter = parameter[:-1] + ("A" if parameter[-1] != "A" else "B")
        case "deleted":
            await visitor.post("delete")
    person = api.person(id=5, language_code="de")
    await person.says(f"/start {parameter}")
    (refused,) = await person.hears(1)
    assert "schon benutzt oder ist abgelaufen" in refused.text
    if how != "deleted":
        await reply(watched, "Kommen Sie am Montag.")
        assert "Kommen Sie am Montag." in (await visitor.messages(3))[-1]["html"]
        assert len(api.messages(5)) == 1
