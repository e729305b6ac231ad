"""Commands for the watch over the law: status, update, compared."""

from __future__ import annotations

import json
import sys
from collections import Counter
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress

from bot.cli.base import JsonOption, KnowledgeOption, app, settings_of, today
from bot.cli.editing import PANEL, write
from bot.config import Settings
from bot.content.law import COMPARED, Laws, read_laws
from bot.content.law_watch import (
    NO_TEXT,
    Resting,
    check_laws,
    compared_text,
    resting,
    unfetched,
    whose,
    with_compared,
)
from bot.content.load import cities
from bot.content.problems import Problem
from bot.content.scopes import BASE, Scope, errors_but_blanks, read_scope
from bot.errors import KnowledgeError, UsageError
from bot.knowledge.folder import read_folder
from bot.tools import law as fetching

if TYPE_CHECKING:
    import httpx

law = typer.Typer(help="Which answers rest on a paragraph that has changed.", no_args_is_help=True)
app.add_typer(law, name="law", rich_help_panel=PANEL)


def _read(settings: Settings) -> tuple[list[Scope], Laws, tuple[str, ...], dict[str, int]]:
    """The scopes, the laws, the cities, and how many languages have each topic."""
    files = read_folder(settings.knowledge)
    problems: list[Problem] = []
    found = cities(files)
    scopes = [read_scope(files, id_, str(settings.knowledge), problems) for id_ in (BASE, *found)]
    if errors := errors_but_blanks(problems):
        raise KnowledgeError(errors)
    laws, unread = read_laws(files, str(settings.knowledge))
    for problem in unread:
        print(problem, file=sys.stderr)
    spoken = {(topic, language) for scope in scopes for language, topic in scope.words}
    return scopes, laws, found, Counter(topic for topic, _ in spoken)


@law.command("status")
def status(knowledge: KnowledgeOption = None, as_json: JsonOption = False) -> None:
    """Show by paragraph which topics rest on it, and when somebody last compared them."""
    scopes, laws, _, _ = _read(settings_of(knowledge))
    by_paragraph: dict[str, list[Resting]] = {}
    for each in resting(scopes):
        by_paragraph.setdefault(each.cited.paragraph, []).append(each)
    for paragraph, found in sorted(by_paragraph.items()):
        kept = laws.find(found[0].cited)
        topics = {each.topic: _compared(laws, each, kept.hash if kept else "") for each in found}
        since = kept.since if kept else ""
        if as_json:
            print(json.dumps({"paragraph": paragraph, "since": since, "topics": topics}, ensure_ascii=False))
        else:
            said = ", ".join(f"{topic} ({day})" for topic, day in topics.items())
            print(f"{paragraph}\t{since or _why(laws, found[0])}\t{said}")
    warned = sum(problem.severity == "warning" for scope in scopes for problem in check_laws(scope, laws))
    print(f"{len(by_paragraph)} paragraphs, {warned} to look at: see `lotse check`.", file=sys.stderr)
    blank = [paragraph for paragraph, found in by_paragraph.items() if unfetched(found[0].cited, laws)]
    if blank:
        print(f"Of {', '.join(sorted(blank))} {NO_TEXT} Run `lotse law update`.", file=sys.stderr)


def _compared(laws: Laws, each: Resting, hash_: str) -> str:
    if unfetched(each.cited, laws):
        return "no text to compare with"
    comparison = laws.compared.get(each.topic)
    if comparison is None or each.cited.paragraph not in comparison.paragraphs:
        return "by hand" if each.cited.law in laws.known and not laws.known[each.cited.law].folder else "never compared"
    same = comparison.paragraphs[each.cited.paragraph] == hash_
    return comparison.on if same else f"changed since {comparison.on}"


def _why(laws: Laws, each: Resting) -> str:
    if unfetched(each.cited, laws):
        return "nothing fetched yet: lotse law update"
    return "by hand" if each.cited.law in laws.known else "unknown law"


@law.command("update")
def update(
    source: Annotated[
        str, typer.Option("--from", help="Where laws come from: an address, or a folder.", metavar="URL|DIR")
    ] = fetching.SITE,
    as_of: Annotated[str, typer.Option(help="The day the texts are of, where a folder is older.", metavar="DAY")] = "",
    knowledge: KnowledgeOption = None,
) -> None:
    """Fetch the cited laws, keep the cited paragraphs' words, and show what changed and which topics rest on it."""
    import httpx

    settings = settings_of(knowledge)
    scopes, laws, places, languages = _read(settings)
    found = list(resting(scopes))
    cited = [each.cited for each in found]
    total = len({each.law for each in cited if each.law in laws.known and laws.known[each.law].folder})
    bar = Progress(
        "{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar, httpx.Client(timeout=fetching.SECONDS, follow_redirects=True) as client:
        task = bar.add_task("Fetching laws", total=total)
        report = fetching.update(
            laws,
            cited,
            _source(source, client),
            _day(as_of),
            lambda name: bar.update(task, advance=1, description=name),
        )
    write(settings, report.files)
    for change in report.changes:
        if change.old is None:
            continue
        moved = f"; its words stand in {change.moved_to} now" if change.moved_to else ""
        gone = " is repealed" if change.new.repealed else " changed"
        print(f"\n{change.paragraph}{gone}{moved}. On it rest:")
        for line in whose(found, change.paragraph, languages, places):
            print(f"  {line}")
        for line in change.lines():
            print(f"    {line}")
    fresh = sum(change.old is None for change in report.changes)
    print(
        f"{len(report.files)} laws read, {len(report.changes) - fresh} paragraphs changed, {fresh} are new here.",
        file=sys.stderr,
    )
    for told in (*report.moved, *report.faults):
        print(told, file=sys.stderr)
    if report.faults:
        raise typer.Exit(1)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text) if text else today()
    except ValueError:
        raise UsageError(f'--as-of "{text}" is no date. Write 2026-11-30.') from None


def _source(text: str, client: httpx.Client) -> fetching.Source:
    if text.startswith(("http://", "https://")):
        return fetching.Site(text, client)
    if Path(text).is_dir():
        return fetching.Folder(Path(text))
    raise UsageError(f"--from {text}: there is no such folder. Give a folder, or an address with https://.")


@law.command("compared")
def compared(
    topic: Annotated[str, typer.Argument(help="A topic, or `all` for every one that rests on a law.")],
    knowledge: KnowledgeOption = None,
) -> None:
    """Note that somebody has held a topic's words against the law as it is here now."""
    settings = settings_of(knowledge)
    scopes, laws, _, _ = _read(settings)
    by_topic: dict[str, list[Resting]] = {}
    for each in resting(scopes):
        by_topic.setdefault(each.topic, []).append(each)
    topics = list(by_topic) if topic == "all" else [topic]
    if topic != "all" and topic not in by_topic:
        raise UsageError(f'The topic "{topic}" names no paragraph in `law:`, or there is no such topic.')
    missing = {each.cited.paragraph for id_ in topics for each in by_topic[id_] if unfetched(each.cited, laws)}
    if missing:
        print(f"Not noted, since their words are not here: {', '.join(sorted(missing))}.", file=sys.stderr)
    for id_ in topics:
        laws = _with(laws, id_, by_topic[id_])
    write(settings, {COMPARED: compared_text(laws.compared)})


def _with(laws: Laws, topic: str, found: list[Resting]) -> Laws:
    return Laws(laws.known, laws.kept, with_compared(laws, topic, [each.cited for each in found], today()))
