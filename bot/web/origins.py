"""Whether a form comes from a page of ours. Pure but for the request."""

from __future__ import annotations

from urllib.parse import urlsplit

from starlette.requests import Request


def from_here(request: Request, address: str) -> bool:
    """A browser says where a form comes from; one that does not say is no browser, and has no cookie to abuse.

    ``address``: of the site, as people reach it.
    """
    origin = request.headers.get("origin", "")
    if not origin:
        return request.headers.get("sec-fetch-site", "same-origin") in ("same-origin", "none")
    return urlsplit(origin).netloc in (request.headers.get("host", ""), urlsplit(address).netloc)
