"""An office, a centre and a question of our own, to judge made-up mails by: no word of anybody real."""

from __future__ import annotations

from collections.abc import Sequence

from bot.handover import tokens
from bot.handover.mail import MARKER, Ticket, body
from bot.mailing import gate
from bot.mailing.gate import Issued, OfficeReply, Rules, Verdict
from bot.mailing.parsing import parse
from bot.mailing.quotes import own_words

SECRET, UNTIL, NOW = b"s" * 32, 2_000_000, 1_000_000
OFFICE, CENTRE, OURS = "buero@stadt.example", "rat@verein.example", "lotse@bot.example"
TOKEN = tokens.issue(17, OFFICE, UNTIL, SECRET).local_part
RULES = Rules(
    own={OURS}, offices={OFFICE: ()}, centres={CENTRE}, secret=SECRET, dmarc=False, topics={"appointment-book"}
)
QUESTION = (
    "Мій син має три роки. Чи потрібно брати його на зустріч у понеділок, якщо він зараз хворий і не може вийти з дому?"
)
OUR_MAIL = body(Ticket(17, "Erfurt", QUESTION, "uk", ("Termin buchen",), 3), answerable=True)


def judged(raw: bytes, sender: str = OFFICE, recipients: Sequence[str] = ()) -> Verdict:
    """The verdict on a mail to us; from the office it comes to the address of question 17."""
    to = recipients or ([f"{TOKEN}@bot.example"] if sender == OFFICE else [OURS])
    return gate.judge(parse(raw), to, RULES, {17: Issued(OFFICE, UNTIL)}, NOW, own_words)


def relayed(verdict: Verdict) -> tuple[str, int]:
    """The words that an asker gets, and how many files."""
    if not isinstance(verdict, OfficeReply):
        return "", 0
    words = verdict.reading.relayed
    return ("" if MARKER in words else words), len(verdict.attachments)
