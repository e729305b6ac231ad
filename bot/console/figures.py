"""What people ask: numbers by week, topic, language and channel; and what was handed over, grouped by meaning."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import date, datetime

from starlette.responses import Response

from bot.console.pages import Page
from bot.console.roles import May
from bot.console.visit import ZONE, Visit
from bot.conversation.outcomes import OUTCOMES
from bot.flow import figures
from bot.presentation import formats
from bot.presentation.i18n import name_in
from bot.storage import counts
from bot.web.languages import html_code

WEEKS = 12  # shown unless a period is chosen
CHANNELS = {"web": "Chat im Browser", "telegram": "Telegram", "mail": "E-Mail", "terminal": "Terminal"}
TITLES: dict[figures.By, str] = {"topic": "Themen", "language": "Sprachen", "channel": "Wege", "week": "Wochen"}
NAMES: dict[str, str] = {
    "answered": "beantwortet",
    "clarified": "zurückgefragt",
    "handed-over": "an das Büro gegeben",
    "did-not-help": "half nicht",
    "no-answer": "keine Antwort",
}


async def numbers(visit: Visit) -> Response:
    """The tables of a period."""
    query = visit.request.query_params
    today = datetime.fromtimestamp(visit.now, ZONE).date()
    first = _day(query.get("from", "")) or figures.weeks_back(today, WEEKS - 1)
    last = max(_day(query.get("to", "")) or today, first)
    city = visit.office.live.current.knowledge.city_id
    period = (figures.week_of(first), figures.week_of(last))
    every = await visit.read(lambda connection: counts.read(connection, city, *period))
    found = await asyncio.to_thread(figures.Figures, every)
    known = {by: sorted({getattr(each, by) for each in every}) for by in figures.NARROW_BY}
    narrowed = [(by, query[by]) for by in figures.NARROW_BY if query.get(by) and query[by] in known[by]][:1]
    topics = visit.office.live.current.knowledge.topics
    composer = visit.office.live.current.composer
    names: dict[figures.By, Callable[[str], str]] = {
        "topic": lambda key: composer.title(key, visit.language) if key in topics else key or visit.t("kein Thema"),
        "language": lambda key: name_in(visit.language, key),
        "channel": lambda key: visit.t(CHANNELS.get(key, key)),
        "week": str,
    }
    point = "." if visit.language == "de" else ","
    chosen: dict[str, str] = {"from": first.isoformat(), "to": last.isoformat(), "language": "", "channel": ""}
    chosen.update(narrowed)
    return visit.show(
        "figures.html",
        tables=[] if narrowed else [_table(visit, found, by, name) for by, name in names.items()],
        narrowed=[
            (names[by](key), [(names["topic"](topic), number) for topic, number in found.topics_of(by, key)])
            for by, key in narrowed
        ],
        whole=found.whole(),
        outcomes=[visit.t(NAMES[outcome]) for outcome in OUTCOMES],
        shown=lambda number: number.shown(
            visit.t("unter 5"), visit.t("verdeckt"), lambda whole: f"{whole:,}".replace(",", point)
        ),
        chosen=chosen,
        languages=[(each, name_in(visit.language, each)) for each in known["language"]],
        channels=[(each, visit.t(CHANNELS.get(each, each))) for each in known["channel"]],
        period=[formats.day(day.isoformat(), visit.language) for day in (first, last)],
    )


def _table(
    visit: Visit, found: figures.Figures, by: figures.By, name: Callable[[str], str]
) -> tuple[str, list[tuple[str, figures.Row]]]:
    return visit.t(TITLES[by]), [(name(row.key), row) for row in found.rows(by)]


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if 1971 < found.year < 9000 else None


async def groups(visit: Visit) -> Response:
    """What was handed over and is still stored, with consent, for the office: what means the same together."""
    composer = visit.office.live.current.composer
    knowledge = visit.office.live.current.knowledge
    return visit.show(
        "groups.html",
        groups=await visit.office.questions.groups(),
        new_topics=visit.may(May.EDIT_TOPICS),
        named=lambda code: name_in(visit.language, code or "de"),
        html_code=lambda code: html_code(code or "de"),
        topics=[(topic, composer.title(topic, visit.language)) for topic in knowledge.topics],
    )


async def add(visit: Visit) -> Response:
    """A question becomes an example of a topic: to the topic's page, which reads it by its number."""
    query, topics = visit.request.query_params, visit.office.live.current.knowledge.topics
    topic, question = query.get("topic", ""), query.get("question", "")
    if topic not in topics or not (question.isascii() and question.isdecimal() and len(question) < 16):
        return visit.refuse("Dieses Thema oder diese Frage gibt es nicht.", 404)
    return visit.go(f"/topics/{topic}?add_question={int(question)}")


PAGES = (
    Page("/figures", "figures", May.FIGURES, numbers, nav="Zahlen"),
    Page("/figures/groups", "groups", May.ANSWER, groups),
    Page("/figures/add", "add-question", May.EDIT_TOPICS, add),
)
