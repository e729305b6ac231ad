"""Places of an Integreat region (API v3, ``locations``) as drafts for a city's places.yaml.

Places alone: its pages are long, have no sources, and nothing says whether a machine translated them. Every field of a
draft is marked as unconfirmed; what is there already is never touched.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from anyascii import anyascii
from pydantic import ValidationError

from bot.content.entries import PlaceEntry

_DAYS = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
_FIELDS = ("address", "phone", "email", "url", "appointment_url", "hours")
_APPOINTMENT = '"nur mit Termin"'


@dataclass(frozen=True)
class Draft:
    """A place as YAML lines below ``places:``, and what an editor must know of it."""

    id: str
    text: str


@dataclass(frozen=True)
class Found:
    """``left``: a sentence for each record that gave no draft."""

    drafts: tuple[Draft, ...]
    left: tuple[str, ...]


def drafts(records: Any, taken: Collection[str], categories: Collection[str] = ()) -> Found:
    """``records``: the decoded answer of ``/api/v3/REGION/de/locations/``. ``taken``: ids that are there already.

    ``categories``: names of those wanted; none: all. A fallback translation (``id: null``) is not German for certain
    and is left out, and so is a record without a name, an address or a way to reach it.
    """
    if not isinstance(records, list):
        return Found((), ("This is no list of places. The address ends in /api/v3/REGION/de/locations/.",))
    made: dict[str, Draft] = {}
    left = []
    for number, record in enumerate(records, 1):
        try:
            found = _draft(record, categories)
        except (TypeError, ValueError, KeyError, AttributeError, ValidationError) as error:
            left.append(f"Record {number} is left out: {_why(error)}.")
            continue
        if found is None:
            continue
        if found.id in taken or found.id in made:
            left.append(f"Record {number} is left out: there is a place {found.id} already.")
            continue
        made[found.id] = found
    return Found(tuple(made.values()), tuple(left))


def _why(error: Exception) -> str:
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error) if isinstance(error, ValueError) else f"it is not as Integreat writes it ({type(error).__name__})"


def _draft(record: Mapping[str, Any], categories: Collection[str]) -> Draft | None:
    if record.get("id") is None:
        raise ValueError("it is a fallback translation (id null)")
    category = record.get("category") or {}
    if categories and str(category.get("name", "")) not in categories:
        return None
    name = " ".join(str(record.get("title") or "").split())
    if not name:
        raise ValueError("it has no title")
    contact = next((each for each in record.get("contacts") or [] if isinstance(each, dict)), {})
    values = {
        "address": _address(record.get("location") or {}),
        "phone": _phone(record.get("phone_number") or contact.get("phone_number") or ""),
        "email": str(record.get("email") or contact.get("email") or "").strip(),
        "url": str(record.get("website") or contact.get("website") or "").strip(),
        "appointment_url": str(record.get("appointment_url") or contact.get("appointment_url") or "").strip(),
        "hours": _hours(record),
    }
    given = {key: value for key, value in values.items() if value}
    if not given:
        raise ValueError("it says neither where it is nor how to reach it")
    source = str(record.get("url") or "").strip()
    as_of = str(record.get("last_updated") or "")[:10]
    entry = PlaceEntry(
        id=_id(name),
        name=name,
        **given,
        position=_position(record.get("location") or {}),
        unconfirmed=[key for key in _FIELDS if key in given],
        source=source or "Integreat",
        as_of=as_of if re.fullmatch(r"\d{4}-\d\d-\d\d", as_of) else "2000",
        caution="temporarily closed, says Integreat" if record.get("temporarily_closed") else "",
    )
    return Draft(entry.id, _yaml(entry))


def _id(name: str) -> str:
    umlauts = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss"})
    words = re.findall("[a-z0-9]+", anyascii(name.lower().translate(umlauts)).lower())
    short = "-".join(words)[:48].strip("-")
    if not short:
        raise ValueError("its title has no letters")
    return short


def _address(location: Mapping[str, Any]) -> str:
    street = " ".join(str(location.get("address") or "").split())
    town = f"{location.get('postcode') or ''} {location.get('town') or ''}".strip()
    return ", ".join(part for part in (street, town) if part)


def _phone(text: str) -> str:
    """Without the bracketed zero, which nobody who dials +49 may dial."""
    return " ".join(str(text).replace("(0)", " ").split())


def _position(location: Mapping[str, Any]) -> str:
    latitude, longitude = location.get("latitude"), location.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float) or not (latitude or longitude):
        return ""  # 0.0 is written for unknown
    return f"{float(latitude)}, {float(longitude)}"


def _hours(record: Mapping[str, Any]) -> str:
    """In OpenStreetMap's syntax; "" where they were never filled in, or the place is closed for a while."""
    days = record.get("opening_hours")
    if not isinstance(days, list) or len(days) != len(_DAYS):
        return ""
    rules: dict[str, list[str]] = {}
    for name, day in zip(_DAYS, days, strict=True):
        if (rule := _rule(day)) is not None:
            rules.setdefault(rule, []).append(name)
    return "; ".join(f"{','.join(names)} {rule}" for rule, names in rules.items())


def _rule(day: Mapping[str, Any]) -> str | None:
    slots = ",".join(f"{slot['start']}-{slot['end']}" for slot in day.get("timeSlots") or [])
    times = "00:00-24:00" if day.get("allDay") else slots.replace("-23:59", "-24:00")
    if day.get("closed") or not (times or day.get("appointmentOnly")):
        return None
    return f"{times} {_APPOINTMENT}".strip() if day.get("appointmentOnly") else times


def _yaml(entry: PlaceEntry) -> str:
    def lines() -> Iterator[str]:
        for key, value in entry.model_dump(exclude_defaults=True).items():
            text = f"[{', '.join(value)}]" if isinstance(value, list) else json.dumps(value, ensure_ascii=False)
            yield f"{'  - ' if key == 'id' else '    '}{key}: {text}\n"

    return "".join(lines())
