"""Mail in over LMTP, as a mail server hands it in: yes only when it is stored, and one answer a recipient."""

from __future__ import annotations

import asyncio
import smtplib
import socket
from contextlib import asynccontextmanager, suppress

import pytest

from bot.channels.lmtp import LmtpServer
from bot.errors import SettingsError
from bot.storage.tables import inbox
from tests.integration.test_mails import answer, room

__all__ = ["room"]  # fixtures


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
