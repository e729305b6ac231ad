"""Mail in, from the socket to whoever asked: LMTP over a real socket, IMAP against a real Dovecot, both databases."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from bot.flow.letters import Letters
from bot.flow.mails import Mails
from bot.flow.office_mail import Office
from bot.mailing.arrival import row
from bot.mailing.gate import Reason, Rules
from bot.storage import quarantine
from bot.storage.tables import inbox, outbox, tickets
from tests.integration import test_chats
from tests.integration.test_chats import Stage

OFFICE = Office("buero@example.org", "lotse@example.org", "reply@example.org", b"k" * 32, answerable=True)
PROVEN = "Authentication-Results: mx.example.org; dmarc=pass header.from={domain}\n"


class Mailroom(Stage):
    """A service whose postbox reads mail; ``alerts`` is what the operator was told."""

    def __init__(self, engine, folder):
        super().__init__(engine, folder)
        self.chats.desk.office = OFFICE
        self.alerts = []
        letters = Letters(OFFICE.sender, OFFICE.reply_to)
        self.chats.channels = self.chats.desk.channels = {**self.chats.channels, "mail": letters}
        self.postbox = Mails(
            self.chats,
            letters,
            lambda: Rules(
                own=(OFFICE.sender, OFFICE.reply_to),
                offices={OFFICE.address: (), "zweites@example.org": ()},
                centres=("@beratung.example",),
                secret=OFFICE.secret,
                authserv_id="mx.example.org",
                topics=tuple(self.live.current.knowledge.topics),
            ),
            second_office="zweites@example.org",
            clock=lambda: self.now,
            alert=self.alerts.append,
        )

    async def settle(self):
        while await self.chats.work() or await self.postbox.work() or await self.delivery.work():
            pass

    async def asked(self):
        """A question is handed over; the mail the office got, parsed."""
        await self.hear("Fahrräder reparieren")
        await self.press(1)
        await self.press(1)
        return self.sent()[-1]

    def sent(self):
        """Every mail that went out, oldest first."""
        return self.folder.sent()

    async def get(self, mail, *recipients):
        await self.postbox.receive([row(mail.replace("\n", "\r\n").encode(), list(recipients))])
        before = len(self.out.getvalue())
        await self.settle()
        return self.out.getvalue()[before:]

    async def held(self):
        async with self.engine.connect() as connection:
            return await quarantine.held(connection)


@pytest.fixture
def room(engine, tmp_path, catalogues, monkeypatch):
    monkeypatch.setattr(test_chats.Stage, "catalogues", catalogues)
    return Mailroom(engine, tmp_path)


def answer(question, text, sender="buero@example.org", extra=""):
    domain = sender.partition("@")[2]
    return (
        f"Return-Path: <{sender}>\n{PROVEN.format(domain=domain)}{extra}From: Büro <{sender}>\n"
        f"To: {question['Reply-To']}\nSubject: AW: {question['Subject']}\nMessage-ID: <a1@example.org>\n"
        f"In-Reply-To: {question['Message-ID']}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    )


def say(asked, text, sender="", extra=""):
    """The reply of one word to a mail of ours that asks for it."""
    sender = sender or str(asked["To"])
    return (
        f"Return-Path: <{sender}>\n{PROVEN.format(domain=sender.partition('@')[2])}{extra}From: {sender}\n"
        f"To: {asked['Reply-To']}\nSubject: AW: {asked['Subject']}\nMessage-ID: <{abs(hash(text + sender))}@x.example>\n"
        f"In-Reply-To: {asked['Message-ID']}\nContent-Type: text/plain; charset=utf-8\n\n{text}\n"
    )


async def test_the_office_simply_replies(room):
    question = await room.asked()
    heard = await room.get(
        answer(
            question,
            "Bitte fragen Sie das Ordnungsamt.\n\nViele Grüße\n\nAm 21.11.2026 schrieb Lotse:\n> Fahrräder reparieren",
        ),
        question["Reply-To"],
    )
    assert "| Bitte fragen Sie das Ordnungsamt." in heard
    assert "| Fahrräder reparieren" in heard  # the question it answers
    assert "schrieb Lotse" not in heard
    assert await room.rows(tickets, tickets.c.state) == [("answered",)]


async def test_a_reply_is_read_once_however_often_it_comes(room):
    question = await room.asked()
    mail = answer(question, "Ja.")
    assert "| Ja." in await room.get(mail, question["Reply-To"])
    assert await room.get(mail, question["Reply-To"]) == ""


async def test_commands(room):
    question = await room.asked()
    heard = await room.get(answer(question, "#antwort appointment-book"), question["Reply-To"])
    assert "Termine gibt es online" in heard
    heard = await room.get(answer(question, "#privat\nNotiz für Frau Weber"), question["Reply-To"])
    assert heard == ""
    heard = await room.get(answer(question, "#antworte\nHallo"), question["Reply-To"])
    assert heard == ""  # an unknown command: nothing is relayed, and the clerk is told
    report = room.sent()[-1]
    assert report["To"] == "buero@example.org"
    assert "ist kein Befehl" in report.get_content()
    assert report["Auto-Submitted"] == "auto-replied"
    assert report["In-Reply-To"] == "<a1@example.org>"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        # our mail server does not vouch for the sender
        (lambda mail: mail.replace("dmarc=pass", "dmarc=fail"), Reason.DMARC),
        # a header below the topmost one is anybody's
        (lambda mail: f"Authentication-Results: mx.example.org; dmarc=fail\n{mail}", Reason.DMARC),
        # the name shown is the office's, the address is not
        (
            lambda mail: mail.replace("From: Büro <buero@example.org>", 'From: "buero@example.org" <x@evil.example>'),
            None,
        ),
        # two senders
        (lambda mail: f"From: x@evil.example\n{mail}", Reason.SENDER),
        # nothing above the line
        (lambda mail: mail.replace("Ja, gern.", "-- Bitte über dieser Zeile antworten --\n\nGuten Tag,"), Reason.EMPTY),
    ],
)
async def test_who_is_not_let_in(room, change, reason):
    question = await room.asked()
    assert await room.get(change(answer(question, "Ja, gern.")), question["Reply-To"]) == ""
    assert await room.rows(tickets, tickets.c.state) == [("open",)]
    held = await room.held()
    assert len(held) == 1
    if reason is not None:
        assert held[0].reason == reason.name
    assert "quarantine" in room.alerts[0]
    assert "gern" not in room.alerts[0]


async def test_of_a_private_reply_no_file_is_sent_on(room):
    question = await room.asked()
    mail = answer(question, "").partition("Content-Type")[0]
    mail += (
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        "#privat\nNur fuer Kollegen.\n--b\nContent-Type: application/pdf\n"
        'Content-Disposition: attachment; filename="akte.pdf"\n\n%PDF-1.4 geheim\n--b--\n'
    )
    assert await room.get(mail, question["Reply-To"]) == ""
    assert "akte.pdf" not in str(await room.rows(outbox, outbox.c.payload))
    assert await room.rows(tickets, tickets.c.state) == [("open",)]
    assert await room.held() == []


async def test_an_operator_releases_a_held_reply(room):
    question = await room.asked()
    await room.get(answer(question, "Ja, gern.").replace("dmarc=pass", "dmarc=fail"), question["Reply-To"])
    (held,) = await room.held()
    assert await room.postbox.releases.release(held.id, None)
    before = len(room.out.getvalue())
    await room.settle()
    assert "| Ja, gern." in room.out.getvalue()[before:]
    assert not await room.held()


async def test_held_mail_is_kept_no_longer_than_anything_else(room):
    question = await room.asked()
    await room.get(answer(question, "Ja.").replace("dmarc=pass", "dmarc=fail"), question["Reply-To"])
    for days, left in ((29, 1), (2, 0)):
        room.now += days * 86400
        await room.tidy(30)
        assert len(await room.held()) == left


@pytest.mark.parametrize(
    "text",
    [
        "#privat\nNur für das Team.",
        "#antworte\nHallo",  # a command nobody knows: not even an operator sends it by mistake
        "-- Bitte über dieser Zeile antworten --\n\nGuten Tag,",
    ],
)
async def test_what_has_no_words_for_the_asker_is_not_released(room, text):
    question = await room.asked()
    await room.get(answer(question, text).replace("dmarc=pass", "dmarc=fail"), question["Reply-To"])
    (held,) = await room.held()
    with pytest.raises(ValueError, match=str(held.id)):
        await room.postbox.releases.release(held.id, None)
    assert len(await room.held()) == 1
    assert await room.rows(tickets, tickets.c.state) == [("open",)]


async def test_a_counselling_centre_forwards_two_questions(room):
    await room.get(
        "Return-Path: <anna@beratung.example>\n"
        + PROVEN.format(domain="beratung.example")
        + "From: Anna <anna@beratung.example>\nTo: reply@example.org\nSubject: Zwei Fragen\nMessage-ID: <f1@beratung.example>\n"
        "Content-Type: text/plain; charset=utf-8\n\n1. Wie bekomme ich einen Termin?\n2. Fahrräder reparieren, wer macht das?\n",
        "reply@example.org",
    )
    (asked,) = room.sent()  # nothing goes to the office before the centre has said yes
    text = asked.get_content()
    assert asked["To"] == "anna@beratung.example"
    assert asked["In-Reply-To"] == "<f1@beratung.example>"
    assert "Termine gibt es online" in text
    assert "| > Fahrräder reparieren, wer macht das?" in text
    assert "mit dem einen Wort JA" in text
    await room.get(say(asked, "Ja"), asked["Reply-To"])
    to_office, to_centre = sorted(room.sent()[1:], key=lambda mail: mail["To"] != "buero@example.org")
    assert "Fahrräder reparieren" in to_office.get_body(("plain",)).get_content()
    assert "eine Beratungsstelle" in to_office.get_body(("plain",)).get_content()
    assert "Die Frage ist an" in to_centre.get_content()
    # the office's reply finds the centre, in its own thread
    await room.get(answer(to_office, "Im Repair-Café."), to_office["Reply-To"])
    back = room.sent()[-1]
    assert back["To"] == "anna@beratung.example"
    assert "<f1@beratung.example>" in back["References"]
    assert "Im Repair-Café." in back.get_content()


async def test_strangers_are_refused_politely_and_never_twice_too_often(room):
    mail = (
        "Return-Path: <x@else.example>\n"
        + PROVEN.format(domain="else.example")
        + "From: x@else.example\nTo: reply@example.org\nSubject: Hallo\nMessage-ID: <{n}@else.example>\n\nIch habe eine Frage\n"
    )
    room.postbox.per_hour = 2
    for n in range(4):
        await room.get(mail.replace("{n}", str(n)), "reply@example.org")
    refusals = [each for each in room.sent() if each["To"] == "x@else.example"]
    assert len(refusals) == 2
    assert "Nobody has read your mail" in refusals[0].get_content()
    await room.get(mail.replace("dmarc=pass", "dmarc=fail").replace("x@else", "y@else"), "reply@example.org")
    assert not [each for each in room.sent() if each["To"] == "y@else.example"]  # who is not proven is not answered


async def test_out_of_office_waits_and_is_not_answered(room):
    question = await room.asked()
    mail = answer(question, "Ich bin bis Montag nicht im Büro.", extra="Auto-Submitted: auto-replied\n")
    assert await room.get(mail, question["Reply-To"]) == ""
    assert [each.reason for each in await room.held()] == ["ABSENCE"]
    assert len(room.sent()) == 1  # two robots would talk for ever


async def test_a_bounce_goes_to_the_second_office(room):
    question = await room.asked()
    message_id = str(question["Message-ID"])
    await room.get(
        "Return-Path: <>\nFrom: MAILER-DAEMON@example.org\nTo: lotse@example.org\nSubject: Undelivered\n"
        'MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary="b"\n\n'
        "--b\nContent-Type: text/plain\n\nSorry.\n--b\nContent-Type: message/delivery-status\n\n"
        "Reporting-MTA: dns; mx.example.org\n\nFinal-Recipient: rfc822; buero@example.org\nAction: failed\nStatus: 5.1.1\n\n"
        f"--b\nContent-Type: text/rfc822-headers\n\nMessage-ID: {message_id}\n\n--b--\n",
        "lotse@example.org",
    )
    assert "second office" in room.alerts[0]
    again = room.sent()[-1]
    assert again["To"] == "zweites@example.org"
    assert again["Reply-To"] != question["Reply-To"]  # another office, another token
    assert "| Ja." in await room.get(answer(again, "Ja.", "zweites@example.org"), again["Reply-To"])


async def test_attachments_reach_the_asker(room):
    question = await room.asked()
    mail = answer(question, "").replace(
        "Content-Type: text/plain; charset=utf-8\n\n\n",
        'MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\nSiehe Anhang.\n'
        '--b\nContent-Type: application/pdf; name="Formular.pdf"\nContent-Disposition: attachment; filename="Formular.pdf"\n\n'
        "%PDF-1.4 test\n--b--\n",
    )
    heard = await room.get(mail, question["Reply-To"])
    assert "Siehe Anhang." in heard
    assert "Formular.pdf" in heard


@pytest.mark.parametrize(
    "raw", [b"", b"\0" * 5000, b"From: a\n" * 9000, b"\xff\xfe\x00garbage", b"Subject: =?utf-8?q?=0A?=\n\n"]
)
async def test_whatever_comes_the_queue_goes_on(room, raw):
    question = await room.asked()
    await room.postbox.receive([row(raw, ["reply@example.org"])])
    assert "| Ja." in await room.get(answer(question, "Ja."), question["Reply-To"])
    async with room.engine.connect() as connection:
        states = set((await connection.execute(select(inbox.c.state))).scalars())
    assert states == {"done"}
