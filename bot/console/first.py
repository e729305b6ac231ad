"""Links that are good once: for the first administrator, and for an account that gets its password (anew)."""

from __future__ import annotations

import asyncio

import segno
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console import passwords, signing_in
from bot.console.pages import Page
from bot.console.roles import Role
from bot.console.visit import Visit
from bot.storage import accounts
from bot.storage.accounts import Account

LINK_SECONDS = 86_400.0
OVER = "Dieser Link gilt nicht mehr: Er wurde schon benutzt oder ist abgelaufen. Lassen Sie sich einen neuen geben."
NAME_LENGTH = 80


async def _of(visit: Visit, connection: AsyncConnection) -> tuple[bool, Account | None]:
    """Whether the link is good, and the account it is for: none for the first administrator."""
    found = await accounts.link(connection, visit.request.path_params["key"], visit.now)
    if found is None:
        return False, None
    if found[0] is None:
        return not await accounts.any_at_all(connection), None
    return True, await accounts.by_id(connection, found[0])


async def look(visit: Visit) -> Response:
    """The form; opening it uses up nothing."""
    good, account = await visit.read(lambda connection: _of(visit, connection))
    return _form(visit, account) if good else visit.refuse(OVER, 410)


def _form(visit: Visit, account: Account | None, fault: str = "", name: str = "") -> Response:
    key, city = visit.request.path_params["key"], visit.office.live.current.knowledge.city
    secret = passwords.new_secret(visit.office.rules.secret, key)
    shown = account.name if account else name or "Administration"
    address = passwords.app_address(secret, shown, f"Lotse {city.name if city else ''}".strip())
    return visit.show(
        "first.html",
        400 if fault else 200,
        fault=visit.t(fault) if fault else "",
        name=account.name if account else name,
        fixed=account is not None,
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        code_picture=segno.make(address, error="m").svg_data_uri(scale=4, border=4, light="#fff"),
    )


async def use(visit: Visit) -> Response:
    """Take the password and the second factor, and sign in."""
    key, office = visit.request.path_params["key"], visit.office
    good, account = await visit.read(lambda connection: _of(visit, connection))
    if not good:
        return visit.refuse(OVER, 410)
    name = account.name if account else " ".join(visit.value("name").split())
    password, secret = str(visit.form.get("password", "")), passwords.new_secret(office.rules.secret, key)
    step = passwords.step_of(secret, visit.value("code"), visit.now)
    if fault := _fault(name, password, str(visit.form.get("repeat", "")), step):
        return _form(visit, account, fault, name[:NAME_LENGTH])
    stored = await asyncio.to_thread(passwords.password_hash, password)

    async def part(connection: AsyncConnection) -> Account | None:
        still, same = await _of(visit, connection)
        if not still or not await accounts.use_link(connection, key, visit.now):
            return None
        id_ = same.id if same else await accounts.add(connection, name, Role.ADMINISTRATOR, visit.now)
        totp = passwords.seal(office.rules.secret, secret)
        await accounts.change(connection, id_, password=stored, totp=totp, totp_used=step)
        return await accounts.by_id(connection, id_)

    made = await visit.change(part, name, who=name)
    return visit.refuse(OVER, 410) if made is None else await signing_in.begin(visit, made)


def _fault(name: str, password: str, repeat: str, step: int) -> str:
    if not name or len(name) > NAME_LENGTH:
        return "Bitte geben Sie einen Namen an, höchstens 80 Zeichen."
    if fault := passwords.fault_of(password, name):
        return fault
    if password != repeat:
        return "Die beiden Passwörter sind nicht gleich."
    return "" if step else "Der Code stimmt nicht. Er gilt nur 30 Sekunden: Nehmen Sie den, der jetzt in der App steht."


PAGES = (
    Page("/first/{key}", "link", None, look),
    Page("/first/{key}", "set-password", None, use, "POST"),
)
