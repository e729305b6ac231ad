"""Commands that print: report, postcards."""

from __future__ import annotations

import asyncio
import sys
from contextlib import suppress
from datetime import date, datetime, timedelta
from html import escape
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.cli.base import CityOption, KnowledgeOption, app, settings_of, today
from bot.config import Settings
from bot.content.load import load
from bot.errors import KnowledgeError, UsageError
from bot.knowledge.folder import city_in, read_folder, read_translations
from bot.presentation.compose import Composer
from bot.wiring.later import Later

if TYPE_CHECKING:
    from bot.console import reporting
    from bot.printing import postcards as of_postcards
    from bot.printing import report as of_report
    from bot.storage import database
else:
    of_postcards, of_report = Later("bot.printing.postcards"), Later("bot.printing.report")
    reporting, database = Later("bot.console.reporting"), Later("bot.storage.database")

PANEL = "For operators and the office"
HTML = """<!doctype html>
<html lang="de"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><style>body{{font:16px/1.5 sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;color:#222}}
table{{border-collapse:collapse;width:100%}}td,th{{padding:.3rem .5rem;border-bottom:1px solid #ccc;text-align:right}}
td:first-child,th:first-child{{text-align:left}}svg{{max-width:100%;height:auto}}</style></head>
<body><h1>{title}</h1><p>{period}</p><p>{made}</p>{body}</body></html>
"""


@app.command(rich_help_panel=PANEL)
def report(
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
    first: Annotated[str, typer.Option("--from", help="First day; half a year ago.", metavar="YYYY-MM-DD")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day; today.", metavar="YYYY-MM-DD")] = "",
    kind: Annotated[str, typer.Option("--format", help="html, pdf or csv.")] = "html",
    out: Annotated[Path | None, typer.Option(help="The file; else standard output.", metavar="FILE")] = None,
) -> None:
    """Make the report for the council, in German: what was asked and not answered, waiting times, texts' age."""
    if kind not in ("html", "pdf", "csv"):
        raise UsageError(f"--format {kind}: there are html, pdf and csv.")
    settings = settings_of(knowledge)
    to = _day(last, today())
    since = _day(first, to - timedelta(days=182))
    if since > to:
        raise UsageError("--from is after --to.")
    composer = _composer(settings, city)
    known = asyncio.run(_stored(settings, composer.knowledge.city_id, since, to))
    found = reporting.made(composer, settings.knowledge, since, to, today(), known)
    content: bytes = (
        of_report.as_pdf(found)
        if kind == "pdf"
        else (of_report.as_csv(found) if kind == "csv" else _html(found)).encode()
    )
    if out is None:
        sys.stdout.buffer.write(content)
        return
    _write(out, content)


@app.command(rich_help_panel=PANEL)
def postcards(
    out: Annotated[Path, typer.Option(help="The folder for postcards.pdf and signs.pdf.", metavar="DIR")],
    city: CityOption = None,
    knowledge: KnowledgeOption = None,
    languages: Annotated[str, typer.Option(help="Codes with commas; all where none is named.")] = "",
    topics: Annotated[str, typer.Option(help="Ids with commas; none: cards for the chat in general.")] = "",
) -> None:
    """Make postcards (A6) and signs (A4) with codes that lead to LOTSE_WEB_URL; with bleed and cut marks."""
    settings = settings_of(knowledge)
    composer = _composer(settings, city)
    wanted = [[each.strip() for each in text.split(",") if each.strip()] for text in (languages, topics)]
    chosen = of_postcards.chosen(composer.knowledge, *wanted)
    made = {
        name: of_postcards.pdf(composer, settings.web_url, *chosen, paper)
        for name, paper in (("postcards.pdf", of_postcards.CARD), ("signs.pdf", of_postcards.SIGN))
    }
    for name, content in made.items():
        _write(out / name, content)


def _write(path: Path, content: bytes) -> None:
    """To a file, and say where. Raises UsageError."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}. Name a place with --out where you may write.") from error
    print(path)


def _composer(settings: Settings, city: str | None) -> Composer:
    """The city's words, without a matcher: nothing is asked."""
    files = read_folder(settings.knowledge)
    loaded = load(files, city_in(files, city, settings.city), str(settings.knowledge), advice=False)
    if loaded.knowledge is None:
        raise KnowledgeError([str(problem) for problem in loaded.errors])
    return Composer(loaded.knowledge, read_translations(settings.translations))


async def _stored(settings: Settings, city: str, first: date, last: date) -> reporting.Stored:
    with suppress(OSError):
        settings.make_var()
    engine = database.engine_for(settings.database)
    try:
        await database.migrate(engine)
        async with engine.connect() as connection:
            return await reporting.stored(connection, city, first, last)
    finally:
        await database.close(engine)


def _day(text: str, default: date) -> date:
    try:
        return datetime.strptime(text, "%Y-%m-%d").date() if text else default  # noqa: DTZ007 # a day has no zone
    except ValueError:
        raise UsageError(f"{text} is no day. Write it as 2026-11-30.") from None


def _html(found: of_report.Report) -> str:
    """One file, which needs no other."""
    data = of_report.as_data(found)
    body = []
    for section in data["sections"]:
        body.append(f"<h2>{escape(section['title'])}</h2>")
        body += [f"<p>{escape(words)}</p>" for words in section["words"]]
        body.append(section["chart"])
        if section["rows"]:
            head = "".join(f"<th>{escape(cell)}</th>" for cell in section["head"])
            rows = ("".join(f"<td>{escape(cell)}</td>" for cell in row) for row in section["rows"])
            body.append(f"<table><tr>{head}</tr>{''.join(f'<tr>{row}</tr>' for row in rows)}</table>")
    return HTML.format(**{name: escape(data[name]) for name in ("title", "period", "made")}, body="".join(body))
