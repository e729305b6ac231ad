"""Opening hours in OpenStreetMap's syntax: whether they can be read, and whether a place is open at a moment.

opening-hours-py knows no holidays of single Länder, so its own public-holiday calendar is not used: what holds on a
holiday is written as a rule for that date. A holiday is closed unless the hours name PH, or are 24/7.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
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
    # What nobody has words for in every language.
    r"(?<!24)/\d": 'Every second week or day cannot be said. Write the dates, or a comment: "even weeks".',
    r"\beaster *[-+]": "Days before or after Easter cannot be said. Write the dates, or PH where it is a holiday.",
    r"\[[^\]]*(-[2-5]|,\s*-1|-1\s*,)": "Of days counted from the end only the last one is known: Fr[-1].",
    r"\bunknown\b": 'Say what it depends on: Mo 09:00-12:00 "by appointment".',
}
_SAYS_WHEN = re.compile(r'\d:\d\d|24/7|\b(off|closed)\b|"')
_BETWEEN_RULES = re.compile(r"( *\|\| *|; *|, +)")


@dataclass(frozen=True)
class Opening:
    """``change`` is when it closes or opens next, in the place's time; None when not within a year or not certain."""

    is_open: bool
    change: datetime | None


def fault(hours: str) -> str:
    """What is wrong with ``hours`` and what to write instead; "" when nothing is."""
    bare = _COMMENT.sub('""', hours)
    for pattern, what in _UNCOUNTABLE.items():
        if re.search(pattern, bare):
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
    return f"{warnings[0]}." if warnings else _meant_otherwise(bare)


def _meant_otherwise(bare: str) -> str:
    """What is valid, and means something else than whoever writes it means. ``bare``: without words in comments."""
    parts = [*_BETWEEN_RULES.split(bare), "", ""]
    for rule, behind, following in zip(parts[::2], parts[1::2], parts[2::2], strict=False):
        if rule.strip() and not _SAYS_WHEN.search(rule):
            if behind.startswith(","):
                return f"{rule}, with a space behind the comma is the whole day. Write {rule},{following}."
            return f"{rule.strip()} without a time is the whole day. Write {rule.strip()} 09:00-12:00, or off."
    if re.search(r';\s*""\s*(;|$)', bare):
        return 'A comment alone replaces all before it. Write || in front of it: Mo-Fr 09:00-12:00 || "by appointment".'
    return ""


def is_closed(day: date, closed: Collection[str]) -> bool:
    """Whether a city's offices are closed on ``day``: ``closed`` holds 12-24 (each year) and 2027-05-07."""
    return f"{day:%m-%d}" in closed or day.isoformat() in closed


def opening(hours: str, now: datetime, land: str | None, closed: Collection[str] = ()) -> Opening | None:
    """Whether a place with ``hours`` is open at ``now``, which carries the place's time zone (a ZoneInfo).

    ``land``: whose public holidays hold; None: those of all Germany. ``closed``: see ``is_closed``; where the hours
    name such a day themselves, they hold. None comes back where it depends on more than the time ("by appointment").
    Raises ParserError for hours that have a ``fault``.
    """
    hours, *otherwise = re.split(r" *\|\| *", hours) if "||" in _COMMENT.sub("", hours) else [hours]
    found = _opening(hours, now, land, closed)
    # Otherwise it is to be asked, or other times hold that nobody promises.
    return found if not otherwise or (found is not None and found.is_open) else None


def _opening(hours: str, now: datetime, land: str | None, closed: Collection[str]) -> Opening | None:
    assert isinstance(now.tzinfo, ZoneInfo)
    first, last = now.date(), now.date() + AHEAD
    days = _holidays(land, first.year) + _holidays(land, last.year)
    own = (first + timedelta(days=n) for n in range(AHEAD.days + 1)) if closed and "24/7" not in hours else ()
    named = _COMMENT.sub("", hours)
    off = [f"{_stamp(day)} off" for day in own if is_closed(day, closed) and _stamp(day)[5:] not in named]
    hours = "; ".join([hours.rstrip("; "), *off])
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
    # Its names are in the language of the server (LANG), unless one is named; days are all that is taken of it.
    return tuple(sorted(holidays.country_holidays("DE", subdiv=land, years=year, language="de")))


def _stamp(day: date) -> str:
    return f"{day.year} {_MONTHS[day.month - 1]} {day.day:02}"


def _with_holidays(hours: str, days: Iterable[date]) -> str:
    """``hours`` with one rule a holiday added; a later rule replaces what earlier ones say of its day."""
    bare = _COMMENT.sub("", hours)
    named = [rule for rule in _RULE.findall(hours) if re.search(r"\bPH\b", _COMMENT.sub("", rule))]
    added = []
    for day in days:
        stamp = _stamp(day)
        if "24/7" not in bare:
            added.append(f"{stamp} off")
        for rule in named:
            added.append(f"{stamp} " + re.sub(r"\bPH\b", _DAYS[day.weekday()], rule.strip()))
    return "; ".join([hours.rstrip("; "), *added])
