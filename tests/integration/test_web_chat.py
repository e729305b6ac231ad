"""The chat in a browser, over a real socket: as with scripts, and as without."""

from __future__ import annotations

import asyncio
import json
import re
from types import SimpleNamespace

import httpx
import pytest

from bot.channels.mail_out import MailFolder
from bot.channels.web import Web
from bot.flow.chats import Chats
from bot.flow.delivery import Delivery
from bot.flow.desk import Reply
from bot.flow.letters import Letters
from bot.handover.answers import File
from bot.knowledge.live import LiveKnowledge
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from bot.storage.writer import Writer
from bot.web.chat import Chat
from bot.web.returning import Returning
from bot.web.room import MAX_TEXT, Room, Rules
from bot.web.server import address_of, listen, serve
from bot.web.site import application
from tests.conftest import SMALL
from tests.integration.test_chats import OFFICE, NoCache

JSON = {"accept": "application/json"}


def words(html):
    """What of a page is read."""
    return " ".join(re.sub(r"<[^>]+>", "", html).split())


class Site:
    """A running site with the small knowledge; ``now`` is turned by hand."""

    def __init__(self, engine, folder, catalogues, origins=(), proxies=()):
        self.now = 1_800_000_000.0
        self.folder = folder / "mail"
        writer = Writer(engine)
        mind = SimpleNamespace(left=0, build=lambda found: Matcher(found, None, NoCache(), LanguageDetector()))
        self.live = LiveKnowledge(SMALL, "musterstadt", catalogues, mind)
        self.channel = Web(self.show)
        clock = lambda: self.now  # noqa: E731
        letters = Letters(OFFICE.sender, OFFICE.reply_to)
        self.delivery = Delivery(
            engine, {"web": self.channel, "mail": MailFolder(self.folder)}, clock=clock, writer=writer
        )
        channels = {"web": self.channel, "mail": letters}
        self.chats = Chats(
            engine, self.live, channels, OFFICE, clock=clock, writer=writer, wake_delivery=self.delivery.wake
        )
        self.socket = listen("127.0.0.1:0")
        self.address = address_of(self.socket)
        rules = Rules(self.address, OFFICE.secret, 30, origins, proxies)
        count = iter(range(1, 10**6))
        random = lambda size: next(count).to_bytes(4, "big") * 9 + bytes(size)  # noqa: E731
        room = Room(self.live, writer, rules, clock, lambda size: random(size)[:size])
        self.chat = Chat(room, lambda rows: self.chats.receive("web", rows), letters, self.delivery.wake)
        self.app = application(self.chat, Returning(room), self.ready)
        self.well = True
        self.clients = []

    async def show(self, *what):
        return await self.chat.show(*what)

    async def ready(self):
        return {"well": self.well}

    def browser(self, **more):
        client = httpx.AsyncClient(base_url=self.address, timeout=20, **more)
        self.clients.append(client)
        return Browser(self, client)


class Browser:
    """Somebody's browser: its cookie, and the forms it has seen."""

    def __init__(self, site, client):
        self.site, self.client = site, client
        self.base = "/chat/musterstadt"

    async def page(self, query=""):
        return (await self.client.get(f"{self.base}{query}")).text

    async def fields(self):
        """What the page's form hides, as of some seconds ago."""
        text = await self.page()
        self.site.now += 5
        return dict(re.findall(r'name="(stamp|uid|lang)" value="([^"]*)"', text))

    async def post(self, path, scripts=True, **values):
        data = {**await self.fields(), **values}
        return await self.client.post(f"{self.base}/{path}", data=data, headers=JSON if scripts else {})

    async def say(self, text, scripts=True, **values):
        return await self.post("say", scripts, text=text, **values)

    async def heard(self, after=0):
        """All messages, once nothing is under way any more."""
        while await self.site.chats.work() or await self.site.delivery.work():
            pass
        return (await self.client.get(f"{self.base}/messages?after={after}")).json()

    async def press(self, words):
        """Press the newest button with these words."""
        for message in reversed(await self.heard()):
            for data, label in re.findall(r'name="button" value="([^"]+)"[^>]*>([^<]+)<', message["html"]):
                if words in label:
                    return await self.post("say", button=data, message=str(message["id"]))
        raise AssertionError(words)


@pytest.fixture
async def site(engine, tmp_path, catalogues):
    found = Site(engine, tmp_path, catalogues)
    task = asyncio.create_task(serve(found.app, found.socket, found.chat.streams.end))
    yield found
    for client in found.clients:
        await client.aclose()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


async def test_a_question_is_answered_and_nothing_is_stored_of_whoever_only_looks(site):
    visitor = site.browser()
    first = await visitor.page()
    assert "Lotse" in first
    assert "set-cookie" not in (await visitor.client.get(visitor.base)).headers
    answer = await visitor.say("Wie bekomme ich einen Termin?")
    assert answer.json() == {"stored": True}
    (message,) = await visitor.heard()
    assert "Termine gibt es online" in words(message["html"])
    assert "Termine gibt es online" in words(await visitor.page())  # also after a reload
    other = site.browser()
    assert await other.heard() == []  # and for nobody else


async def test_without_scripts_the_page_comes_back_with_the_answer(site):
    visitor = site.browser(follow_redirects=True)
    workers = [asyncio.create_task(site.chats.worker.run(site.chats.work)), asyncio.create_task(site.delivery.run())]
    page = await visitor.say("Wie bekomme ich einen Termin?", scripts=False)
    assert page.status_code == 200
    assert "Termine gibt es online" in words(page.text)
    for worker in workers:
        worker.cancel()


async def test_a_double_click_asks_once(site):
    visitor = site.browser()
    await visitor.say("Wie bekomme ich einen Termin?")
    fields = {**await visitor.fields(), "uid": "thesame", "text": "Wo ist mein Ausweis?"}
    answers = [await visitor.client.post(f"{visitor.base}/say", data=fields, headers=JSON) for _ in range(3)]
    assert all(answer.json()["stored"] for answer in answers)
    assert len(await visitor.heard()) == 2


async def test_a_stream_goes_on_where_it_was_cut(site):
    visitor = site.browser()
    await visitor.say("Wie bekomme ich einen Termin?")
    seen = []

    async def listen_for(count, last):
        async with visitor.client.stream(
            "GET", f"{visitor.base}/events", headers={"last-event-id": str(last)}
        ) as stream:
            assert stream.headers["content-type"].startswith("text/event-stream")
            async for line in stream.aiter_lines():
                if line.startswith("data: "):
                    seen.append(json.loads(line.removeprefix("data: "))["id"])
                if len(seen) >= count:
                    return

    listening = asyncio.create_task(listen_for(1, 0))
    await asyncio.sleep(0.1)
    await visitor.heard()
    await asyncio.wait_for(listening, 10)
    await visitor.say("Hallo")  # while nobody listens
    await visitor.heard()
    await asyncio.wait_for(listen_for(2, seen[-1]), 10)
    assert seen == sorted(set(seen))  # none lost, none twice


async def handed_over(visitor):
    await visitor.say("Fahrräder reparieren")
    await visitor.press("Menschen")
    await visitor.press("so senden")
    return await visitor.heard()


async def test_the_office_answers_days_later_and_the_asker_comes_back_by_code(site):
    visitor = site.browser()
    await handed_over(visitor)
    page = (await visitor.post("keys", scripts=False)).text
    code = re.search(r'data-test="back-code">([^<]+)<', page)[1]
    link = re.search(r'data-test="back-link">([^<]+)<', page)[1]
    assert len(link.rpartition("/")[2]) >= 22  # 128 bits and more
    site.now += 3 * 86400
    await site.chats.desk.relay_reply(1, "Kommen Sie am <b>Montag</b>.")
    elsewhere = site.browser()
    opened = await elsewhere.post("enter", scripts=False, code=code.lower().replace("-", " "))
    assert opened.status_code == 303
    assert "Kommen Sie am &lt;b&gt;Montag&lt;/b&gt;." in (await elsewhere.heard())[-1]["html"]
    third = site.browser()
    assert (await third.client.get(link.removeprefix(site.address))).status_code == 303
    assert len(await third.heard()) == len(await visitor.heard())


async def test_links_and_codes_end_when_they_are_revoked_and_by_themselves(site):
    visitor = site.browser()
    await visitor.say("Hallo")
    page = (await visitor.post("keys", scripts=False)).text
    code = re.search(r'data-test="back-code">([^<]+)<', page)[1]
    await visitor.post("revoke", scripts=False)
    assert (await site.browser().post("enter", scripts=False, code=code)).status_code == 404
    page = (await visitor.post("keys", scripts=False)).text
    code = re.search(r'data-test="back-code">([^<]+)<', page)[1]
    site.now += 31 * 86400
    assert (await site.browser().post("enter", scripts=False, code=code)).status_code == 404


async def test_guesses_of_codes_are_counted(site):
    guesser = site.browser()
    found = [(await guesser.post("enter", scripts=False, code="ABCDE-FGHJK")).status_code for _ in range(10)]
    assert found == [404] * 8 + [429] * 2


async def test_whoever_left_an_address_gets_a_mail_with_nothing_but_the_link_once(site):
    visitor = site.browser()
    await handed_over(visitor)
    await visitor.post("notify", scripts=False, email="asker@example.org")
    site.now += 86400
    for words in ("Erste Antwort", "Zweite Antwort"):
        await site.chats.desk.relay_reply(1, words)
        while await site.delivery.work():
            pass
    mails = [file.read_text() for file in site.folder.glob("*asker*")]
    assert len(mails) == 1
    assert f"{site.address}/chat/musterstadt/r/" in mails[0]
    assert "Antwort\n" not in mails[0].partition("\n\n")[2]
    link = re.search(r"/chat/musterstadt/r/[\w-]+", mails[0].replace("=\n", ""))[0]
    reader = site.browser()
    assert (await reader.client.get(link)).status_code == 303
    assert "Zweite Antwort" in (await reader.heard())[-1]["html"]


async def test_a_file_of_the_office_opens_for_the_asker_alone(site):
    visitor = site.browser()
    await handed_over(visitor)
    async with site.chats.engine.begin() as connection:
        await site.chats.desk.relay(
            connection, 1, Reply("Anbei", [File("../../Brief „x“.pdf", "application/pdf", b"%PDF")])
        )
    message = (await visitor.heard())[-1]
    path = re.search(r'href="([^"]+/file/\d+)"', message["html"])[1]
    answer = await visitor.client.get(path)
    assert answer.content == b"%PDF"
    assert answer.headers["content-disposition"].startswith("attachment; filename=")
    assert "/" not in answer.headers["content-disposition"]
    assert (await site.browser().client.get(path)).status_code == 404


async def test_delete_erases_the_chat_and_its_questions(site):
    visitor = site.browser()
    await handed_over(visitor)
    gone = await visitor.post("delete", scripts=False)
    assert gone.status_code == 303
    assert await visitor.heard() == []
    with pytest.raises(KeyError):
        await site.chats.desk.relay_reply(1, "zu spät")


async def test_the_language_of_the_browser_and_the_chosen_one(site):
    visitor = site.browser(headers={"accept-language": "en-GB,de;q=0.5"})
    assert '<html lang="en" dir="ltr">' in await visitor.page()
    assert '<html lang="de" dir="ltr">' in await visitor.page("?lang=de")
    assert '<html lang="en" dir="ltr">' in await visitor.page("?lang=xx")
    await visitor.say("Hallo")
    await visitor.post("language", scripts=False, lang="de")
    await visitor.heard()
    assert '<html lang="de" dir="ltr">' in await visitor.page()  # chosen: it stays


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"website": "https://spam.example"}, 409),  # a robot fills in what people do not see
        ({"stamp": "1.x"}, 409),  # not our form
        ({"text": "x" * (MAX_TEXT + 1)}, 400),
        ({"text": "x" * 70_000}, 413),
        ({"text": " \n "}, 400),
        ({"text": "", "button": "no such button at all"}, 400),
    ],
)
async def test_what_is_not_taken_says_why(site, change, status):
    visitor = site.browser()
    answer = await visitor.post("say", **{"text": "Frage", **change})
    assert answer.status_code == status
    assert answer.json()["notice"]
    assert await visitor.heard() == []


async def test_forms_of_other_sites_are_refused(site):
    visitor = site.browser()
    fields = await visitor.fields()
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}):
        answer = await visitor.client.post(f"{visitor.base}/say", data={**fields, "text": "x"}, headers=headers)
        assert answer.status_code == 403


async def test_many_posts_of_one_address_wait(site):
    visitor = site.browser()
    await visitor.say("Hallo")
    fields = {**await visitor.fields(), "text": "x"}
    codes = {
        (await visitor.client.post(f"{visitor.base}/say", data=fields, headers=JSON)).status_code for _ in range(60)
    }
    assert codes == {200, 429}


async def test_every_answer_keeps_the_page_to_itself(site):
    for path in ("/", "/chat/musterstadt", "/static/chat.js", "/widget.js", "/nowhere"):
        headers = (await site.browser().client.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


async def test_a_sign_leads_to_its_topic_in_its_language(site):
    visitor = site.browser(follow_redirects=True)
    page = (await visitor.client.get("/?topic=lost-card&lang=en")).text
    assert '<html lang="en"' in page
    assert 'data-test="answer"' in page
    assert 'data-test="answer"' not in (await visitor.client.get("/?topic=<script>&lang=xx")).text


async def test_health_for_whoever_watches(site):
    client = site.browser().client
    assert (await client.get("/healthz")).status_code == 200
    assert (await client.get("/readyz")).json() == {"ready": True}
    site.well = False
    assert (await client.get("/readyz")).status_code == 503


async def test_a_first_view_is_small_enough_for_a_slow_line(site):
    client = site.browser(headers={"accept-encoding": "identity"}).client
    paths = ("/chat/musterstadt", "/static/chat.css", "/static/chat.js")
    assert sum([len((await client.get(path)).content) for path in paths]) <= 60_000
