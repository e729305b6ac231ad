"""The numbers of what people ask, as tables: added up, and none so small that it could be one person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from bot.conversation.outcomes import OUTCOMES
from bot.storage.counts import Count

SMALL = 5  # a smaller number is shown as "under 5"
By = Literal["week", "topic", "language", "channel"]


@dataclass(frozen=True)
class Row:
    """``numbers``: by outcome, in the order of ``OUTCOMES``."""

    key: str
    numbers: tuple[int, ...]

    @property
    def total(self) -> int:
        return sum(self.numbers)


def rows(counts: Sequence[Count], by: By) -> list[Row]:
    """One row a week (in order), topic, language or channel (the largest first)."""
    found: dict[str, Counter[str]] = {}
    for count in counts:
        found.setdefault(getattr(count, by), Counter())[count.outcome] += count.number
    made = [Row(key, tuple(numbers[outcome] for outcome in OUTCOMES)) for key, numbers in found.items()]
    return sorted(made, key=(lambda row: row.key) if by == "week" else (lambda row: (-row.total, row.key)))


def whole(counts: Sequence[Count]) -> Row:
    """All together."""
    made = Counter[str]()
    for count in counts:
        made[count.outcome] += count.number
    return Row("", tuple(made[outcome] for outcome in OUTCOMES))


def by_topic(counts: Sequence[Count]) -> dict[str, tuple[int, int]]:
    """Topic to how often it was asked for, and how often its answer did not help or the office had to be asked."""
    return {
        row.key: (numbers["answered"], numbers["did-not-help"] + numbers["handed-over"])
        for row in rows(counts, "topic")
        for numbers in [dict(zip(OUTCOMES, row.numbers, strict=True))]
        if row.key
    }


def shown(number: int, under: str, written: Callable[[int], str] = str) -> str:
    """A number as it may be shown; ``under``: the words for a small one."""
    return under if 0 < number < SMALL else written(number)


def week_of(day: date) -> str:
    """The ISO week, as 2026-W48."""
    year, number, _ = day.isocalendar()
    return f"{year}-W{number:02}"


def weeks_back(today: date, weeks: int) -> date:
    """The Monday so many weeks ago; 0 is this week's."""
    return today - timedelta(days=today.weekday() + 7 * weeks)
