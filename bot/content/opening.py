"""Opening hours in OpenStreetMap's syntax: whether they can be read, and whether a place is open at a moment.

opening-hours-py knows no holidays of single Länder, so its own public-holiday calendar is not used: what holds on a
holiday is written as a rule for that date. A holiday is closed unless the hours name PH, or are 24/7.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import holidays
from opening_hours import OpeningHours, ParserError, State  # type: ignore[attr-defined]  # no ParserError in its stub

AHEAD = timedelta(days=365)  # nobody is told of an opening later than that; touches two years at most

_COMMENT = re.compile(r'"[^"]*"')
_RULE = re.compile(r'(?:"[^"]*"|[^;"])+')
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
# Valid syntax that the library reads, and then answers wrongly for want of a calendar, a place or an end.
_UNCOUNTABLE = {
    r"\bSH\b": "SH: Lotse knows no school holidays. Leave SH out.",
    r"\bPH *[-+]": "Days before or after a holiday are not known. Write PH alone.",
    r":\d\d\+": "An open end is not known. Write when it closes: 09:00-12:00.",
    r"\b(sunrise|sunset|dawn|dusk)\b": "The sun is not known. Write times: 09:00-12:00.",
}


@dataclass(frozen=True)
class Opening:
    """``change`` is when it closes or opens next, in the place's time; None when not within a year or not certain."""

    is_open: bool
    change: datetime | None


def fault(hours: str) -> str:
    """What is wrong with ``hours`` and what to write instead; "" when nothing is."""
    for pattern, what in _UNCOUNTABLE.items():
        if re.search(pattern, _COMMENT.sub("", hours)):
            return what
    try:
        warnings = OpeningHours(hours).warnings
    except ParserError as error:
        found = re.search(r"--> 1:(\d+)", str(error))
        rest = hours[int(found.group(1)) - 1 :] if found else ""
        return (
            f'Not understood from "{rest}" on. ' if rest.strip() else ""
        ) + "Write it like this: Mo-Th 09:00-12:00,14:00-16:00; Fr 09:00-12:00 (days: Mo Tu We Th Fr Sa Su)."
    try:
        OpeningHours(_with_holidays(hours, [date(2027, 1, 1)]))
    except ParserError:
        return "PH (public holidays) needs a rule of its own: Mo-Fr 09:00-12:00; PH 10:00-11:00."
    return f"{warnings[0]}." if warnings else ""


def opening(hours: str, now: datetime, land: str | None) -> Opening | None:
    """Whether a place with ``hours`` is open at ``now``, which carries the place's time zone (a ZoneInfo).

    ``land``: whose public holidays hold; None: those of all Germany. None comes back where it depends on more than
    the time ("by appointment"). Raises ParserError for hours that have a ``fault``.
    """
    assert isinstance(now.tzinfo, ZoneInfo)
    first, last = now.date(), now.date() + AHEAD
    days = _holidays(land, first.year) + _holidays(land, last.year)
    rules = OpeningHours(_with_holidays(hours, days), timezone=now.tzinfo)
    is_open = None
    # Where the clocks go forward there is no such hour: the library wants one that there is.
    begin, end = (moment.astimezone(UTC).astimezone(now.tzinfo) for moment in (now, now + AHEAD))
    for start, _, state, comment in rules.intervals(begin, end):
        certain = state == State.CLOSED or (state == State.OPEN and not comment)
        if is_open is None:
            if not certain:
                return None
            is_open = state == State.OPEN
        elif not certain and not is_open:
            return Opening(is_open, None)
        elif is_open != (state == State.OPEN and certain):
            return Opening(is_open, start)
    return Opening(bool(is_open), None)


@cache
def _holidays(land: str | None, year: int) -> tuple[date, ...]:
    return tuple(sorted(holidays.country_holidays("DE", subdiv=land, years=year)))


def _with_holidays(hours: str, days: Iterable[date]) -> str:
    """``hours`` with one rule a holiday added; a later rule replaces what earlier ones say of its day."""
    bare = _COMMENT.sub("", hours)
    named = [rule for rule in _RULE.findall(hours) if re.search(r"\bPH\b", _COMMENT.sub("", rule))]
    added = []
    for day in days:
        stamp = f"{day.year} {_MONTHS[day.month - 1]} {day.day:02}"
        if "24/7" not in bare:
            added.append(f"{stamp} off")
        for rule in named:
            added.append(f"{stamp} " + re.sub(r"\bPH\b", _DAYS[day.weekday()], rule.strip()))
    return "; ".join([hours.rstrip("; "), *added])
