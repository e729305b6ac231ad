"""What an operator's monitoring sees of a real process, and Telegram's calls on the port of the chat."""

from __future__ import annotations

import asyncio
import socket
import time

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.servers.daemon import free_port
from tests.servers.process import Process

QUESTION, ANSWER = "Wie bekomme ich einen Termin?", "Termine gibt es online"


@pytest.fixture
async def watched(api, tmp_path):
    """A running Lotse with a chat in a browser, figures, and Telegram by webhook on the chat's port."""
    web, metrics = free_port(), free_port()
    environment = {
        "LOTSE_WEB": f"127.0.0.1:{web}",
        "LOTSE_METRICS": f"127.0.0.1:{metrics}",
        "LOTSE_WEBHOOK_URL": f"http://127.0.0.1:{web}/telegram",
    }
    process = Process(api.base_url.removesuffix("/bot"), tmp_path / "var", environment)
    process.web, process.metrics = (f"http://127.0.0.1:{port}" for port in (web, metrics))
    await process.start()
    yield process
    if process.process.returncode is None:
        await process.end(9)


async def until_up(client, url):
    async with asyncio.timeout(60):
        while True:
            try:
                return await client.get(url)
            except httpx.TransportError:
                await asyncio.sleep(0.1)


async def figures(client, process):
    text = (await client.get(f"{process.metrics}/metrics")).text
    return {
        (sample.name, *sample.labels.values()): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


async def test_figures_probes_and_the_webhook_on_one_port(api, watched):
    async with httpx.AsyncClient() as client:
        assert (await until_up(client, f"{watched.metrics}/healthz")).status_code == 200
        person = api.person(id=9, language_code="de")
        await person.says(QUESTION)
        (answer,) = await person.hears(1)
        assert ANSWER in answer.text
        assert api.webhook[0] == f"{watched.web}/telegram"
        assert (await client.get(f"{watched.web}/telegram")).status_code == 405
        for address in (watched.web, watched.metrics):
            assert (await client.get(f"{address}/readyz")).json() == {"ready": True}
        assert (await client.get(f"{watched.web}/metrics")).status_code == 404
        assert (await client.get(f"{watched.metrics}/chat/musterstadt")).status_code == 404
        found = await figures(client, watched)
        assert found["lotse_messages_total", "telegram", "answered"] == 1
        assert found["lotse_queue_dead", "outbox"] == 0
        assert found["lotse_ready",] == 1
        assert found["lotse_learning_left",] == 0
        assert QUESTION not in watched.log


async def test_it_stops_at_once_although_browsers_wait(watched):
    async with httpx.AsyncClient(timeout=20) as client:
        page = (await until_up(client, f"{watched.web}/chat/musterstadt")).text
        stamp = page.split('name="stamp" value="')[1].split('"')[0]
        said = {"stamp": stamp, "text": QUESTION, "lang": "de"}
        await client.post(f"{watched.web}/chat/musterstadt/say", data=said, headers={"accept": "application/json"})
        async with client.stream("GET", f"{watched.web}/chat/musterstadt/events") as stream:
            await anext(stream.aiter_lines())
            started = time.monotonic()
            assert await watched.end() == 0
            assert time.monotonic() - started < 25  # far below the minutes that a stream lives
    assert "Traceback" not in watched.log


async def test_an_address_that_is_taken_is_said_at_the_start(api, tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        environment = {"LOTSE_METRICS": f"127.0.0.1:{taken.getsockname()[1]}"}
        process = Process(api.base_url.removesuffix("/bot"), tmp_path / "var", environment)
        await process.start()
        assert await asyncio.wait_for(process.process.wait(), 30) != 0
        assert "LOTSE_METRICS: nothing can listen on" in process.log
