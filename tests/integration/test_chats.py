"""One message through the whole chats: inbox, dialogue, outbox and tickets in one transaction, on both databases."""

from __future__ import annotations

import asyncio
import io
import json
import shutil
from datetime import UTC, datetime
from types import SimpleNamespace

import pytest
import structlog
from sqlalchemy import select, update
from sqlalchemy.exc import OperationalError

from bot.channels.terminal import LANE, Terminal
from bot.config import Settings
from bot.flow.chats import Chats
from bot.flow.delivery import Delivery
from bot.flow.loop import MAX_ATTEMPTS, Worker
from bot.flow.office_mail import Office
from bot.flow.ports import Refused, Stopped
from bot.flow.reminders import remind
from bot.flow.retention import Retention
from bot.knowledge.live import LiveKnowledge
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from bot.storage import queue, tables, tickets
from bot.storage.tables import inbox, outbox
from bot.storage.writer import Writer
from bot.wiring.chat import Lotse
from tests.conftest import SMALL
from tests.dialogue import NoCache
from tests.mail_folder import OrderedFolder

OFFICE = Office("buero@example.org", "lotse@example.org", "lotse@example.org", b"k" * 32)


class Stage:
    """A service with a terminal, a mail folder and a clock that is turned by hand."""

    def __init__(self, engine, folder, knowledge=SMALL):
        self.now = 1_000_000.0
        self.out = io.StringIO()
        self.mails = folder / "mail"
        self.terminal = Terminal(self.out, "", "s")
        mind = SimpleNamespace(left=0, build=lambda found: Matcher(found, None, NoCache(), LanguageDetector()))
        self.live = LiveKnowledge(knowledge, "musterstadt", self.catalogues, mind)
        self.engine = engine
        self.chats = Chats(engine, self.live, {"terminal": self.terminal}, OFFICE, clock=lambda: self.now, per_minute=5)
        self.folder = OrderedFolder(self.mails)
        senders = {"terminal": self.terminal, "mail": self.folder}
        self.delivery = Delivery(engine, senders, clock=lambda: self.now)
        self.count = 0

    catalogues = None

    async def hear(self, text, kind="text"):
        """Say something; what comes back."""
        self.count += 1
        self.now += 20
        before = len(self.out.getvalue())
        await self.chats.receive("terminal", [(LANE, str(self.count), {"kind": kind, "text": text})])
        await self.settle()
        return self.out.getvalue()[before:]

    async def settle(self):
        while await self.chats.work() or await self.delivery.work():
            pass

    async def tidy(self, days):
        await Retention(Writer(self.engine), lambda: self.now, days).tidy()

    async def press(self, number):
        return await self.hear(self.terminal._buttons[number - 1], "button")

    async def rows(self, table, *columns):
        async with self.engine.connect() as connection:
            return [tuple(row) for row in await connection.execute(select(*columns).order_by(*table.primary_key))]


@pytest.fixture
def stage(engine, tmp_path, catalogues, monkeypatch):
    monkeypatch.setattr(Stage, "catalogues", catalogues)
    return Stage(engine, tmp_path)


async def test_from_question_to_mail_to_reply(stage):
    assert "Termine gibt es online" in await stage.hear("Wie bekomme ich einen Termin?")
    await stage.hear("Fahrräder reparieren")
    preview = await stage.press(1)
    assert "| > Fahrräder reparieren" in preview
    assert "Gesendet" in await stage.press(1)

    (path,) = stage.mails.iterdir()
    text = path.read_text()
    assert "Subject: Lotse: Frage 1 (Deutsch)" in text
    assert "Message-ID: <reply+1." in text

    await stage.chats.desk.relay_reply(1, "Nein, **leider** nicht.\n\nIhr Büro")
    await stage.settle()
    reply = stage.out.getvalue().split("Absender:")[-1]
    assert "| Nein, **leider** nicht." in reply  # word for word, not as markup
    assert "| Fahrräder reparieren" in reply
    assert await stage.rows(tables.tickets, tables.tickets.c.state) == [("answered",)]


async def test_the_preview_is_what_is_sent(stage):
    from email import message_from_bytes
    from email.policy import default

    await stage.hear("Fahrräder reparieren")
    preview = await stage.press(1)
    await stage.press(1)
    (path,) = stage.mails.iterdir()
    sent = message_from_bytes(path.read_bytes(), policy=default).get_body(("plain",)).get_content()
    shown = "\n".join(line[2:] for line in preview.splitlines() if line.startswith("|"))
    assert " ".join(shown.split()) == " ".join(sent.split())


async def test_nothing_of_a_question_stays_without_consent(stage):
    await stage.hear("Mein geheimes Anliegen mit dem Fahrrad")
    assert "geheim" not in str(await stage.rows(inbox, inbox.c.payload))
    assert "geheim" not in str(await stage.rows(outbox, outbox.c.payload))
    stage.now += 25 * 3600
    await stage.tidy(30)
    assert "geheim" not in str(await stage.rows(tables.persons, tables.persons.c.state))


async def test_deleting_removes_everything_even_the_mail_that_has_not_left(stage):
    await stage.hear("Fahrräder reparieren")
    await stage.press(1)
    stage.delivery.senders = {"terminal": stage.terminal}  # the mail server is away
    await stage.press(1)
    await stage.hear("delete", "command")
    assert "Alles ist gelöscht" in await stage.press(1)
    for table in (tables.persons, tables.tickets):
        assert await stage.rows(table, *table.c) == []
    assert await stage.rows(outbox, outbox.c.id) == [] or all(
        payload == "" for (payload,) in await stage.rows(outbox, outbox.c.payload)
    )
    with pytest.raises(KeyError):
        await stage.chats.desk.relay_reply(1, "zu spät")


async def test_a_message_that_breaks_the_program_is_kept_and_stops_nobody(stage, monkeypatch):
    def broken(text, context):
        if "bumm" in text:
            raise RuntimeError("a bug")
        return real(text, context)

    matcher = stage.live.current.matcher
    real = matcher.match
    monkeypatch.setattr(matcher, "match", broken)
    await stage.hear("bumm")
    async with stage.engine.begin() as connection:
        await connection.execute(update(inbox).values(lane="terminal:other").where(inbox.c.external_id == "1"))
    assert "Termine gibt es online" in await stage.hear("Termin buchen")
    for _ in range(MAX_ATTEMPTS):
        stage.now += 3600
        await stage.settle()
    assert await stage.rows(inbox, inbox.c.state) == [("dead",), ("done",)]
    (payload, _) = await stage.rows(inbox, inbox.c.payload)
    assert "bumm" in payload[0]  # for the operator: nothing accepted is lost
    assert "Bei mir ist ein Fehler passiert" in stage.out.getvalue()  # and the asker is offered a person


async def test_logs_hold_no_words(stage):
    with structlog.testing.capture_logs() as lines:
        await stage.hear("Fahrräder reparieren")
        await stage.press(1)
        await stage.press(1)
    assert lines
    assert "Fahrr" not in json.dumps(lines, ensure_ascii=False)
    assert any(line.get("outcome") == "handover" for line in lines)


async def test_flooding_is_slowed_down_said_once_and_nothing_is_dropped(stage):
    rows = [(LANE, f"f{n}", {"kind": "text", "text": "Termin buchen"}) for n in range(9)]
    await stage.chats.receive("terminal", rows)
    await stage.settle()
    assert [state for (state,) in await stage.rows(inbox, inbox.c.state)].count("done") == 5
    assert stage.out.getvalue().count("viele Nachrichten") == 1
    stage.now += 61
    await stage.settle()
    assert [state for (state,) in await stage.rows(inbox, inbox.c.state)] == ["done"] * 9
    assert stage.out.getvalue().count("viele Nachrichten") == 1


async def test_danger_is_never_slowed_down(stage):
    rows = [(LANE, f"f{n}", {"kind": "text", "text": "Er atmet nicht mehr"}) for n in range(8)]
    await stage.chats.receive("terminal", rows)
    await stage.settle()
    assert stage.out.getvalue().count("Rufen Sie 112 an") == 8


async def test_the_same_update_twice_is_answered_once(stage):
    row = (LANE, "1", {"kind": "text", "text": "Termin buchen"})
    await stage.chats.receive("terminal", [row])
    await stage.chats.receive("terminal", [row])
    await stage.settle()
    assert stage.out.getvalue().count("Termine gibt es online") == 1


async def test_state_that_cannot_be_read_begins_anew(stage):
    await stage.hear("Hallo")
    async with stage.engine.begin() as connection:
        await connection.execute(update(tables.persons).values(state="{broken"))
    assert "Termine gibt es online" in await stage.hear("Termin buchen")


async def test_a_refused_message_does_not_hold_up_the_next(stage):
    class Refusing:
        async def send(self, lane, message):
            return Refused("no such chat")

    await stage.hear("Hallo")
    stage.delivery.senders = {"terminal": Refusing()}
    await stage.hear("Termin buchen")
    stage.delivery.senders = {"terminal": stage.terminal}
    assert "Karte" in await stage.hear("Karte geklaut")


async def test_a_stopped_channel_keeps_its_messages(stage):
    alerts = []

    class Stopping:
        async def send(self, lane, message):
            return Stopped("the token is wrong")

    stage.delivery.alert = alerts.append
    stage.delivery.senders = {"terminal": Stopping()}
    await stage.hear("Termin buchen")
    await stage.hear("Karte geklaut")
    assert len(alerts) == 1
    async with stage.engine.connect() as connection:
        assert await queue.waiting(connection, outbox) == 2


async def test_a_silent_person_is_forgotten(stage):
    await stage.hear("Hallo")
    stage.now += 31 * 86400
    await stage.tidy(30)
    assert await stage.rows(tables.persons, tables.persons.c.id) == []


async def test_knowledge_is_replaced_while_running_and_kept_when_broken(engine, tmp_path, catalogues, monkeypatch):
    monkeypatch.setattr(Stage, "catalogues", catalogues)
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    stage = Stage(engine, tmp_path, folder)
    words = folder / "germany" / "de" / "all.yaml"
    good = words.read_text()

    words.write_text(good.replace("Halten Sie Ihren Pass bereit.", "Bringen Sie Ihren Pass mit."))
    assert stage.live.reload()
    assert "Bringen Sie Ihren Pass mit." in await stage.hear("Termin buchen")

    edited = good.replace("{fee}", "{fe}").replace("Halten Sie Ihren Pass bereit.", "Der Pass muss mit.")
    words.write_text(edited)
    with structlog.testing.capture_logs() as lines:
        assert stage.live.reload()
    assert [(line["topic"], line["instead"]) for line in lines if line["event"] == "held back"] == [
        ("lost-card", "last words")
    ]
    assert "{fe} stands for nothing. Did you mean {fee}?" in lines[0]["why"]
    assert [problem.what for problem in stage.live.problems if problem.is_error] == ["{fe} stands for nothing."]
    assert "Die neue Karte kostet 13" in await stage.hear("Karte verloren")  # what ran still runs
    assert "Der Pass muss mit." in await stage.hear("Termin buchen")  # and the other topic is as it was edited

    words.write_text(good)
    assert stage.live.reload()
    assert not stage.live.reload()  # nothing changed since


async def test_the_language_of_a_person_holds(stage):
    await stage.hear("start", "command")
    await stage.press(2)
    once = await stage.hear("Ich brauche einen Termin bei der Ausländerbehörde")
    assert "Weiter: Deutsch" in once  # answered in German this once, with the offer to stay in it
    assert "Card lost" in await stage.hear("I lost my residence card")
    assert [json.loads(state)["language"] for (state,) in await stage.rows(tables.persons, tables.persons.c.state)] == [
        "en"
    ]


async def test_open_questions_are_counted(stage):
    await stage.hear("Fahrräder reparieren")
    await stage.press(1)
    await stage.press(1)
    assert "Eine Frage von Ihnen ist offen" in await stage.hear("status", "command")
    async with stage.engine.begin() as connection:
        (ticket,) = await tickets.stored_tickets(connection)
    assert (ticket.number, ticket.question) == (1, "Fahrräder reparieren")


MONDAY = datetime(2026, 11, 16, 10, tzinfo=UTC).timestamp()  # 11 o'clock in Musterstadt, Thuringia
DAY = 86400.0


async def handed_over(stage, question="Fahrräder reparieren"):
    """A question on its way to the office."""
    await stage.hear("ask", "command")
    await stage.hear(question)
    return await stage.press(1)


def mails(stage):
    """The office's mails in the order they came, as (subject, text)."""
    return [(str(one["Subject"]), one.get_body(("plain",)).get_content()) for one in stage.folder.sent()]


async def test_numbers_are_masked_in_the_preview_the_mail_and_the_database(stage):
    await stage.hear("ask", "command")
    preview = await stage.hear("Mein Pass FE123456 ist weg")
    assert "> Mein Pass •••••••• ist weg" in preview
    await stage.press(1)
    ((_, text),) = mails(stage)
    assert "> Mein Pass •••••••• ist weg" in text
    assert "FE123456" not in str(await stage.rows(tables.tickets, tables.tickets.c.question))
    assert "FE123456" not in str(await stage.rows(tables.persons, tables.persons.c.state))


async def test_numbers_are_sent_when_the_asker_wants_it(stage):
    await stage.hear("ask", "command")
    await stage.hear("Mein Pass FE123456 ist weg")
    assert "> Mein Pass FE123456 ist weg" in await stage.press(2)
    await stage.press(1)
    ((_, text),) = mails(stage)
    assert "> Mein Pass FE123456 ist weg" in text


async def test_an_addition_joins_the_open_question(stage):
    await handed_over(stage)
    await stage.hear("ask", "command")
    await stage.hear("Es ist ein Damenrad")
    preview = await stage.press(2)  # add to my open question 1
    assert "> Es ist ein Damenrad" in preview
    assert "gehört jetzt zu Ihrer Frage 1" in await stage.press(1)
    (_, (subject, text)) = mails(stage)
    assert subject == "Lotse: Ergänzung zur Frage 1"
    shown = "\n".join(line[2:] for line in preview.splitlines() if line.startswith("|"))
    assert " ".join(shown.split()) == " ".join(text.split())  # what is shown is what is sent
    assert await stage.rows(tables.tickets, tables.tickets.c.question) == [
        ("Fahrräder reparieren\n\nEs ist ein Damenrad",)
    ]
    await stage.chats.desk.relay_reply(1, "Ja.")
    await stage.settle()
    assert "| Es ist ein Damenrad" in stage.out.getvalue()


async def test_asking_again_opens_the_answered_question_anew(stage):
    await handed_over(stage)
    await stage.chats.desk.relay_reply(1, "Nein, leider nicht.")
    await stage.settle()
    assert "Das hat geholfen" in stage.out.getvalue().splitlines()[-2]
    await stage.press(2)
    assert "Frage 1 gestellt hat" in await stage.hear("Und wo dann?")
    await stage.press(1)
    assert mails(stage)[-1][0] == "Lotse: Ergänzung zur Frage 1"
    assert await stage.rows(tables.tickets, tables.tickets.c.state) == [("open",)]


async def test_withdrawing_erases_the_question_and_tells_the_office(stage):
    await handed_over(stage)
    assert "Frage 1" in await stage.hear("status", "command")
    assert "zurückgezogen" in await stage.press(1)
    assert mails(stage)[-1][0] == "Lotse: Zurückgezogen: Frage 1"
    assert await stage.rows(tables.tickets, tables.tickets.c.number) == []
    with pytest.raises(KeyError):
        await stage.chats.desk.relay_reply(1, "zu spät")


async def test_a_withdrawn_question_whose_mail_has_not_left_never_leaves(stage):
    stage.delivery.senders = {"terminal": stage.terminal}  # the mail server is away
    await handed_over(stage)
    await stage.hear("status", "command")
    await stage.press(1)
    stage.delivery.senders = {"terminal": stage.terminal, "mail": stage.folder}
    await stage.settle()
    assert mails(stage) == []


async def test_nobody_withdraws_somebody_elses_question(stage):
    await handed_over(stage)
    async with stage.engine.begin() as connection:
        await connection.execute(update(tables.persons).values(address="somebody else"))
    assert "nicht mehr offen" in await stage.hear("z:1", "button")
    assert "nicht mehr offen" in await stage.hear("j:1", "button")
    assert await stage.rows(tables.tickets, tables.tickets.c.number) == [(1,)]


async def test_after_the_promised_working_days_asker_and_office_are_told_once(stage):
    stage.now = MONDAY
    await handed_over(stage)
    asked = len(mails(stage))
    for days in (1, 2, 3):  # Musterstadt promises three working days: Tuesday to Thursday
        stage.now = MONDAY + days * DAY
        assert await remind(stage.chats.desk) == 0
    stage.now = MONDAY + 4 * DAY
    assert await remind(stage.chats.desk) == 1
    before = len(stage.out.getvalue())
    await stage.settle()
    told = stage.out.getvalue()[before:]
    for expected in ("Frage 1 vom 16. November 2026", "Marktplatz 1", "| Fahrräder reparieren", "Frage 1 zurückziehen"):
        assert expected in told
    assert mails(stage)[asked:] == [("Lotse: Erinnerung an die Frage 1", mails(stage)[-1][1])]
    assert "> Fahrräder reparieren" in mails(stage)[-1][1]
    for days in (4, 7, 30):  # and never again
        stage.now = MONDAY + days * DAY
        assert await remind(stage.chats.desk) == 0
    assert "Eine Frage von Ihnen ist offen" in await stage.hear("status", "command")
    await stage.chats.desk.relay_reply(1, "Endlich.")
    await stage.settle()
    assert "keine offene Frage" in await stage.hear("status", "command")


@pytest.mark.parametrize(
    "later",
    [
        4 * DAY + 10 * 3600,  # Friday, nine in the evening
        5 * DAY,  # Saturday
        39 * DAY,  # Christmas, a Friday
    ],
)
async def test_nobody_is_reminded_at_night_or_at_the_weekend_or_on_holidays(stage, later):
    stage.now = MONDAY
    await handed_over(stage)
    stage.now = MONDAY + later
    assert await remind(stage.chats.desk) == 0


async def test_a_crash_while_reminding_neither_loses_nor_doubles_it(stage, monkeypatch):
    stage.now = MONDAY
    await handed_over(stage)
    stage.now = MONDAY + 4 * DAY
    queued = await stage.rows(outbox, outbox.c.id)

    async def killed(*_, **__):
        raise OSError("killed")

    with monkeypatch.context() as patch:
        patch.setattr(stage.chats.desk, "tell", killed)  # after the office's mail, before the asker's message
        assert await remind(stage.chats.desk) == 0
    assert await stage.rows(tables.tickets, tables.tickets.c.state) == [("open",)]
    assert await stage.rows(outbox, outbox.c.id) == queued
    assert await remind(stage.chats.desk) == 1
    assert len(await stage.rows(outbox, outbox.c.id)) == len(queued) + 2


async def test_the_running_program_reminds_by_itself_and_outlives_an_outage(stage, tmp_path, monkeypatch):
    stage.now = MONDAY
    await handed_over(stage)
    stage.now = MONDAY + 4 * DAY
    failures = iter([OperationalError("SELECT", {}, Exception("gone"))])

    async def failing(desk):
        if (error := next(failures, None)) is not None:
            raise error
        return await remind(desk)

    monkeypatch.setattr("bot.wiring.chat.remind", failing)
    monkeypatch.setattr("bot.wiring.chat.REMIND_SECONDS", 0.05)
    brain = SimpleNamespace(degraded="", state="ok", left=0)
    lotse = Lotse(
        Settings(var=tmp_path), stage.engine, stage.live, brain, stage.chats, stage.delivery, Writer(stage.engine)
    )
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        tasks = lotse.background(group)
        while await stage.rows(tables.tickets, tables.tickets.c.state) != [("overdue",)]:
            await asyncio.sleep(0.05)
        for task in tasks:
            task.cancel()
    await lotse.end()


async def test_a_database_that_is_away_stops_neither_workers_nor_the_health_file(stage, tmp_path, monkeypatch):
    away = OperationalError("SELECT", {}, Exception("gone"))
    outages = iter([away, ExceptionGroup("side by side", [away, OSError("disk full")])])
    done = asyncio.Event()
    worker = Worker()

    async def work():
        if (error := next(outages, None)) is not None:
            raise error
        done.set()
        return 0

    class Away(Writer):
        async def run(self, part):
            if not done.is_set():
                raise away
            return await super().run(part)

    monkeypatch.setattr("bot.flow.loop.OUTAGE_SECONDS", 0.01)
    monkeypatch.setattr("bot.flow.health.PAUSE", 0.01)
    brain = SimpleNamespace(degraded="", state="ok", left=0)
    settings = Settings(var=tmp_path)
    writer = Away(stage.engine)
    lotse = Lotse(settings, stage.engine, stage.live, brain, stage.chats, stage.delivery, writer)
    async with asyncio.timeout(20), asyncio.TaskGroup() as group:
        tasks = [*lotse.background(group), group.create_task(worker.run(work))]
        while not settings.health.exists():
            await asyncio.sleep(0.01)
        for task in tasks:
            task.cancel()
    await lotse.end()
    assert done.is_set()


async def test_two_replicas_remind_once(stage):
    stage.now = MONDAY
    await handed_over(stage)
    stage.now = MONDAY + 4 * DAY
    assert sum(await asyncio.gather(remind(stage.chats.desk), remind(stage.chats.desk))) == 1


@pytest.mark.parametrize(
    ("state", "days", "stays"),
    [
        ("open", 31, True),  # the answer must still find the asker
        ("overdue", 31, True),
        ("answered", 29, True),
        ("answered", 31, False),
        ("open", 181, False),  # nobody can answer any more: the mail's token has expired
    ],
)
async def test_questions_and_chat_ids_go_when_their_time_is_over(stage, state, days, stays):
    await handed_over(stage)
    async with stage.engine.begin() as connection:
        await connection.execute(update(tables.tickets).values(state=state))
    stage.now += days * DAY
    await stage.tidy(30)
    assert bool(await stage.rows(tables.tickets, tables.tickets.c.number)) is stays
    assert bool(await stage.rows(tables.persons, tables.persons.c.address)) is stays
    kept = str(await stage.rows(outbox, *outbox.c)) + str(await stage.rows(inbox, *inbox.c))
    assert "Fahrr" not in kept
    if not stays:
        assert LANE not in kept
