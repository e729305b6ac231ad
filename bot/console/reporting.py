"""The report: gathered from counts, questions, git and the knowledge; as a page, as PDF and as CSV."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path

from markupsafe import Markup
from sqlalchemy.ext.asyncio import AsyncConnection
from starlette.responses import Response

from bot.console.git import GitError, repository_of
from bot.console.pages import Page
from bot.console.roles import May
from bot.console.visit import ZONE, Visit
from bot.content.law import FOLDER, read_laws
from bot.content.progress import Overview, overview
from bot.content.scopes import BASE
from bot.errors import LotseError
from bot.flow import figures
from bot.knowledge.folder import read_folder
from bot.presentation.compose import Composer
from bot.printing import report
from bot.storage import counts, entries
from bot.storage.counts import Count

MOST_CHANGES = 5_000
Stored = tuple[Sequence[Count], Sequence[float | None]]


async def stored(connection: AsyncConnection, city: str, first: date, last: date) -> Stored:
    """Counts of the weeks that the period touches, and how long its questions waited."""
    begin, end = (datetime.combine(day, time(), ZONE).timestamp() for day in (first, last + timedelta(days=1)))
    found = await counts.read(connection, city, figures.week_of(first), figures.week_of(last))
    return found, await entries.waits(connection, city, begin, end)


def made(composer: Composer, folder: Path, first: date, last: date, today: date, known: Stored) -> report.Report:
    """``folder``: the knowledge, whose files and history are read."""
    knowledge = composer.knowledge
    city, files = knowledge.city_id, read_folder(folder)
    try:
        state = overview(files, [city] if knowledge.city else [], "", today)
    except LotseError:
        state = Overview((), {}, frozenset())
    laws, _ = read_laws({path: text for path, text in files.items() if path.startswith(f"{FOLDER}/")}, "")
    found = report.Found(
        known[0],
        known[1],
        _changes(folder, city, first, last),
        state.totals(),
        len(state.due),
        min((date.fromisoformat(kept.fetched) for kept in laws.kept.values() if kept.fetched), default=None),
    )
    name = knowledge.city.name if knowledge.city else city
    return report.make(
        found,
        name,
        first,
        last,
        today,
        lambda topic: composer.title(topic, "de") if topic in knowledge.topics else topic,
        lambda group: composer.sentence(f"group-{group}", "de") if group in knowledge.groups else "weitere Texte",
    )


def _changes(folder: Path, city: str, first: date, last: date) -> list[tuple[date, str, str]] | None:
    """(day, group, language) of each changed words file; None without git."""
    repository = repository_of(folder)
    if repository is None:
        return None
    try:
        log = repository.log([place for place in (BASE, city) if (folder / place).is_dir()], MOST_CHANGES)
    except GitError:
        return None
    found = []
    for commit in log:
        day = datetime.fromtimestamp(commit.at, ZONE).date()
        if first <= day <= last:
            words = [path.removesuffix(".yaml").split("/") for path in commit.paths if path.count("/") == 2]
            found += [(day, group, language) for _, language, group in words if group != "status"]
    return found


def _period(visit: Visit) -> tuple[date, date, date]:
    """From, to, today: the last half year unless something else is asked for."""
    today = datetime.fromtimestamp(visit.now, ZONE).date()
    wanted = []
    for name, default in (("from", today - timedelta(days=182)), ("to", today)):
        try:
            day = date.fromisoformat(visit.request.query_params.get(name, ""))
        except ValueError:
            day = default
        wanted.append(day if 1971 < day.year < 9000 else default)
    return wanted[0], max(wanted), today


async def _report(visit: Visit) -> report.Report:
    first, last, today = _period(visit)
    current, folder = visit.office.live.current, visit.office.settings.knowledge
    known = await visit.read(lambda connection: stored(connection, current.knowledge.city_id, first, last))
    return await asyncio.to_thread(made, current.composer, folder, first, last, today, known)


async def page(visit: Visit) -> Response:
    """The report as a page."""
    found = await _report(visit)
    first, last, _ = _period(visit)
    charts = [Markup(section.chart) for section in found.sections]  # noqa: S704 # SVG of ours, its words escaped
    return visit.show("report.html", report=found, charts=charts, first=first.isoformat(), last=last.isoformat())


async def as_pdf(visit: Visit) -> Response:
    """To print, and to send round."""
    found = await _report(visit)
    try:
        content = await asyncio.to_thread(report.as_pdf, found)
    except LotseError as error:
        return visit.refuse("Das PDF kann hier nicht gemacht werden: {reason}", 503, reason=str(error))
    return download(content, "application/pdf", "lotse-bericht.pdf")


async def as_csv(visit: Visit) -> Response:
    """For a spreadsheet."""
    content = report.as_csv(await _report(visit)).encode()
    return download(content, "text/csv; charset=utf-8", "lotse-bericht.csv")


def download(content: bytes, kind: str, name: str) -> Response:
    """A file to be saved."""
    return Response(content, media_type=kind, headers={"content-disposition": f'attachment; filename="{name}"'})


PAGES = (
    Page("/report", "report", May.FIGURES, page, nav="Bericht"),
    Page("/report.pdf", "report-pdf", May.FIGURES, as_pdf),
    Page("/report.csv", "report-csv", May.FIGURES, as_csv),
)
