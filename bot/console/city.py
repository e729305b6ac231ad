"""What a city has set: what is changed where. Secrets are shown nowhere."""

from __future__ import annotations

import asyncio

from starlette.responses import Response

from bot.config import Settings
from bot.console import editing
from bot.console.editing import Target, city_of
from bot.console.entries import Damaged, city_entry
from bot.console.pages import Page
from bot.console.roles import May
from bot.console.topics import damaged
from bot.console.visit import Visit

SHOWN = {  # settings of the operator that the office asks for
    "office_email": "Postfach des Büros",
    "office_email_2": "Zweites Postfach, wenn das erste nicht annimmt",
    "office_senders": "Wer sonst für das Büro antworten darf",
    "centres": "Beratungsstellen, die per E-Mail fragen dürfen",
    "strangers": "Was andere bekommen, die schreiben",
    "reply_to": "Postfach, das Antworten liest",
    "retention_days": "Tage, nach denen eine stille Person vergessen wird",
    "mails_per_hour": "E-Mails an eine Adresse in einer Stunde, höchstens",
    "per_minute": "Nachrichten einer Person in einer Minute, höchstens",
    "web_url": "Adresse im Netz",
}


async def show(visit: Visit) -> Response:
    """The city's file, and the operator's settings."""
    knowledge, settings = visit.office.live.current.knowledge, visit.office.settings
    composer, city = visit.office.live.current.composer, knowledge.city
    place = knowledge.places.get(city.office) if city else None
    return visit.show(
        "settings.html",
        city=city,
        place=place,
        groups=[(composer.group(group, visit.language), len(knowledge.in_group(group))) for group in knowledge.groups],
        languages=knowledge.languages,
        operator=[(f"LOTSE_{name.upper()}", visit.t(words), _shown(settings, name)) for name, words in SHOWN.items()],
        reads_mail=settings.reads_mail,
    )


def _shown(settings: Settings, name: str) -> str:
    return str(getattr(settings, name)).replace(",", ", ") or "–"


async def _target(visit: Visit) -> Target | Response:
    files = await asyncio.to_thread(visit.office.shelf.files)
    try:
        entry = city_entry(files, city_of(visit))
    except Damaged as error:
        return damaged(visit, error)
    if entry is None:
        return visit.refuse("Hier gibt es keine Stadt, nur Deutschland.", 404)
    more = {"back": "/settings"}
    return Target("/settings/city", visit.t("Einstellungen"), (entry,), template="city.html", more=more)


edit, change = editing.form(_target)

PAGES = (
    Page("/settings", "settings", May.SETTINGS, show, nav="Einstellungen"),
    Page("/settings/city", "city", May.SETTINGS, edit),
    Page("/settings/city", "change-city", May.SETTINGS, change, "POST"),
)
