"""Mail out against a real SMTP server: TLS, greylisting, down for a while, refused, lost after DATA."""

from __future__ import annotations

import asyncio
import socket
import ssl
from contextlib import asynccontextmanager, suppress
from email import message_from_bytes
from email.policy import default

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult

from bot.channels.mail_out import MailFolder, SmtpServer
from bot.flow.delivery import Delivery, pause
from bot.flow.ports import Delivered, Later, Paused, Refused
from bot.presentation.outgoing import Letter, Text, write
from bot.storage import queue

MAIL = (
    "From: Lotse <lotse@example.org>\r\nTo: buero@example.org\r\nSubject: Frage 1\r\n"
    "Message-ID: <reply+1.abc@example.org>\r\n\r\nGuten Tag\r\n"
)
LETTER = Letter("buero@example.org", MAIL)


class Office:
    """The office's mail server. ``answers`` are given to RCPT or DATA in turn, then 250."""

    def __init__(self):
        self.mails = []
        self.rcpt, self.data = [], []
        self.drop_after_data = 0
        self.sessions = []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802 # aiosmtpd's name
        if session not in self.sessions:
            self.sessions.append(session)
        if self.rcpt:
            return self.rcpt.pop(0)
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802 # aiosmtpd's name
        if self.data:
            return self.data.pop(0)
        self.mails.append(envelope)
        if self.drop_after_data:
            self.drop_after_data -= 1
            server.transport.abort()
        return "250 Accepted"


@pytest.fixture(scope="module")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    authority.cert_pem.write_to_path(tmp_path / "ca.pem")
    return tmp_path / "ca.pem"


def server_context(authority):
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1", "localhost").configure_cert(context)
    return context


@pytest.fixture
def office():
    return Office()


@pytest.fixture
async def serve(office):
    """Start the server and give its port: ``await serve(port=..., ssl=..., tls_context=...)``."""
    running = []

    async def start(port=0, ssl=None, **options):
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(office, **options), "127.0.0.1", port, ssl=ssl)
        running.append(server)
        return server.sockets[0].getsockname()[1]

    yield start
    for server in running:
        server.close()


def client(port, security="none", **options):
    return SmtpServer("127.0.0.1", port, security, sender="lotse@example.org", **options)


async def test_a_mail_arrives_as_it_was_written(serve, office):
    port = await serve()
    assert isinstance(await client(port).send("mail:1", LETTER), Delivered)
    (envelope,) = office.mails
    assert envelope.rcpt_tos == ["buero@example.org"]
    assert envelope.mail_from == "lotse@example.org"
    assert message_from_bytes(envelope.content, policy=default)["Message-ID"] == "<reply+1.abc@example.org>"


@pytest.mark.parametrize("security", ["starttls", "tls"])
async def test_certificates_are_verified(serve, office, authority, ca_file, security):
    context = server_context(authority)
    options = {"tls_context": context, "require_starttls": True} if security == "starttls" else {"ssl": context}
    port = await serve(**options)
    trusted = await client(port, security, ca_file=ca_file).send("mail:1", LETTER)
    assert isinstance(trusted, Delivered), trusted
    stranger = await client(port, security).send("mail:1", LETTER)
    assert isinstance(stranger, Later)
    assert "certificate" in stranger.reason
    assert len(office.mails) == 1


async def test_a_server_without_starttls_gets_nothing(serve, office):
    port = await serve()
    assert isinstance(await client(port, "starttls").send("mail:1", LETTER), Later)
    assert office.mails == []


@pytest.mark.parametrize(
    ("rcpt", "data", "outcome"),
    [
        (["451 4.7.1 Greylisted, try again later"], [], Later),  # greylisting
        (["421 Too busy"], [], Later),
        (["452 Mailbox full"], [], Later),
        ([], ["451 Try later"], Later),
        (["550 5.1.1 No such user"], [], Refused),  # a wrong address: the operator must know
        ([], ["554 Message rejected"], Refused),
    ],
)
async def test_answers_of_the_server(serve, office, rcpt, data, outcome):
    port = await serve()
    office.rcpt, office.data = rcpt, data
    assert isinstance(await client(port).send("mail:1", LETTER), outcome)
    assert office.mails == []


async def test_a_wrong_password_waits_for_the_operator(serve, authority, ca_file):
    context = server_context(authority)
    refuse = lambda *_: AuthResult(success=False, handled=False)  # noqa: E731 # a table entry
    port = await serve(tls_context=context, authenticator=refuse, auth_required=True)
    outcome = await client(port, "starttls", ca_file=ca_file, user="lotse", password="geheim").send("mail:1", LETTER)
    assert isinstance(outcome, Paused)
    assert "LOTSE_SMTP_USER" in outcome.reason
    assert "geheim" not in outcome.reason


async def test_ten_mails_and_a_wrong_password_are_one_login(engine, serve, office, authority, ca_file):
    """A server that counts failed logins locks the account: one attempt, then the channel rests."""
    logins, alerts, right = [], [], [False]

    def check(server, session, envelope, mechanism, data):
        logins.append(mechanism)
        return AuthResult(success=right[0], handled=False)

    now = 1000.0
    port = await serve(tls_context=server_context(authority), authenticator=check, auth_required=True)
    sender = client(port, "starttls", ca_file=ca_file, user="lotse", password="geheim")
    delivery = Delivery(engine, {"mail": sender}, clock=lambda: now, alert=alerts.append)
    for number in range(10):
        await enqueue(engine, number)
    for _ in range(3):
        await delivery.work()
    assert len(logins) == 1
    assert len(alerts) == 1
    assert "rests for 900 seconds" in alerts[0]
    now += 901
    await delivery.work()
    assert (len(logins), len(alerts)) == (2, 1)  # told once
    right[0] = True
    now += 901
    await delivery.work()
    assert len(office.mails) == 10


@asynccontextmanager
async def saying(lines):
    """The port of a server that says these lines, whatever it is told; what was opened is closed at the end."""
    ended = asyncio.Event()

    async def serve(reader, writer):
        with suppress(ConnectionError):
            for line in lines:
                writer.write(line)
                await writer.drain()
                await reader.readline()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()
        ended.set()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield server.sockets[0].getsockname()[1]
        await asyncio.wait_for(ended.wait(), 10)


@pytest.mark.parametrize(
    ("dialogue", "said"),
    [
        # the server itself does not want anybody now: it is not the mail
        ([b"554 5.7.1 No service for you\r\n"], "554"),
        ([b"521 mx.example.org does not accept mail\r\n"], "521"),
        ([b"220 mx.example.org\r\n", b"250-mx\r\n250 STARTTLS\r\n", b"502 5.5.1 not implemented\r\n"], "502"),
        ([b"220 mx\r\n", b"550 5.7.1 I do not like your name\r\n", b"550 nor so\r\n"], "550"),
        # one byte that is no letter
        ([b"554 Empf\xe4nger unbekannt\r\n"], "Empf\ufffdnger"),
    ],
)
async def test_what_a_server_says_before_the_mail_begins_is_no_word_on_the_mail(dialogue, said):
    async with saying(dialogue) as port:
        outcome = await client(port, "starttls").send("mail:1", LETTER)
    assert isinstance(outcome, Later), outcome
    assert said in outcome.reason
    outcome.reason.encode()  # every log and database takes it


# what the server says; what logs and alerts show of it
@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (b"5.1.1 Empf\xe4nger unbekannt", "5.1.1 Empf\ufffdnger unbekannt"),  # a byte that is no letter
        (b"5.1.1 <amina@verein.example>: no such user", "5.1.1 (an address): no such user"),
        (b"5.7.1 reply+1.abc@bot.example may not write", "5.7.1 (an address) may not write"),
    ],
)
async def test_a_refused_recipient(said, shown):
    answers = [
        b"220 mx\r\n",
        b"250 mx\r\n",
        b"250 ok\r\n",
        b"550 " + said + b"\r\n",
        b"250 ok\r\n",
        b"221 bye\r\n",
    ]

    async with saying(answers) as port:
        outcome = await client(port).send("mail:1", LETTER)
    assert outcome == Refused(f"550 {shown}")


@pytest.fixture
def database_url(tmp_path):
    """SQLite alone: it is the mail servers that differ here."""
    return f"sqlite:///{tmp_path}/lotse.db"


async def enqueue(engine, number=1):
    async with engine.begin() as connection:
        await queue.enqueue(connection, "mail", f"mail:{number}", write(LETTER), 0, ticket=number)


async def test_a_server_that_is_down_for_hours_gets_every_mail_in_the_end(engine, serve, office):
    """The clock is turned by hand: six hours of failures, then the server is back."""
    now = 1000.0
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    delivery = Delivery(engine, {"mail": client(port)}, clock=lambda: now)
    for number in range(3):
        await enqueue(engine, number)
    while now < 1000 + 6 * 3600:
        await delivery.work()
        now += 60
    async with engine.connect() as connection:
        assert [15 < row.attempts < 30 for row in await queue.unsent(connection)] == [True] * 3  # growing pauses
    await serve(port=port)
    while await delivery.work() or now < 1000 + 8 * 3600:
        now += 900
    assert len(office.mails) == 3


@pytest.mark.parametrize(("attempts", "seconds"), [(1, 2), (2, 4), (5, 32), (10, 1024), (11, 1800), (10_000, 1800)])
def test_pauses_grow_up_to_half_an_hour(attempts, seconds):
    assert pause(attempts) == seconds


@pytest.mark.parametrize(
    ("rcpt", "connections"),
    [
        ([], 1),
        (["451 4.7.1 Greylisted", "550 No such user"], 1),  # the next mail goes on where these were refused
        (["421 Too many mails"], 2),  # the server ends it
    ],
)
async def test_mails_that_wait_share_a_connection(engine, serve, office, rcpt, connections):
    port = await serve()
    office.rcpt = list(rcpt)
    delivery = Delivery(engine, {"mail": client(port)}, clock=lambda: 1000.0, alert=lambda _: None)
    for number in range(5):
        await enqueue(engine, number)
    assert await delivery.work() == 5
    assert len(office.mails) == 5 - len(rcpt)
    assert len(office.sessions) == connections


async def test_a_connection_that_breaks_between_two_mails_is_opened_again(engine, serve, office):
    port = await serve()
    office.drop_after_data = 1
    now = 1000.0
    delivery = Delivery(engine, {"mail": client(port)}, clock=lambda: now)
    for number in range(3):
        await enqueue(engine, number)
    assert await delivery.work() == 3  # the first one's fate is unknown, the others have arrived
    assert len(office.mails) == 3
    async with engine.connect() as connection:
        assert await queue.waiting(connection, queue.outbox) == 1


async def test_a_silent_mail_server_delays_no_chat(engine):
    """Mail has a loop of its own."""

    async def say_nothing(reader, writer):
        await reader.read()
        writer.close()

    silent = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    said = asyncio.Event()

    class Chat:
        async def send(self, lane, message):
            said.set()
            return Delivered()

    port = silent.sockets[0].getsockname()[1]
    delivery = Delivery(engine, {"chat": Chat(), "mail": client(port)}, clock=lambda: 1000.0)
    await enqueue(engine)
    task = asyncio.create_task(delivery.run())
    await asyncio.sleep(0.2)
    async with engine.begin() as connection:
        await queue.enqueue(connection, "chat", "chat:1", write(Text(to="1", text="Guten Tag")), 0)
    delivery.wake()
    await asyncio.wait_for(said.wait(), 5)
    assert not task.done()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
    silent.close()


async def test_stopping_ends_after_the_mail_that_is_being_sent(engine, serve, office):
    port = await serve()
    delivery = Delivery(engine, {"mail": client(port)}, clock=lambda: 1000.0)
    for number in range(50):
        await enqueue(engine, number)
    task = asyncio.create_task(delivery.run())
    while not office.mails:
        await asyncio.sleep(0.001)
    delivery.stop()
    await asyncio.wait_for(task, 10)
    assert len(office.mails) < 50
    async with engine.connect() as connection:  # each one that has arrived is marked
        assert await queue.waiting(connection, queue.outbox) == 50 - len(office.mails)


async def test_a_connection_lost_after_data_gives_the_documented_duplicate(engine, serve, office):
    """Nobody can know whether the mail was taken; it is sent again with the same Message-ID."""
    port = await serve()
    office.drop_after_data = 1
    now = 1000.0
    delivery = Delivery(engine, {"mail": client(port)}, clock=lambda: now)
    await enqueue(engine)
    while await delivery.work():
        now += 60
    ids = {message_from_bytes(envelope.content)["Message-ID"] for envelope in office.mails}
    assert len(office.mails) == 2
    assert len(ids) == 1


async def test_a_refused_mail_is_kept_and_reported(engine, serve, office):
    port = await serve()
    office.rcpt = ["550 No such user"]
    alerts = []
    delivery = Delivery(engine, {"mail": client(port)}, clock=lambda: 1.0, alert=alerts.append)
    await enqueue(engine)
    await delivery.work()
    async with engine.connect() as connection:
        assert await queue.waiting(connection, queue.outbox, "dead") == 1
    assert len(alerts) == 1
    assert "550 No such user" in alerts[0]


async def test_without_a_server_mails_become_files(tmp_path):
    folder = MailFolder(tmp_path / "mail")
    for _ in range(2):  # sent twice, written once
        assert isinstance(await folder.send("mail:7", LETTER), Delivered)
    (path,) = (tmp_path / "mail").iterdir()
    assert path.name.startswith("mail-7-")
    assert path.read_bytes() == MAIL.encode()


async def test_a_folder_that_cannot_be_written_waits(tmp_path):
    (tmp_path / "mail").write_text("a file where the folder should be")
    outcome = await MailFolder(tmp_path / "mail").send("mail:7", LETTER)
    assert isinstance(outcome, Later)


async def test_a_sender_that_never_ends_is_tried_again(engine, monkeypatch):
    """Well before its lease is over: else another replica would send the row at the same time."""

    class Hanging:
        async def send(self, lane, message):
            await asyncio.Event().wait()

    monkeypatch.setattr("bot.flow.delivery.LEASE", 10.02)
    delivery = Delivery(engine, {"mail": Hanging()}, clock=lambda: 5.0)
    await enqueue(engine)
    await asyncio.wait_for(delivery.work(), 60)
    async with engine.connect() as connection:
        (row,) = await queue.unsent(connection)
    assert (row.state, row.error) == ("waiting", "no answer in time")


async def test_a_sender_that_hangs_or_breaks_is_tried_again(engine):
    """Whatever a sender does, the row stays."""

    class Broken:
        async def send(self, lane, message):
            await asyncio.sleep(0)
            raise ValueError("a bug")

    now = 5.0
    delivery = Delivery(engine, {"mail": Broken()}, clock=lambda: now)
    await enqueue(engine)
    await delivery.work()
    async with engine.connect() as connection:
        assert await queue.waiting(connection, queue.outbox) == 1
