"""Asking the web whether links still lead somewhere. For editors; the bot itself never does."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable

import httpx

from bot.content.problems import Place, Problem

SECONDS = 15.0  # for one address, redirects and all
AT_ONCE = 8
REFUSALS = frozenset({401, 403, 405, 429})  # servers that keep programs out say so with these


async def check(
    links: Iterable[tuple[str, Place]],
    begin: Callable[[int], None],
    advance: Callable[[], None],
    seconds: float = SECONDS,
) -> list[Problem]:
    """A warning at every place whose address does not answer. Each address is asked once, ``AT_ONCE`` side by side.

    ``begin`` gets the number of addresses, ``advance`` is called after each.
    """
    places: dict[str, list[Place]] = {}
    for url, place in links:
        places.setdefault(url, []).append(place)
    begin(len(places))
    gate = asyncio.Semaphore(AT_ONCE)
    agent = {"User-Agent": "Mozilla/5.0 (compatible; Lotse link check)"}
    async with httpx.AsyncClient(follow_redirects=True, timeout=seconds, headers=agent) as client:

        async def ask(url: str) -> tuple[str, str] | None:
            async with gate:
                try:
                    return await _ask(client, url, seconds)
                finally:
                    advance()

        answers = await asyncio.gather(*(ask(url) for url in places))
    return sorted(
        Problem(place, f"{url} {answer[0]}.", answer[1], "warning")
        for (url, where), answer in zip(places.items(), answers, strict=True)
        if answer is not None
        for place in where
    )


async def _ask(client: httpx.AsyncClient, url: str, seconds: float) -> tuple[str, str] | None:
    """None when the page is there, else what happened and what to do. The body is not read."""
    gone = "Find the page's new address, or take the link out."
    try:
        async with asyncio.timeout(seconds), client.stream("GET", url) as response:
            status = response.status_code
    except (TimeoutError, httpx.TimeoutException):
        return f"did not answer within {seconds:g} seconds", "Try again later; if it stays silent, replace the link."
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError) as error:
        return f"cannot be reached ({str(error) or type(error).__name__})", gone
    if status in REFUSALS:
        return f"refuses programs (status {status})", "Open it in a browser: if the page is there, all is well."
    return (f"answers with status {status}", gone) if status >= 400 else None
