"""Telegram from end to end: a real process, a Bot API server on loopback, and people who write."""

from __future__ import annotations

import asyncio
import json
import signal

import httpx
import pytest

from tests.servers.bot_api_faults import (
    AcceptThenDrop,
    Drop,
    GarbageBody,
    RetryAfter,
    ServerError,
    Unauthorized,
)
from tests.servers.daemon import free_port
from tests.servers.process import Process

QUESTION, ANSWER = "Wie bekomme ich einen Termin?", "Termine gibt es online"
FOREIGN = "Fahrräder reparieren"


async def test_a_conversation_with_language_answer_section_and_handover(api, lotse):
    amina = api.person(id=7_400_112_359, first_name="Amina", language_code="de")
    await amina.says("/start")
    (welcome,) = await amina.hears(1)
    assert "In welcher Sprache" in welcome.text
    assert [label for row in welcome.buttons for label, _ in row] == ["Deutsch", "English"]
    await amina.presses(welcome, "Deutsch")
    (intro,) = await amina.hears(1)
    assert "fertigen Texten" in intro.text

    await amina.says(QUESTION)
    (answer,) = await amina.hears(1)
    assert ANSWER in answer.text
    assert "<b>Termin vereinbaren</b>" in answer.html
    await amina.presses(answer, "Schritte")
    await until(lambda: "Öffnen Sie das Formular" in api.messages(amina.id)[-1].text)
    assert len(api.messages(amina.id)) == 3  # the section came into the same message

    await amina.says(FOREIGN)
    (offer,) = await amina.hears(1)
    await amina.presses(offer, "Einen Menschen fragen")
    (preview,) = await amina.hears(1)
    assert FOREIGN in preview.text
    await amina.presses(preview, "Ja, so senden")
    await until(lambda: lotse.mails)
    mail = lotse.mails[0].read_text()
    assert "Amina" not in mail
    assert str(amina.id) not in mail
    assert "Amina" not in lotse.log
    assert "Fahrr" not in lotse.log
    # every pressed button was acknowledged
    answered = [call for call in api.calls if call.method == "answerCallbackQuery"]
    assert len(answered) == 4


async def until(holds, seconds=20):
    """Wait until ``holds()``."""
    async with asyncio.timeout(seconds):
        while not holds():
            await asyncio.sleep(0.05)


async def test_the_offices_reply_reaches_who_asked(api, lotse):
    asker, other = (
        api.person(id=21, first_name="A", language_code="de"),
        api.person(id=22, first_name="B", language_code="de"),
    )
    await other.says(QUESTION)
    await other.hears(1)
    await asker.says(FOREIGN)
    (offer,) = await asker.hears(1)
    await asker.presses(offer, "Einen Menschen fragen")
    (preview,) = await asker.hears(1)
    await asker.presses(preview, "Ja, so senden")
    await until(lambda: lotse.mails)
    await until(lambda: "Gesendet" in api.messages(21)[-1].text)

    import os
    import subprocess
    import sys

    from tests.conftest import ROOT, SMALL

    environment = {
        **os.environ,
        "LOTSE_VAR": str(lotse.var),
        "LOTSE_KNOWLEDGE": str(SMALL),
        "TELEGRAM_TOKEN": "123456:test-token",
    }
    done = await asyncio.to_thread(
        subprocess.run,
        [sys.executable, "-m", "bot", "reply", "1"],
        input="Leider nicht. <b>Ihr Büro</b>".encode(),
        env=environment,
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    (reply,) = await asker.hears(1)
    assert "Leider nicht. <b>Ihr Büro</b>" in reply.text
    assert FOREIGN in reply.text
    assert len(api.messages(22)) == 1


async def test_commands_are_set_in_every_language(api, lotse):
    await until(lambda: sum(call.method == "setMyCommands" for call in api.calls) >= 2)


@pytest.mark.parametrize(
    "fault",
    [
        RetryAfter(1),  # 429
        ServerError(502),  # nginx
        Drop(),  # connection closed without effect
        GarbageBody(),  # 200 and no JSON
    ],
    ids=lambda fault: type(fault).__name__,
)
async def test_a_send_that_fails_is_repeated(api, lotse, fault):
    person = api.person(id=31, first_name="A", language_code="de")
    api.faults.add(method="sendMessage", kind=fault, times=1)
    await person.says(QUESTION)
    (answer,) = await person.hears(1)
    assert ANSWER in answer.text
    await asyncio.sleep(0.3)
    if not isinstance(fault, GarbageBody):
        assert len(api.messages(31)) == 1


async def test_accepted_and_then_dropped_is_the_documented_duplicate(api, lotse):
    person = api.person(id=32, first_name="A", language_code="de")
    api.faults.add(method="sendMessage", kind=AcceptThenDrop(), times=1)
    await person.says(QUESTION)
    await until(lambda: len(api.messages(32)) == 2)
    first, second = api.messages(32)
    assert first.text == second.text


@pytest.mark.parametrize(
    "fault",
    [ServerError(502), Drop(), AcceptThenDrop(), GarbageBody(), RetryAfter(1)],
    ids=lambda fault: type(fault).__name__,
)
async def test_polling_survives(api, lotse, fault):
    """Also when the server gave the updates and the answer was lost: nothing was acknowledged, so they come again."""
    person = api.person(id=33, first_name="A", language_code="de")
    await person.says("Hallo")
    await person.hears(1)
    api.faults.add(method="getUpdates", kind=fault, times=2)
    await person.says(QUESTION)
    (answer,) = await person.hears(1)
    assert ANSWER in answer.text


async def test_a_blocked_bot_is_quiet_and_works_on(api, lotse):
    gone, there = (
        api.person(id=41, first_name="A", language_code="de"),
        api.person(id=42, first_name="B", language_code="de"),
    )
    await gone.says("Hallo")
    await gone.hears(1)
    await gone.says(QUESTION)
    await gone.blocks()
    await there.says(QUESTION)
    await there.hears(1)
    assert "needs an operator" not in lotse.log


async def test_an_invalid_token_stops_with_a_message(api, tmp_path):
    from tests.servers.process import Process

    process = Process(api.base_url.removesuffix("/bot"), tmp_path / "var", {"TELEGRAM_TOKEN": "999:wrong"})
    await process.start()
    assert await asyncio.wait_for(process.process.wait(), 30) == 1
    assert "Get the right one from @BotFather" in process.log
    assert "999:wrong" not in process.log
    assert "Traceback" not in process.log


async def test_a_second_poller_is_reported_and_outlived(api, lotse):
    """Telegram ends our long poll with 409 while somebody else polls with the same token."""
    person = api.person(id=52, first_name="A", language_code="de")
    await person.says("Hallo")
    await person.hears(1)
    async with httpx.AsyncClient() as other:
        answer = await other.get(f"{api.base_url}123456:test-token/getUpdates?timeout=0")
        assert answer.json()["ok"]
    await until(lambda: "another program polls with this token" in lotse.log)
    await person.says(QUESTION)
    (found,) = await person.hears(1)
    assert ANSWER in found.text


async def test_a_token_revoked_while_running_stops_the_channel(api, lotse):
    person = api.person(id=51, first_name="A", language_code="de")
    await person.says("Hallo")
    await person.hears(1)
    api.faults.add(method="getUpdates", kind=Unauthorized(), times=5)
    await person.says(QUESTION)
    assert await asyncio.wait_for(lotse.process.wait(), 60) == 1
    assert "@BotFather" in lotse.log


async def test_a_token_revoked_while_running_leaves_the_way_by_mail(api, tmp_path):
    mail = {
        "LOTSE_LMTP_PORT": str(port := free_port()),
        "LOTSE_OFFICE_EMAIL": "buero@city.example",
        "LOTSE_REPLY_TO": "reply@city.example",
        "LOTSE_AUTHSERV_ID": "mx.city.example",
    }
    lotse = Process(api.base_url.removesuffix("/bot"), tmp_path / "var", mail)
    await lotse.start()
    person = api.person(id=52, first_name="A", language_code="de")
    await person.says("Hallo")
    await person.hears(1)
    api.faults.add(method="getUpdates", kind=Unauthorized(), times=5)
    await person.says(QUESTION)
    await until(lambda: "@BotFather" in lotse.log)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    assert (await reader.readline()).startswith(b"220")
    writer.close()
    assert await lotse.end(signal.SIGTERM) == 0


async def test_other_messages_and_groups(api, lotse):
    person = api.person(id=61, first_name="A", language_code="en")
    await person.sends(photo=[{"file_id": "x", "file_unique_id": "x", "width": 1, "height": 1}])
    (only_text,) = await person.hears(1)
    assert "pictures and documents" in only_text.text
    await person.says("/unknown")
    (help_,) = await person.hears(1)
    assert "/menu" in help_.text


async def test_sigterm_ends_cleanly_and_the_next_start_goes_on(api, lotse):
    person = api.person(id=71, first_name="A", language_code="de")
    await person.says("Hallo")
    await person.hears(1)
    assert await lotse.end(signal.SIGTERM) == 0
    await person.says(QUESTION)
    await lotse.start()
    (answer,) = await person.hears(1)
    assert ANSWER in answer.text


async def test_nothing_is_lost_when_the_process_is_killed(api, lotse):
    """kill -9 again and again while people write: everybody gets an answer to everything."""
    people = [api.person(id=1000 + n, first_name="A", language_code="de") for n in range(20)]
    rounds = 6
    for number in range(rounds):
        for person in people:
            await person.says(QUESTION)
        await asyncio.sleep(0.5 + 0.4 * number)
        await lotse.end(signal.SIGKILL)
        await lotse.start()
    expected = rounds * len(people)

    def answered():
        return sum(ANSWER in message.text for person in people for message in api.messages(person.id))

    # A killed process's lease on the outbox runs out after two minutes.
    await until(lambda: all(len(api.messages(person.id)) >= rounds for person in people), seconds=200)
    lost = sum(max(0, rounds - len(api.messages(person.id))) for person in people)
    twice = answered() - expected
    assert lost == 0
    print(json.dumps({"updates": expected, "kills": rounds, "lost": lost, "twice": twice}))
