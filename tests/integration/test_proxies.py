"""The chat behind Caddy and nginx, set up as docs/operators.md says."""

from __future__ import annotations

import asyncio
import json
from contextlib import closing

import httpx
import pytest

from bot.web.server import serve
from tests.integration.test_web_chat import Browser, Site, words
from tests.servers.proxies import caddy, nginx


@pytest.fixture(params=[caddy, nginx], ids=lambda start: start.__name__)
async def site(request, engine, tmp_path, catalogues):
    """A site behind a proxy; ``browser`` takes the address it asks from."""
    found = Site(engine, tmp_path, catalogues, proxies=("127.0.0.1",))
    with closing(found.socket), request.param(tmp_path, found.socket.getsockname()[1]) as port:
        task = asyncio.create_task(serve(found.app, found.socket, found.chat.streams.end))

        def browser(source):
            transport = httpx.AsyncHTTPTransport(local_address=source)
            client = httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", transport=transport, timeout=20)
            found.clients.append(client)
            return Browser(found, client)

        found.browser = browser
        yield found
        for client in found.clients:
            await client.aclose()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_an_answer_comes_through_an_open_stream_at_once(site):
    visitor = site.browser("127.0.0.2")
    await visitor.say("Wie bekomme ich einen Termin?")
    async with visitor.client.stream("GET", f"{visitor.base}/events") as stream:
        lines = stream.aiter_lines()
        assert await asyncio.wait_for(anext(lines), 10) == "retry: 2000"  # before there is any answer
        while await site.chats.work() or await site.delivery.work():
            pass
        async with asyncio.timeout(10):
            data = await anext(_data(lines))
    assert "Termine gibt es online" in words(json.loads(data)["html"])


async def _data(lines):
    async for line in lines:
        if line.startswith("data: "):
            yield line.removeprefix("data: ")


async def test_who_writes_other_addresses_of_their_own_is_counted_all_the_same(site):
    guesser, neighbour = site.browser("127.0.0.2"), site.browser("127.0.0.3")
    statuses = []
    for number in range(10):
        guesser.client.headers["x-forwarded-for"] = f"203.0.113.{number}"
        statuses.append((await guesser.post("enter", scripts=False, code="ABCDE-FGHJK")).status_code)
    assert statuses == [404] * 8 + [429] * 2
    assert (await neighbour.post("enter", scripts=False, code="ABCDE-FGHJK")).status_code == 404


async def test_forms_pages_and_refusals_come_through(site):
    visitor = site.browser("127.0.0.2")
    visitor.client.headers["origin"] = str(visitor.client.base_url).rstrip("/")
    assert (await visitor.say("Wie bekomme ich einen Termin?")).json() == {"stored": True}
    assert len(await visitor.heard()) == 1
    assert (await visitor.say("x" * 70_000)).status_code == 413
    assert (await visitor.client.get("/metrics")).status_code == 404  # figures are for those who watch


async def test_a_stream_ends_here_when_its_browser_goes(site):
    """Else four reloads of the page would use up what one chat may have open."""
    visitor = site.browser("127.0.0.2")
    await visitor.say("Wie bekomme ich einen Termin?")
    for _ in range(6):
        async with visitor.client.stream("GET", f"{visitor.base}/events") as stream:
            assert stream.status_code == 200
            await anext(stream.aiter_lines())
        async with asyncio.timeout(20):
            while site.chat.streams.count:  # it is the proxy that says so
                await asyncio.sleep(0.05)
