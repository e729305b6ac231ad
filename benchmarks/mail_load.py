"""Handovers a minute through the outbox to a real SMTP server, with one delivery process and with three on PostgreSQL;
and how long reading a mail that came in takes.

The mail server runs in this process, on the same cores as the replicas.
"""

from __future__ import annotations

import ast
import asyncio
import itertools
import re
import textwrap
import time
from collections.abc import Iterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import numpy as np
import test.test_email
from rich.console import Console
from rich.table import Table

from benchmarks import mail_out
from benchmarks.mail_corpora import BOUNCES, MAIL_PARSER, TALON, mails, unpacked
from benchmarks.mail_out import OfficeServer
from bot.mailing.parsing import Unreadable, parse
from bot.storage.database import close, engine_for, migrate
from tests.servers.postgres import fresh_database

REPLICAS = (1, 3)
QUIET_SECONDS = 3.0  # after the last one: a mail that is sent twice would come now
GENERATED = 100
# A text in a test's code that is a mail: a header field, then another one or the body.
_MAIL = re.compile(r"(?:From |[A-Za-z][A-Za-z-]*:[ \t])[^\n]*\n(?:[A-Za-z][A-Za-z-]*:|\s)")


def run(messages: int = 600) -> dict[str, Any]:
    """``messages``: handovers in each run. The figures of ``parse``, and ``one`` and ``three`` replicas."""
    with mail_out.postgresql() as uri:
        one, three = (asyncio.run(_through(uri, count, messages)) for count in REPLICAS)
    parsed = _parse_times()
    table = Table("", "one replica", "three replicas")
    for name in one:
        table.add_row(name.replace("_", " "), str(one[name]), str(three[name]))
    console = Console(width=120)
    console.print(table)
    for name, value in parsed.items():
        console.print(f"{name.replace('_', ' ')}: {value}")
    totals = {name: one[name] + three[name] for name in ("handovers", "lost", "twice")}
    return {**totals, "per_minute": three["per_minute"], **parsed, "one": one, "three": three}


async def _through(uri: str, replicas: int, messages: int) -> dict[str, int]:
    """All mails are committed at once; the clock stops when the last one has arrived."""
    url = await fresh_database(uri)
    engine = engine_for(url)
    await migrate(engine)
    server = OfficeServer()
    async with server.listen() as port, AsyncExitStack() as processes:
        for _ in range(replicas):
            await processes.enter_async_context(mail_out.replica(url, port))
        ids = await mail_out.enqueue(engine, range(1, messages + 1))
        started = time.monotonic()
        await mail_out.emptied(engine)
        await asyncio.sleep(QUIET_SECONDS)
    await close(engine)
    came = [arrival.message_id for arrival in server.arrivals]
    first_at: dict[str, float] = {}
    for arrival in server.arrivals:
        first_at.setdefault(arrival.message_id, arrival.at)
    seconds = max(first_at.values()) - started
    return {
        "handovers": len(ids),
        "per_minute": round(len(first_at) / seconds * 60),
        "lost": len(set(ids) - set(came)),
        "twice": len(came) - len(set(came)),
    }


def _parse_times() -> dict[str, Any]:
    """Milliseconds a mail, the best of three readings, as other work shares the machine."""
    public = _public()
    generated = [_reply(number) for number in range(GENERATED)]
    times, unreadable = [], 0
    for raw in (*public, *generated):
        best = float("inf")
        for _ in range(3):
            start = time.perf_counter()
            read = parse(raw)
            best = min(best, time.perf_counter() - start)
        times.append(1_000 * best)
        unreadable += isinstance(read, Unreadable)
    p50, p99 = np.percentile(times[: len(public)], (50, 99))
    own50, own99 = np.percentile(times[len(public) :], (50, 99))
    return {
        "parse_public_mails": len(public),
        "parse_p50_ms": round(p50, 2),
        "parse_p99_ms": round(p99, 2),
        "parse_slowest_ms": round(max(times), 2),
        "parse_generated_mails": len(generated),
        "parse_generated_p50_ms": round(own50, 2),
        "parse_generated_p99_ms": round(own99, 2),
        "parse_kept_unread": unreadable,
    }


def _public() -> list[bytes]:
    """Each mail once: of the packages that mail-quotes reads, and of Python's own tests, from files and from code."""
    python = Path(test.test_email.__file__).parent
    talon = unpacked(TALON) / "tests" / "fixtures" / "standard_replies"
    files = [*mails(), *(python / "data").glob("*.txt"), *talon.glob("*.eml")]
    code = itertools.chain.from_iterable(map(_in_code, (python, unpacked(MAIL_PARSER), unpacked(BOUNCES))))
    return sorted({*(path.read_bytes() for path in files), *code})


def _in_code(folder: Path) -> Iterator[bytes]:
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_bytes())):
            if not isinstance(node, ast.Constant) or not isinstance(node.value, str | bytes):
                continue
            value = node.value.decode("latin-1") if isinstance(node.value, bytes) else node.value
            value = textwrap.dedent(value.lstrip("\n"))
            if _MAIL.match(value) and re.search(r"\n\r?\n", value):
                raw = value.encode("latin-1" if isinstance(node.value, bytes) else "utf-8", "surrogateescape")
                yield raw


def _reply(number: int) -> bytes:
    """An office's answer that quotes the whole handover mail; every tenth with a file of 1 MB."""
    message_id, content = mail_out.handover(number)
    quoted = b"".join(b"> " + line + b"\r\n" for line in content.split(b"\r\n"))
    head = (
        b"Return-Path: <buero@example.org>\r\nAuthentication-Results: mx.example.org; dmarc=pass header.from=example.org\r\n"
        b"From: =?utf-8?q?B=C3=BCro?= <buero@example.org>\r\nTo: reply@example.org\r\nSubject: AW: Lotse: Frage\r\n"
        + f"In-Reply-To: <{message_id}>\r\nMIME-Version: 1.0\r\n".encode()
        + b'Content-Type: multipart/mixed; boundary="b"\r\n\r\n--b\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n'
    )
    body = "Bitte fragen Sie das Bürgeramt, es hilft gern.\r\n\r\n".encode() * (number + 1)
    file = b"JVBERi0xLjQKJcOkw7zDtsOfCjIgMCBvYmoKPDwvTGVuZ3RoIDMgMCBSL0ZpbHRlci9GbGF0ZURlY29k\r\n" * 16_000
    attachment = b"--b\r\nContent-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\n" + file
    return head + body + quoted + (attachment if number % 10 == 0 else b"") + b"--b--\r\n"
