"""The messages of `lotse check` for the entries that a form edits, at their fields. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from bot.console.entries import Entry
from bot.content.german import worded
from bot.content.load import load
from bot.content.problems import Problem
from bot.content.scopes import BASE
from bot.content.yaml_source import Document, parse

NEUTRAL = ("topics.yaml", "places.yaml", "city.yaml")


@dataclass(frozen=True)
class Fault:
    """``field``: its name in the form, "" for the whole entry. ``words``: what is wrong and what to do."""

    field: str
    label: str
    words: str
    is_error: bool


def faults(files: Mapping[str, bytes], entries: Sequence[Entry], city: str, today: date, language: str) -> list[Fault]:
    """What is wrong with ``entries`` in ``files``, which hold the form's words. Reads as few files as it can."""
    wanted = {entry.path for entry in entries}
    folders = {path.rpartition("/")[0] for path in wanted}
    wanted |= {f"{scope}/{name}" for scope in (BASE, city) for name in NEUTRAL}
    wanted |= {f"{folder}/status.yaml" for folder in folders}
    # A city's languages are checked against all words.
    whole = any(entry.path.endswith("/city.yaml") for entry in entries)
    some = {path: files[path] for path in files if whole or path in wanted}
    problems = load(some, city, "", today).problems
    found = []
    for entry in entries:
        document, broken = parse(f"/{entry.path}", files.get(entry.path, b""))
        if broken:
            found += [Fault("", "", " ".join(worded(problem, language)), True) for problem in broken]
            continue
        for problem in problems:
            if problem.place.path == document.path and _within(problem, entry, document):
                if problem.severity == "note":
                    continue
                field = _field_of(problem, entry, document)
                label = next((each.label for each in entry.fields if each.name == field), "")
                found.append(Fault(field, label, " ".join(worded(problem, language)), problem.is_error))
    return sorted(dict.fromkeys(found), key=lambda fault: not fault.is_error)


def _index(value: object, keys: Sequence[str]) -> tuple[str | int, ...]:
    """Keys with ids of entries as the numbers that they stand at."""
    path: list[str | int] = []
    for key in keys:
        if isinstance(value, list):
            number = next((at for at, item in enumerate(value) if isinstance(item, dict) and item.get("id") == key), -1)
            path.append(number)
            value = value[number] if number >= 0 else None
        else:
            path.append(key)
            value = value.get(key) if isinstance(value, dict) else None
    return tuple(path)


def _within(problem: Problem, entry: Entry, document: Document) -> bool:
    """Whether the problem stands between the entry's first line and the next entry's."""
    path = _index(document.value, entry.keys)
    start = document.places.get(path)
    if start is None:
        return False
    beside = [place.line for way, place in document.places.items() if len(way) == len(path) and way[:-1] == path[:-1]]
    end = min((line for line in beside if line > start.line), default=10**9)
    return start.line <= problem.place.line < end


def _field_of(problem: Problem, entry: Entry, document: Document) -> str:
    """The field whose lines the problem stands in."""
    best, line = "", 0
    for field in entry.fields:
        place = document.places.get(_index(document.value, field.keys))
        if place is not None and line < place.line <= problem.place.line:
            best, line = field.name, place.line
    return best
