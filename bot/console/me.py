"""What is mine: where I am signed in, and signing out elsewhere."""

from __future__ import annotations

from starlette.responses import Response

from bot.console.office import IDLE_SECONDS
from bot.console.pages import Page
from bot.console.roles import May
from bot.console.visit import Visit
from bot.storage import accounts


async def sessions(visit: Visit) -> Response:
    """The sessions of whoever looks."""
    assert visit.account is not None  # the guard has seen to it
    mine, now = visit.account.id, visit.now
    found = await visit.read(lambda connection: accounts.sessions(connection, mine, now, IDLE_SECONDS))
    return visit.show("me.html", sessions=found)


async def end(visit: Visit) -> Response:
    """End one of them."""
    assert visit.account is not None  # the guard has seen to it
    mine, hash_ = visit.account.id, visit.value("session")
    done = await visit.change(lambda connection: accounts.end_session(connection, hash_, mine), "")
    return visit.go("/me", "Abgemeldet." if done else "Diese Anmeldung war schon beendet.")


PAGES = (
    Page("/me", "me", May.ENTER, sessions),
    Page("/me/end", "end-session", May.ENTER, end, "POST"),
)
