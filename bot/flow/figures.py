"""The numbers of what people ask, as tables: added up, and none so small that it could be one person."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, NamedTuple

from bot.conversation.outcomes import OUTCOMES
from bot.flow.small_numbers import Sign, signs
from bot.storage.counts import Count

By = Literal["week", "topic", "language", "channel"]
BY: tuple[By, ...] = ("week", "topic", "language", "channel")
NarrowBy = Literal["language", "channel"]
NARROW_BY: tuple[NarrowBy, ...] = ("language", "channel")
MISSED = ("did-not-help", "no-answer", "handed-over")
ALL, ANY_MISSED = "", "missed"  # in the place of an outcome


class _Cell(NamedTuple):
    """A number's place. ``table``: "" for the sums of all, or one of ``BY``; "language ar": topics of Arabic alone."""

    table: str
    row: str
    column: str


@dataclass(frozen=True)
class Number:
    """``sign``: what is shown instead, "" where the number is."""

    value: int
    sign: Sign | Literal[""] = ""

    def shown(self, small: str, covered: str, written: Callable[[int], str] = str) -> str:
        """As it may be shown; ``small``, ``covered``: the words instead."""
        return {"small": small, "covered": covered}.get(self.sign) or written(self.value)

    @property
    def drawn(self) -> int:
        """How long its bar is: what is hidden has one length, whatever it is."""
        return 2 if self.sign else self.value


@dataclass(frozen=True)
class Row:
    """``numbers``: by outcome, in the order of ``OUTCOMES``. ``missed``: of those without an answer that helped."""

    key: str
    numbers: tuple[Number, ...]
    total: Number
    missed: Number


class Figures:
    """What may be shown of counts of one period. All tables are seen together: what one hides no other gives away."""

    def __init__(self, counts: Sequence[Count]) -> None:
        self._cells = _cells(counts)
        self._signs: Mapping[_Cell, Sign] = signs(self._cells, _sums(self._cells))

    def rows(self, by: By) -> list[Row]:
        """One row a week (in order), topic, language or channel (the largest first)."""
        made = [self._row(by, key) for key in self._keys(by)]
        return sorted(made, key=(lambda row: row.key) if by == "week" else (lambda row: (-row.total.value, row.key)))

    def whole(self) -> Row:
        """All together."""
        return self._row("", "")

    def topics_of(self, by: NarrowBy, key: str) -> list[tuple[str, Number]]:
        """How often those of one language, or on one channel, came to each topic, the most first. Outcomes of so few
        would only be hidden."""
        table = f"{by} {key}"
        found = [(topic, self._number(_Cell(table, topic, ALL))) for topic in self._keys(table)]
        return sorted(found, key=lambda row: (-row[1].value, row[0]))

    def _keys(self, table: str) -> list[str]:
        return [cell.row for cell in self._cells if cell.table == table and cell.column == ALL]

    def _row(self, table: str, row: str) -> Row:
        numbers = {column: self._number(_Cell(table, row, column)) for column in (*OUTCOMES, ALL, ANY_MISSED)}
        return Row(row, tuple(numbers[outcome] for outcome in OUTCOMES), numbers[ALL], numbers[ANY_MISSED])

    def _number(self, cell: _Cell) -> Number:
        return Number(self._cells[cell], self._signs.get(cell, ""))


def _cells(counts: Sequence[Count]) -> Counter[_Cell]:
    cells = Counter[_Cell]()
    for count in counts:
        columns = (count.outcome, ALL, *([ANY_MISSED] if count.outcome in MISSED else []))
        for table, row in [("", ""), *((by, getattr(count, by)) for by in BY)]:
            for column in columns:
                cells[_Cell(table, row, column)] += count.number
        for table in (f"language {count.language}", f"channel {count.channel}"):
            cells[_Cell(table, count.topic, ALL)] += count.number
    return cells


def _sums(cells: Mapping[_Cell, int]) -> list[tuple[_Cell, list[_Cell]]]:
    """Each number that is the sum of others, with these."""
    found: dict[tuple[str, _Cell], list[_Cell]] = defaultdict(list)
    for cell in cells:
        if " " in cell.table:
            narrowed_by, _, key = cell.table.partition(" ")
            found["topics", _Cell(narrowed_by, key, ALL)].append(cell)
            found[narrowed_by, _Cell("topic", cell.row, ALL)].append(cell)
            continue
        if cell.column in OUTCOMES:
            found["outcomes", cell._replace(column=ALL)].append(cell)
        if cell.column in MISSED:
            found["missed", cell._replace(column=ANY_MISSED)].append(cell)
        if cell.table:
            found[cell.table, _Cell("", "", cell.column)].append(cell)
    return [(whole, parts) for (_, whole), parts in found.items()]


def by_topic(counts: Sequence[Count]) -> dict[str, tuple[int, int]]:
    """Topic to how often it was asked for, and how often its answer did not help or the office had to be asked."""
    asked, helpless = Counter[str](), Counter[str]()
    for count in counts:
        asked[count.topic] += count.number if count.outcome == "answered" else 0
        helpless[count.topic] += count.number if count.outcome in ("did-not-help", "handed-over") else 0
    return {topic: (asked[topic], helpless[topic]) for topic in asked if topic}


def together(parts: Sequence[int]) -> tuple[Number, ...]:
    """A few numbers as they may be shown beside each other, and last their sum."""
    numbers = {place: number for place, number in enumerate([*parts, sum(parts)]) if number}
    last = len(parts)
    found = signs(numbers, [(last, [place for place in numbers if place != last])] if numbers else [])
    return tuple(Number(number, found.get(place, "")) for place, number in enumerate([*parts, sum(parts)]))


def week_of(day: date) -> str:
    """The ISO week, as 2026-W48."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"


def weeks_back(today: date, weeks: int) -> date:
    """The Monday so many weeks ago; 0 is this week's."""
    return today - timedelta(days=today.weekday() + 7 * weeks)
