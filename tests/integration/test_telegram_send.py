"""What an answer of the Bot API means for a message, and what the page of a gateway in between means: nothing."""

from __future__ import annotations

import pytest

from bot.channels.telegram import Telegram
from bot.channels.telegram_api import make_bot
from bot.errors import ChannelStopped
from bot.flow.ports import Delivered, Later, Refused, Stopped
from bot.presentation.outgoing import Text
from tests.servers.bot_api import BotApiServer
from tests.servers.bot_api_faults import (
    AcceptThenDrop,
    BadRequest,
    Drop,
    Forbidden,
    GarbageBody,
    RetryAfter,
    ServerError,
    Unauthorized,
)

TOKEN = "123456:test-token"
MESSAGE = Text(to="7", text="Guten Tag")


class Enough(BaseException):
    """What ends a polling that nothing else ends."""


@pytest.fixture
async def api():
    async with BotApiServer(token=TOKEN) as server:
        yield server


@pytest.fixture
async def channel(api, monkeypatch):
    monkeypatch.setenv("PTB_TIMEDELTA", "1")  # the library warns of what it will change
    async with make_bot(TOKEN, api.base_url.removesuffix("/bot")) as bot:
        yield Telegram(bot)


@pytest.mark.parametrize(
    ("fault", "outcome"),
    [
        (None, Delivered),
        # Telegram has said it: the chat, the words, the token
        (Forbidden(), Refused),
        (BadRequest(), Refused),
        (Unauthorized(), Stopped),
        (RetryAfter(3), Later),
        # a proxy, a firewall, a login page of the network: not Telegram's word, whatever the number
        *((ServerError(status), Later) for status in (400, 401, 403, 404, 407, 429, 502)),
        (GarbageBody(), Later),
        (Drop(), Later),
        (AcceptThenDrop(), Later),
    ],
    ids=str,
)
async def test_what_becomes_of_a_message(api, channel, fault, outcome):
    api.person(id=7)
    if fault is not None:
        api.faults.add(method="sendMessage", kind=fault, times=9)
    assert isinstance(await channel.send("telegram:7", MESSAGE), outcome)


@pytest.mark.parametrize("status", [401, 403, 404])
async def test_a_gateways_page_does_not_end_the_channel(api, channel, status):
    """As Telegram's own 401 does."""
    polls = 0

    async def held():
        nonlocal polls
        polls += 1
        if polls > 2:
            raise Enough
        return True

    async def store(rows):
        raise AssertionError(rows)

    api.faults.add(method="getUpdates", kind=ServerError(status), times=9)
    with pytest.raises(Enough):
        await channel.poll(store, held)
    api.faults.release()
    api.faults.add(method="getUpdates", kind=Unauthorized(), times=9)
    polls = 0
    with pytest.raises(ChannelStopped):
        await channel.poll(store, held)
