"""What a request brings, up to a limit: whether or not it says how long it is."""

from __future__ import annotations

from urllib.parse import parse_qsl

from starlette.requests import Request

MAX_FIELDS = 200


class TooLong(Exception):
    """The body is longer than it may be."""


async def body_of(request: Request, most: int) -> bytes:
    """The body of up to ``most`` bytes. Raises TooLong, before more than that is held in memory."""
    if int(request.headers.get("content-length") or 0) > most:  # digits: the server has checked it
        raise TooLong
    found = bytearray()
    async for piece in request.stream():
        found += piece
        if len(found) > most:
            raise TooLong
    return bytes(found)


def fields(body: bytes) -> dict[str, str]:
    """A form's fields, each once; empty for what is no form. Raises TooLong past MAX_FIELDS."""
    try:
        found = parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MAX_FIELDS)
    except ValueError as error:
        raise TooLong from error
    return dict(found)
