"""deploy/lotse.service, started by a real systemd with everything it forbids, asked, and stopped."""

from __future__ import annotations

import asyncio

import pytest

from tests.servers.process import TOKEN
from tests.servers.systemd import Unit

QUESTION, ANSWER = "Wie bekomme ich einen Termin?", "Termine gibt es online"


@pytest.fixture
def unit(api, tmp_path):
    settings = {
        "TELEGRAM_TOKEN": TOKEN,
        "LOTSE_TELEGRAM_API": api.base_url.removesuffix("/bot"),
        "LOTSE_KNOWLEDGE": "tests/fixtures/knowledge",
        "LOTSE_CITY": "musterstadt",
    }
    started = Unit(tmp_path, settings)
    yield started
    started.end()


async def test_it_answers_shut_in_and_stops(api, unit):
    person = api.person(id=7, language_code="de")
    await person.says(QUESTION)
    (answer,) = await person.hears(1, 120)
    assert ANSWER in answer.text
    assert unit.state()["ActiveState"] == "active", unit.log

    async with asyncio.timeout(60):  # the model computes, with the calls to the system that are allowed
        while '"matching": "ok"' not in unit.run("cat", "/var/lib/private/lotse/health.json"):
            await asyncio.sleep(0.2)
    kept = unit.run("find", "/var/lib/private/lotse", "-printf", "%M %u %f\n").splitlines()
    assert any(line.endswith("lotse.db") for line in kept)
    assert {line.split()[1] for line in kept} == {"lotse"}  # a user that systemd made up
    assert all(line[4:10] == "------" for line in kept), kept

    unit.run("systemctl", "stop", "lotse")
    async with asyncio.timeout(60):
        while unit.state()["ActiveState"] != "inactive":
            await asyncio.sleep(0.2)
    assert unit.state()["Result"] == "success"
    assert "Traceback" not in unit.log
