"""`lotse check --links` against a real server: one that answers, one that does not, one that is not there."""

from __future__ import annotations

import asyncio

import pytest
from aiohttp import web

from bot.content.problems import Place
from bot.tools.link_check import AT_ONCE, check


@pytest.fixture
async def site():
    """Its address, and the paths that were asked for."""
    asked = []
    release, together = asyncio.Event(), asyncio.Barrier(AT_ONCE)

    async def page(request):
        asked.append(request.path)
        match request.path:
            case "/good":
                return web.Response(text="x" * 1_000_000)
            case "/moved":
                raise web.HTTPFound("/good")
            case "/circle":
                raise web.HTTPFound("/circle")
            case "/refused":
                raise web.HTTPForbidden
            case "/broken":
                raise web.HTTPInternalServerError
            case "/slow":
                await release.wait()
            case path if path.startswith("/wait"):
                await together.wait()  # answers when all are here, else never
                return web.Response()
        raise web.HTTPNotFound

    app = web.Application()
    app.router.add_get("/{path:.*}", page)
    runner = web.AppRunner(app)
    await runner.setup()
    server = web.TCPSite(runner, "127.0.0.1", 0)
    await server.start()
    port = server._server.sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}", asked
    release.set()
    await runner.cleanup()


class Bar:
    """Counts what a progress bar would show."""

    def __init__(self):
        self.total = self.done = 0

    def begin(self, total):
        self.total = total

    def advance(self):
        self.done += 1


async def ask(*urls, seconds=5.0):
    bar = Bar()
    links = [(url, Place("k/places.yaml", line, 5)) for line, url in enumerate(urls, 1)]
    problems = await check(links, bar.begin, bar.advance, seconds)
    assert bar.done == bar.total == len(set(urls))
    return [str(problem) for problem in problems]


@pytest.mark.parametrize(
    ("path", "message"),
    [
        ("/good", None),
        ("/moved", None),
        ("/gone", "answers with status 404. Find the page's new address, or take the link out."),
        ("/broken", "answers with status 500."),
        ("/refused", "refuses programs (status 403). Open it in a browser"),
        ("/circle", "cannot be reached (Exceeded maximum allowed redirects.)"),
        ("/slow", "did not answer within 0.5 seconds. Try again later"),
    ],
)
async def test_a_page(site, path, message):
    address, _ = site
    found = await ask(address + path, seconds=0.5)
    if message is None:
        assert found == []
    else:
        (line,) = found
        assert line.startswith(f"k/places.yaml:1:5: warning: {address}{path} {message}")


async def test_a_server_that_is_not_there():
    (line,) = await ask("http://127.0.0.1:9/")
    assert "http://127.0.0.1:9/ cannot be reached" in line


async def test_one_address_is_asked_once_and_named_at_every_place(site):
    address, asked = site
    found = await ask(f"{address}/gone", f"{address}/good", f"{address}/gone")
    assert [line.split(":")[1] for line in found] == ["1", "3"]
    assert sorted(asked) == ["/gone", "/good"]


async def test_pages_are_asked_side_by_side(site):
    address, _ = site
    assert await ask(*(f"{address}/wait{number}" for number in range(AT_ONCE))) == []
