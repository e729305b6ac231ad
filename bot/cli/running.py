"""Commands that talk: run, chat, ask, explain, eval."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from io import TextIOWrapper
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.cli.base import (
    CityOption,
    JsonOption,
    KnowledgeOption,
    app,
    log_to_stderr,
    printable,
    settings_of,
    standard_input,
    text_of,
)
from bot.config import Settings
from bot.errors import UsageError
from bot.knowledge import brain
from bot.knowledge.live import Current
from bot.matching.match import Match
from bot.tools import asking, dialogues, evaluation, explaining
from bot.wiring.later import Later

if TYPE_CHECKING:
    from bot import app as application
    from bot.flow import stopping
    from bot.storage import only_one
else:
    application, stopping = Later("bot.app"), Later("bot.flow.stopping")
    only_one = Later("bot.storage.only_one")

PANEL = "Run and ask"


@app.command(rich_help_panel=PANEL)
def run(
    web: Annotated[
        str, typer.Option(help="Where the chat in a browser listens, unless LOTSE_WEB says.", metavar="HOST:PORT")
    ] = "",
) -> None:
    """Run Lotse: Telegram when a token is set, else chat in this terminal; and the chat in a browser."""
    # As process 1 of a container nothing ends us unless we say so, and the start takes seconds; nothing is begun yet.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    settings = settings_of(quiet=False)
    os.umask(0o077)  # what is written in `var` is nobody else's to read
    # Where a browser is what people use, nobody sits at this terminal.
    browser_alone = bool(settings.web) and not sys.stdin.isatty()
    settings = settings.model_copy(update={"web": settings.web or web})
    if settings.telegram_token.get_secret_value() or settings.reads_mail or browser_alone:
        asyncio.run(_serve(settings))
    else:
        print("No TELEGRAM_TOKEN is set: chatting in this terminal.", file=sys.stderr)
        _chat(settings)


async def _serve(settings: Settings) -> None:
    """Until stopped; then nothing is waited for any more."""
    remedy = (
        "Stop it first, or give this one a folder of its own (LOTSE_VAR). Several on one database need PostgreSQL "
        "(docs/operators.md)."
    )
    with only_one.only_one(settings.database, remedy):
        await application.serve(settings, stopping.end_at_last)
        stopping.end()


@app.command(rich_help_panel=PANEL)
def chat(knowledge: KnowledgeOption = None, city: CityOption = None) -> None:
    """Chat in this terminal."""
    _chat(settings_of(knowledge, city))


def _chat(settings: Settings) -> None:
    os.umask(0o077)
    log_to_stderr(settings, quiet=True)
    hint = os.environ.get("LANG", "")[:2].lower()
    lines = standard_input()
    if isinstance(sys.stdout, TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", errors="replace")
    asyncio.run(application.chat(settings, lines, sys.stdout, lines.isatty(), hint if hint.isalpha() else ""))


@app.command(rich_help_panel=PANEL)
def ask(
    question: Annotated[str | None, typer.Argument(help="The question.")] = None,
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
    language: Annotated[str, typer.Option(help="auto, or the language to answer in.", metavar="CODE")] = "auto",
    as_json: JsonOption = False,
    batch: Annotated[
        str | None, typer.Option(help="A question a line; - reads them from stdin.", metavar="FILE")
    ] = None,
) -> None:
    """Ask one question, or one a line, and print what an asker would read."""
    if (question is None) == (batch is None):
        raise UsageError("Give either a QUESTION or --batch FILE.")
    questions = [question] if question is not None else text_of(batch or "").splitlines()
    current = brain.load_current(settings_of(knowledge), city, brain.PATIENCE)
    for text in questions:
        reply = asking.ask(text, current, language)
        if as_json:
            print(json.dumps(reply.as_dict(), ensure_ascii=True), flush=True)
        else:
            print(printable(reply.text), end="\n\n", flush=True)


@app.command(rich_help_panel=PANEL)
def explain(
    question: Annotated[str, typer.Argument(help="The question.")],
    after: Annotated[
        list[str] | None, typer.Option("--after", help="What was written before; may be given several times.")
    ] = None,
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a question gets what it gets: what speaks for each topic, and the nearest example questions."""
    found = explaining.explain(question, brain.load_current(settings_of(knowledge), city, brain.PATIENCE), after or ())
    print(json.dumps(found.as_dict(), ensure_ascii=False) if as_json else printable(explaining.in_words(found)))


@app.command("eval", rich_help_panel=PANEL)
def evaluate(
    file: Annotated[
        str | None,
        typer.Argument(help="Lines: language TAB topic|other or HANDOVER TAB question.", metavar="FILE.tsv"),
    ] = None,
    talks: Annotated[
        str | None,
        typer.Option(
            "--dialogues",
            help="Lines: id TAB language TAB turn TAB message TAB topic, topic#section, person, chat or HANDOVER.",
            metavar="FILE.tsv",
        ),
    ] = None,
    wrong: Annotated[bool, typer.Option("--wrong", help="With --dialogues: list what is not right.")] = False,
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
    as_json: JsonOption = False,
) -> None:
    """Measure on labelled questions, or on labelled dialogues."""
    if (file is None) == (talks is None):
        raise UsageError("Give either FILE.tsv or --dialogues FILE.tsv.")
    if talks is not None:
        _evaluate_dialogues(talks, brain.load_current(settings_of(knowledge, city)), as_json=as_json, wrong=wrong)
        return
    assert file is not None
    lines = evaluation.read_lines(text_of(file), file)
    if not lines:
        raise UsageError(f"{file} holds no questions.")
    current = brain.load_current(settings_of(knowledge), city)

    def match(text: str) -> tuple[Match, float]:
        reply = asking.ask(text, current)
        return reply.match, reply.milliseconds

    watched = track(lines, "Asking", console=Console(stderr=True), transient=True, disable=not sys.stderr.isatty())
    table = evaluation.summary(list(evaluation.run(watched, match)))
    if as_json:
        print(json.dumps(table))
    else:
        Console().print(_table(table))


def _evaluate_dialogues(path: str, current: Current, *, as_json: bool, wrong: bool) -> None:
    turns = dialogues.read_lines(text_of(path), path)
    if not turns:
        raise UsageError(f"{path} holds no dialogues.")
    found = list(dialogues.run(turns, current))
    if wrong:
        for line in dialogues.listing(found, lambda one: not one.is_right):
            print(printable(line), file=sys.stderr)
    table = dialogues.summary(found)
    if as_json:
        print(json.dumps(table))
        return
    Console().print(_table(table))
    row = table["all"]
    print(
        f"whole dialogues right {row['dialogues_right'] or 0:.1%}, later turns right {row['later_right'] or 0:.1%} "
        f"(one tap away {row['later_near'] or 0:.1%}), section turns right {row['sections_right'] or 0:.1%} "
        f"of {row['sections']}"
    )


def _table(rows: dict[str, dict[str, float | int | None]]) -> Table:
    table = Table("language", *(name.replace("_", " ") for name in rows["all"]))
    for language, row in rows.items():
        cells = (
            "-"
            if value is None
            else f"{value:.1%}"
            if isinstance(value, float) and not name.endswith("_ms")
            else str(value)
            for name, value in row.items()
        )
        table.add_row(language, *cells)
    return table
