"""What a page is: its address, who may see it, and what makes it.

To add one: write ``async def NAME(visit: Visit) -> Response`` in a module of its own, list it there in ``PAGES``, add
``PAGES`` to ``bot/console/site.py``, its template to ``templates/`` and its English words to ``words/``.
A page that changes something is a second Page with the method POST; it changes through ``visit.change``, which writes
the audit log in the same transaction.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from starlette.responses import Response

from bot.console.roles import May

if TYPE_CHECKING:
    from bot.console.visit import Visit

Handler = Callable[["Visit"], Awaitable[Response]]


@dataclass(frozen=True)
class Page:
    """``path``: below /office, with Starlette's {parameters}. ``name``: unique, as it stands in the audit log.

    ``may``: what it needs; None for the few that whoever is not signed in may see. ``nav``: its German words in the
    navigation, "" where it does not stand. ``summary``: what waits there, a German sentence for the start
    page, or "". ``quiet``: a POST that changes nothing (a check, a preview).
    ``longest``: bytes of a form. ``any_text``: the handler itself says what is wrong with a field that is too long.
    """

    path: str
    name: str
    may: May | None
    handler: Handler
    method: Literal["GET", "POST"] = "GET"
    nav: str = ""
    summary: Callable[[Visit], Awaitable[str]] | None = None
    quiet: bool = False
    longest: int = 1_000_000
    any_text: bool = False

    @property
    def address(self) -> str:
        return f"/office{self.path}"
