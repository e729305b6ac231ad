"""Mail in by IMAP, against a real Dovecot and against servers that break off, fall silent, or are not who they say."""

from __future__ import annotations

import asyncio
import ssl
from contextlib import suppress
from dataclasses import replace

import pytest
import trustme
from sqlalchemy.exc import OperationalError

from bot.channels import imap as mailbox
from bot.channels.imap import Imap
from tests.integration.test_mails import answer, room
from tests.servers import dovecot

__all__ = ["room"]  # fixtures


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
