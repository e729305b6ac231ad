"""Invitations for counsellors on Telegram: make one, see which are open, take one back."""

from __future__ import annotations

import io

import segno
from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.pages import Page
from bot.console.roles import May
from bot.console.visit import Visit
from bot.conversation import deep_links
from bot.storage import invitations

DAYS = 7
PURPOSE = 80  # characters


async def listing(visit: Visit) -> Response:
    return await _page(visit)


async def _page(visit: Visit, fault: str = "", link: str = "", purpose: str = "", status: int = 200) -> Response:
    found = await visit.read(lambda connection: invitations.open_ones(connection, visit.now))
    return visit.show(
        "invitations.html",
        status,
        invitations=found,
        fault=visit.t(fault) if fault else "",
        link=link,
        picture=_picture(link) if link.startswith("https://") else "",
        purpose=purpose,
        days=DAYS,
    )


def _picture(link: str) -> Markup:
    """The link as a QR code, an SVG to be put into the page."""
    out = io.BytesIO()
    segno.make(link, error="m").save(out, kind="svg", xmldecl=False, svgns=True, scale=4, border=4, light="#fff")
    return Markup(out.getvalue().decode())  # noqa: S704 # made by segno of our own link


async def add(visit: Visit) -> Response:
    """A new one; the page shows it, once."""
    purpose = " ".join(visit.value("purpose").split())
    if not purpose or len(purpose) > PURPOSE:
        return await _page(visit, "Bitte schreiben Sie, für wen sie ist: höchstens 80 Zeichen.", status=400)
    code, until = visit.office.random(16).hex(), visit.now + DAYS * 86400

    async def part(connection: AsyncConnection) -> bool:
        await invitations.add(connection, code, until, now=visit.now, author=visit.name, purpose=purpose)
        return True

    await visit.change(part, "")
    name = await visit.office.bot_name()
    parameter = deep_links.invite(code)
    link = f"https://t.me/{name}?start={parameter}" if name else f"/start {parameter}"
    return await _page(visit, link=link, purpose=purpose)


async def take_back(visit: Visit) -> Response:
    """It opens nothing any more."""
    hash_ = visit.value("invitation")
    done = await visit.change(lambda connection: invitations.take_back(connection, hash_), "")
    return visit.go(
        "/invitations",
        "Zurückgenommen." if done else "Diese Einladung gab es nicht mehr: Sie wurde benutzt oder zurückgenommen.",
    )


PAGES = (
    Page("/invitations", "invitations", May.INVITE, listing, nav="Einladungen"),
    Page("/invitations", "invite", May.INVITE, add, "POST"),
    Page("/invitations/back", "take-back-invitation", May.INVITE, take_back, "POST"),
)
