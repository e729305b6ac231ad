"""One message through the whole service: inbox, dialogue, outbox and tickets in one transaction, on both databases."""

from __future__ import annotations

import io
import json
import shutil
from datetime import date

import pytest
import structlog
from sqlalchemy import select, update

from bot.channels.email import MailFolder
from bot.channels.terminal import LANE, Terminal
from bot.delivery import Delivery, Refused, Stopped
from bot.live import LiveKnowledge
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from bot.service import MAX_ATTEMPTS, Office, Service
from bot.storage import people, queue
from bot.storage.tables import inbox, outbox, persons, tickets
from tests.conftest import SMALL
from tests.dialogue import NoCache

OFFICE = Office("buero@example.org", "lotse@example.org", "lotse@example.org", b"k" * 32)


class Stage:
    """A service with a terminal, a mail folder and a clock that is turned by hand."""

    def __init__(self, engine, folder, knowledge=SMALL):
        self.now = 1_000_000.0
        self.out = io.StringIO()
        self.mails = folder / "mail"
        self.terminal = Terminal(self.out, "", "s")
        build = lambda found: Matcher(found, None, NoCache(), LanguageDetector())  # noqa: E731
        self.live = LiveKnowledge(knowledge, "musterstadt", self.catalogues, build, lambda: date(2026, 11, 21))
        self.engine = engine
        self.service = Service(
            engine, self.live, {"terminal": self.terminal}, OFFICE, clock=lambda: self.now, per_minute=5
        )
        senders = {"terminal": self.terminal, "mail": MailFolder(self.mails)}
        self.delivery = Delivery(engine, senders, clock=lambda: self.now)
        self.count = 0

    catalogues = None

    async def hear(self, text, kind="text"):
        """Say something; what comes back."""
        self.count += 1
        self.now += 20
        before = len(self.out.getvalue())
        await self.service.receive("terminal", [(LANE, str(self.count), {"kind": kind, "text": text})])
        await self.settle()
        return self.out.getvalue()[before:]

    async def settle(self):
        while await self.service.work() or await self.delivery.work():
            pass

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

    await stage.service.relay_reply(1, "Nein, **leider** nicht.\n\nIhr Büro")
    await stage.settle()
    reply = stage.out.getvalue().split("Absender:")[-1]
    assert "| Nein, **leider** nicht." in reply  # word for word, not as markup
    assert "| Fahrräder reparieren" in reply
    assert await stage.rows(tickets, tickets.c.state) == [("answered",)]


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
    await stage.service.tidy(retention_days=30)
    assert "geheim" not in str(await stage.rows(persons, persons.c.state))


async def test_deleting_removes_everything_even_the_mail_that_has_not_left(stage):
    await stage.hear("Fahrräder reparieren")
    await stage.press(1)
    stage.delivery.senders = {"terminal": stage.terminal}  # the mail server is away
    await stage.press(1)
    await stage.hear("delete", "command")
    assert "Alles ist gelöscht" in await stage.press(1)
    for table in (persons, tickets):
        assert await stage.rows(table, *table.c) == []
    assert await stage.rows(outbox, outbox.c.id) == [] or all(
        payload == "" for (payload,) in await stage.rows(outbox, outbox.c.payload)
    )
    with pytest.raises(KeyError):
        await stage.service.relay_reply(1, "zu spät")


async def test_a_message_that_breaks_the_program_is_kept_and_stops_nobody(stage, monkeypatch):
    def broken(text):
        if "bumm" in text:
            raise RuntimeError("a bug")
        return real(text)

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
    await stage.service.receive("terminal", rows)
    await stage.settle()
    text = stage.out.getvalue()
    assert text.count("Termine gibt es online") == 5
    assert text.count("viele Nachrichten") == 1
    stage.now += 61
    await stage.settle()
    text = stage.out.getvalue()
    assert text.count("Termine gibt es online") >= 9
    assert text.count("viele Nachrichten") == 1


async def test_danger_is_never_slowed_down(stage):
    rows = [(LANE, f"f{n}", {"kind": "text", "text": "Er atmet nicht mehr"}) for n in range(8)]
    await stage.service.receive("terminal", rows)
    await stage.settle()
    assert stage.out.getvalue().count("Rufen Sie 112 an") == 8


async def test_the_same_update_twice_is_answered_once(stage):
    row = (LANE, "1", {"kind": "text", "text": "Termin buchen"})
    await stage.service.receive("terminal", [row])
    await stage.service.receive("terminal", [row])
    await stage.settle()
    assert stage.out.getvalue().count("Termine gibt es online") == 1


async def test_state_that_cannot_be_read_begins_anew(stage):
    await stage.hear("Hallo")
    async with stage.engine.begin() as connection:
        await connection.execute(update(persons).values(state="{broken"))
    assert "Termine gibt es online" in await stage.hear("Termin buchen")


async def test_a_refused_message_does_not_hold_up_the_next(stage):
    class Refusing:
        async def send(self, lane, payload):
            return Refused("no such chat")

    await stage.hear("Hallo")
    stage.delivery.senders = {"terminal": Refusing()}
    await stage.hear("Termin buchen")
    stage.delivery.senders = {"terminal": stage.terminal}
    assert "Karte" in await stage.hear("Karte geklaut")


async def test_a_stopped_channel_keeps_its_messages(stage):
    alerts = []

    class Stopping:
        async def send(self, lane, payload):
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
    await stage.service.tidy(retention_days=30)
    assert await stage.rows(persons, persons.c.id) == []


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

    words.write_text(good.replace("{fee}", "{fe}"))
    with structlog.testing.capture_logs() as lines:
        assert not stage.live.reload()
    assert "{fe} stands for nothing. Did you mean {fee}?" in lines[0]["event"]
    assert [problem.what for problem in stage.live.problems if problem.is_error] == ["{fe} stands for nothing."]
    assert "Bringen Sie Ihren Pass mit." in await stage.hear("Termin buchen")  # what ran still runs

    words.write_text(good)
    assert stage.live.reload()
    assert not stage.live.reload()  # nothing changed since


async def test_the_language_of_a_person_holds(stage):
    await stage.hear("start", "command")
    await stage.press(2)
    assert "Appointments are online" in await stage.hear("Ich brauche einen Termin bei der Ausländerbehörde")
    assert [json.loads(state)["language"] for (state,) in await stage.rows(persons, persons.c.state)] == ["en"]


async def test_open_questions_are_counted(stage):
    await stage.hear("Fahrräder reparieren")
    await stage.press(1)
    await stage.press(1)
    assert "Eine Frage von Ihnen ist offen" in await stage.hear("status", "command")
    async with stage.engine.begin() as connection:
        (ticket,) = await people.stored_tickets(connection)
    assert (ticket.number, ticket.question) == (1, "Fahrräder reparieren")
