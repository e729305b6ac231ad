"""An office's reply in twenty layouts of mail programs, with the answer above, below, nowhere, or only a file.

Nonsense: the asker gets a word that is not the clerk's. Lost: the answer is there, and neither relayed nor held.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from email.message import EmailMessage
from html import escape
from textwrap import wrap
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.mail_office import OFFICE, OUR_MAIL, QUESTION, TOKEN, judged, relayed
from bot.handover.mail import Ticket, html_body
from bot.mailing.gate import Quarantine

ANSWER = "Guten Tag,\n\nder Termin am Dienstag bleibt. Bitte bringen Sie den Pass und zwei Fotos mit."
SIGNED = f"{ANSWER}\n\nMit freundlichen Grüßen\nErika Beispiel\nIntegrationsbüro"
BLOCK = (
    "Von: Lotse <lotse@bot.example>{eol}\nGesendet: Montag, 30. November 2026 10:00\n"
    "An: Integrationsbüro <buero@stadt.example>\nBetreff: Lotse: Frage 17 (Ukrainisch)"
)
OUR_HTML = html_body(Ticket(17, "Erfurt", QUESTION, "uk", ("Termin buchen",), 3), answerable=True)


def _quoted(text: str, width: int = 0, comb: bool = False) -> str:
    lines = []
    for line in text.split("\n"):
        if not width:
            lines.append(f"> {line}".rstrip())
            continue
        first, *rest = wrap(f"> {line}", width) or [">"]
        lines += [first, *((each if comb else f"> {each}") for each in rest)]
    return "\n".join(lines)


def _around(above: str, introduction: str, old: str, below: str) -> str:
    return "\n\n".join(part for part in (above, f"{introduction}\n{old}" if introduction else old, below) if part)


def _outlook(above: str, below: str) -> str:
    return f"{above}\n\n{BLOCK.format(eol=' ')}\n\n{OUR_MAIL}\n\n{below}"


def _english(above: str, below: str) -> str:
    block = "From: Lotse <lotse@bot.example>\nSent: Monday, November 30, 2026 10:00 AM\nTo: Office <buero@stadt.example>\nSubject: Lotse: Frage 17"
    return f"{above}\n\n________________________________\n{block}\n\n{OUR_MAIL}\n{below}"


def _html(introduction: str, before: str = "", after: str = "") -> Callable[[str, str], str]:
    def build(above: str, below: str) -> str:
        top, bottom = (
            "".join(f"<div>{escape(line) or '<br>'}</div>" for line in text.split("\n")) for text in (above, below)
        )
        return f"<html><body>{top}{introduction}{before}{OUR_HTML}{after}{bottom}</body></html>"

    return build


LAYOUTS: dict[str, Callable[[str, str], str]] = {
    "Outlook": _outlook,
    "Outlook, English": _english,
    "Outlook, separator": lambda above, below: f"{above}\n\n-----Ursprüngliche Nachricht-----\n{BLOCK.format(eol='')}\n\n{OUR_MAIL}\n{below}",
    "Outlook, a warning": lambda above, below: f"{above}\n\n{BLOCK.format(eol='')}\n\nACHTUNG: Diese E-Mail kommt von außerhalb der Stadtverwaltung.\n\n{OUR_MAIL}\n\n{below}",
    "Thunderbird": lambda above, below: _around(above, "Am 30.11.26 um 10:00 schrieb Lotse:", _quoted(OUR_MAIL), below),
    "Thunderbird, hard-wrapped": lambda above, below: _around(above, "Am 30.11.2026 um 10:00 schrieb Lotse:", _quoted(OUR_MAIL, 72), below),
    "comb": lambda above, below: _around(above, "Am 30.11.2026 um 10:00 schrieb Lotse:", _quoted(OUR_MAIL, 74, comb=True), below),
    "Gmail, folded": lambda above, below: _around(above, "On Mon, Nov 30, 2026 at 10:00 AM Lotse <lotse@bot.example>\nwrote:\n", _quoted(OUR_MAIL), below),
    "Gmail, German": lambda above, below: _around(above, "Am Mo., 30. Nov. 2026 um 10:00 Uhr schrieb Lotse <\nlotse@bot.example>:\n", _quoted(OUR_MAIL), below),
    "Apple Mail": lambda above, below: _around(above, "", _quoted(f"Am 30.11.2026 um 10:00 schrieb Lotse <lotse@bot.example>:\n\n{OUR_MAIL}"), below),
    "iPhone": lambda above, below: _around(f"{above}\n\nVon meinem iPhone gesendet", "", _quoted(f"Am 30.11.2026 um 10:00 schrieb Lotse <lotse@bot.example>:\n\n{OUR_MAIL}"), below),
    "Horde": lambda above, below: _around(above, "Zitat von Lotse <lotse@bot.example>:\n", _quoted(OUR_MAIL), below),
    "Lotus Notes": lambda above, below: _around(above, "Von:\tLotse <lotse@bot.example>\nAn:\tbuero@stadt.example\nDatum:\t30.11.2026 10:00\nBetreff:\tLotse: Frage 17 (Ukrainisch)\n\n", OUR_MAIL, below),
    "GroupWise": lambda above, below: _around(above, ">>> Lotse <lotse@bot.example> 30.11.2026 10:00 >>>", OUR_MAIL, below),
    "GMX": lambda above, below: _around(above, "Gesendet: Montag, 30. November 2026 um 10:00 Uhr\nVon: Lotse <lotse@bot.example>\nAn: buero@stadt.example\nBetreff: Lotse: Frage 17 (Ukrainisch)\n", OUR_MAIL, below),
    "Nextcloud": lambda above, below: _around(above, '"Lotse" lotse@bot.example – 30. November 2026 10:00', _quoted(OUR_MAIL), below),
    "Tuta": lambda above, below: _around(above, "30.11.2026, 10:00 von lotse@bot.example:\n", OUR_MAIL, below),
    "OTOBO": lambda above, below: _around(f"{above}\n\n--\nIntegrationsbüro\nMusterstraße 1\nTel.: 0361 555 0\n--" if above else "--\nIntegrationsbüro\nMusterstraße 1\nTel.: 0361 555 0\n--", "30.11.2026 10:00 - Lotse schrieb:", _quoted(OUR_MAIL), below),
    "FreeScout": lambda above, below: f"-- Bitte über dieser Linie antworten --\n\n{above}\n\n## Lotse, on Nov 30, 2026\n\n{OUR_MAIL}\n\n{below}\n\n-----------------------------------------------------------\nSupport powered by FreeScout - Free open source help desk & shared mailbox",
    "no colon": lambda above, below: _around(above, "On Mon, 30 Nov 2026 10:00:43 +0100 Lotse <lotse@bot.example> wrote\n", OUR_MAIL, below),
    "Outlook, HTML": _html("<div style='border:none;border-top:solid #E1E1E1 1.0pt'><p><b>Von:</b> Lotse &lt;lotse@bot.example&gt;<br><b>Gesendet:</b> Montag, 30. November 2026 10:00<br><b>An:</b> Büro<br><b>Betreff:</b> Lotse: Frage 17</p></div>"),
    "Gmail, HTML": _html("<div class=gmail_quote><div>Am Mo., 30. Nov. 2026 um 10:00 Uhr schrieb Lotse &lt;<a href='mailto:lotse@bot.example'>lotse@bot.example</a>&gt;:<br></div>", "<blockquote class=gmail_quote>", "</blockquote></div>"),
}  # fmt: skip
CASES = {  # what the clerk wrote above and below, files, and what is right
    "above": (SIGNED, "", 0),
    "below": ("", ANSWER, 0),
    "nothing": ("", "", 0),
    "signature alone": ("Mit freundlichen Grüßen\nErika Beispiel\nIntegrationsbüro\nTel. 0361 555 0", "", 0),
    "phone alone": ("Gesendet mit der Outlook-App für Android", "", 0),
    "files only": ("", "", 1),
}


def run() -> dict[str, Any]:
    """Per case: ``right`` (relayed whole, or rightly held), ``held`` though it was clear, ``nonsense``, ``lost``."""
    counts: dict[str, Counter[str]] = {case: Counter() for case in CASES}
    wrong = Table("layout", "case", "what", "the asker gets")
    for layout, build in LAYOUTS.items():
        for case, (above, below, files) in CASES.items():
            what, got = _judge(build(above, below), above, below, files)
            counts[case][what] += 1
            if what != "right":
                wrong.add_row(layout, case, what, got[:90])
    table = Table("case", "right", "held", "nonsense", "lost")
    for case, count in counts.items():
        table.add_row(case, *(str(count[what]) for what in ("right", "held", "nonsense", "lost")))
    Console(width=150).print(table, wrong)
    return {"layouts": len(LAYOUTS), **{case: dict(count) for case, count in counts.items()}}


def _judge(text: str, above: str, below: str, files: int) -> tuple[str, str]:
    verdict = judged(_mail(text, files), OFFICE)
    words, kept = relayed(verdict)
    held = isinstance(verdict, Quarantine)
    answer = ANSWER if ANSWER in (f"{above}{below}") or above == SIGNED else ""
    wanted = " ".join((SIGNED if above == SIGNED else answer).split())
    given = " ".join(re.sub(r"\s+", " ", words).split())
    if held:
        return ("held" if answer or files else "right"), f"({verdict.reason.name})"  # type: ignore[union-attr]
    if given and given not in (wanted, " ".join(answer.split())):
        return "nonsense", words
    if answer:
        return ("right" if given else "lost"), words
    return ("right" if files and kept == files else "lost" if files else "nonsense"), words or "(nothing)"


def _mail(text: str, files: int) -> bytes:
    mail = EmailMessage()
    mail["From"] = f"Erika Beispiel <{OFFICE}>"
    mail["To"] = f"{TOKEN}@bot.example"
    mail["Subject"] = "AW: Lotse: Frage 17 (Ukrainisch)"
    mail["Message-ID"] = "<1@stadt.example>"
    mail.set_content(text, subtype="html" if text.startswith("<html") else "plain")
    for number in range(files):
        mail.add_attachment(b"%PDF-1.4 x", maintype="application", subtype="pdf", filename=f"Merkblatt-{number}.pdf")
    return b"Return-Path: <buero@stadt.example>\n" + mail.as_bytes()
