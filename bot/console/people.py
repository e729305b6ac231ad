"""The accounts, for the administration: make one, change its role, switch it off, give it a new link."""

from __future__ import annotations

from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.first import LINK_SECONDS, NAME_LENGTH
from bot.console.pages import Page
from bot.console.roles import May, Role
from bot.console.visit import Visit
from bot.storage import accounts

ROLES = {
    Role.EDITOR: "Redaktion",
    Role.REVIEWER: "Freigabe",
    Role.OFFICE: "Büro",
    Role.FIGURES: "nur Zahlen",
    Role.ADMINISTRATOR: "Administration",
}
ONE_LEFT = "Das geht nicht: Es muss ein Konto der Administration bleiben, das sich anmelden kann."


async def listing(visit: Visit) -> Response:
    """All accounts."""
    return await _page(visit)


async def _page(visit: Visit, fault: str = "", link: str = "", whose: str = "", status: int = 200) -> Response:
    found = await visit.read(accounts.every)
    return visit.show(
        "people.html",
        status,
        accounts=found,
        roles={role.value: visit.t(name) for role, name in ROLES.items()},
        fault=visit.t(fault) if fault else "",
        link=link,
        whose=whose,
    )


async def add(visit: Visit) -> Response:
    """A new account; the page shows its link, once."""
    name, role = " ".join(visit.value("name").split()), visit.value("role")
    if not name or len(name) > NAME_LENGTH:
        return await _page(visit, "Bitte geben Sie einen Namen an, höchstens 80 Zeichen.", status=400)
    if role not in set(Role):
        return await _page(visit, "Diese Rolle gibt es nicht.", status=400)
    key = visit.office.new_key()

    async def part(connection: AsyncConnection) -> int | None:
        id_ = await accounts.add(connection, name, role, visit.now)
        if not id_:
            return None
        await accounts.add_link(connection, key, id_, visit.now + LINK_SECONDS)
        return id_

    if await visit.change(part, f"{name}: {role}") is None:
        return await _page(visit, "Diesen Namen gibt es schon.", status=409)
    return await _page(visit, link=f"{visit.office.rules.address}/office/first/{key}", whose=name)


async def change(visit: Visit) -> Response:
    """One button of an account: its role, off, on, gone, or a new link."""
    what, role, id_ = visit.value("what"), visit.value("role"), visit.request.path_params["id"]
    account = await visit.read(lambda connection: accounts.by_id(connection, id_))
    if account is None:
        return visit.refuse("Dieses Konto gibt es nicht.", 404)
    if what == "role" and role not in set(Role):
        return await _page(visit, "Diese Rolle gibt es nicht.", status=400)
    key = visit.office.new_key()

    async def part(connection: AsyncConnection) -> bool:
        if what == "link":
            await accounts.add_link(connection, key, id_, visit.now + LINK_SECONDS)
        elif what == "role":
            await accounts.change(connection, id_, role=role)
        elif what == "delete":
            await accounts.drop(connection, id_)
        else:
            await accounts.change(connection, id_, disabled=int(what == "off"))
        if not await accounts.administrators(connection, Role.ADMINISTRATOR):
            raise LookupError  # undoes the change
        return True

    if what not in ("link", "role", "off", "on", "delete"):
        return visit.refuse("Das ist kein Formular von dieser Seite.", 400)
    try:
        await visit.change(part, f"{account.name}: {role if what == 'role' else what}")
    except LookupError:
        return await _page(visit, ONE_LEFT, status=409)
    if what == "link":
        return await _page(visit, link=f"{visit.office.rules.address}/office/first/{key}", whose=account.name)
    return visit.go("/accounts", "Gespeichert.")


PAGES = (
    Page("/accounts", "accounts", May.ACCOUNTS, listing, nav="Konten"),
    Page("/accounts", "add-account", May.ACCOUNTS, add, "POST"),
    Page("/accounts/{id:int}", "change-account", May.ACCOUNTS, change, "POST"),
)
