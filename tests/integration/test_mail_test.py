"""`lotse mail test`: what it says of a mail server, in the mailbox of a real one."""

from __future__ import annotations

import re

import pytest

from bot.channels.imap import Imap
from bot.channels.mail_out import MailFolder
from bot.flow.ports import Delivered
from bot.tools import mail_test
from tests.integration.test_imap import imap
from tests.integration.test_mails import room

__all__ = ["imap", "room"]  # fixtures


def stripped(mail):
    """Without the verdict that the mail brings along, as a mail server should hand it on."""
    return re.sub(r"Authentication-Results: .*\r\n .*\r\n", "", mail)


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
            imap.deliver(added + stripped(letter.mail).encode())
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
            imap.deliver((trace + results + stripped(letter.mail)).encode())
            return Delivered()

    steps = [
        step async for step in mail_test.run(Into(), imap.box, "lotse@example.org", "r@example.org", "mx.example.org")
    ]
    (said,) = [step for step in steps if "Mail to reply+0" in step[1]]
    assert said[0] is noted
    assert ("stands nowhere in it" in said[1]) is not noted


@pytest.mark.parametrize("name", ["mx.example.org", "microsoft365"])
@pytest.mark.parametrize("taken_away", [True, False])
async def test_mail_test_brings_a_verdict_along(imap, name, taken_away):
    class Into:
        async def send(self, lane, letter):
            imap.deliver((stripped(letter.mail) if taken_away else letter.mail).encode())
            return Delivered()

    steps = [step async for step in mail_test.run(Into(), imap.box, "lotse@example.org", "r@example.org", name)]
    (said,) = [step for step in steps if "verdict in your mail server's name" in step[1]]
    assert said[0] is taken_away
    assert steps[-1] == (False, steps[-1][1])  # what was brought along is no verdict of the server's
    assert "adds no Authentication-Results" in steps[-1][1]


async def test_mail_test_with_a_server_that_is_away(tmp_path):
    box = Imap("127.0.0.1", 1, "none", "reply", "x")
    steps = [step async for step in mail_test.run(MailFolder(tmp_path), box, "lotse@e.org", "r@e.org", "mx")]
    assert steps[-1] == (False, steps[-1][1])
    assert "cannot be read" in steps[-1][1]
