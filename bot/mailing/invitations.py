"""What an invitation (text/calendar) says, for a mail that holds nothing else."""

from __future__ import annotations

import re

_TOLD = {"SUMMARY": "", "DTSTART": "Beginn: ", "DTEND": "Ende: ", "LOCATION": "Ort: ", "DESCRIPTION": ""}
_STAMP = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)\d*(Z?))?")
_MOST = 200_000  # characters


def words_of_calendar(source: str) -> str:
    """The first event's title, times, place and description, a line each; empty when there are none."""
    lines = re.sub(r"\n[ \t]", "", source[:_MOST]).split("\n")
    start = next((number for number, line in enumerate(lines) if line.strip().upper() == "BEGIN:VEVENT"), 0)
    found: dict[str, str] = {}
    for line in lines[start : start + 200]:
        name, _, value = line.partition(":")
        name = name.partition(";")[0].upper()
        if name in _TOLD and value.strip() and name not in found:
            found[name] = _time(value) if name.startswith("DT") else _unescaped(value)
    return "\n".join(f"{label}{found[name]}" for name, label in _TOLD.items() if name in found)


def _unescaped(value: str) -> str:
    return re.sub(r"\\([nN,;\\])", lambda found: "\n" if found.group(1) in "nN" else found.group(1), value).strip()


def _time(value: str) -> str:
    found = _STAMP.match(value.strip())
    if not found:
        return value.strip()
    year, month, day, hour, minute, zone = found.groups()
    time = f", {hour}:{minute} Uhr{' (UTC)' if zone else ''}" if hour else ""
    return f"{day}.{month}.{year}{time}"
