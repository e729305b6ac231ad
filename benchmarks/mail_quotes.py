"""Which words of a reply are left, and which of the mail it answers: Lotse beside two libraries, per corpus.

A reply is complete when every word that the corpus expects is there, as often as expected; it leaks when there is any other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from typing import Any

import inscriptis
from email_reply_parser import EmailReplyParser
from mailparser_reply import EmailReplyParser as MailParserReply
from rich.console import Console
from rich.table import Table

from benchmarks.mail_corpora import MORE, Case, replies
from bot.handover.mail import MARKER
from bot.mailing.html_text import text_of_html
from bot.mailing.quotes import split

LANGUAGES = ["en", "de", "fr", "es", "it", "nl", "pl", "da", "sv", "david"]


def run() -> dict[str, Any]:
    """Per method and corpus: cases, complete, leaks, right (complete and no leak), loses_words (in %)."""
    cases = replies()
    figures: dict[str, Any] = {}
    table = Table("corpus", "method", "replies", "complete", "leaks", "right")
    wrong = Table("Lotse, not right", "corpus", "what")
    for method, answer in _methods().items():
        figures[method] = {}
        for corpus in [*dict.fromkeys(case.corpus for case in cases), "all"]:
            chosen = [case for case in cases if corpus in (case.corpus, "all")]
            figures[method][corpus] = _measure(chosen, answer)
        if method == "lotse":
            for case in cases:
                lost, leaked = _difference(case, answer(case))
                if lost or leaked:
                    wrong.add_row(
                        case.name,
                        case.corpus,
                        f"loses {' '.join(lost)[:50]}" if lost else f"leaks {' '.join(leaked)[:60]}",
                    )
    for corpus in figures["lotse"]:
        for method, found in figures.items():
            row = found[corpus]
            table.add_row(corpus, method, *(str(row[key]) for key in ("replies", "complete", "leaks", "right")))
    Console(width=140).print(table, wrong)
    if not any(case.corpus.startswith("more") for case in cases):
        print(f"Without Discourse's replies: there is no folder {MORE}. See benchmarks/README.md.")
    return {**{key: figures["lotse"]["all"][key] for key in ("complete", "leaks", "loses_words")}, "methods": figures}


def _measure(cases: list[Case], answer: Callable[[Case], str]) -> dict[str, float]:
    found = [_difference(case, answer(case)) for case in cases]
    complete = sum(not lost for lost, _ in found)
    return {
        "replies": len(cases),
        "complete": complete,
        "leaks": sum(bool(leaked) for _, leaked in found),
        "right": sum(not lost and not leaked for lost, leaked in found),
        "loses_words": round(100 * (len(cases) - complete) / max(len(cases), 1), 1),
    }


def _difference(case: Case, answer: str) -> tuple[list[str], list[str]]:
    expected, given = (Counter(re.findall(r"\w+", text.casefold())) for text in (case.reply, answer))
    return list((expected - given).elements()), list((given - expected).elements())


def _methods() -> dict[str, Callable[[Case], str]]:
    def plain(case: Case) -> str:
        return case.text or inscriptis.get_text(case.html)

    return {
        "lotse": lambda case: split(case.text or text_of_html(case.html), MARKER).words,
        "mail-parser-reply": lambda case: MailParserReply(languages=LANGUAGES).parse_reply(plain(case)) or "",
        "email-reply-parser": lambda case: EmailReplyParser.parse_reply(plain(case)),
    }
