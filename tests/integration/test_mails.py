"""Mail in, from the socket to whoever asked: LMTP over a real socket, IMAP against a real Dovecot, both databases."""

from __future__ import annotations

import asyncio
import smtplib
import socket
import ssl
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from email import message_from_bytes
from email.policy import default

import pytest
import trustme
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from bot.channels import imap as mailbox
from bot.channels.imap import Imap
from bot.channels.lmtp import LmtpServer
from bot.channels.mail_out import MailFolder
from bot.errors import SettingsError
from bot.flow.letters import Letters
from bot.flow.mails import Mails
from bot.flow.office_mail import Office
from bot.flow.ports import Delivered
from bot.mailing.arrival import row
from bot.mailing.gate import Reason, Rules
from bot.storage import quarantine
from bot.storage.tables import inbox, outbox, tickets
from bot.tools import mail_test
from tests.integration import test_chats
from tests.integration.test_chats import Stage
from tests.servers import dovecot

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
        files = sorted(self.mails.iterdir(), key=lambda path: path.stat().st_mtime_ns)
        return [message_from_bytes(path.read_bytes(), policy=default) for path in files]

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


@asynccontextmanager
async def listening(store):
    server = LmtpServer("127.0.0.1", 0, store)
    task = asyncio.create_task(server.serve())
    while not server.port:
        await asyncio.sleep(0.01)
    try:
        yield server.port
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def hand_in(port, sender, recipients, mail):
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.sendmail(sender, recipients, mail.replace("\n", "\r\n").encode())


async def test_lmtp_says_yes_only_when_it_is_stored(room):
    question = await room.asked()
    mail = answer(question, "Über LMTP.").partition("\n")[2]  # the return path comes from the envelope
    async with listening(room.postbox.receive) as port:
        await asyncio.to_thread(hand_in, port, "buero@example.org", [str(question["Reply-To"])], mail)
    before = len(room.out.getvalue())
    await room.settle()
    assert "| Über LMTP." in room.out.getvalue()[before:]

    async def broken(rows):
        raise OSError("no space left on device")

    async with listening(broken) as port:
        with pytest.raises(smtplib.SMTPDataError) as refused:
            await asyncio.to_thread(hand_in, port, "buero@example.org", ["reply@example.org"], mail)
    assert refused.value.smtp_code == 451


@pytest.mark.parametrize(("stored", "reply"), [(True, "250"), (False, "451")])
async def test_lmtp_answers_once_for_every_recipient(stored, reply):
    """RFC 2033: else Postfix waits for the second answer, puts the mail off and hands it in again."""
    rows = []

    async def store(found):
        if not stored:
            raise OSError("disk full")
        rows.extend(found)
        return len(found)

    def talk(port):
        with socket.create_connection(("127.0.0.1", port), 10) as peer:
            peer.settimeout(5)
            lines = peer.makefile("rb")
            said = [lines.readline()]
            for command in (
                "LHLO me",
                "MAIL FROM:<a@b.example>",
                "RCPT TO:<one@example.org>",
                "RCPT TO:<two@example.org>",
            ):
                peer.sendall(f"{command}\r\n".encode())
                while True:
                    said.append(lines.readline())
                    if said[-1][3:4] != b"-":
                        break
            peer.sendall(b"DATA\r\n")
            lines.readline()
            peer.sendall(b"Subject: x\r\n\r\nHallo\r\n.\r\n")
            answers = [lines.readline(), lines.readline()]
            peer.sendall(b"NOOP\r\n")
            return answers, lines.readline()

    async with listening(store) as port:
        answers, after = await asyncio.to_thread(talk, port)
    assert [answer[:3].decode() for answer in answers] == [reply, reply]
    assert after.startswith(b"250")  # and no third one
    assert len(rows) == stored


async def test_lmtp_takes_lines_that_are_longer_than_the_standard_allows(room):
    async with listening(room.postbox.receive) as port:
        mail = f"From: a@b.example\nSubject: Lang\n\n{'x' * 100_000}\n"
        await asyncio.to_thread(hand_in, port, "a@b.example", ["reply@example.org"], mail)
    assert len(await room.rows(inbox, inbox.c.id)) == 1


async def test_a_port_that_is_taken_is_named(room):
    async with listening(room.postbox.receive) as port:
        with pytest.raises(SettingsError, match=rf"LOTSE_LMTP_PORT: 127\.0\.0\.1:{port} .*choose another port"):
            await LmtpServer("127.0.0.1", port, room.postbox.receive).serve()


@pytest.fixture
def imap(tmp_path):
    with dovecot.running(tmp_path, trustme.CA()) as server:
        server.box = Imap("localhost", server.port, "tls", server.user, server.secret, ca_file=tmp_path / "ca.pem")
        yield server


async def test_imap_against_dovecot(room, imap):
    question = await room.asked()
    recipient = str(question["Reply-To"])
    delivered = f"Delivered-To: {recipient}\n{answer(question, 'Über IMAP.')}"
    imap.deliver(delivered.encode())
    imap.deliver(b"\xff\xfenot a mail at all")
    assert await imap.box.fetch(room.postbox.receive) == 2
    assert await imap.box.fetch(room.postbox.receive) == 0  # what is stored is marked as seen
    before = len(room.out.getvalue())
    await room.settle()
    assert "| Über IMAP." in room.out.getvalue()[before:]
    # stored but not marked, as after a crash in between: fetched again, relayed once
    imap.deliver(delivered.encode())
    assert await imap.box.fetch(room.postbox.receive) == 1
    before = len(room.out.getvalue())
    await room.settle()
    assert "Über IMAP." not in room.out.getvalue()[before:]


def test_marking_as_read_purges_nothing_of_others(imap):
    """Somebody marked a mail as deleted in the same folder, and has not purged it yet."""
    for subject in (b"deleted by somebody", b"new"):
        imap.deliver(b"Subject: " + subject + b"\r\n\r\nHallo\r\n")
    box = imap.box._login()
    box.folder.create("done")
    first = box.uids("SUBJECT deleted")[0]
    box.client.uid("STORE", first, "+FLAGS", "(\\Deleted \\Seen)")
    mailbox._logout(box)

    async def store(rows):
        return len(rows)

    for done in ("", "done"):
        assert asyncio.run(replace(imap.box, done=done).fetch(store)) == (not done)
    box = imap.box._login()
    assert first in box.uids("ALL")
    mailbox._logout(box)


class Mark:
    """A bookmark in memory."""

    at = None

    async def read(self):
        return self.at

    async def write(self, validity, uid):
        self.at = (validity, uid)


async def test_a_mail_that_somebody_opened_first_is_read_all_the_same(imap):
    stored, box_with_mark = [], replace(imap.box, bookmark=Mark())

    async def store(rows):
        stored.extend(rows)
        return len(rows)

    imap.deliver(b"Subject: one\r\n\r\nHallo\r\n")
    await box_with_mark.fetch(store)
    imap.deliver(b"Subject: two\r\n\r\nHallo\r\n")
    box = imap.box._login()
    box.client.uid("STORE", box.uids("ALL")[-1], "+FLAGS", "(\\Seen)")  # in a webmail
    mailbox._logout(box)
    assert await box_with_mark.fetch(store) == 1
    assert await box_with_mark.fetch(store) == 0
    assert len(stored) == 2


async def test_a_folder_that_is_missing_is_said_and_stops_nothing(imap):
    stored, alerts = [], []

    async def store(rows):
        stored.extend(rows)
        return len(rows)

    for number in range(3):
        imap.deliver(b"Subject: %d\r\n\r\nHallo\r\n" % number)
    box = replace(imap.box, done="Erledigt", alert=alerts.append)
    assert await box.fetch(store) == 3
    assert await box.fetch(store) == 0
    assert len(stored) == 3
    assert len(alerts) == 1
    assert "LOTSE_IMAP_DONE" in alerts[0]
    assert "Erledigt" in alerts[0]


async def test_a_refused_login_is_tried_again_after_the_longest_pause(imap, monkeypatch):
    pauses, alerts = [], []
    real = asyncio.sleep

    async def sleep(seconds):
        pauses.append(seconds)
        await real(0)

    async def ours():
        return len(pauses) < 3

    monkeypatch.setattr("bot.channels.imap.asyncio.sleep", sleep)
    box = replace(imap.box, password="Schlüssel")
    task = asyncio.create_task(box.poll(None, alerts.append, ours))
    async with asyncio.timeout(60):
        while len(pauses) < 3:
            await real(0.01)
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert pauses[:3] == [mailbox.LONGEST_PAUSE] * 3
    assert "letters that some servers do not take" in alerts[0]


@pytest.mark.parametrize(
    ("added", "sentence"),
    [
        (b"", "adds no Authentication-Results"),
        (b"Authentication-Results: other.example; dmarc=pass\r\n", "set LOTSE_AUTHSERV_ID=other.example"),
        (
            b"Authentication-Results: mx.example.org; spf=pass; dkim=pass; dmarc=pass header.from=example.org\r\n",
            "would be let in",
        ),
    ],
)
async def test_mail_test_says_what_is_missing(imap, added, sentence):
    class Into:
        async def send(self, lane, letter):
            imap.deliver(added + letter.mail.encode())
            return Delivered()

    steps = [
        step async for step in mail_test.run(Into(), imap.box, "lotse@example.org", "r@example.org", "mx.example.org")
    ]
    assert sentence in steps[-1][1]
    assert steps[-1][0] is ("let in" in sentence)


@pytest.mark.parametrize("noted", [True, False])
async def test_mail_test_sends_a_token_in_the_envelope_alone(imap, noted):
    class Into:
        async def send(self, lane, letter):
            trace = f"Delivered-To: {letter.to}\r\n" if noted else ""
            results = (
                "Authentication-Results: mx.example.org; spf=pass; dkim=pass; dmarc=pass header.from=example.org\r\n"
            )
            assert letter.to not in letter.mail or "+" not in letter.to
            imap.deliver((trace + results + letter.mail).encode())
            return Delivered()

    steps = [
        step async for step in mail_test.run(Into(), imap.box, "lotse@example.org", "r@example.org", "mx.example.org")
    ]
    (said,) = [step for step in steps if "Mail to reply+0" in step[1]]
    assert said[0] is noted
    assert ("stands nowhere in it" in said[1]) is not noted


async def test_mail_test_with_a_server_that_is_away(tmp_path):
    box = Imap("127.0.0.1", 1, "none", "reply", "x")
    steps = [step async for step in mail_test.run(MailFolder(tmp_path), box, "lotse@e.org", "r@e.org", "mx")]
    assert steps[-1] == (False, steps[-1][1])
    assert "cannot be read" in steps[-1][1]


async def test_certificates_of_a_mailbox_are_verified(tmp_path):
    authority, greeted = trustme.CA(), []
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("localhost").configure_cert(context)
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")

    async def greet(reader, writer):
        greeted.append(1)
        writer.write(b"* BYE not now\r\n")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(greet, "localhost", 0, ssl=context)
    port = server.sockets[0].getsockname()[1]
    stranger = Imap("localhost", port, "tls", "reply", "geheim")
    with pytest.raises(ssl.SSLError) as refused:
        await stranger.fetch(None)
    assert "its certificate does not hold" in stranger.complaint(refused.value)
    assert greeted == []
    with pytest.raises(mailbox.UNREACHABLE) as known:  # with our authority it gets as far as the greeting
        await replace(stranger, ca_file=tmp_path / "ca.pem").fetch(None)
    assert not isinstance(known.value, ssl.SSLError)
    server.close()
    await server.wait_closed()


@pytest.mark.parametrize("greeting", [b"* BYE shutting down\r\n", b"\x00\xff nonsense\r\n", b""])
async def test_a_mail_server_that_breaks_off_is_tried_again(room, greeting):
    async def serve(_, writer):
        writer.write(greeting)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    told = asyncio.Event()

    async def ours():
        return True

    box = Imap("127.0.0.1", server.sockets[0].getsockname()[1], "none", "reply", "x")
    task = asyncio.create_task(box.poll(room.postbox.receive, lambda _: told.set(), ours))
    async with server:
        await asyncio.wait_for(told.wait(), 30)
    assert not task.done()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_a_mail_server_that_falls_silent_is_tried_again(room, monkeypatch):
    """Half open: it takes the connection and says nothing, or nothing more after its greeting."""
    monkeypatch.setattr(mailbox, "SOCKET_SECONDS", 0.2)
    monkeypatch.setattr(mailbox, "POLL_SECONDS", 0.1)
    greetings = [b"", b"* OK ready\r\n", b""]
    peers = []

    async def serve(reader, writer):
        writer.write(greetings[len(peers) % len(greetings)])
        peers.append(writer)
        await reader.read()  # until the other side gives up
        writer.close()

    alerts = []
    server = await asyncio.start_server(serve, "127.0.0.1", 0)

    async def ours():
        return len(alerts) < 3

    box = Imap("127.0.0.1", server.sockets[0].getsockname()[1], "none", "reply", "x")
    task = asyncio.create_task(box.poll(room.postbox.receive, alerts.append, ours))
    async with server, asyncio.timeout(30):
        while len(alerts) < 3:
            await asyncio.sleep(0.05)
    assert len(peers) == 3
    assert all("(TimeoutError). Check LOTSE_IMAP_HOST" in alert for alert in alerts), alerts
    assert not task.done()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


async def test_mail_stays_in_the_mailbox_while_the_database_is_away(room, imap):
    imap.deliver(b"From: a@b.example\r\n\r\nHallo\r\n")

    async def away(rows):
        raise OperationalError("INSERT", {}, OSError("disk full"))

    told = asyncio.Event()

    async def ours():
        return True

    task = asyncio.create_task(imap.box.poll(away, lambda _: told.set(), ours))
    await asyncio.wait_for(told.wait(), 30)
    assert not task.done()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    assert await imap.box.fetch(room.postbox.receive) == 1
