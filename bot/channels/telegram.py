"""Telegram through python-telegram-bot, polled by ourselves.

The library's own updater acknowledges an update before anybody has stored it. Here ``poll`` stores first, and the
next getUpdates, whose offset acknowledges, comes after the commit.
"""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

import structlog
from sqlalchemy.exc import DBAPIError
from telegram import Bot, BotCommand, InlineKeyboardButton, InlineKeyboardMarkup, LinkPreviewOptions, Update
from telegram.constants import ParseMode
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    EndPointNotFound,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
    TimedOut,
)
from telegram.request import HTTPXRequest

from bot.conversation.events import COMMANDS
from bot.conversation.incoming import Incoming
from bot.delivery import Delivered, Later, Outcome, Refused, Stopped
from bot.errors import ChannelStopped
from bot.presentation.i18n import Catalogues
from bot.presentation.message import Message
from bot.presentation.render import telegram
from bot.storage.people import lane_of

log = structlog.get_logger()

NAME = "telegram"
POLL_SECONDS = 25
WANTED = ["message", "callback_query"]
Store = Callable[[list[tuple[str, str, Any]]], Awaitable[int]]


def make_bot(token: str, api: str) -> Bot:
    """A bot for ``token`` at the Bot API server ``api``. Raises ChannelStopped for what cannot be a token."""
    if not re.fullmatch(r"\d+:[\w-]{3,}", token, re.ASCII):
        raise ChannelStopped(_NOT_A_BOT)
    try:
        return Bot(
            token,
            base_url=f"{api.rstrip('/')}/bot",
            base_file_url=f"{api.rstrip('/')}/file/bot",
            request=HTTPXRequest(connection_pool_size=64, pool_timeout=30),
            get_updates_request=HTTPXRequest(connection_pool_size=2, read_timeout=POLL_SECONDS + 10),
        )
    except InvalidToken as error:
        raise ChannelStopped(_NOT_A_BOT) from error


_NOT_A_BOT = (  # a message, no password
    "Telegram does not know this token. Get the right one from @BotFather and set TELEGRAM_TOKEN "
    "in the environment or in .env."
)


class Telegram:
    """Parses, renders and sends. ``parse`` and ``render`` are pure."""

    def __init__(self, bot: Bot) -> None:
        self._bot = bot

    def parse(self, payload: Any) -> Incoming | None:
        """A private message or a pressed button; groups, channels and other bots get no answer."""
        update = Update.de_json(payload, self._bot)
        user = update.effective_user
        hint = (user.language_code or "") if user else ""
        if (query := update.callback_query) is not None:
            if query.message is None or query.message.chat.type != "private":
                return None
            return Incoming(
                str(query.message.chat.id), "button", query.data or "", hint, str(query.message.message_id), query.id
            )
        message = update.message
        if message is None or message.chat.type != "private" or (user is not None and user.is_bot):
            return None
        address = str(message.chat.id)
        text = message.text or message.caption
        if not text:
            return Incoming(address, "other", "attachment", hint)
        if text.startswith("/"):
            command = text[1:].split(None, 1)[0].partition("@")[0].lower() if len(text) > 1 else "help"
            return Incoming(address, "command", command, hint)
        return Incoming(address, "text", text, hint)

    def render(self, message: Message, incoming: Incoming) -> list[dict[str, Any]]:
        """One payload a Telegram message; the buttons hang on the last."""
        texts = telegram(message.blocks) or ["…"]
        payloads: list[dict[str, Any]] = [{"chat": incoming.address, "html": text} for text in texts]
        payloads[-1]["buttons"] = [[[label.text, label.data] for label in row] for row in message.buttons]
        if message.edit and incoming.message and len(payloads) == 1:
            payloads[0]["edit"] = incoming.message
        return payloads

    async def send(self, lane: str, payload: Mapping[str, Any]) -> Outcome:
        """Send one payload, and say what came of it."""
        try:
            await self._send(payload)
        except RetryAfter as error:
            seconds = error.retry_after
            return Later("asked to wait", float(seconds if isinstance(seconds, int) else seconds.total_seconds()) + 0.5)
        except (InvalidToken, EndPointNotFound):
            return Stopped(_NOT_A_BOT)
        except Forbidden as error:
            return Refused(str(error), quiet=True)  # blocked the bot, or deleted the account
        except (BadRequest, ChatMigrated) as error:
            return Refused(str(error), quiet="receipt" in payload)
        except TimedOut:
            return Later("no answer in time")
        except NetworkError as error:
            return Later(f"network: {type(error.__cause__ or error).__name__}")
        except TelegramError as error:
            return Later(type(error).__name__)
        return Delivered()

    async def _send(self, payload: Mapping[str, Any]) -> None:
        if receipt := payload.get("receipt"):
            await self._bot.answer_callback_query(receipt)
            return
        if edit := payload.get("edit"):
            try:
                await self._bot.edit_message_text(
                    chat_id=int(payload["chat"]), message_id=int(edit), **_content(payload, ParseMode.HTML)
                )
                return
            except BadRequest as error:
                if "not modified" in str(error).lower():
                    return
                # Too old or gone: the words still have to arrive.
        try:
            await self._bot.send_message(int(payload["chat"]), **_content(payload, ParseMode.HTML))
        except BadRequest as error:
            if "parse entities" not in str(error).lower():
                raise
            log.error("markup refused, sending plain text")
            await self._bot.send_message(int(payload["chat"]), **_content(payload, None))

    async def introduce(self, catalogues: Catalogues) -> None:
        """Set the commands in every language. Failing is no reason not to serve."""
        for language in catalogues.languages:
            code = "" if language == "de" else language
            if len(code) > 2:
                continue  # Telegram takes two-letter codes only
            commands = [BotCommand(name, catalogues.sentence(language, f"command-{name}")) for name in COMMANDS]
            await self._bot.set_my_commands(commands, language_code=code or None)

    async def poll(self, store: Store, held: Callable[[], Awaitable[bool]]) -> None:
        """Fetch, store, then acknowledge, for ever; only while ``held`` says that this replica is the one.

        Raises ChannelStopped on a token that Telegram does not know.
        """
        offset: int | None = None
        failures = 0
        while True:
            try:
                if not await held():
                    offset = None
                    await asyncio.sleep(5)
                    continue
                updates = await self._bot.get_updates(
                    offset=offset, timeout=POLL_SECONDS, allowed_updates=WANTED, read_timeout=POLL_SECONDS + 10
                )
                if updates:
                    await store([_row(update) for update in updates])
                    offset = updates[-1].update_id + 1
                failures = 0
            except (InvalidToken, EndPointNotFound) as error:
                raise ChannelStopped(_NOT_A_BOT) from error
            except Conflict:
                failures += 1
                log.error("another program polls with this token: stop it, or use another token")
                await asyncio.sleep(min(2.0**failures, 60))
            except RetryAfter as error:
                seconds = error.retry_after
                await asyncio.sleep(seconds if isinstance(seconds, int) else seconds.total_seconds())
            except (TelegramError, DBAPIError, OSError) as error:
                failures += 1
                log.warning("polling failed, trying again", error=type(error).__name__)
                await asyncio.sleep(min(2.0**failures, 30))


def _row(update: Update) -> tuple[str, str, Any]:
    chat = update.effective_chat
    lane = lane_of(NAME, str(chat.id)) if chat else f"{NAME}:none"
    return lane, str(update.update_id), _nameless(update.to_dict())


def _nameless(value: Any) -> Any:
    """The update without anybody's name: it is stored until it is answered, and names are not needed for that."""
    if isinstance(value, list):
        return [_nameless(item) for item in value]
    if not isinstance(value, dict):
        return value
    kept = {key: _nameless(item) for key, item in value.items() if key not in _NAMES}
    return {**kept, "first_name": ""} if "first_name" in value else kept


_NAMES = {"first_name", "last_name", "username", "title", "contact", "phone_number"}


def _content(payload: Mapping[str, Any], mode: ParseMode | None) -> dict[str, Any]:
    rows = payload.get("buttons") or []
    keyboard = [[InlineKeyboardButton(text, callback_data=data) for text, data in row] for row in rows]
    text = str(payload["html"])
    return {
        "text": text if mode else _without_markup(text),
        "parse_mode": mode,
        "reply_markup": InlineKeyboardMarkup(keyboard) if keyboard else None,
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }


def _without_markup(text: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", text))
