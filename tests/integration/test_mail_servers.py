"""The whole way by mail through real servers: Lotse, Postfix with STARTTLS and a login, rspamd, Dovecot, and back by LMTP
or IMAP. The office's and Lotse's mail is signed, and what dmarc=pass means is decided by rspamd, not by the test.
"""

from __future__ import annotations

import asyncio
import os
import smtplib
import ssl
import tempfile
import time
from contextlib import asynccontextmanager, nullcontext, suppress
from dataclasses import dataclass, replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP as MAIL_POLICY
from pathlib import Path

import pytest
import trustme
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from dns.asyncresolver import Resolver
from sqlalchemy.exc import OperationalError

from bot.channels.imap import Imap
from bot.channels.lmtp import LmtpServer
from bot.channels.mail_out import SmtpServer
from bot.channels.signing import Signature, signature
from bot.flow.delivery import Delivery
from bot.flow.letters import Letters
from bot.flow.mails import Mails
from bot.flow.office_mail import Office
from bot.handover import tokens
from bot.handover.mail import MARKER
from bot.mailing.arrival import unpack
from bot.mailing.gate import Reason, Rules
from bot.storage import quarantine
from bot.storage.tables import inbox, outbox, tickets
from bot.tools import mail_test
from tests.integration import test_chats
from tests.integration.test_chats import Stage
from tests.servers import daemon, dovecot, postfix, rspamd

CITY, OFFICE_DOMAIN = "lotse.stadt.example", "amt.example"
OFFICE = Office(f"buero@{OFFICE_DOMAIN}", f"lotse@{CITY}", f"reply@{CITY}", b"k" * 32, answerable=True)
BY_IMAP = "imap.stadt.example"  # whose reply+...@ lies in a mailbox instead of coming by LMTP
SECONDS = 60


@dataclass
class Servers:
    """Everything outside of Lotse. ``lmtp_port`` is where Postfix expects Lotse."""

    dovecot: dovecot.Dovecot
    postfix: postfix.Postfix
    lmtp_port: int
    ca_file: Path
    lotse: Signature
    office: Signature

    def mailbox(self, user):
        return Imap("localhost", self.dovecot.port, "tls", user, self.dovecot.secret, ca_file=self.ca_file)

    def outgoing(self):
        """As the settings for SMTP make it."""
        return SmtpServer(
            "localhost",
            self.postfix.submission,
            "starttls",
            user="lotse",
            password=self.dovecot.secret,
            ca_file=self.ca_file,
            sender=OFFICE.sender,
            signature=self.lotse,
        )

    def arrives(self, mail, sender, recipient):
        """A mail from outside, over STARTTLS."""
        with smtplib.SMTP("localhost", self.postfix.port) as client:
            client.starttls(context=ssl.create_default_context(cafile=self.ca_file))
            client.sendmail(sender, [recipient], mail)


@pytest.fixture(scope="module")
def servers():
    there = (dovecot.installed(), Path("/usr/lib/dovecot/lmtp").exists(), postfix.installed(), rspamd.installed())
    daemon.need(all(there), postfix.INSTALL)
    daemon.need(os.getuid() == 0, postfix.NEEDS_ROOT)
    # Not below pytest's folder, which only root may enter: each server has its own user.
    with tempfile.TemporaryDirectory(prefix="lotse-mail-") as name:
        folder = Path(name)
        folder.chmod(0o755)
        running = []
        try:
            yield _start(folder, running)
        finally:
            for server in reversed(running):
                server.stop()


def _start(folder, running):
    for part in ("dovecot", "postfix", "rspamd"):
        (folder / part).mkdir()
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    key, chain, ca_file = (folder / file for file in ("key.pem", "cert.pem", "ca.pem"))
    key.write_bytes(certificate.private_key_pem.bytes())
    chain.write_bytes(b"".join(blob.bytes() for blob in certificate.cert_chain_pems))
    authority.cert_pem.write_to_path(str(ca_file))
    signatures = {domain: _signature(folder, domain) for domain in (CITY, OFFICE_DOMAIN)}
    records = {each.name: each.record for each in signatures.values()}
    # Lotse's mail comes from this machine, the office's from elsewhere: that is known by its signature alone.
    records |= {CITY: "v=spf1 ip4:127.0.0.1 -all", OFFICE_DOMAIN: "v=spf1 ip4:192.0.2.1 -all"}
    records |= {f"_dmarc.{domain}": "v=DMARC1; p=none" for domain in (*signatures, "stadt.example")}

    filter_ = rspamd.Rspamd(folder / "rspamd", records)
    running.append(filter_)
    boxes = dovecot.Dovecot(folder / "dovecot", chain, key, ("buero", "lotse"), lmtp=True)
    running.append(boxes)
    lmtp_port = daemon.free_port()
    mail = postfix.Postfix(
        folder / "postfix",
        chain,
        key,
        {
            CITY: f"lmtp:inet:127.0.0.1:{lmtp_port}",
            OFFICE_DOMAIN: f"lmtp:inet:127.0.0.1:{boxes.lmtp_port}",
            BY_IMAP: f"lmtp:inet:127.0.0.1:{boxes.lmtp_port}",
        },
        [OFFICE.address, OFFICE.sender, OFFICE.reply_to, f"reply@{BY_IMAP}"],
        boxes.sasl,
        filter_.port,
    )
    running.append(mail)
    return Servers(boxes, mail, lmtp_port, ca_file, signatures[CITY], signatures[OFFICE_DOMAIN])


def _signature(folder, domain):
    path = folder / f"{domain}.pem"
    key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    path.write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return signature(domain, "s1", path)


class Town(Stage):
    """Lotse with its mail going out to Postfix, and coming in."""

    def __init__(self, engine, folder, servers, office=OFFICE):
        super().__init__(engine, folder)
        self.now = time.time()
        self.servers = servers
        self.chats.desk.office = office
        letters = Letters(office.sender, office.reply_to)
        self.chats.channels = self.chats.desk.channels = {**self.chats.channels, "mail": letters}
        senders = {"terminal": self.terminal, "mail": servers.outgoing()}
        self.delivery = Delivery(engine, senders, clock=lambda: self.now)
        self.postbox = Mails(
            self.chats,
            letters,
            lambda: Rules(
                own=(office.sender, office.reply_to),
                offices={office.address: ()},
                centres=(),
                secret=office.secret,
                authserv_id=postfix.NAME,
                topics=tuple(self.live.current.knowledge.topics),
            ),
            clock=lambda: self.now,
            alert=lambda _: None,
        )

    async def settle(self):
        while await self.chats.work() or await self.postbox.work() or await self.delivery.work():
            pass

    async def asks(self):
        """A question is handed over; the mail that lies in the office's mailbox, parsed."""
        await self.hear("Fahrräder reparieren")
        await self.press(1)
        await self.press(1)
        states = await self.rows(outbox, outbox.c.channel, outbox.c.state, outbox.c.error)
        assert [row[1] for row in states if row[0] == "mail"] == ["done"], states
        (raw,) = await self.mails_of("buero", 1)
        return message_from_bytes(raw, policy=MAIL_POLICY)

    async def mails_of(self, user, count):
        """The new mails in a mailbox, by IMAP; they are marked as read."""
        found = []

        async def keep(rows):
            found.extend(unpack(payload, bytes)[0] for _, _, payload in rows)
            return len(rows)

        async with asyncio.timeout(SECONDS):
            while len(found) < count:
                await self.servers.mailbox(user).fetch(keep)
                await asyncio.sleep(0.1)
        return found

    @asynccontextmanager
    async def listening(self, store=None):
        """Lotse's LMTP at the port that Postfix knows."""
        server = LmtpServer("127.0.0.1", self.servers.lmtp_port, store or self.postbox.receive)
        task = asyncio.create_task(server.serve())
        await asyncio.sleep(0.1)
        assert not task.done(), task.exception()
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def arrives(self, mail, sender, recipient):
        await asyncio.to_thread(self.servers.arrives, mail, sender, recipient)

    async def taken(self, count=1):
        """Wait until ``count`` mails are in the inbox, work them off, and give what the asker hears."""
        async with asyncio.timeout(SECONDS):
            while len(await self.mail_rows()) < count:
                await asyncio.sleep(0.1)
        before = len(self.out.getvalue())
        await self.settle()
        return self.out.getvalue()[before:]

    async def mail_rows(self):
        rows = await self.rows(inbox, inbox.c.channel, inbox.c.state)
        return [row for row in rows if row[0] == "mail-in"]

    async def held(self):
        async with self.engine.connect() as connection:
            return await quarantine.held(connection)

    async def waits_in_postfix(self):
        """The one mail in Postfix's queue that an attempt has failed for: recipient and reason."""
        async with asyncio.timeout(SECONDS):
            while True:
                queue = await asyncio.to_thread(self.servers.postfix.queue)
                if queue and not queue[0][0].endswith(": "):
                    assert len(queue) == 1
                    return queue[0][0]
                await asyncio.sleep(0.2)


@pytest.fixture
def town(engine, tmp_path, catalogues, monkeypatch, servers):
    monkeypatch.setattr(test_chats.Stage, "catalogues", catalogues)
    return Town(engine, tmp_path, servers)


def clerk(question, text):
    """What a clerk's mail program writes when somebody presses Reply: bytes with CRLF, not signed yet."""
    mail = EmailMessage(policy=MAIL_POLICY)
    mail["From"] = f"Büro für Integration <{OFFICE.address}>"
    mail["To"] = question["Reply-To"]
    mail["Subject"] = f"AW: {question['Subject']}"
    mail["Date"] = question["Date"]
    mail["Message-ID"] = f"<{time.time_ns()}@{OFFICE_DOMAIN}>"
    mail["In-Reply-To"] = question["Message-ID"]
    mail["References"] = question["Message-ID"]
    quoted = "\n".join(f"> {line}" for line in question.get_body(("plain",)).get_content().splitlines())
    mail.set_content(f"{text}\n\nMit freundlichen Grüßen\nIhr Büro\n\nAm 21.11.2026 schrieb Lotse:\n{quoted}\n")
    return mail.as_bytes()


async def test_question_to_the_office_and_back(town, servers):
    question = await town.asks()
    assert MARKER in question.get_body(("plain",)).get_content()
    assert "Fahrräder reparieren" in question.get_body(("plain",)).get_content()
    results = str(question["Authentication-Results"])
    assert results.startswith(postfix.NAME)
    assert "dkim=pass" in results
    assert "dmarc=pass" in results
    assert "with ESMTPSA" in question.get_all("Received")[-1]  # over TLS, after a login

    recipient = str(question["Reply-To"])
    assert tokens.read(recipient.partition("@")[0])
    async with town.listening():
        reply = servers.office.sign(clerk(question, "Bitte gehen Sie ins Repair-Café in der Marktstraße."))
        await town.arrives(reply, OFFICE.address, recipient)
        heard = await town.taken()
    assert "| Bitte gehen Sie ins Repair-Café in der Marktstraße." in heard
    assert "schrieb Lotse" not in heard
    assert await town.rows(tickets, tickets.c.state) == [("answered",)]
    assert servers.postfix.queue() == []


async def test_the_envelope_is_enough(town, servers):
    """A mail program that keeps no References: the token in the recipient comes through Postfix as it was."""
    question = await town.asks()
    bare = message_from_bytes(clerk(question, "Ja."), policy=MAIL_POLICY)
    for header in ("In-Reply-To", "References", "To"):
        del bare[header]
    bare["To"] = "Lotse <undisclosed@amt.example>"
    async with town.listening():
        await town.arrives(servers.office.sign(bare.as_bytes()), OFFICE.address, str(question["Reply-To"]))
        assert "| Ja." in await town.taken()


@pytest.mark.parametrize(
    "change",
    [
        lambda mail, _: mail,  # nobody signed it
        # signed by the office, then changed
        lambda mail, servers: servers.office.sign(mail).replace(b"geschlossen", b"offen"),
        # the forger brings a verdict of their own, in our server's name
        lambda mail, _: (
            f"Authentication-Results: {postfix.NAME}; dmarc=pass header.from={OFFICE_DOMAIN}\r\n".encode() + mail
        ),
        # signed, but by another domain
        lambda mail, servers: servers.lotse.sign(mail),
    ],
)
async def test_a_forged_clerk_is_held(town, servers, change):
    question = await town.asks()
    mail = change(clerk(question, "Das Amt ist geschlossen."), servers)
    async with town.listening():
        await town.arrives(mail, OFFICE.address, str(question["Reply-To"]))
        heard = await town.taken()
    assert heard == ""
    assert await town.rows(tickets, tickets.c.state) == [("open",)]
    assert [row.reason for row in await town.held()] == [Reason.DMARC.name]


async def store_is_away(rows):
    raise OperationalError("INSERT", {}, OSError("disk full"))


@pytest.mark.parametrize(
    ("store", "reason"),
    [
        (store_is_away, "451 4.3.0 not stored, try again later"),
        (None, "Connection refused"),  # Lotse does not run
    ],
)
async def test_postfix_keeps_what_lotse_cannot_take(town, servers, store, reason):
    question = await town.asks()
    recipient = str(question["Reply-To"])
    reply = servers.office.sign(clerk(question, "Morgen."))
    async with town.listening(store) if store else nullcontext():
        await town.arrives(reply, OFFICE.address, recipient)
        waits = await town.waits_in_postfix()
    assert waits.startswith(f"{recipient}: ")
    assert reason in waits
    assert await town.mail_rows() == []
    async with town.listening():
        await asyncio.to_thread(servers.postfix.flush)
        assert "| Morgen." in await town.taken()
    async with asyncio.timeout(SECONDS):
        while servers.postfix.queue():
            await asyncio.sleep(0.1)
    assert len(await town.mail_rows()) == 1


async def test_who_does_not_exist_is_refused_at_the_door(servers):
    """Only Lotse's own addresses: Postfix does not take what Lotse would have to bounce."""
    for recipient in (f"nobody@{CITY}", "somebody@elsewhere.example"):
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            servers.arrives(b"Subject: x\r\n\r\nx\r\n", OFFICE.address, recipient)


async def test_the_way_through_a_mailbox(engine, tmp_path, catalogues, monkeypatch, servers):
    """Lotse reads by IMAP: the recipient with its token is in what Dovecot writes on top."""
    monkeypatch.setattr(test_chats.Stage, "catalogues", catalogues)
    town = Town(engine, tmp_path, servers, replace(OFFICE, reply_to=f"reply@{BY_IMAP}"))
    question = await town.asks()
    bare = message_from_bytes(clerk(question, "Ja, im Postfach."), policy=MAIL_POLICY)
    for header in ("In-Reply-To", "References", "To"):
        del bare[header]
    await town.arrives(servers.office.sign(bare.as_bytes()), OFFICE.address, str(question["Reply-To"]))
    async with asyncio.timeout(SECONDS):
        while not await servers.mailbox("reply").fetch(town.postbox.receive):
            await asyncio.sleep(0.1)
    assert "| Ja, im Postfach." in await town.taken()


async def test_mail_test(servers, monkeypatch):
    monkeypatch.setattr(mail_test, "PAUSE", 0.5)
    nowhere = Resolver(configure=False)
    nowhere.nameservers, nowhere.port = ["127.0.0.1"], 1
    run = mail_test.run(
        servers.outgoing(),
        servers.mailbox("reply"),
        OFFICE.sender,
        f"reply+test@{BY_IMAP}",
        postfix.NAME,
        servers.lotse,
        nowhere,
    )
    steps = {sentence: well async for well, sentence in run}
    assert [sentence[:22] for sentence, well in steps.items() if not well] == ["DNS could not be asked"]
    assert steps["Receiving works: the test mail arrived."]
    assert steps["The signature of Lotse still holds on arrival."]
    assert steps[f'Your mail server calls itself "{postfix.NAME}", as LOTSE_AUTHSERV_ID says.']
    assert steps[f"DKIM of {OFFICE.sender}: pass."]
    assert steps[f"DMARC of {OFFICE.sender}: pass."]
    assert steps["Replies from a domain like this would be let in."]
