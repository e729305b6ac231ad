"""Postcards and signs with a code to scan, for languages and topics that are picked from lists."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from bot.console.pages import Page
from bot.console.reporting import download
from bot.console.roles import May
from bot.console.visit import Visit
from bot.errors import LotseError
from bot.presentation.i18n import name_in
from bot.printing import postcards

MOST = 120  # cards at once


async def page(visit: Visit) -> Response:
    """What to print."""
    current = visit.office.live.current
    return visit.show(
        "postcards.html",
        languages=[(code, name_in(visit.language, code)) for code in current.knowledge.languages],
        topics=sorted(
            ((topic, current.composer.title(topic, visit.language)) for topic in current.knowledge.topics),
            key=lambda each: each[1].casefold(),
        ),
        address=visit.office.settings.web_url,
    )


async def as_pdf(visit: Visit) -> Response:
    """The PDF for the printer."""
    query, current = visit.request.query_params, visit.office.live.current
    paper = postcards.SIGN if query.get("kind") == "sign" else postcards.CARD
    name = "lotse-schilder.pdf" if paper is postcards.SIGN else "lotse-postkarten.pdf"
    if not visit.office.settings.web_url:
        return visit.refuse(
            "Die Adresse des Chats fehlt (LOTSE_WEB_URL). Bitten Sie Ihre IT-Stelle, sie zu setzen.", 409
        )
    try:
        chosen = [each for each in query.getlist("topics") if each]
        languages, topics = postcards.chosen(current.knowledge, query.getlist("languages"), chosen)
        if len(languages) * len(topics) > MOST:
            return visit.refuse("Das sind mehr als {most} Karten. Wählen Sie weniger Sprachen oder Themen.", most=MOST)
        content = await asyncio.to_thread(
            postcards.pdf,
            current.composer,
            visit.office.settings.web_url,
            languages,
            topics,
            paper,
        )
    except LotseError as error:
        return visit.refuse("Das PDF kann hier nicht gemacht werden: {reason}", reason=str(error))
    return download(content, "application/pdf", name)


PAGES = (
    Page("/postcards", "postcards", May.PRINT, page, nav="Postkarten"),
    Page("/postcards.pdf", "postcards-pdf", May.PRINT, as_pdf),
)
