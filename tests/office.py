"""A running console for tests: a real server on a real socket, a clock that is turned by hand, people who sign in."""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import subprocess
from contextlib import asynccontextmanager
from html import unescape
from types import SimpleNamespace

import httpx
import pyotp

from bot.channels.mail_out import MailFolder
from bot.channels.web import Web
from bot.config import Settings
from bot.console import passwords
from bot.console.office import Office
from bot.console.site import PAGES, routes
from bot.flow.chats import Chats
from bot.flow.delivery import Delivery
from bot.flow.letters import Letters
from bot.flow.mails import Mails
from bot.flow.office_mail import Office as Desk
from bot.knowledge.live import LiveKnowledge
from bot.mailing.gate import Rules as MailRules
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from bot.storage import accounts
from bot.storage.writer import Writer
from bot.web.chat import Chat
from bot.web.returning import Returning
from bot.web.room import Room, Rules
from bot.web.server import address_of, listen, serve
from bot.web.site import application
from tests.conftest import SMALL
from tests.dialogue import NoCache

DESK = Desk("buero@example.org", "lotse@example.org", "lotse@example.org", b"k" * 32)
PASSWORD = "Der Fluss fließt nach Norden"
TOTP = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
HASH = passwords.password_hash(PASSWORD)


class Site:
    """``now`` is turned by hand; ``knowledge``: a copy of the small town's, to be changed."""

    def __init__(self, engine, folder, catalogues, **settings):
        self.now = 1_800_000_000.0
        self.knowledge = folder / "knowledge"
        if not self.knowledge.exists():
            shutil.copytree(SMALL, self.knowledge)
        self.folder = folder / "mail"
        self.writer = Writer(engine)
        matcher = lambda found: Matcher(found, None, NoCache(), LanguageDetector())  # noqa: E731
        mind = SimpleNamespace(left=0, build=matcher, trial=matcher)
        self.live = LiveKnowledge(self.knowledge, "musterstadt", catalogues, mind)
        self.channel = Web(self.show)
        clock = lambda: self.now  # noqa: E731
        letters = Letters(DESK.sender, DESK.reply_to)
        senders = {"web": self.channel, "mail": MailFolder(self.folder)}
        self.delivery = Delivery(engine, senders, clock=clock, writer=self.writer)
        channels = {"web": self.channel, "mail": letters}
        self.chats = Chats(
            engine, self.live, channels, DESK, clock=clock, writer=self.writer, wake_delivery=self.delivery.wake
        )
        self.socket = listen("127.0.0.1:0")
        self.address = address_of(self.socket)
        self.settings = Settings(
            _env_file=None, city="musterstadt", knowledge=self.knowledge, var=folder / "var", model="none", **settings
        )
        rules = Rules(self.address, DESK.secret, 30)
        room = Room(self.live, self.writer, rules, clock, os.urandom)
        self.chat = Chat(room, lambda rows: self.chats.receive("web", rows), letters, self.delivery.wake)
        mails = Mails(self.chats, letters, self.mail_rules, clock=clock)
        self.office = Office(
            self.live, self.writer, self.chats, self.settings, rules, clock, os.urandom, PAGES, mails, self.bot_name
        )
        self.app = application(self.chat, Returning(room), self.ready, routes(self.office))
        self.clients = []

    async def show(self, *what):
        return await self.chat.show(*what)

    @staticmethod
    def mail_rules():
        return MailRules(
            own=(DESK.sender,), offices={DESK.address: ("zweites@example.org",)}, centres=(), secret=DESK.secret
        )

    async def bot_name(self):
        return "testbot"

    async def ready(self):
        return {"well": True}

    def code(self):
        """What the app on the phone shows; each only once."""
        self.now += 30
        return pyotp.HOTP(TOTP).at(int(self.now) // 30)

    async def account(self, name, role):
        """An account that is set up."""

        async def part(connection):
            id_ = await accounts.add(connection, name, role, self.now)
            totp = passwords.seal(DESK.secret, TOTP)
            await accounts.change(connection, id_, password=HASH, totp=totp)
            return id_

        return await self.writer.run(part)

    def browser(self, **more):
        client = httpx.AsyncClient(base_url=self.address, timeout=90, follow_redirects=True, **more)
        self.clients.append(client)
        return Browser(self, client)

    async def signed_in(self, role, name=""):
        """A browser in which somebody of this role has signed in."""
        name = name or role.capitalize()
        await self.account(name, role)
        browser = self.browser()
        found = await browser.sign_in(name)
        assert name in found.text, words(found.text)
        return browser


class Browser:
    """Somebody's browser; ``post`` sends a page's form with what it hides."""

    def __init__(self, site, client):
        self.site, self.client = site, client

    async def get(self, path):
        return await self.client.get(f"/office{path}")

    async def token(self, path=""):
        found = re.search(r'name="csrf" value="([^"]+)"', (await self.get(path)).text)
        return found[1] if found else ""

    async def post(self, path, data=None, page="", **values):
        """``page``: where the form stands."""
        data = {"csrf": await self.token(page), **(data or {}), **values}
        return await self.client.post(f"/office{path}", data=data)

    async def sign_in(self, name, password=PASSWORD, code=None, **values):
        code = self.site.code() if code is None else code
        return await self.post("/sign-in", name=name, password=password, code=code, **values)


def in_git(folder):
    """Make the folder a repository with everything in it committed."""
    git(folder, "init", "-q", "-b", "main")
    git(folder, "add", "-A")
    git(folder, "commit", "-q", "-m", "begin")


def git(folder, *arguments):
    who = {f"GIT_{whose}_{what}": "test@example.org" for whose in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    return subprocess.run(
        ["git", *arguments], cwd=folder, check=True, capture_output=True, text=True, env={**os.environ, **who}
    ).stdout


def fields(html):
    """What a page's form holds, by the name of each field."""
    found = {name: unescape(value) for name, value in re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', html)}
    found |= {
        name: unescape(text)
        for name, text in re.findall(r'<textarea[^>]* name="([^"]+)"[^>]*>\n?(.*?)</textarea>', html, re.DOTALL)
    }
    return {name: value for name, value in found.items() if not name.startswith("read.")}


def words(html):
    """What of a page is read."""
    return " ".join(re.sub(r"<[^>]+>", " ", re.sub(r"<head>.*?</head>", "", html, flags=re.DOTALL)).split())


@asynccontextmanager
async def running(site):
    """Serve it, until the test is over."""
    task = asyncio.create_task(serve(site.app, site.socket))
    watching = asyncio.create_task(site.live.watch(0.2))
    try:
        yield site
    finally:
        for client in site.clients:
            await client.aclose()
        for each in (task, watching):
            each.cancel()
        await asyncio.gather(task, watching, return_exceptions=True)
