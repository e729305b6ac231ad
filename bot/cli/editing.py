"""Commands for editors of the knowledge: check, status, new-*, schema, stamp."""

from __future__ import annotations

import asyncio
import json
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress
from rich.table import Table

from bot.cli.base import (
    CityOption,
    JsonOption,
    KnowledgeOption,
    app,
    settings_of,
    today,
)
from bot.config import Settings
from bot.content import progress, schemas, stamping, templates
from bot.content.links import links
from bot.content.load import cities
from bot.content.problems import Problem, gathered
from bot.content.scopes import BASE, BLANK, read_scope
from bot.errors import LotseError, UsageError
from bot.knowledge import brain
from bot.knowledge.folder import read_folder
from bot.knowledge.kept import kept
from bot.knowledge.last_good import digest
from bot.presentation.sentences import SENTENCES
from bot.wiring.later import Later

if TYPE_CHECKING:
    from bot.tools import checking, link_check
else:
    checking, link_check = Later("bot.tools.checking"), Later("bot.tools.link_check")

PANEL = "For editors"


@app.command(rich_help_panel=PANEL)
def check(
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as errors; notes do not.")] = False,
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
    as_json: JsonOption = False,
    as_github: Annotated[bool, typer.Option("--github", help="Print GitHub workflow annotations.")] = False,
    with_links: Annotated[bool, typer.Option("--links", help="Ask the web whether every link is reachable.")] = False,
) -> None:
    """Check the knowledge of every city (or of one): every problem, with file, line and remedy."""
    if as_json and as_github:
        raise UsageError("Give either --json or --github.")
    settings = settings_of(knowledge)
    files = read_folder(settings.knowledge)
    found = set(checking.Checking(settings, files, today()).problems(_cities(files, city), together=not city))
    if with_links:
        found.update(_dead_links(settings, files, city))
    problems = gathered(found)
    for problem in problems:
        if as_json:
            print(json.dumps(problem.as_dict(), ensure_ascii=False))
        else:
            print(problem.as_annotation() if as_github else problem)
    count = Counter(problem.severity for problem in problems)
    print(", ".join(f"{count[each]} {each}(s)" for each in ("error", "warning", "note")) + ".", file=sys.stderr)
    if count["error"] or (strict and count["warning"]):
        raise typer.Exit(1)


def _cities(files: Mapping[str, bytes], city: str | None) -> tuple[str, ...]:
    """The city's id alone, without one every city's."""
    if city and city not in cities(files):
        raise UsageError(f'There is no city "{city}". There are: {", ".join(cities(files)) or "none"}.')
    return (city,) if city else cities(files)


def _dead_links(settings: Settings, files: Mapping[str, bytes], city: str | None) -> list[Problem]:
    scopes = [read_scope(files, id_, str(settings.knowledge), []) for id_ in (BASE, *_cities(files, city))]
    bar = Progress(
        "{task.description}",
        BarColumn(),
        MofNCompleteColumn(),
        console=Console(stderr=True),
        transient=True,
        disable=not sys.stderr.isatty(),
    )
    with bar:
        task = bar.add_task("Asking links", total=None)
        return asyncio.run(
            link_check.check(
                (link for scope in scopes for link in links(scope)),
                begin=lambda count: bar.update(task, total=count),
                advance=lambda: bar.advance(task),
            )
        )


@app.command(rich_help_panel=PANEL)
def status(city: CityOption = None, knowledge: KnowledgeOption = None, as_json: JsonOption = False) -> None:
    """Show how far each language is: which topics are missing, stale, a machine's, reviewed, or due for review."""
    settings = settings_of(knowledge)
    files = read_folder(settings.knowledge)
    chosen, root, day = _cities(files, city), str(settings.knowledge), today()
    found = kept(
        [settings.cache_folder()],
        "status",
        f"{digest(files)} {chosen} {root} {day}".encode(),
        lambda: progress.overview(files, chosen, root, day),
    )
    if as_json:
        print(json.dumps(found.totals()))
        return
    _print_wide(_status_table(found))
    print(", ".join(f"{mark} {state}" for state, mark in _MARKS.items()) + ", ! due for review")


_MARKS = {"missing": "-", "stale": "s", "machine": "m", "reviewed": "r"}


def _status_table(found: progress.Overview) -> Table:
    table = Table("topic", "!", *found.languages)
    for topic, row in found.states.items():
        table.add_row(topic, "!" if topic in found.due else "", *(_MARKS[row[code]] for code in found.languages))
    table.add_section()
    totals = found.totals()
    for name in ("topics", *progress.STATES, "due", "tested"):
        table.add_row(name, "", *(str(totals[code][name]) for code in found.languages))
    return table


def _print_wide(table: Table) -> None:
    """Into a file or a pipe the whole table, however wide it is."""
    console = Console()
    if not console.is_terminal:
        console = Console(width=Console(width=1000).measure(table).maximum)
    console.print(table)


@app.command("new-topic", rich_help_panel=PANEL)
def new_topic(
    id_: Annotated[str, typer.Argument(help="The topic's id: small letters and hyphens.", metavar="ID")],
    group: Annotated[str, typer.Option(help="The group in the menu it belongs to.")] = "",
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """Write a template for a topic: for all of Germany, or with --city for that city alone."""
    settings = settings_of(knowledge)
    files = read_folder(settings.knowledge)
    write(settings, templates.new_topic(files, id_, group, city or BASE, today()))


@app.command("new-language", rich_help_panel=PANEL)
def new_language(
    code: Annotated[str, typer.Argument(help="The language's code, as sq for Albanian.", metavar="CODE")],
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """Write a template for a language, with the German text above each blank; with --city for that city's own words."""
    settings = settings_of(knowledge)
    files = read_folder(settings.knowledge)
    write(settings, templates.new_language(files, code, city or BASE, today()))
    print(f"Add {code} to `languages` in each city.yaml when it is done.", file=sys.stderr)
    if code not in brain.catalogues(settings).languages:
        print(
            f"The bot's own sentences are missing, too ({len(SENTENCES)} of them: questions, buttons, notices): "
            f"`python scripts/messages.py {code}` writes {settings.translations / code}/LC_MESSAGES/lotse.po.",
            file=sys.stderr,
        )


@app.command("new-city", rich_help_panel=PANEL)
def new_city(
    name: Annotated[str, typer.Argument(help="The city's name.", metavar="NAME")],
    knowledge: KnowledgeOption = None,
) -> None:
    """Write a template for a city."""
    settings = settings_of(knowledge)
    write(settings, templates.new_city(read_folder(settings.knowledge), name, today()))


def write(settings: Settings, changed: Mapping[str, str]) -> None:
    """Write files below the knowledge folder, and print their paths."""
    for path, text in changed.items():
        file = settings.knowledge / path
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        except OSError as error:
            raise LotseError(f"{file}: {error.strerror}. Write to a folder you may change.") from error
        print(file)
    if any(BLANK in text for text in changed.values()):
        print(f"Fill in every {BLANK}; `lotse check` names those that are left.", file=sys.stderr)


@app.command(rich_help_panel=PANEL)
def schema(
    folder: Annotated[Path, typer.Argument(help="Where to write the schemas.")] = Path("knowledge/schema"),
) -> None:
    """Write the JSON Schemas that give editors completion while typing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in schemas.schemas().items():
            (folder / name).write_text(text, encoding="utf-8")
            print(folder / name)
    except OSError as error:
        raise LotseError(f"{folder}: {error.strerror}. Choose a folder you may write to.") from error


@app.command(rich_help_panel=PANEL)
def stamp(
    language: Annotated[str, typer.Argument(help="The translation's language.")],
    topic: Annotated[str, typer.Argument(help="A topic, or `all` for every one without a stamp.")],
    reviewed_by: Annotated[str, typer.Option(help="Who has read it against the German text.")] = "",
    tested_by: Annotated[
        str, typer.Option(help="The group that has tested the plain German text: then it is called Leichte Sprache.")
    ] = "",
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """Note that a translation belongs to today's German text: as a machine's, as reviewed, as tested by a group.

    Germany's words are meant, or with --city those of that city: only what somebody has read."""
    settings = settings_of(knowledge)
    files = read_folder(settings.knowledge)
    own = _cities(files, city)[0] if city else ""
    changed = stamping.stamp(files, language, topic, reviewed_by, today(), tested_by.strip(), own)
    if not changed:
        having = [id_ for id_ in cities(files) if (language, topic) in read_scope(files, id_, "", []).words]
        hint = f" These cities have words of it: {', '.join(having)} (--city)." if having and not city else ""
        raise UsageError(f'There is nothing to stamp for "{topic}" in "{language}" of {city or BASE}.{hint}')
    write(settings, changed)
