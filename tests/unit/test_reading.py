"""Reading in a process of its own: what takes too much is kept unread, and the next mail is read."""

from __future__ import annotations

import asyncio

import pytest

from bot.flow.reading import Costly, Reader
from bot.mailing.parsing import Mail

LETTER = b"From: a@example.org\nSubject: Termin\n\nJa."


@pytest.fixture
async def reader():
    found = Reader(seconds=20)
    yield found
    await found.close()


def endless():
    while True:
        pass


def greedy():
    return len(bytearray(4_000_000_000))


def gone():
    raise SystemExit(3)


async def test_a_mail_is_read_and_an_error_comes_back(reader):
    found = await reader.read(LETTER)
    assert isinstance(found, Mail)
    assert found.text == "Ja."
    with pytest.raises(ZeroDivisionError):
        await reader._ask(divmod, 1, 0)


@pytest.mark.parametrize("work", [endless, greedy, gone])
async def test_what_takes_too_much_is_ended_and_the_next_mail_is_read(reader, work):
    await reader.read(LETTER)
    reader.seconds = 0.5 if work is endless else 20
    with pytest.raises(Costly):
        await reader._ask(work)
    reader.seconds = 20
    assert isinstance(await reader.read(LETTER), Mail)


async def test_who_is_stopped_while_reading_leaves_no_process(reader):
    await reader.read(LETTER)
    waiting = asyncio.create_task(reader._ask(endless))
    await asyncio.sleep(0.1)
    waiting.cancel()
    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert isinstance(await reader.read(LETTER), Mail)
