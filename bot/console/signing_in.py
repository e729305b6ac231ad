"""The door: signing in with name, password and code; the start page; signing out."""

from __future__ import annotations

import asyncio
import re

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import passwords
from bot.console.office import SESSION_SECONDS
from bot.console.pages import Page
from bot.console.visit import COOKIE, Visit
from bot.storage import accounts, audit
from bot.storage.accounts import Account

WRONG = "Name, Passwort oder Code stimmen nicht. Der Code aus der App gilt nur 30 Sekunden und nur einmal."
TOO_OFTEN = "Zu viele Versuche. Bitte warten Sie eine Viertelstunde."
_BROWSERS = (("Edg", "Edge"), ("Firefox", "Firefox"), ("Chrom", "Chrome"), ("Safari", "Safari"))
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("Linux", "Linux"),
)


def device(agent: str) -> str:
    """A browser in two words, as its owner calls it: Firefox, Windows."""
    names = [next((name for part, name in table if part in agent), "") for table in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, names)) or "?"


def next_page(wanted: str) -> str:
    """Where to after signing in, below /office; never another site."""
    found = re.fullmatch(r"/office((/\w[\w.-]*)*)", wanted, re.ASCII)
    return found[1] if found else ""


async def begin(visit: Visit, account: Account, to: str = "") -> Response:
    """Sign ``account`` in, and go on. An older session of this browser ends."""
    key, now = visit.office.new_key(), visit.now
    agent = device(visit.request.headers.get("user-agent", ""))
    old = visit.session

    async def part(connection: AsyncConnection) -> None:
        if old is not None:
            await accounts.end_session(connection, old.hash, old.account)
        await accounts.begin_session(connection, key, account.id, agent, now, now + SESSION_SECONDS)
        await audit.note(connection, now, account.name, "sign-in", "")

    await visit.office.writer.run(part)
    response = visit.go(to)
    response.set_cookie(COOKIE, key, max_age=int(SESSION_SECONDS), **visit.cookie())
    return response


async def start(visit: Visit) -> Response:
    """The start page; whoever has not signed in gets the door."""
    if visit.account is None:
        return door(visit, next_=visit.request.query_params.get("next", ""))
    waiting = [
        (page, visit.t(said))
        for page in visit.office.pages
        if page.summary and visit.may(page.may) and (said := await page.summary(visit))
    ]
    return visit.show("start.html", waiting=waiting)


def door(visit: Visit, fault: str = "", status: int = 200, next_: str = "", name: str = "") -> Response:
    """The page that asks who it is."""
    settings = visit.office.settings
    provider = settings.oidc_name if settings.oidc_issuer else ""
    return visit.show(
        "sign_in.html", status, fault=visit.t(fault) if fault else "", next=next_, name=name[:100], provider=provider
    )


async def sign_in(visit: Visit) -> Response:
    """Name, password and code at once: what of them was wrong is not said."""
    name, password, code = visit.value("name"), str(visit.form.get("password", "")), visit.value("code")
    to, office, now = next_page(visit.value("next")), visit.office, visit.now
    again = {"next_": visit.value("next"), "name": name}
    address = f"from {office.address_of(visit.request)}"
    if not (office.tries.allows(f"name {accounts.name_key(name)[:200]}", now) and office.tries.allows(address, now)):
        return door(visit, TOO_OFTEN, 429, **again)
    account = await visit.read(lambda connection: accounts.by_name(connection, name[:200]))
    right = await asyncio.to_thread(passwords.is_password, account.password if account else "", password)
    if account is None or not right or account.disabled:
        return door(visit, WRONG, 403, **again)
    step = passwords.step_of(passwords.unseal(office.rules.secret, account.totp), code, now)
    if not step or not await visit.read(lambda connection: accounts.take_step(connection, account.id, step)):
        return door(visit, WRONG, 403, **again)
    return await begin(visit, account, to)


async def sign_out(visit: Visit) -> Response:
    """End this session."""
    session = visit.session
    if session is not None:
        await visit.change(lambda connection: accounts.end_session(connection, session.hash, session.account), "")
    response = visit.go("")
    response.delete_cookie(COOKIE, path="/office")
    return response


PAGES = (
    Page("", "start", None, start),
    Page("/sign-in", "sign-in", None, sign_in, "POST"),
    Page("/sign-out", "sign-out", None, sign_out, "POST"),
)
