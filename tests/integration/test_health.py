"""Health says what is: each way in and out, rows that wait or were given up, held mail; and an operator is told."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from contextlib import suppress
from dataclasses import replace
from types import SimpleNamespace

import pytest
from sqlalchemy import select, update
from telegram.error import Conflict, NetworkError

from bot.channels.imap import Imap
from bot.channels.telegram import Telegram
from bot.config import Settings
from bot.flow.alerts import Operator
from bot.flow.health import Limits
from bot.flow.ports import Delivered, Later, Paused, Refused, Stopped
from bot.flow.retention import Retention
from bot.flow.signs import Signs
from bot.presentation.outgoing import Text, read
from bot.storage import quarantine, queue
from bot.storage.tables import inbox, outbox
from bot.storage.writer import Writer
from bot.wiring.chat import Lotse
from tests.conftest import ROOT
from tests.integration.test_mails import room

__all__ = ["room"]

MINUTE, DAY = 60.0, 86400.0


@pytest.fixture
def database_url(tmp_path):
    """SQLite alone: it is the ways in and out that differ here."""
    return f"sqlite:///{tmp_path}/lotse.db"


@pytest.fixture
def lotse(room, tmp_path):
    """What runs, with the room's clock."""
    brain = SimpleNamespace(state="ok")
    made = Lotse(
        Settings(var=tmp_path, _env_file=None),
        room.engine,
        room.live,
        brain,
        room.chats,
        room.delivery,
        Writer(room.engine),
    )
    room.delivery.signs.clock = lambda: room.now
    made.health = replace(made.health, clock=lambda: room.now, alert=room.alerts.append)
    return made


async def problems(lotse):
    state = await lotse.health.state()
    assert state["well"] is (not state["problems"])
    return state["problems"]


class Once:
    """A way out whose answer is always the same."""

    def __init__(self, outcome):
        self.outcome = outcome

    async def send(self, lane, message):
        return self.outcome


# what the other side does, whether that is a failure of the way
OUTCOMES = [
    (Delivered(), False),
    (Refused("550 no such user", quiet=True), False),  # it has answered
    (Later("asked to wait", 3.0, alone=True), False),  # too many to one chat
    (Later("network: ConnectError"), True),
    (Later("the certificate does not hold", 300), True),
    (Paused("535 authentication failed", 900), True),
]


@pytest.mark.parametrize(("outcome", "failing"), OUTCOMES)
async def test_a_way_out(room, lotse, outcome, failing):
    room.delivery.senders = {"terminal": Once(outcome)}
    await room.hear("Termin buchen")
    assert await problems(lotse) == []  # not at once: a network hiccup is no outage
    room.now += 9 * MINUTE
    assert await problems(lotse) == []
    room.now += 2 * MINUTE
    found = [what for what in await problems(lotse) if "terminal-out has not worked for 11 minutes" in what]
    assert bool(found) is failing


async def test_a_way_that_works_again(room, lotse):
    room.delivery.senders = {"terminal": Once(Later("network"))}
    await room.hear("Termin buchen")
    room.now += 11 * MINUTE
    assert await problems(lotse)
    room.delivery.senders = {"terminal": Once(Delivered())}
    await room.settle()
    assert await problems(lotse) == []


async def test_a_channel_that_has_stopped(room, lotse):
    room.delivery.senders = {"terminal": Once(Stopped("the token is wrong"))}
    await room.hear("Termin buchen")
    assert await problems(lotse) == ["terminal has stopped: the token is wrong"]


async def polled(monkeypatch, lotse, *answers):
    """Let Telegram's getUpdates answer so, one after the other."""
    left, done, real_sleep = list(answers), asyncio.Event(), asyncio.sleep
    monkeypatch.setattr("bot.channels.telegram.asyncio.sleep", lambda _: real_sleep(0))

    class Bot:
        async def updates(self, offset):
            if not left:
                done.set()
                await real_sleep(3600)
            answer = left.pop(0)
            if isinstance(answer, Exception):
                raise answer
            return answer

    async def store(rows):
        return len(rows)

    async def held():
        return True

    task = asyncio.create_task(Telegram(Bot()).poll(store, held, lotse.sign("telegram-in")))
    await done.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


TWO = Conflict("Conflict: terminated by other getUpdates request")


# what getUpdates says in turn, what health says eleven minutes later
@pytest.mark.parametrize(
    ("answers", "said"),
    [
        ([[]], ""),
        ([NetworkError("away")], "telegram-in has not worked for 11 minutes: NetworkError"),
        ([NetworkError("away"), []], ""),
        ([TWO], "another program polls with this token"),
        ([TWO, []], "another program polls with this token"),  # they take turns: that is no sign of health
    ],
)
async def test_polling(room, lotse, monkeypatch, answers, said):
    await polled(monkeypatch, lotse, *answers)
    room.now += 11 * MINUTE
    found = await problems(lotse)
    assert said in "".join(found)
    assert bool(found) is bool(said)


async def test_a_contested_way_is_well_after_two_quiet_minutes(room, lotse, monkeypatch):
    await polled(monkeypatch, lotse, TWO)
    room.now += 3 * MINUTE
    await polled(monkeypatch, lotse, [])
    room.now += 11 * MINUTE
    assert await problems(lotse) == []


async def test_a_replica_whose_turn_it_is_not_says_nothing_of_polling():
    signs = Signs(lambda: 0.0)
    signs.failed("telegram-in", "away")
    signs.rests("telegram-in")
    assert signs.as_dict() == {}


async def test_a_mailbox_that_refuses(room, lotse):
    went = asyncio.Event()

    def sign(how, why):
        lotse.sign("imap")(how, why)
        went.set()

    async def held():
        return True

    box = Imap("127.0.0.1", 1, "none", "reply", "x")  # nobody listens there
    task = asyncio.create_task(box.poll(None, room.alerts.append, held, sign))
    await went.wait()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    room.now += 11 * MINUTE
    (found,) = await problems(lotse)
    assert "imap has not worked for 11 minutes: The mailbox reply at 127.0.0.1:1 cannot be read" in found


async def test_rows_that_wait_and_rows_that_were_given_up(room, lotse):
    async with room.engine.begin() as connection:
        await queue.receive(connection, "gone", "gone:1", "7", '{"text": "?"}', room.now)
        await queue.enqueue(connection, "gone", "gone:1", '{"text": "!"}', room.now)
    assert await problems(lotse) == []
    room.now += 11 * MINUTE
    assert await problems(lotse) == ["inbox: a row waits for 11 minutes", "outbox: a row waits for 11 minutes"]
    async with room.engine.begin() as connection:
        await connection.execute(update(outbox).values(state="dead"))
        await connection.execute(update(inbox).values(state="dead"))
    assert [what.partition(".")[0] for what in await problems(lotse)] == [
        "inbox: 1 rows were given up",
        "outbox: 1 rows were given up",
    ]
    lotse.health = replace(lotse.health, limits=Limits(dead=1))
    assert await problems(lotse) == []


async def test_whoever_blocked_the_bot_or_writes_too_much_is_no_trouble(room, lotse):
    room.delivery.senders = {"terminal": Once(Refused("blocked", quiet=True))}
    await room.hear("Termin buchen")
    async with room.engine.begin() as connection:
        await queue.receive(connection, "terminal", "terminal:1", "70", "{}", room.now)
        await connection.execute(update(inbox).where(inbox.c.external_id == "70").values(error=queue.TOO_MANY))
        await queue.receive(connection, "terminal", "terminal:1", "71", "{}", room.now)  # behind it
    room.now += 11 * MINUTE
    assert await problems(lotse) == []


async def test_mail_that_waits_for_a_word(room, lotse):
    async with room.engine.begin() as connection:
        for number in range(21):
            await quarantine.hold(connection, "{}", "DMARC", None, room.now, str(number))
    assert [what.partition(" wait")[0] for what in await problems(lotse)] == ["quarantine: 21 mails"]


async def test_an_operator_is_told_of_each_problem_once(room, lotse, tmp_path):
    room.delivery.senders = {"terminal": Once(Later("network"))}
    await room.hear("Termin buchen")
    for _ in range(3):
        room.now += 11 * MINUTE
        await lotse.health._write()
    told = [what for what in room.alerts if "terminal-out has not worked" in what]
    assert len(told) == 1
    assert json.loads((tmp_path / "health.json").read_text())["well"] is False


@pytest.fixture
def operator(room):
    letters = room.postbox.letters
    return Operator(Writer(room.engine), letters, lambda: None, "ops@city.example", "", lambda: room.now)


async def mails(room):
    async with room.engine.connect() as connection:
        return [read(text) for text in (await connection.execute(select(outbox.c.payload))).scalars()]


async def test_a_mail_a_kind_and_hour(room, operator):
    for number in range(50):
        operator(f"Outbox row {number} (mail) was refused: 550")  # one kind: only a number differs
    operator("Channel telegram has stopped")
    await operator.send()
    (mail,) = await mails(room)
    assert mail.to == "ops@city.example"
    assert "Outbox row 0 (mail) was refused" in mail.mail
    assert "Channel telegram has stopped" in mail.mail
    assert "Auto-Submitted: auto-replied" in mail.mail
    room.now += 59 * MINUTE
    operator("Outbox row 99 (mail) was refused: 550")
    await operator.send()
    assert len(await mails(room)) == 1
    room.now += 2 * MINUTE
    operator("Outbox row 100 (mail) was refused: 550")
    await operator.send()
    assert len(await mails(room)) == 2


async def test_what_could_not_be_written_is_told_later(room, operator, monkeypatch):
    operator("Disk full")
    monkeypatch.setattr(queue, "enqueue", _away)
    with pytest.raises(OSError, match="away"):
        await operator.send()
    monkeypatch.undo()
    await operator.send()
    assert len(await mails(room)) == 1


async def _away(*_, **__):
    raise OSError("away")


async def test_a_chat_on_telegram_is_told_too(room):
    told = Operator(Writer(room.engine), room.postbox.letters, lambda: None, "", "4711", lambda: room.now)
    told("Mail 3 waits in quarantine: <script>")
    await told.send()
    assert await room.rows(outbox, outbox.c.channel, outbox.c.lane) == [("telegram", "telegram:4711")]
    assert await mails(room) == [Text(to="4711", text="Mail 3 waits in quarantine: &lt;script&gt;")]


async def test_nobody_set_is_the_log_alone(room):
    told = Operator(Writer(room.engine), room.postbox.letters, lambda: None)
    told("Disk full")
    await told.send()
    assert await mails(room) == []


async def test_one_word_before_held_mail_is_erased(room):
    async with room.engine.begin() as connection:
        await quarantine.hold(connection, "{}", "DMARC", None, room.now, "one")
    retention = Retention(Writer(room.engine), lambda: room.now, 30, None, room.alerts.append)
    for days in (20, 7.5, 0.1, 0.1, 3):
        room.now += days * DAY
        await retention.tidy()
    told = [what for what in room.alerts if "Held mail is erased in 3 days" in what]
    assert told == ["Held mail is erased in 3 days, and nobody has decided on it: 1. See `lotse quarantine show`."]
    assert await room.held() == []


def health(folder, state=None, **environment):
    """`lotse health` as a process; (exit code, what it says, modules it has loaded)."""
    if state is not None:
        (folder / "health.json").write_text(state if isinstance(state, str) else json.dumps(state))
    code = "import sys, bot.__main__ as m\nsys.argv[1:] = ['health']\ntry: m.main()\nfinally: print(*sys.modules, file=sys.stderr)"
    found = subprocess.run(
        [sys.executable, "-c", code],
        cwd=folder,
        env={"PYTHONPATH": str(ROOT), **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    return found.returncode, found.stdout, set(found.stderr.split())


NOW = 4_000_000_000.0  # always fresh


@pytest.mark.parametrize(
    ("state", "code", "said"),
    [
        ({"at": NOW, "well": True}, 0, '"well": true'),
        ({"at": NOW, "well": False, "problems": ["imap ..."]}, 1, "imap ..."),
        ({"at": 1.0, "well": True}, 1, "the bot does not run, or hangs"),
        ({"at": NOW}, 1, "at"),
        ("[]", 1, "cannot be read"),
        ("", 1, "cannot be read"),
        (None, 1, "cannot be read: the bot is not running, or writes elsewhere (LOTSE_VAR)"),
    ],
)
def test_lotse_health(tmp_path, state, code, said):
    found, text, modules = health(tmp_path, state, LOTSE_VAR=".")
    assert (found, said in text) == (code, True)
    # 0.05 s of processor time is for these alone
    assert not modules & {"typer", "pydantic", "sqlalchemy", "telegram", "numpy", "bot.cli", "bot.config"}


@pytest.mark.parametrize(
    ("environment", "dotenv"),
    [
        ({"LOTSE_VAR": "here"}, ""),
        ({}, "LOTSE_VAR=here\n"),
        ({"LOTSE_HEALTH_FILE": "here/health.json"}, "LOTSE_VAR=elsewhere\n"),
        ({"LOTSE_VAR": "here", "LOTSE_HEALTH_FILE": ""}, ""),
    ],
)
def test_the_health_file_is_found_as_the_bot_finds_it(tmp_path, monkeypatch, environment, dotenv):
    (tmp_path / "here").mkdir()
    (tmp_path / "here" / "health.json").write_text(json.dumps({"at": NOW, "well": True}))
    (tmp_path / ".env").write_text(dotenv)
    assert health(tmp_path, None, **environment)[0] == 0
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    assert str(Settings().health) == "here/health.json"
