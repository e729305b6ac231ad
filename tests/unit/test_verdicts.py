"""Whose Authentication-Results count: where they stand tells our server's from those that a mail brought along."""

from __future__ import annotations

import pytest

from bot.mailing.parsing import Mail, parse
from bot.mailing.senders import MICROSOFT, dmarc_passed

US = "mx.city.example"
OURS = f"Received: from out.office.example ([192.0.2.7]) by {US} (Postfix) with ESMTPS id 1; Mon, 30 Nov 2026 10:00:00 +0100"
THEIRS = "Received: from pc (unknown) by out.office.example with ESMTPA id 2; Mon, 30 Nov 2026 09:59:59 +0100"
PASS = f"Authentication-Results: {US}; dmarc=pass header.from=office.example"
FAIL = f"Authentication-Results: {US}; dmarc=fail header.from=office.example"
DKIM = f"Authentication-Results: {US}; dkim=pass header.d=office.example"
LMTP = "Received: from mx.city.example by store with LMTP id 3; Mon, 30 Nov 2026 10:00:01 +0100"


def passed(fields, name=US):
    mail = parse("\n".join([*fields, "From: a@office.example", "", "Ja."]).encode())
    assert isinstance(mail, Mail)
    return dmarc_passed(mail.headers, name, "a@office.example")


# the fields, topmost first; whether our server vouches
WHERE = [
    ([PASS, OURS, THEIRS], True),  # a milter that writes on top
    ([OURS, PASS, THEIRS], True),  # one that writes below its server's own line
    ([LMTP, OURS, PASS, THEIRS], True),  # delivered within: two hops are ours
    ([PASS], True),  # handed in without any trace
    ([OURS, PASS], True),  # brought along, too? `lotse mail test` asks whether our server takes such fields away
    ([OURS, THEIRS, PASS], False),  # brought along; ours was silent
    ([LMTP, OURS, THEIRS, PASS], False),
    ([DKIM, OURS, THEIRS, PASS], False),
    ([DKIM, OURS, PASS, THEIRS], False),  # ours said something, and nothing of DMARC
    ([OURS, DKIM, PASS, THEIRS], False),
    ([DKIM, PASS, OURS, THEIRS], True),  # two programs of ours, the one with DMARC below
    ([PASS, DKIM, OURS, THEIRS], True),
    ([PASS, FAIL, OURS, THEIRS], False),  # that do not agree
    ([FAIL, OURS, PASS, THEIRS], False),
    ([OURS, THEIRS.replace("out.office.example", "mx2.city.example"), PASS, THEIRS], True),  # a second machine of ours
    ([OURS, THEIRS.replace("by out", "by evil-city.example.out"), PASS], False),  # that is only called like it
    ([OURS, "Received: (nobody says by whom)", PASS], False),
    ([OURS, "Received: (", PASS], False),
    # a message of Gmail's passes a machine without a name first
    (["Received: by 2002:a05:7300:e01:b0:1 with SMTP id x", OURS, PASS, THEIRS], True),
]


@pytest.mark.parametrize(("fields", "well"), WHERE)
def test_a_verdict_counts_where_only_our_server_writes(fields, well):
    assert passed(fields) is well


EDGE = (
    "Received: from out.office.example by DB1.mail.protection.outlook.com with HTTPS; Mon, 30 Nov 2026 10:00:00 +0100"
)
STORE = "Received: from DB1.eurprd01.prod.outlook.com by AM1.eurprd01.prod.outlook.com with HTTPS; Mon, 30 Nov 2026"
NAMELESS = "Authentication-Results: spf=pass; dkim=pass; dmarc=pass action=none header.from=office.example"


@pytest.mark.parametrize(
    ("fields", "well"),
    [
        ([STORE, STORE, EDGE, NAMELESS, THEIRS], True),  # as Microsoft 365 writes it
        ([STORE, EDGE, THEIRS, NAMELESS], False),
    ],
)
def test_microsofts_verdict_stands_below_its_own_machines(fields, well):
    assert passed(fields, MICROSOFT) is well
