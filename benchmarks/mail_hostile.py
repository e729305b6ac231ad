"""Bodies that bring other splitters to a halt: seconds for 1 MB of each, and for 60 kB in two libraries.

The best of three runs counts, as other work shares the machine.
"""

from __future__ import annotations

import multiprocessing
import time
from collections.abc import Callable
from typing import Any

from email_reply_parser import EmailReplyParser
from mailparser_reply import EmailReplyParser as MailParserReply
from rich.console import Console
from rich.table import Table

from benchmarks.mail_corpora import mails, replies, text_of
from bot.handover.mail import MARKER
from bot.mailing.html_text import text_of_html
from bot.mailing.quotes import split

SIZE = 1_000_000
SMALL = 60_000  # what the libraries get
PATIENCE = 5  # seconds a library has
LIBRARIES: dict[str, Callable[[str], object]] = {
    "mail-parser-reply": lambda text: MailParserReply(languages=["en", "de"]).parse_reply(text),
    "email-reply-parser": EmailReplyParser.parse_reply,
}
# Repeated until the body is full.
TEXTS = {
    "newlines": "\n",
    "CR LF": "\r\n",
    "lines of spaces": "   \n",
    "spaces": " ",
    "zero width": "\u200b",
    ">": ">",
    "lines of >": ">\n",
    "nested > From": "> > > From:\n",
    "From:": "From:",
    "lines of From:": "From:\n",
    "header-like blocks": "From: a@b.c\nCc: x\nSent: 1\nzz\n",
    "Von An Betreff": "Von: a\nAn: b\n\nBetreff: c\n\n",
    "On": "On ",
    "lines of On 1": "On 1\n",
    "On ... wrote:": "On 1.1.2026 10:10 wrote:\n",
    "folded On": "On 1.1.2026\n10:10 a@b.c\nx\nwrote:\n",
    "colons": "a:\n",
    "addresses": "a@a ",
    "lines of addresses": "a <a@a.a>\n",
    "half addresses": "a-" * 140 + ":\n",
    "dashes": "-",
    "lines of dashes": "--\n",
    "-- wrote --": "-- wrote --\n",
    "---- Original": "---- Original ",
    "our marker": f"{MARKER}\n",
    "our marker, quoted": f"> {MARKER}\n",
    "answers between quotes": "a\n> b\n",
    "footers": "Gesendet von meinem iPhone\n",
    "half footers": "Gesendet von ",
    "digits": "1",
    "dates": "1.1.1 ",
    "words": "Wort ",
    "lines of words": "Wort\n",
}
DOCUMENTS = {
    "div": "<div>",
    "cited": "<blockquote type=cite>",
    "cited apart": "<blockquote type=cite><p>x</blockquote>" + "a" * 70,
    "paragraphs": "<p>x</p>",
    "line breaks": "<br>",
    "links": "<a href=http://x>",
    "table rows": "<table><tr><td>a</td></tr>",
    "nested tables": "<table><tr><td>" * 60 + "x " * 20_000,
    "list items": "<ul><li>a",
    "<": "<",
    "comments": "<!--",
    "entities": "&nbsp;&lt;",
    "newlines": "<pre>" + "\n" * 100_000,
}


def run() -> dict[str, Any]:
    """``slowest_s``: of all bodies; ``bodies`` and ``html``: seconds each; ``mails``: the slowest public mail."""
    bodies = {name: _seconds(lambda text: split(text, MARKER), _full(unit)) for name, unit in TEXTS.items()}
    documents = {
        name: _seconds(lambda source: split(text_of_html(source), MARKER), _full(unit))
        for name, unit in DOCUMENTS.items()
    }
    public = [text for text in (*map(text_of, mails()), *(case.text for case in replies())) if text]
    slowest_public = max(_seconds(lambda text: split(text, MARKER), text) for text in public)
    libraries = {name: {unit: _limited(name, unit) for unit in TEXTS} for name in LIBRARIES}
    table = Table("body", "1 MB, Lotse", *(f"60 kB, {name}" for name in LIBRARIES))
    for name, seconds in bodies.items():
        table.add_row(name, f"{seconds:.2f} s", *(_shown(libraries[library][name]) for library in LIBRARIES))
    for name, seconds in documents.items():
        table.add_row(f"HTML: {name}", f"{seconds:.2f} s", *("" for _ in LIBRARIES))
    table.add_row(f"slowest of {len(public)} public mails", f"{slowest_public:.4f} s", *("" for _ in LIBRARIES))
    Console(width=120).print(table)
    return {
        "slowest_s": max(*bodies.values(), *documents.values(), slowest_public),
        "bodies": bodies,
        "html": documents,
        "public_mails": len(public),
        "slowest_public_s": slowest_public,
        "libraries": libraries,
    }


def _full(unit: str, size: int = SIZE) -> str:
    return (unit * (size // len(unit) + 1))[:size]


def _seconds(work: Callable[[str], object], text: str) -> float:
    best = float("inf")
    for _ in range(3):
        start = time.perf_counter()
        work(text)
        best = min(best, time.perf_counter() - start)
    return round(best, 4)


def _limited(library: str, unit: str) -> float | None:
    """Seconds, or None when its time was over."""
    process = multiprocessing.Process(target=LIBRARIES[library], args=(_full(TEXTS[unit], SMALL),))
    start = time.perf_counter()
    process.start()
    process.join(PATIENCE)
    if process.is_alive():
        process.kill()
        process.join()
        return None
    return round(time.perf_counter() - start, 2)


def _shown(seconds: float | None) -> str:
    return f"over {PATIENCE} s" if seconds is None else f"{seconds:.2f} s"
