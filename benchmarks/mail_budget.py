"""Processor time for reading and judging mails with large bodies, each in a process of its own; beside an older build.

The bodies are large and dull: many lines, tags, parts or fields. ``--against FOLDER`` measures another checkout of
Lotse in the same run, body by body, each at most ``PATIENCE`` seconds.
"""

from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.corpora import ROOT

SIZE = 1_000_000
PATIENCE = 20
GOAL, MOST = 0.5, 1.0  # seconds
_CHILD = """
import sys, time
sys.meta_path[:] = [each for each in sys.meta_path if "Editable" not in repr(each)]  # the installed checkout is another
try:
    from bot.mailing import gate, parsing
    from bot.mailing.quotes import own_words
except ImportError:
    from bot.handover import gate, parsing, quotes
    from bot.handover.mail import MARKER
    def own_words(text):
        return quotes.split(text, MARKER).words
raw = sys.stdin.buffer.read()
rules = gate.Rules(own={"lotse@bot.example"}, offices={}, centres={"rat@verein.example"}, secret=b"s" * 32, dmarc=False)
def read(raw):
    mail = parsing.parse(raw)
    gate.token_numbers(mail, ["lotse@bot.example"])
    return gate.judge(mail, ["lotse@bot.example"], rules, {}, 1, own_words)
read(b"From: rat@verein.example\\n\\nWo?")  # imports and caches
start = time.process_time()
read(raw)
print(time.process_time() - start)
"""
HEAD = "From: rat@verein.example\nTo: lotse@bot.example\nSubject: Frage\nMessage-ID: <1@verein.example>\nMIME-Version: 1.0\n"


def _full(unit: str, size: int = SIZE) -> str:
    return (unit * (size // len(unit) + 1))[:size]


def _plain(unit: str) -> bytes:
    return f"{HEAD}Content-Type: text/plain; charset=utf-8\n\n{_full(unit)}".encode()


def _html(unit: str) -> bytes:
    return f"{HEAD}Content-Type: text/html; charset=utf-8\n\n{_full(unit)}".encode()


def _part(unit: str) -> bytes:
    return f'{HEAD}Content-Type: multipart/mixed; boundary="b"\n\n{_full(f"--b{chr(10)}{unit}")}--b--'.encode()


def bodies() -> dict[str, bytes]:
    """Forty mails of about a megabyte."""
    texts = {
        "one word a line": "Wort\n", "words": "Wort ", "empty lines": "\n", "lines of a letter": "a\n", "quoted lines": "> Wort\n",
        "deeply quoted": "> > > > Wort\n", "answers between quotes": "> Frage\nAntwort\n\n", "attributions": "Am 1.1.2026 um 10:10 schrieb Kim <kim@example.org>:\n",
        "folded attributions": "Am 1.1.2026 um 10:10\nschrieb Kim\n<kim@example.org>:\n", "header blocks": "Von: a@example.org\nGesendet: Montag\nAn: b@example.org\nBetreff: c\n\nText\n",
        "labels": "Von:\n", "separators": "-----Ursprüngliche Nachricht-----\n", "forwards": "-------- Weitergeleitete Nachricht --------\nVon: a@example.org\nAn: b@example.org\n\nText?\n",
"dashes": "--\n", "greetings": "Mit freundlichen Grüßen\n", "footers": "Von meinem iPhone gesendet\n", "our line": "-- Bitte über dieser Zeile antworten --\n",
        "our words": "Antworten Sie einfach auf diese E-Mail.\n", "numbered": "1. Was?\n", "bullets": "- Was?\n", "questions": "Was kostet das? ", "addresses": "a <a@example.org> ", "links": "https://example.org/a ",
    }  # fmt: skip
    pages = {
        "paragraphs": "<p>Wort</p>", "divisions": "<div>Wort</div>", "breaks": "Wort<br>", "bold": "<b>Wort</b> ", "links": '<a href="https://example.org/a">Wort</a> ', "list items": "<li>Wort</li>",
        "lists in lists": "<ul><li>Wort", "table rows": "<tr><td>Wort</td><td>Zahl</td></tr>", "tables in tables": "<table><tr><td>Wort", "styled": '<span style="font-family:Arial;margin-left:3em">Wort</span> ',
        "one tag with 45,000 attributes": "<p " + " ".join(f"data-{number}=1" for number in range(45_000)) + ">Wort</p>" + "Wort " * 150_000,
        "quotes in quotes": "<blockquote type=cite>Wort", "entities": "&uuml;&nbsp;",
    }  # fmt: skip
    found = {f"text: {name}": _plain(unit) for name, unit in texts.items()}
    found |= {f"HTML: {name}": _html(unit) for name, unit in pages.items()}
    found["fields"] = (HEAD + _full("X-Note: Wort\n")).encode() + b"\n\nWo?"
    found["a long field"] = (HEAD + "References: " + _full("<a@example.org> ")).encode() + b"\n\nWo?"
    found["parts"] = _part("Content-Type: text/plain\n\nWort\n")
    found["a file"] = (
        f"{HEAD}Content-Type: application/pdf\nContent-Transfer-Encoding: base64\n\n".encode()
        + base64.encodebytes(b"%PDF-1" + b"x" * SIZE)
    )
    return found


def run(against: str = "") -> dict[str, Any]:
    """``slowest_s`` of ``bodies``; with ``against``: the other build's time on its slowest, and ``ratio`` there."""
    table = Table("body", "processor seconds", *(["the other build"] if against else []))
    ours: dict[str, float] = {}
    theirs: dict[str, float] = {}
    for name, raw in bodies().items():
        ours[name] = _seconds(raw, ROOT)
        row = [name, f"{ours[name]:.2f}"]
        if against:
            theirs[name] = _seconds(raw, Path(against))
            row.append(f"{theirs[name]:.2f}" if theirs[name] < PATIENCE else f"over {PATIENCE}")
        table.add_row(*row)
    slowest = max(ours, key=lambda name: ours[name])
    figures: dict[str, Any] = {"bodies": len(ours), "slowest": slowest, "slowest_s": round(ours[slowest], 3)}
    figures |= {
        "over_goal": sum(each > GOAL for each in ours.values()),
        "over_most": sum(each > MOST for each in ours.values()),
    }
    if against:
        worst = max(theirs, key=lambda name: theirs[name])
        figures |= {
            "theirs_slowest": worst,
            "theirs_slowest_s": round(theirs[worst], 3),
            "ratio": round(theirs[worst] / max(ours[worst], 0.001), 1),
        }
    Console(width=120).print(table, str(figures))
    return figures


def _seconds(raw: bytes, folder: Path) -> float:
    """Processor seconds in a new process with the code of ``folder``; ``PATIENCE`` when its time was over."""
    environment = {**os.environ, "PYTHONPATH": str(folder)}
    try:
        done = subprocess.run(
            [sys.executable, "-c", _CHILD],
            input=raw,
            cwd=folder,
            env=environment,
            capture_output=True,
            timeout=2 * PATIENCE,
            check=True,
        )
    except subprocess.TimeoutExpired:
        return float(PATIENCE)
    return min(float(done.stdout.split()[-1]), float(PATIENCE))
