"""The disk is full and the running program lives on: nothing is acknowledged that is not stored, and nothing is lost."""

from __future__ import annotations

import asyncio
import base64
import os
import smtplib
from contextlib import asynccontextmanager, suppress
from email import message_from_bytes
from email.policy import default

import pytest
import trustme

from bot import app
from bot.channels import imap
from bot.config import Settings
from bot.flow import mails as postbox
from bot.storage.database import engine_for
from tests.conftest import SMALL
from tests.servers import daemon, dovecot
from tests.servers.disk import Limited, small_disk

CENTRE = "anna@beratung.example"


@pytest.fixture(params=[small_disk, Limited], ids=["disk", "pages"])
def disk(request, tmp_path):
    """The database's. Once full as the system has it, once as SQLite says it, which every machine can show."""
    folder = tmp_path / "var"
    if request.param is Limited:
        folder.mkdir()
    disk = request.param(folder)
    yield disk
    disk.close()


@pytest.fixture
def mailbox(tmp_path):
    with dovecot.running(tmp_path, trustme.CA()) as server:
        yield server


@asynccontextmanager
async def running(disk, mailbox, tmp_path, monkeypatch):
    """`lotse run` with LMTP and IMAP; its LMTP port. It must still run at the end."""
    monkeypatch.setattr(imap, "POLL_SECONDS", 0.1)
    monkeypatch.setattr(imap, "LONGEST_PAUSE", 1.0)
    monkeypatch.setattr(postbox, "LEASE", 0.5)  # what was begun when the disk filled up is tried again so soon

    resting = asyncio.Event()
    fetch = imap.Imap.fetch

    async def fetch_and_rest(self, store):
        resting.clear()
        try:
            return await fetch(self, store)
        finally:
            resting.set()

    monkeypatch.setattr(imap.Imap, "fetch", fetch_and_rest)

    def watched(url, *pool):
        engine = engine_for(url, *pool)
        disk.watch(engine)
        return engine

    monkeypatch.setattr("bot.wiring.chat.engine_for", watched)
    settings = Settings(
        _env_file=None,
        city="musterstadt",
        knowledge=SMALL,
        model="none",
        var=disk.folder,
        authserv_id="mx.example.org",
        centres="@beratung.example",
        office_email="buero@example.org",
        mail_from="reply@example.org",
        lmtp_port=daemon.free_port(),
        imap_host="localhost",
        imap_port=mailbox.port,
        imap_user=mailbox.user,
        imap_password=mailbox.secret,
        smtp_ca_file=tmp_path / "ca.pem",
    )
    task = asyncio.create_task(app.serve(settings))
    async with asyncio.timeout(30):
        while not daemon.listens(settings.lmtp_port):
            assert not task.done(), task.exception()
            await asyncio.sleep(0.05)
    try:
        yield settings.lmtp_port
        assert not task.done(), task.exception()
    finally:
        await asyncio.wait_for(resting.wait(), 30)  # a connection that is cut off is left to the garbage collector
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def question(number, size=1_000_000):
    """A counselling centre's mail, with a file of ``size`` bytes: 1 MB does not fit into what little is left."""
    return (
        f"From: Anna <{CENTRE}>\nTo: reply@example.org\nSubject: Frage {number}\n"
        f"Message-ID: <q{number}@beratung.example>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/mixed; boundary="b"\n\n--b\nContent-Type: text/plain\n\n'
        "Wie bekomme ich einen Termin?\n--b\nContent-Type: application/octet-stream\n"
        f"Content-Transfer-Encoding: base64\n\n{base64.encodebytes(os.urandom(size)).decode()}\n--b--\n"
    )


def vouched(mail):
    return f"Authentication-Results: mx.example.org; dmarc=pass header.from=beratung.example\n{mail}"


def hand_in(port, mail):
    """What the city's mail server does; it keeps the mail unless the answer is 250."""
    with smtplib.LMTP("127.0.0.1", port) as client:
        client.sendmail(CENTRE, ["reply@example.org"], vouched(mail).replace("\n", "\r\n").encode())


async def answered(folder, number):
    """Wait until question ``number`` has its answer; how many."""
    async with asyncio.timeout(60):
        while True:
            mails = [message_from_bytes(path.read_bytes(), policy=default) for path in (folder / "mail").glob("*.eml")]
            found = [mail for mail in mails if mail["In-Reply-To"] == f"<q{number}@beratung.example>"]
            if found:
                assert "Termine gibt es online" in found[0].get_content()
                return len(found)
            await asyncio.sleep(0.1)


def marked(mailbox):
    """How many mails of the mailbox are marked as seen."""
    return sum("S" in path.name.partition(":2,")[2] for path in (mailbox.mails / "cur").iterdir())


async def test_nothing_is_lost_while_the_disk_is_full(disk, mailbox, tmp_path, monkeypatch):
    async with running(disk, mailbox, tmp_path, monkeypatch) as port:
        await asyncio.to_thread(hand_in, port, question(1, size=1_000))
        assert await answered(disk.folder, 1) == 1

        disk.fill()
        kept = question(2, size=60_000)  # a row of the database, and no file beside it
        for _ in range(3):  # the mail server tries again and again
            with pytest.raises(smtplib.SMTPDataError) as refused:
                await asyncio.to_thread(hand_in, port, kept)
            assert refused.value.smtp_code in {451, 452}
        mailbox.deliver((f"Return-Path: <{CENTRE}>\n" + vouched(question(3, size=60_000))).encode())
        await asyncio.sleep(2)  # read again and again
        assert marked(mailbox) == 0

        disk.free()
        await asyncio.to_thread(hand_in, port, kept)
        assert await answered(disk.folder, 2) == 1
        assert await answered(disk.folder, 3) == 1
        assert marked(mailbox) == 1
