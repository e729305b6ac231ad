"""What a browser, a person or a proxy may do to the chat that nobody meant: each gets a clear word, and nothing is lost."""

from __future__ import annotations

import asyncio
import json
import re

import pytest

from bot.storage.database import close, engine_for, migrate
from bot.web.room import MAX_TEXT
from bot.web.server import serve
from tests.integration.test_web_chat import JSON, Site, site, words  # noqa: F401 # the fixture
from tests.servers.disk import Limited, small_disk

QUESTION = "Wie bekomme ich einen Termin?"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(1)>\"'&lt;"
CONTROL = "".join(map(chr, (*range(1, 32), 0x7F, 0x85, 0x200E, 0x202E, 0x2066, 0xFEFF, 0xFFFE))) + "Termin"
PATHS = {  # every form, and the fields that it reads
    "say": ("text", "button", "command", "message", "uid", "lang", "stamp", "frame", "website"),
    "language": ("lang", "stamp", "frame"),
    "keys": ("stamp", "lang"),
    "telegram": ("stamp", "lang"),
    "notify": ("email", "lang", "stamp"),
    "enter": ("code", "lang", "stamp"),
    "revoke": ("lang", "stamp"),
    "delete": ("lang", "stamp"),
}


@pytest.fixture
def database_url(tmp_path):
    """What is tried here is no matter of the database."""
    return f"sqlite:///{tmp_path}/lotse.db"


@pytest.mark.parametrize("value", [MARKUP, CONTROL, "\0", "ä" * 100_000, "%ff%fe", ""], ids=str.__len__)
@pytest.mark.parametrize(("path", "fields"), PATHS.items(), ids=PATHS)
async def test_anything_in_any_field_gets_an_answer_that_runs_nothing(site, path, fields, value):  # noqa: F811
    visitor = site.browser()
    await visitor.say(QUESTION)
    for field in fields:
        site.now += 120
        answer = await visitor.post(path, scripts=False, **{"text": "Frage", field: value})
        assert answer.status_code < 500, field
        assert "<script>alert" not in answer.text
        assert "onerror=alert" not in answer.text.replace("&", "")  # also not half escaped
    for message in await visitor.heard():
        assert "<script" not in message["html"]
    assert (await site.browser().say(QUESTION)).json() == {"stored": True}  # and others are served


async def test_what_is_not_even_a_form_gets_an_answer(site):  # noqa: F811
    visitor = site.browser()
    for kind, body in (
        ("application/x-www-form-urlencoded", b"\xff\xfe=\xff&text=%ff"),
        ("application/x-www-form-urlencoded", b"&".join(b"a%d=1" % number for number in range(5_000))),
        ("multipart/form-data; boundary=x", b"--x\r\nbroken"),
        ("multipart/form-data", b""),
        ("application/json", b"{"),
        ("", b"text=x"),
    ):
        answer = await visitor.client.post(f"{visitor.base}/say", content=body, headers={"content-type": kind})
        assert 400 <= answer.status_code < 500, (kind, answer.status_code)

    async def endless():
        for _ in range(100):
            yield b"x" * 10_000

    form = {"content-type": "application/x-www-form-urlencoded"}
    assert (await visitor.client.post(f"{visitor.base}/say", content=endless(), headers=form)).status_code == 413


async def test_a_long_question_is_taken_up_to_the_limit_that_is_said(site):  # noqa: F811
    visitor = site.browser()
    assert (await visitor.say("ä" * MAX_TEXT)).json() == {"stored": True}
    refused = (await visitor.say("ä" * (MAX_TEXT + 1))).json()
    assert refused["stored"] is False
    assert str(MAX_TEXT) in refused["notice"].replace(".", "")


async def test_links_that_are_too_old_of_others_or_made_up_open_nothing(site):  # noqa: F811
    visitor, other = site.browser(), site.browser()
    await visitor.say(QUESTION)
    await visitor.heard()
    page = (await visitor.post("keys", scripts=False)).text
    link = re.search(r"/r/([\w-]+)", page)[1]
    code = re.search(r'data-test="back-code">([^<]+)<', page)[1]
    for key in (link[:-1], f"{link}x", code, "x", "%00", "..%2f..", "x" * 5_000):
        site.now += 700
        answer = await other.client.get(f"{other.base}/r/{key}")
        assert answer.status_code == 404, key
        assert "set-cookie" not in answer.headers
    site.now += 31 * 86400
    expired = await other.client.get(f"{other.base}/r/{link}")
    assert expired.status_code == 404
    assert words(expired.text).startswith("Lotse")
    assert await other.heard() == []
    forged = site.browser(cookies={"lotse": "0" * 48})
    assert await forged.heard() == []


async def test_two_tabs_show_the_same_and_each_message_once(site):  # noqa: F811
    visitor = site.browser()
    await visitor.say(QUESTION)
    await visitor.heard()
    seen = {0: [], 1: []}

    async def tab(number):
        async with visitor.client.stream("GET", f"{visitor.base}/events?after=0") as stream:
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    seen[number].append(json.loads(line.removeprefix("data: "))["id"])
                if len(seen[number]) == 3:
                    return

    tabs = [asyncio.create_task(tab(number)) for number in seen]
    await asyncio.sleep(0.1)
    # both tabs send at once, each with its own form
    answers = await asyncio.gather(visitor.say("Karte geklaut"), visitor.say("Kita Platz bekommen"))
    assert all(answer.json()["stored"] for answer in answers)
    await visitor.heard()
    await asyncio.wait_for(asyncio.gather(*tabs), 20)
    assert seen[0] == seen[1] == sorted(set(seen[0]))


async def test_the_back_button_asks_and_sends_nothing_again(site):  # noqa: F811
    visitor = site.browser()
    fields = {**await visitor.fields(), "text": QUESTION}
    for _ in range(2):  # the same page, shown again by the browser, sent again
        await visitor.client.post(f"{visitor.base}/say", data=fields)
    assert len(await visitor.heard()) == 1
    data, preview = await previewed(visitor)
    for _ in range(2):  # sent; then back to the page with the preview, and pressed again
        await visitor.post("say", button=data, message=preview)
        await visitor.heard()
    assert len(list(site.folder.glob("*"))) == 1


async def previewed(visitor):
    """The button that sends a question to the office, and the message that it stands below."""
    await visitor.say("Fahrräder reparieren")
    await visitor.press("Menschen")
    preview = (await visitor.heard())[-1]
    return re.search(r'value="([^"]+)"[^>]*>Ja, so senden', preview["html"])[1], str(preview["id"])


async def test_pressing_send_twice_sends_one_question(site):  # noqa: F811
    visitor = site.browser()
    data, preview = await previewed(visitor)
    pressed = {"button": data, "message": preview}
    same = {**await visitor.fields(), **pressed}
    answers = await asyncio.gather(
        *(visitor.client.post(f"{visitor.base}/say", data=same, headers=JSON) for _ in range(3)),
        visitor.post("say", **pressed),  # and from another tab
    )
    assert all(answer.json()["stored"] for answer in answers)
    await visitor.heard()
    assert len(list(site.folder.glob("*"))) == 1


async def test_a_proxy_that_cuts_streams_anywhere_loses_and_doubles_nothing(site):  # noqa: F811
    """Each stream ends after a few bytes more than the last one, also in the middle of a message."""
    visitor = site.browser()
    for text in (QUESTION, "Karte geklaut", "Kita Platz bekommen"):
        await visitor.say(text)
        await visitor.heard()
    expected = [message["id"] for message in await visitor.heard()]
    port = site.socket.getsockname()[1]
    cookie = visitor.client.cookies["lotse"]
    seen, last, limit = [], 0, 150
    while seen != expected and limit < 50_000:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        head = (
            f"GET {visitor.base}/events HTTP/1.1\r\nHost: x\r\nCookie: lotse={cookie}\r\nLast-Event-ID: {last}\r\n\r\n"
        )
        writer.write(head.encode())
        got = b""
        try:
            async with asyncio.timeout(1):
                while len(got) < limit and (piece := await reader.read(limit - len(got))):
                    got += piece
        except TimeoutError:
            pass
        writer.transport.abort()
        # as a browser reads: only what a blank line ends counts
        for event in re.findall(
            r"id: (\d+)\r?\n(?:[0-9a-f]+\r\n)?data: .*?\n\n", got.decode(errors="replace"), re.DOTALL
        ):
            last = int(event)
            seen.append(last)
        limit += 1_500
    assert seen == expected


@pytest.fixture(params=[small_disk, Limited], ids=["disk", "pages"])
def disk(request, tmp_path):
    folder = tmp_path / "var"
    if request.param is Limited:
        folder.mkdir()
    disk = request.param(folder)
    yield disk
    disk.close()


async def test_a_full_disk_is_said_in_the_askers_language_and_nothing_is_lost(disk, tmp_path, catalogues):
    engine = engine_for(f"sqlite:///{disk.folder}/lotse.db")
    disk.watch(engine)
    await migrate(engine)
    site = Site(engine, tmp_path, catalogues)  # noqa: F811
    task = asyncio.create_task(serve(site.app, site.socket, site.chat.streams.end))
    try:
        visitor = site.browser(headers={"accept-language": "en"})
        await visitor.say(QUESTION)
        (first,) = await visitor.heard()
        disk.fill()
        site.now += 5
        stored = 1
        for number in range(40):
            site.now += 10
            fields = {**await visitor.fields(), "text": f"Karte geklaut {number} " + "x" * 3_900}
            refused = await visitor.client.post(f"{visitor.base}/say", data=fields, headers=JSON)
            if refused.status_code != 200:
                break
            stored += 1
        assert refused.status_code == 503
        assert refused.json() == {
            "stored": False,
            "notice": "I cannot store anything at the moment. Your message has not arrived. Please try again in a minute.",
        }
        page = await visitor.client.post(f"{visitor.base}/say", data=fields)
        assert (page.status_code, "has not arrived" in page.text) == (503, True)
        disk.free()
        again = await visitor.client.post(f"{visitor.base}/say", data=fields, headers=JSON)  # the same form
        assert again.json() == {"stored": True}
        messages = await visitor.heard()
        assert messages[0]["id"] == first["id"]
        assert len(messages) == stored + 1
    finally:
        for client in site.clients:
            await client.aclose()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await close(engine)
