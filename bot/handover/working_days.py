"""Working days of a Land: Monday to Friday without its public holidays."""

from __future__ import annotations

from datetime import date, timedelta

from holidays import country_holidays

SATURDAY = 5


def is_working_day(day: date, land: str) -> bool:
    """``land`` as in city.yaml: TH, ST, RP ..."""
    return day.weekday() < SATURDAY and day not in country_holidays("DE", subdiv=land, years=day.year)


def between(asked: date, today: date, land: str) -> int:
    """Whole working days after ``asked`` and before ``today``."""
    days = (asked + timedelta(days=n) for n in range(1, (today - asked).days))
    known = country_holidays("DE", subdiv=land, years=range(asked.year, today.year + 1))
    return sum(day.weekday() < SATURDAY and day not in known for day in days)


def after(asked: date, days: int, land: str) -> date:
    """The ``days``-th working day after ``asked``."""
    day = asked
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, land)
    return day
