"""Days and weeks by the clock of the city."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.knowledge.live import Current


def zone_of(current: Current) -> ZoneInfo:
    return ZoneInfo(current.knowledge.time_zone)


def day(at: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(at, zone).date()


def week(at: float, zone: ZoneInfo) -> str:
    """The ISO week, as 2026-W48."""
    year, number, _ = day(at, zone).isocalendar()
    return f"{year}-W{number:02}"
