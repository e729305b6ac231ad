"""The report for the council and the counselling centres, in plain German: what was asked, what was not answered, how
long the office took, what changed in the texts and how old they are. Pure; out come HTML, PDF and CSV of the same."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from statistics import median
from typing import Any

from bot.flow import figures
from bot.flow.figures import Figures, Number
from bot.flow.small_numbers import SMALL
from bot.presentation import formats
from bot.presentation.i18n import name_in
from bot.printing import typesetting
from bot.printing.charts import bars
from bot.storage.counts import Count

TEMPLATE = "report.typ"
UNDER, COVERED = "unter 5", "verdeckt"
MOST = 15  # rows of a list
CHANNELS = {"web": "Chat im Browser", "telegram": "Telegram", "mail": "E-Mail", "terminal": "Terminal"}
OUTCOMES = ("beantwortet", "zurückgefragt", "an das Büro gegeben", "half nicht", "keine Antwort")
STATES = {"reviewed": "geprüft", "machine": "maschinell", "stale": "veraltet", "missing": "fehlt"}


@dataclass(frozen=True)
class Section:
    """A heading, sentences, a chart (SVG, "" for none) and the table below it."""

    title: str
    words: tuple[str, ...] = ()
    head: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    chart: str = ""


@dataclass(frozen=True)
class Report:
    title: str
    period: str
    made: str
    sections: tuple[Section, ...]


@dataclass(frozen=True)
class Found:
    """What goes in. ``waits``: days from question to answer, None while there is none; only of what is still stored.

    ``changes``: (day, group of topics, language) of each change; None where nobody kept them. ``texts``: language to
    state to how many topics. ``law``: when the oldest law text was fetched.
    """

    counts: Sequence[Count] = ()
    waits: Sequence[float | None] = ()
    changes: Sequence[tuple[date, str, str]] | None = None
    texts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    due: int = 0
    law: date | None = None


def make(
    found: Found,
    city: str,
    first: date,
    last: date,
    today: date,
    title: Callable[[str], str],
    group: Callable[[str], str],
) -> Report:
    """``title``: of a topic in German, ``group``: of a group of topics."""

    def topic(key: str) -> str:
        return title(key) if key else "kein bestimmtes Thema"

    shown = Figures(found.counts)
    sections = (
        _whole(shown),
        _table("Woche für Woche", shown, "week", _week, chart=True),
        _table("Worum es ging", shown, "topic", topic, chart=True),
        _unanswered(shown, topic),
        _table("In welchen Sprachen", shown, "language", lambda key: name_in("de", key), chart=True),
        _table("Auf welchen Wegen", shown, "channel", lambda key: CHANNELS.get(key, key)),
        _waiting(found.waits),
        _changed(found.changes, group),
        _age(found),
    )
    return Report(
        f"Lotse in {city}: Bericht",
        f"{_day(first)} bis {_day(last)}",
        f"Erstellt am {_day(today)}. Gezählt wird in ganzen Wochen, ohne Worte und ohne Personen. "
        f"Kleine Zahlen stehen als „{UNDER}“. Wo man eine kleine Zahl ausrechnen könnte, ist eine andere „{COVERED}“.",
        sections,
    )


def _whole(found: Figures) -> Section:
    whole = found.whole()
    if not whole.total.value:
        return Section("Auf einen Blick", ("In dieser Zeit hat niemand gefragt.",))
    answered, asked_back, office, not_helped, none = whole.numbers
    words = [f"Lotse hat {_times(answered)} eine geprüfte Antwort gezeigt."]
    if office.value:
        words.append(f"An das Büro ging {_times(office)} eine Frage, weil die Person es wollte.")
    if not_helped.value or none.value:
        words.append(f"Eine Antwort half {_times(not_helped)} nicht, {_times(none)} gab es keine.")
    if asked_back.value:
        words.append(f"Lotse war {_times(asked_back)} nicht sicher und hat zurückgefragt.")
    rows = tuple((name, _shown(number)) for name, number in zip(OUTCOMES, whole.numbers, strict=True))
    return Section("Auf einen Blick", tuple(words), ("Ergebnis", "Anzahl"), rows)


def _table(heading: str, found: Figures, by: figures.By, name: Callable[[str], str], *, chart: bool = False) -> Section:
    rows = found.rows(by)
    if not rows:
        return Section(heading, ("Dazu gibt es keine Zahlen.",))
    shown = rows if by == "week" else rows[:MOST]
    words = () if len(shown) == len(rows) else (f"Die häufigsten {MOST} von {len(rows)}.",)
    drawn = bars([_bar(name(row.key), row.total) for row in shown], heading) if chart else ""
    table = tuple((name(row.key), *map(_shown, row.numbers), _shown(row.total)) for row in shown)
    return Section(heading, words, ("", *OUTCOMES, "zusammen"), table, drawn)


def _unanswered(found: Figures, topic: Callable[[str], str]) -> Section:
    heading = "Was gefragt, aber nicht beantwortet wurde"
    every = found.rows("topic")
    rows = sorted((row for row in every if row.missed.value), key=lambda row: (-row.missed.value, row.key))[:MOST]
    if not rows:
        said = "Nichts: Jede Frage bekam eine Antwort." if every else "Dazu gibt es keine Zahlen."
        return Section(heading, (said,))
    words = ("Hier lohnt es sich, einen Text zu verbessern oder ein Thema neu zu schreiben.",)
    table = tuple(
        (topic(row.key), _shown(row.numbers[3]), _shown(row.numbers[4]), _shown(row.numbers[2])) for row in rows
    )
    chart = bars([_bar(topic(row.key), row.missed) for row in rows], heading)
    return Section(heading, words, ("", "half nicht", "keine Antwort", "an das Büro gegeben"), table, chart)


def _waiting(waits: Sequence[float | None]) -> Section:
    heading = "Wie lange das Büro für eine Antwort brauchte"
    days = [each for each in waits if each is not None]
    note = "Gezählt sind nur Fragen, die noch gespeichert sind: Beantwortete werden nach der Frist gelöscht."
    if not waits:
        return Section(heading, ("Aus dieser Zeit ist keine Frage an das Büro mehr gespeichert.",))
    if len(waits) < SMALL:
        return Section(heading, (f"Es sind {UNDER} Fragen; das sind zu wenige für eine Aussage.", note))
    answered, waiting, every = figures.together([len(days), len(waits) - len(days)])
    rows = [("Fragen an das Büro", _shown(every)), ("beantwortet", _shown(answered))]
    rows.append(("noch ohne Antwort", _shown(waiting)))
    if len(days) >= SMALL:  # of fewer it would be somebody's
        rows += [("Die Hälfte war beantwortet nach", _days(median(days))), ("längste Wartezeit", _days(max(days)))]
    return Section(heading, (note,), ("", ""), tuple(rows))


def _changed(changes: Sequence[tuple[date, str, str]] | None, group: Callable[[str], str]) -> Section:
    heading = "Was sich an den Texten geändert hat"
    if changes is None:
        return Section(heading, ("Das Wissen liegt in keinem Git-Verzeichnis; Änderungen sind nicht aufgezeichnet.",))
    if not changes:
        return Section(heading, ("In dieser Zeit wurde nichts geändert.",))
    times = Counter(name for _, name, _ in changes)
    rows = []
    for name, number in times.most_common(MOST):
        own = [(day, language) for day, each, language in changes if each == name]
        languages = len({language for _, language in own})
        rows.append((group(name), str(number), str(languages), _day(max(day for day, _ in own))))
    return Section(heading, (), ("Themengruppe", "Änderungen", "Sprachen", "zuletzt"), tuple(rows))


def _age(found: Found) -> Section:
    due = "1 Thema ist" if found.due == 1 else f"{found.due or 'Keine'} Themen sind"
    words = [f"{due} in den nächsten Wochen zu prüfen oder überfällig."]
    if found.law:
        words.append(f"Die Gesetzestexte, mit denen verglichen wird, sind vom {_day(found.law)} oder neuer.")
    rows = tuple(
        (name_in("de", language), *(str(states.get(state, 0)) for state in STATES))
        for language, states in found.texts.items()
    )
    return Section("Wie alt die Texte sind", tuple(words), ("Sprache", *STATES.values()), rows)


def _bar(label: str, number: Number) -> tuple[str, float, str]:
    return (label, number.drawn, _shown(number))


def _shown(number: Number) -> str:
    return number.shown(UNDER, COVERED, _written)


def _times(number: Number) -> str:
    """Within a sentence."""
    return number.shown(f"{UNDER} Mal", "mehrere Male", lambda whole: f"{_written(whole)} Mal")


def _written(number: int) -> str:
    return f"{number:,}".replace(",", ".")


def _week(key: str) -> str:
    year, _, number = key.partition("-W")
    return f"KW {number}/{year}"


def _day(day: date) -> str:
    return formats.day(day.isoformat(), "de")


def _days(days: float) -> str:
    return "weniger als einem Tag" if days < 1 else "1 Tag" if days < 1.5 else f"{days:.0f} Tagen"


def as_csv(report: Report) -> str:
    """One table below the other, for Excel in German: semicolons, and a mark that it is UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    writer.writerow([report.title, report.period])
    for section in report.sections:
        writer.writerows([[], [section.title]])
        if section.head:
            writer.writerow([_harmless(cell) for cell in section.head])
        for row in section.rows or [(words,) for words in section.words]:
            writer.writerow([_harmless(cell) for cell in row])
    return "\ufeff" + out.getvalue()


def _harmless(cell: str) -> str:
    """A cell that a spreadsheet must not take for a formula."""
    return f"'{cell}" if cell[:1] in ("=", "+", "-", "@", "\t", "\r") else cell


def as_pdf(report: Report) -> bytes:
    """A4. Raises UsageError where typst or a font is missing."""
    return typesetting.pdf(TEMPLATE, as_data(report))


def as_data(report: Report) -> dict[str, Any]:
    """For the template of the PDF."""
    return {
        "title": report.title,
        "period": report.period,
        "made": report.made,
        "sections": [
            {**vars(section), "chart": section.chart.replace("currentColor", "#222222")} for section in report.sections
        ],
    }
