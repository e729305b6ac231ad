"""Telegram through python-telegram-bot, polled by ourselves.

The library's own updater acknowledges an update before anybody has stored it. Here ``poll`` stores first, and the
next getUpdates, whose offset acknowledges, comes after the commit. What is stored is what Telegram sent: an update
that the library cannot read then fails alone, in `flow.chats`, and does not stop the polling.
"""

from __future__ import annotations

import asyncio
import html
import re
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, assert_never

import structlog
from telegram import (
    BotCommand,
    ChatMember,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    InputFile,
    LinkPreviewOptions,
    Update,
)
from telegram.constants import ChatType, ParseMode
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

from bot.channels.telegram_api import NOT_A_BOT, RawBot
from bot.channels.telegram_updates import WANTED, taken
from bot.conversation.events import COMMANDS, OtherKind
from bot.conversation.incoming import Incoming
from bot.errors import ChannelStopped
from bot.flow.ports import TELEGRAM, Delivered, Later, Outcome, Refused, Sign, Stopped, Store, no_sign, unfit
from bot.handover.answers import File
from bot.presentation.compose import Composer
from bot.presentation.message import Message, Venue
from bot.presentation.outgoing import Document, Letter, Outgoing, Place, Receipt, Text
from bot.presentation.render import telegram

log = structlog.get_logger()

NAME = TELEGRAM


class Telegram:
    """Parses, renders and sends. ``parse`` and ``render`` are pure."""

    def __init__(self, bot: RawBot) -> None:
        self._bot = bot

    def parse(self, payload: Any) -> Incoming | None:
        """A private message or a pressed button; a group gets one sentence, channels and other bots nothing.

        Being blocked or unblocked needs no answer either: who comes back presses Start.
        """
        update = Update.de_json(payload, self._bot)
        user = update.effective_user
        hint = (user.language_code or "") if user else ""
        if (member := update.my_chat_member) is not None:
            came = member.old_chat_member.status in _AWAY and member.new_chat_member.status not in _AWAY
            group = member.chat.type in {ChatType.GROUP, ChatType.SUPERGROUP}
            return Incoming(str(member.chat.id), "group", "", hint) if group and came else None
        if (query := update.callback_query) is not None:
            if query.message is None or query.message.chat.type != "private":
                return None
            return Incoming(
                str(query.message.chat.id), "button", query.data or "", hint, str(query.message.message_id), query.id
            )
        message = update.message or update.edited_message
        if message is None or message.chat.type != "private" or (user is not None and user.is_bot):
            return None
        address = str(message.chat.id)
        text = message.text or message.caption
        edited = update.edited_message is not None  # a corrected question is asked anew; nothing else is
        if not text:
            kind = next((kind for name, kind in _KINDS.items() if getattr(message, name)), None)
            # Without any of these it is a note of Telegram's own, a pinned message for example.
            album = message.media_group_id or ""
            return Incoming(address, "other", kind, hint, album=album) if kind and not edited else None
        forwarded = message.forward_origin is not None
        if text.startswith("/") and not forwarded:  # somebody else's command commands nothing
            name, _, argument = text[1:].partition(" ")
            command = name.partition("@")[0].lower() or "help"
            return Incoming(address, "command", command, hint, argument=argument.strip()) if not edited else None
        replied = message.reply_to_message
        return Incoming(
            address,
            "text",
            text,
            hint,
            forwarded=forwarded,
            edited=edited,
            file=message.text is None,
            album=message.media_group_id or "",
            post=str(message.message_id),
            replied=(replied.text or "")[:_TITLE] if replied else "",
            replied_buttons=_data(replied.reply_markup if replied else None),
        )

    def render(self, message: Message, incoming: Incoming) -> list[Outgoing]:
        """One for each Telegram message; the buttons hang on the last."""
        to = incoming.address
        if message.venue is not None:
            return [Place(to=to, venue=message.venue)]
        *before, last = telegram(message.blocks) or ["…"]
        edit = incoming.message if message.edit and not before else ""
        return [
            *(Text(to=to, text=text) for text in before),
            Text(to=to, text=last, buttons=message.buttons, edit=edit),
        ]

    def attach(self, files: Sequence[File], incoming: Incoming) -> list[Outgoing]:
        """A document each."""
        return [Document(to=incoming.address, name=file.name, content=file.content) for file in files]

    async def send(self, lane: str, message: Outgoing) -> Outcome:
        """Send one message, and say what came of it."""
        try:
            match message:
                case Receipt(id_):
                    await self._bot.answer_callback_query(id_)
                case Place():
                    await self._pin(int(message.to), message.venue)
                case Document():
                    await self._bot.send_document(int(message.to), InputFile(message.content, filename=message.name))
                case Text():
                    await self._write(message)
                case Letter():
                    return unfit(message)
                case _:
                    assert_never(message)
        except RetryAfter as error:
            return Later("asked to wait", _seconds(error) + 0.5, alone=True)
        except (InvalidToken, EndPointNotFound):
            return Stopped(NOT_A_BOT)
        except Forbidden as error:
            return Refused(str(error), quiet=True)  # blocked the bot, or deleted the account
        except (BadRequest, ChatMigrated) as error:
            return Refused(str(error), quiet=isinstance(message, Receipt))
        except TimedOut:
            return Later("no answer in time")
        except NetworkError as error:
            return Later(f"network: {type(error.__cause__ or error).__name__}")
        except TelegramError as error:
            return Later(type(error).__name__)
        return Delivered()

    async def _pin(self, chat: int, venue: Venue) -> None:
        await self._bot.send_venue(
            chat, latitude=venue.latitude, longitude=venue.longitude, title=venue.name, address=venue.address
        )

    async def _write(self, message: Text) -> None:
        chat = int(message.to)
        if message.edit:
            try:
                await self._bot.edit_message_text(
                    chat_id=chat, message_id=int(message.edit), **_content(message, ParseMode.HTML)
                )
                return
            except BadRequest as error:
                if "not modified" in str(error).lower():
                    return
                # Too old or gone: the words still have to arrive.
        try:
            await self._bot.send_message(chat, **_content(message, ParseMode.HTML))
        except BadRequest as error:
            if "parse entities" not in str(error).lower():
                raise
            log.error("markup refused, sending plain text")
            await self._bot.send_message(chat, **_content(message, None))

    async def username(self) -> str:
        """The bot's name, for links; "" when Telegram cannot be asked now, or does not know the token."""
        try:
            return (await self._bot.get_me()).username or ""
        except TelegramError as error:
            log.warning("Telegram does not say the bot's name", error=type(error).__name__)
            return ""

    async def introduce(self, composer: Composer) -> None:
        """Set commands and descriptions in every language, where they are not so already (Telegram allows few changes).

        Failing is no reason not to serve.
        """
        for language in ("", *composer.catalogues.languages):  # "": for all others, in English
            code = _TELEGRAM_CODES.get(language, language)
            if len(code) > 2:
                continue  # Telegram takes two-letter codes only
            commands = [BotCommand(name, composer.sentence(f"command-{name}", language)) for name in COMMANDS]
            if list(await self._bot.get_my_commands(language_code=code)) != commands:
                await self._patiently(partial(self._bot.set_my_commands, commands, language_code=code))
            text = composer.sentence("bot-description", language)
            if (await self._bot.get_my_description(code)).description != text:
                await self._patiently(partial(self._bot.set_my_description, text, code))
            text = composer.sentence("bot-short-description", language)
            if (await self._bot.get_my_short_description(code)).short_description != text:
                await self._patiently(partial(self._bot.set_my_short_description, text, code))

    async def _patiently(self, call: Callable[[], Awaitable[object]]) -> None:
        """Make the call as often as Telegram asks to wait."""
        while True:
            try:
                await call()
                return
            except RetryAfter as error:
                await asyncio.sleep(_seconds(error))

    async def hook(self, url: str, secret: str) -> None:
        """Ask Telegram to send updates to ``url`` with ``secret``, trying until it agrees.

        Raises ChannelStopped on a token that Telegram does not know, or a url that it does not take.
        """
        failures = 0
        while True:
            try:
                await self._bot.set_webhook(url, secret_token=secret, allowed_updates=WANTED)
                return
            except (InvalidToken, EndPointNotFound) as error:
                raise ChannelStopped(NOT_A_BOT) from error
            except BadRequest as error:
                raise ChannelStopped(f"Telegram refuses LOTSE_WEBHOOK_URL: {error}. See docs/operators.md.") from error
            except RetryAfter as error:
                await asyncio.sleep(_seconds(error))
            except TelegramError as error:
                failures += 1
                log.warning("webhook not set, trying again", error=type(error).__name__)
                await asyncio.sleep(min(2.0**failures, 30))

    async def poll(self, store: Store, held: Callable[[], Awaitable[bool]], sign: Sign = no_sign) -> None:
        """Fetch, store, then acknowledge, for ever; only while ``held`` says that this replica is the one.

        ``sign`` is told how each call went. Raises ChannelStopped on a token that Telegram does not know.
        """
        offset: int | None = None
        failures = 0
        while True:
            try:
                if not await held():
                    offset = None
                    sign("rests", "")
                    await asyncio.sleep(0.5)
                    continue
                updates = await self._bot.updates(offset)
                if updates:
                    offset = await taken(updates, store)
                failures = 0
                sign("worked", "")
            except (InvalidToken, EndPointNotFound) as error:
                raise ChannelStopped(NOT_A_BOT) from error
            except Conflict as error:
                failures += 1
                if "webhook" in str(error).lower():  # this bot was run with one before
                    with suppress(TelegramError):
                        await self._bot.delete_webhook()
                    await asyncio.sleep(min(2.0 ** (failures - 1), 60) - 1)
                    continue
                log.error("another program polls with this token: stop it, or use another token")
                sign("contested", "another program polls with this token: stop it, or use another token")
                await asyncio.sleep(min(2.0**failures, 60))
            except RetryAfter as error:
                await asyncio.sleep(_seconds(error))
            except Exception as error:  # noqa: BLE001 # whatever it is, the next call may work
                failures += 1
                log.warning("polling failed, trying again", error=type(error).__name__)
                sign("failed", type(error).__name__)
                await asyncio.sleep(min(2.0**failures, 30))


def _seconds(error: RetryAfter) -> float:
    seconds = error.retry_after
    return float(seconds if isinstance(seconds, int) else seconds.total_seconds())


_AWAY = {ChatMember.LEFT, ChatMember.BANNED}
_TELEGRAM_CODES = {"kmr": "ku"}
_KINDS: dict[str, OtherKind] = {  # what a message may hold besides text
    "photo": "file",
    "document": "file",
    "animation": "file",
    "voice": "voice",
    "audio": "voice",
    "video": "voice",
    "video_note": "voice",
    "contact": "personal",
    "location": "personal",
    "venue": "personal",
    "sticker": "other",
    "poll": "other",
    "dice": "other",
    "game": "other",
    "story": "other",
}


_TITLE = 200  # characters in which an answer's title stands


def _data(markup: InlineKeyboardMarkup | None) -> tuple[str, ...]:
    """What the buttons below a message of ours carry."""
    rows = markup.inline_keyboard if markup else ()
    return tuple(button.callback_data for row in rows for button in row if isinstance(button.callback_data, str))


def _content(message: Text, mode: ParseMode | None) -> dict[str, Any]:
    keyboard = [
        [InlineKeyboardButton(label.text, callback_data=label.data) for label in row] for row in message.buttons
    ]
    return {
        "text": message.text if mode else _without_markup(message.text),
        "parse_mode": mode,
        "reply_markup": InlineKeyboardMarkup(keyboard) if keyboard else None,
        "link_preview_options": LinkPreviewOptions(is_disabled=True),
    }


def _without_markup(text: str) -> str:
    return html.unescape(re.sub(r"<[^<>]*>", "", text))
