"""Danger missed, and ordinary messages taken for danger: dev (tuned on), test, fresh, everyday and chatter (measured).

All but everyday by others, and all written without the knowledge's phrases; signs, every fifth of those of the evening of 30 November, never taught,
is danger told by its signs, and as much that is harmless in the same words. Missed: neither the notice nor the quiet line is shown. "notice" and
"quiet" count them apart, for messages in danger and for harmless ones. ``clinc`` and ``chatterbot`` are harmless
questions and chatter by people who know nothing of Lotse: CLINC150, and the first turns of chatterbot-corpus (which
is fetched through pip).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import yaml
from rich.console import Console
from rich.table import Table

from benchmarks import corpora, labelled
from bot.config import load_settings
from bot.errors import UsageError
from bot.knowledge import brain
from bot.knowledge.live import Current
from bot.tools import asking

FILES = {
    name: labelled.FOLDER / f"{file}.txt"
    for name, file in (
        ("dev", "crisis-dev"),
        ("signs", "crisis-signs"),
        ("test", "crisis"),
        ("fresh", "crisis-fresh"),
        ("everyday", "crisis-everyday"),
    )
}
CHATTER = labelled.FOLDER / "chatter.txt"
CALM = "CALM"
CHATTERBOT = "chatterbot-corpus==1.3.3"
LANGUAGES = {
    "english": "en",
    "german": "de",
    "russian": "ru",
    "spanish": "es",
    "french": "fr",
    "turkish": "tr",
    "persian": "fa",
    "ukrainian": "uk",
}
MANY = 3  # of the others every third: an answer takes 10 to 30 ms
COLUMNS = ("danger", "notice", "quiet", "missed", "calm", "false_notice", "false_quiet")


def run() -> dict[str, Any]:
    """Per set and language and in all: counts, and shares from 0 to 1."""
    current = brain.load_current(load_settings())
    figures = {name: _measure(name, corpora.read_tsv(path), current) for name, path in FILES.items()}
    figures["chatter"] = _measure("chatter", corpora.read_tsv(CHATTER), current)
    for name, lines in (("clinc", _clinc), ("chatterbot", _chatterbot)):
        try:
            figures[name] = _measure(name, lines()[::MANY], current)
        except UsageError as error:
            Console().print(f"{name} left out: {error}")
    return figures


def _clinc() -> list[list[str]]:
    rows = corpora.read_tsv(corpora.data("clinc150", "val.tsv")) + corpora.read_tsv(
        corpora.data("clinc150", "oos_val.tsv")
    )
    return [["en", CALM, row[-1]] for row in rows]


def _chatterbot() -> list[list[str]]:
    from benchmarks.mail_corpora import unpacked  # beside the mails' corpora

    folder = unpacked(CHATTERBOT) / "chatterbot_corpus" / "data"
    found: dict[tuple[str, str], None] = {}
    for name, language in LANGUAGES.items():
        for path in sorted((folder / name).glob("*.yml")):
            for turns in yaml.safe_load(path.read_text(encoding="utf-8")).get("conversations", []):
                if turns and isinstance(turns[0], str) and 1 < len(turns[0]) < 120:
                    found[language, turns[0]] = None
    return [[language, CALM, text] for language, text in found]


def _measure(name: str, lines: Iterable[list[str]], current: Current) -> dict[str, Any]:
    """Of dev the wrong lines are printed; whoever improves the phrases must not see those of the test."""
    rows: dict[str, list[tuple[bool, bool, bool]]] = {}
    console = Console()
    for language, label, text in lines:
        reply = asking.ask(text, current)
        danger, notice, quiet = label != CALM, reply.emergency, reply.worry
        rows.setdefault(language, []).append((danger, notice, quiet))
        if name == "dev" and (not (notice or quiet) if danger else notice or quiet):
            what = "missed" if danger else "false notice" if notice else "false quiet line"
            console.print(f"{what}\t{language}\t{text}", markup=False, highlight=False)
    rows["all"] = [row for found in rows.values() for row in found]
    figures: dict[str, Any] = {language: _row(found) for language, found in rows.items()}
    table = Table(name, *(column.replace("_", " ") for column in COLUMNS))
    for language, row in figures.items():
        table.add_row(language, *(str(row[key]) for key in COLUMNS))
    console.print(table)
    console.print({key: value for key, value in figures["all"].items() if key.endswith("share")})
    return figures


def _row(found: list[tuple[bool, bool, bool]]) -> dict[str, float]:
    ill = [(notice, quiet) for danger, notice, quiet in found if danger]
    calm = [(notice, quiet) for danger, notice, quiet in found if not danger]
    missed = sum(not (notice or quiet) for notice, quiet in ill)
    first = sum(notice for notice, _ in ill)
    false_notice, false_quiet = sum(notice for notice, _ in calm), sum(quiet for _, quiet in calm)
    return {
        "danger": len(ill),
        "notice": first,
        "quiet": len(ill) - first - missed,
        "missed": missed,
        "notice_share": round(first / max(len(ill), 1), 4),
        "missed_share": round(missed / max(len(ill), 1), 4),
        "calm": len(calm),
        "false_notice": false_notice,
        "false_quiet": false_quiet,
        "false_notice_share": round(false_notice / max(len(calm), 1), 4),
        "false_quiet_share": round(false_quiet / max(len(calm), 1), 4),
    }
