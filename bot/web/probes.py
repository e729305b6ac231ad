"""/healthz: the process answers. /readyz: polling, database and delivery are alive."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route

Ready = Callable[[], Awaitable[Mapping[str, Any]]]  # {"well": bool, ...}
PATIENCE = 5.0  # seconds: whoever asks does not wait for longer


def probes(ready: Ready) -> list[Route]:
    """Both, for whoever starts, stops and watches processes. Nothing is said but yes or no: anybody may ask."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        try:
            async with asyncio.timeout(PATIENCE):
                well = bool((await ready()).get("well"))
        except Exception:  # noqa: BLE001 # a database that is away raises what it likes
            well = False
        return JSONResponse({"ready": well}, 200 if well else 503, headers={"cache-control": "no-store"})

    return [Route("/healthz", healthz), Route("/readyz", readyz)]
