"""All pages of the console, as routes of the one web server."""

from __future__ import annotations

from pathlib import Path

from starlette.routing import BaseRoute, Mount
from starlette.staticfiles import StaticFiles

from bot.console import (
    changes,
    city,
    figures,
    first,
    guard,
    held,
    invitations,
    log,
    me,
    new_topic,
    oidc,
    people,
    places,
    postcards,
    questions,
    reporting,
    signing_in,
    topics,
    unsent,
)
from bot.console.office import Office
from bot.console.pages import Page

STATIC = Path(__file__).parent / "static"
PAGES: tuple[Page, ...] = (
    *signing_in.PAGES,
    *new_topic.PAGES,  # before /topics/{id}
    *topics.PAGES,
    *places.PAGES,
    *changes.PAGES,
    *questions.PAGES,
    *figures.PAGES,
    *reporting.PAGES,
    *postcards.PAGES,
    *invitations.PAGES,
    *held.PAGES,
    *unsent.PAGES,
    *city.PAGES,
    *log.PAGES,
    *people.PAGES,
    *first.PAGES,
    *me.PAGES,
    *oidc.PAGES,
)


def routes(office: Office) -> list[BaseRoute]:
    """For ``bot.web.site.application``."""
    return [Mount("/office/static", StaticFiles(directory=STATIC)), *guard.routes(office)]
