"""Working days of a city: Monday to Friday without its Land's public holidays, and without days it is closed itself."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, timedelta

from holidays import country_holidays

from bot.content.opening import is_closed

SATURDAY = 5


def is_working_day(day: date, land: str, closed: Collection[str] = ()) -> bool:
    """``land`` and ``closed`` as in city.yaml: TH, SN, RP ...; 12-24, 2027-05-07."""
    if day.weekday() >= SATURDAY or is_closed(day, closed):
        return False
    return day not in country_holidays("DE", subdiv=land, years=day.year, language="de")


def between(asked: date, today: date, land: str, closed: Collection[str] = ()) -> int:
    """Whole working days after ``asked`` and before ``today``."""
    days = (asked + timedelta(days=n) for n in range(1, (today - asked).days))
    known = country_holidays("DE", subdiv=land, years=range(asked.year, today.year + 1), language="de")
    return sum(day.weekday() < SATURDAY and day not in known and not is_closed(day, closed) for day in days)


def after(asked: date, days: int, land: str, closed: Collection[str] = ()) -> date:
    """The ``days``-th working day after ``asked``."""
    day = asked
    while days > 0:
        day += timedelta(days=1)
        days -= is_working_day(day, land, closed)
    return day
