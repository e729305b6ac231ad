"""What editors write, checked by pydantic: each ``*Entry`` mirrors a YAML file (see knowledge/README.md)."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    WithJsonSchema,
    model_validator,
)

from bot.content.opening import fault

SECTIONS = ("steps", "documents", "cost", "duration", "deadline", "where", "contact", "help", "notes")
Section = Literal["steps", "documents", "cost", "duration", "deadline", "where", "contact", "help", "notes"]
Part = Literal[
    "title", "questions", "answer", "local",
    "steps", "documents", "cost", "duration", "deadline", "where", "contact", "help", "notes",
]  # fmt: skip
Flag = Literal["legal-caution", "volatile", "crisis", "handover-preferred", "delicate", "beside-person"]
LAENDER = ["BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH"]
PLACE_FIELDS = ("name", "address", "phone", "email", "url", "appointment_url", "hours", "phone_hours")
TIME_ZONE = "Europe/Berlin"
FACT_KINDS = ("euro", "number", "date", "phone", "email", "url")


def _date(value: str) -> str:
    try:
        date.fromisoformat(value)
    except ValueError:
        raise ValueError(f'"{value}" is no date. Write YYYY-MM-DD, for example 2027-01-31.') from None
    return value


def _state(value: str) -> str:
    parts = value.split("-")
    try:
        date(int(parts[0]), *(int(part) for part in (*parts[1:], "1", "1")[:2]))
    except (ValueError, TypeError):
        parts = []
    if not re.fullmatch(r"\d{4}(-\d\d){0,2}", value) or not parts:
        raise ValueError(f'"{value}" is no date. Write 2026, 2026-11 or 2026-11-30.')
    return value


def _url(value: str) -> str:
    if not re.fullmatch(r"https?://[^\s<>\"]+\.[^\s<>\"]+", value):
        raise ValueError(f'"{value}" is no web address. Write it whole, with https:// in front.')
    return value


def _email(value: str) -> str:
    if not re.fullmatch(r"[^@\s<>,;:\"()]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+", value):
        raise ValueError(f'"{value}" is no e-mail address. Write name@example.org.')
    return value


def _phone(value: str) -> str:
    if not re.fullmatch(r"\+?[0-9][0-9 /()-]*", value) or not 3 <= sum(c.isdigit() for c in value) <= 15:
        raise ValueError(f'"{value}" is no phone number. Write digits, for example 0361 655-0.')
    return value


def _number(value: str) -> str:
    if not re.fullmatch(r"\d+(\.\d+)?", value):
        raise ValueError(f'"{value}" is no number. Write 93 or 6.50, with a point and without a unit.')
    return value


def _leika(value: str) -> str:
    if not re.fullmatch(r"99\d{12}", value):
        raise ValueError(f'"{value}" is no LeiKa key. Write its 14 digits without spaces, for example 99010001001000.')
    return value


def _hours(value: str) -> str:
    if value and (what := fault(value)):
        raise ValueError(f'"{value}" are no opening hours. {what}')
    return value


def _zone(value: str) -> str:
    try:
        ZoneInfo(value)
    except (ValueError, OSError, KeyError):
        raise ValueError(f'"{value}" is no time zone. Write {TIME_ZONE}.') from None
    return value


def _closed(value: str) -> str:
    try:
        date.fromisoformat(value if len(value) > 5 else f"2028-{value}")  # a leap year
    except ValueError:
        raise ValueError(f'"{value}" is no day. Write 12-24 (each year) or 2027-05-07.') from None
    return value


def _lines(value: object) -> object:
    """A block of text as the list of its lines; a list as it is."""
    return [line.strip() for line in value.splitlines() if line.strip()] if isinstance(value, str) else value


Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=48)]
Date = Annotated[str, AfterValidator(_date)]
State = Annotated[str, AfterValidator(_state)]
Url = Annotated[str, AfterValidator(_url)]
Email = Annotated[str, AfterValidator(_email)]
Phone = Annotated[str, AfterValidator(_phone)]
Number = Annotated[str, AfterValidator(_number)]
ClosedDay = Annotated[str, AfterValidator(_closed)]
Leika = Annotated[str, AfterValidator(_leika)]
Hours = Annotated[str, StringConstraints(strip_whitespace=True, max_length=300), AfterValidator(_hours)]


# One a line, so that translation tools see one text and not a list (knowledge/README.md); a list may be written, too.
Lines = Annotated[
    list[Text],
    BeforeValidator(_lines),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]


class _Entry(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Fact(_Entry):
    """One amount, number, date or contact that words refer to as {id}; exactly one kind is given."""

    euro: Number | None = None
    number: Number | None = None
    date: Date | None = None
    phone: Phone | None = None
    email: Email | None = None
    url: Url | None = None
    source: Text
    as_of: State
    valid_until: Date | None = Field(
        None, description="Last day on which the value is known to hold; from the next day on answers say so."
    )
    caution: str = Field("", description="For editors: what to mind when using it.")
    unconfirmed: Literal["true", "false"] = Field(
        "false", description="true: whoever reads it is told to check it on the official page."
    )

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        given = [kind for kind in FACT_KINDS if getattr(self, kind) is not None]
        if len(given) != 1:
            raise ValueError(f"needs exactly one of {', '.join(FACT_KINDS)}, not {' and '.join(given) or 'none'}.")
        return self

    @property
    def kind(self) -> str:
        return next(kind for kind in FACT_KINDS if getattr(self, kind) is not None)

    @property
    def value(self) -> str:
        return str(getattr(self, self.kind))


class PlaceEntry(_Entry):
    """A service: where it is and how to reach it."""

    id: Id
    name: Text
    address: str = ""
    phone: Phone | None = None
    email: Email | None = None
    url: Url | None = None
    appointment_url: Url | None = Field(None, description="Where appointments are booked.")
    hours: Hours = Field(
        "",
        description="Opening hours as in OpenStreetMap: Mo-Fr 09:00-12:00. On holidays closed, unless PH is named",
    )
    phone_hours: Hours = Field("", description="When the phone is answered, written as hours are.")
    position: str = Field("", pattern=r"^(-?\d+\.\d+, ?-?\d+\.\d+)?$", description="latitude, longitude")
    unconfirmed: list[Literal["address", "phone", "email", "url", "appointment_url", "hours", "phone_hours"]] = []
    source: Text
    as_of: State
    caution: str = ""

    def get(self, name: str) -> str:
        """The field's text, "" when the place has none."""
        return str(getattr(self, name) or "") if name in PLACE_FIELDS else ""


class TopicEntry(_Entry):
    """The language-neutral part of a topic."""

    id: Id
    group: Id
    flags: list[Flag] = []
    related: list[Id] = Field([], max_length=4)
    places: list[Id] = Field([], max_length=4)
    see: dict[Section, Id] = Field({}, description="Sections that another topic holds: cost: foreigners-office-fees")
    links: dict[Id, Url] = {}
    facts: dict[Id, Fact] = {}
    leika: list[Leika] = Field([], description="Keys in the catalogue of public services (LeiKa), 14 digits each")
    law: list[Text] = Field([], description="Paragraphs that the answer rests on, one an entry: AsylG § 61 Abs. 1")
    sources: list[Text] = Field(min_length=1)
    as_of: State
    review_by: Date
    caution: str = Field("", description="For editors: which of the sources is weak, and why it stands there.")


class TopicOverlay(_Entry):
    """What a city changes of an inherited topic: flags, related and places replace; the rest is added."""

    id: Id
    flags: list[Flag] | None = None
    related: list[Id] | None = Field(None, max_length=4)
    places: list[Id] | None = Field(None, max_length=4)
    see: dict[Section, Id] = {}
    links: dict[Id, Url] = {}
    facts: dict[Id, Fact] = {}
    leika: list[Leika] = []
    law: list[Text] = []
    sources: list[Text] = []
    as_of: State | None = None
    review_by: Date | None = None
    caution: str = ""


class WordsEntry(_Entry):
    """A topic's words in one language. For a city every field is optional, and ``local`` may be added."""

    title: Annotated[str, StringConstraints(strip_whitespace=True, max_length=90)] = ""
    short: Annotated[str, StringConstraints(strip_whitespace=True, max_length=50)] = Field(
        "", description="What stands on the topic's button where the title is too wide for one line of a phone."
    )
    questions: Lines = []
    answer: str = ""
    local: str = ""
    sections: dict[Section, Text] = {}
    must_match: Lines = Field([], description="Questions that must lead here; `lotse check` asks them.")


class StatusEntry(_Entry):
    """Where a translation comes from and who has read it."""

    translated_from: Text = Field(description="Hash of the German text; `lotse stamp` writes it.")
    state: Literal["machine", "reviewed"]
    by: str = ""
    on: Date
    tested_by: str = Field("", description="de-simple: the group that tested the text. Then it is Leichte Sprache.")
    tested_on: Date | None = None
    tested_text: str = Field("", description="Hash of the text that the group read.")


class CityEntry(_Entry):
    """One city: its name, clock, Land, languages, and where questions go that the bot cannot answer."""

    name: Text
    time_zone: Annotated[Text, AfterValidator(_zone)] = TIME_ZONE
    land: Literal["BW", "BY", "BE", "BB", "HB", "HH", "HE", "MV", "NI", "NW", "RP", "SL", "SN", "ST", "SH", "TH"]
    languages: list[Text] = Field(min_length=1)
    office: Id = Field(description="Id of the place that questions are handed to.")
    closed: list[ClosedDay] = Field(
        [],
        description="Days on which the city's offices are closed besides holidays: 12-24 each year, 2027-05-07 once.",
    )
    reply_days: Number = Field("5", description="Working days within which the office means to reply.")


class CrisisEntry(_Entry):
    """Phrases that mean danger, per language, and the topic they lead to."""

    topic: Id
    phrases: dict[str, list[Text]]


class RemovedEntry(_Entry):
    """That words are gone on purpose: exactly one of ``topic``, ``place`` and ``file``."""

    topic: Id | None = None
    place: Id | None = None
    file: Text | None = Field(None, description="A file of phrases: smalltalk.yaml")
    part: Part | None = Field(None, description="Only this part of the topic's words.")
    language: Text | None = Field(None, description="Only the words in this language.")
    on: Date
    why: Text

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if sum(name is not None for name in (self.topic, self.place, self.file)) != 1:
            raise ValueError("needs exactly one of topic, place, file.")
        return self
