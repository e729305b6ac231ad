"""The Bot API as python-telegram-bot speaks it: only its `Bot` is used, and only what Telegram itself says counts."""

from __future__ import annotations

import json
import re
from typing import Any, cast

from telegram import Bot
from telegram.error import InvalidToken, NetworkError
from telegram.request import HTTPXRequest

from bot.channels.telegram_updates import WANTED
from bot.errors import ChannelStopped

POLL_SECONDS = 25


class _Request(HTTPXRequest):
    """Only what Telegram itself has said counts: the page of a gateway in between (a proxy's 403 or 404) is no word
    of Telegram's on the token or the chat, so it is trouble of the network."""

    async def do_request(self, *args: Any, **options: Any) -> tuple[int, bytes]:
        code, payload = await super().do_request(*args, **options)
        if 400 <= code < 500:
            try:
                said = json.loads(payload)
            except (ValueError, RecursionError):
                said = None
            if not (isinstance(said, dict) and said.get("ok") is False):
                raise NetworkError(f"a gateway answered instead of Telegram ({code})")
        return code, payload


class RawBot(Bot):
    """A bot whose updates come as Telegram wrote them."""

    async def updates(self, offset: int | None) -> list[dict[str, Any]]:
        """What came in from ``offset`` on, waiting up to POLL_SECONDS; raises as every call does."""
        wanted = {"offset": offset, "timeout": POLL_SECONDS, "allowed_updates": WANTED}
        return cast("list[dict[str, Any]]", await self._post("getUpdates", wanted, read_timeout=POLL_SECONDS + 10))


def make_bot(token: str, api: str) -> RawBot:
    """A bot for ``token`` at the Bot API server ``api``. Raises ChannelStopped for what cannot be a token."""
    if not re.fullmatch(r"\d+:[\w-]{3,}", token, re.ASCII):
        raise ChannelStopped(NOT_A_BOT)
    try:
        return RawBot(
            token,
            base_url=f"{api.rstrip('/')}/bot",
            base_file_url=f"{api.rstrip('/')}/file/bot",
            # httpcore looks at every idle connection twice a call; Telegram takes 30 messages a second from a bot.
            request=_Request(connection_pool_size=16, pool_timeout=30),
            get_updates_request=_Request(connection_pool_size=2, read_timeout=POLL_SECONDS + 10),
        )
    except InvalidToken as error:
        raise ChannelStopped(NOT_A_BOT) from error


NOT_A_BOT = (  # a message, no password
    "Telegram does not know this token. Get the right one from @BotFather and set TELEGRAM_TOKEN "
    "in the environment or in .env."
)
