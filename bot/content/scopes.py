"""One folder's YAML files as validated entries, each with the place where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from pydantic import RootModel

from bot.content.entries import (
    CityEntry,
    CrisisEntry,
    PlaceEntry,
    RemovedEntry,
    Section,
    StatusEntry,
    Text,
    TopicEntry,
    TopicOverlay,
    WordsEntry,
)
from bot.content.problems import Place, Problem, Severity
from bot.content.valid import valid
from bot.content.yaml_source import Document, Path, Value, parse, read

BASE = "germany"
SOURCE = "de"
PLAIN = "de-simple"  # Einfache Sprache; a text that a group has tested is Leichte Sprache
BLANK = "AUSFÜLLEN"  # what templates write where an editor must


class Phrases(RootModel[dict[str, list[Text]]]):
    """Language to phrases."""


ChatterKind = Literal[
    "greeting",
    "howareyou",
    "thanks",
    "praise",
    "goodbye",
    "ok",
    "sorry",
    "goodwishes",
    "laughter",
    "insult",
    "filler",
    "ordinary",
]
ReplyKind = Literal[
    "person",
    "callback",
    "unclear",
    "first",
    "second",
    "third",
    "fourth",
    "last",
    "none",
    "yes",
    "correction",
    "not",
    "lead",
    "pointing",
    "relatives",
]


class Smalltalk(RootModel[dict[ChatterKind, dict[str, list[Text]]]]):
    """Kind to language to phrases. filler: only beside others. ordinary: what is part of questions, too."""


class FollowUps(RootModel[dict[Section, dict[str, list[Text]]]]):
    """Section to language to what people write when they want to read it."""


class Cities(RootModel[dict[str, list[Text]]]):
    """Cities that are not ours: the German name to how they are written elsewhere."""


class Replies(RootModel[dict[ReplyKind, dict[str, list[Text]]]]):
    """What is said within a conversation: kind to language to phrases."""


@dataclass
class Scope:
    """One folder's entries (Germany's or a city's) as they were written, with the documents they stand in."""

    id: str
    city: CityEntry | None = None
    topics: dict[str, TopicEntry | TopicOverlay] = field(default_factory=dict)
    places: dict[str, PlaceEntry] = field(default_factory=dict)
    words: dict[tuple[str, str], WordsEntry] = field(default_factory=dict)  # (language, topic)
    status: dict[tuple[str, str], StatusEntry] = field(default_factory=dict)
    crisis: list[CrisisEntry] = field(default_factory=list)
    outside: dict[str, list[str]] = field(default_factory=dict)
    smalltalk: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    followups: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    personal: dict[str, list[str]] = field(default_factory=dict)
    replies: dict[str, dict[str, list[str]]] = field(default_factory=dict)
    cities: dict[str, list[str]] = field(default_factory=dict)
    calm: dict[str, list[str]] = field(default_factory=dict)
    removed: list[RemovedEntry] = field(default_factory=list)
    blank: set[tuple[str, str]] = field(default_factory=set)  # (language, topic) of translations that have blanks
    where: dict[tuple[str, ...], tuple[Document, tuple[str | int, ...]]] = field(default_factory=dict)

    def place(self, kind: str, *key: str, at: tuple[str | int, ...] = ()) -> Place:
        """The place of an entry, or of the path ``at`` inside it."""
        document, path = self.where[(kind, *key)]
        return document.place(*path, *at)


def read_scope(files: Mapping[str, bytes], scope_id: str, root: str, problems: list[Problem]) -> Scope:
    """Parse and validate every file of one folder; what is wrong is left out and reported."""
    scope = Scope(scope_id)
    blanks: dict[Place, str] = {}
    earlier = len(problems)
    for path in sorted(files):
        if not path.startswith(f"{scope_id}/") or not path.endswith((".yaml", ".yml")):
            continue
        parts = path.split("/")[1:]
        if len(parts) == 2:
            _take(_entries(f"{root}/{path}", files[path]), parts[0], scope, blanks, problems)
            continue
        document, found = parse(f"{root}/{path}", files[path])
        problems += found
        blanks.update(_blanks(document.value, (), document))
        if not isinstance(document.value, dict) or (found and not document.value):
            if not found:
                problems.append(Problem(Place(document.path, 1, 1), "holds no `key: value`.", "See README.md."))
            continue
        match parts:
            case ["city.yaml"]:
                scope.city = valid(CityEntry, document.value, document, (), problems)
                scope.where[("city",)] = (document, ())
            case ["topics.yaml"]:
                model = TopicEntry if scope_id == BASE else _city_topic
                for id_, entry in _listed("topics", model, document, scope, problems).items():
                    scope.topics[id_] = entry
            case ["places.yaml"]:
                scope.places |= _listed("places", PlaceEntry, document, scope, problems)
            case ["crisis.yaml"]:
                calm = valid(Phrases, document.value.get("calm", {}), document, ("calm",), problems)
                scope.calm = calm.root if calm else {}
                scope.where[("calm",)] = (document, ("calm",))
                rows = document.value.get("crisis")
                for index, row in enumerate(rows if isinstance(rows, list) else []):
                    if (crisis := valid(CrisisEntry, row, document, ("crisis", index), problems)) is not None:
                        scope.crisis.append(crisis)
                        scope.where[("crisis", str(len(scope.crisis) - 1))] = (document, ("crisis", index))
            case ["removed.yaml"]:
                _read_removed(document, scope, problems)
            case [
                "outside.yaml"
                | "smalltalk.yaml"
                | "followups.yaml"
                | "replies.yaml"
                | "personal.yaml"
                | "cities.yaml" as phrases
            ]:
                _read_phrases(phrases.removesuffix(".yaml"), document, scope, problems)
            case _:
                problems.append(
                    Problem(
                        Place(document.path),
                        "is not a file Lotse knows.",
                        "Expected: city, topics, places, crisis, outside, smalltalk, followups, replies, personal, "
                        "removed .yaml, or LANGUAGE/GROUP.yaml.",
                        "warning",
                    )
                )
    # A blank is no date and no address either, but to say so once is enough.
    problems[earlier:] = [problem for problem in problems[earlier:] if problem.place not in blanks]
    for place, name in blanks.items():
        # A translation that is being written silences nothing: German stands in its place.
        translation = re.search(rf"/{scope_id}/(?!{SOURCE}/)[^/]+/[^/]+$", f"/{place.path}")
        level: Severity = "warning" if translation else "error"
        problems.append(Problem(place, f"{name} is still blank.", f"Replace {BLANK}, or delete the line.", level))
    return scope


def errors_but_blanks(problems: list[Problem]) -> list[str]:
    """What stops even a command that can work with blanks."""
    return [str(problem) for problem in problems if problem.is_error and BLANK not in problem.remedy]


def _blanks(value: Value, path: Path, document: Document) -> Iterator[tuple[Place, str]]:
    """Where a template's blank was left as it was, and the field's name."""
    if isinstance(value, str):
        if BLANK in value:
            yield document.place(*path), next((key for key in reversed(path) if isinstance(key, str)), "")
        return
    for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
        yield from _blanks(inner, (*path, key), document)


def _city_topic(**entry: Any) -> TopicEntry | TopicOverlay:
    """In a city's topics.yaml an entry with a group is a topic of its own, else it changes an inherited one."""
    return TopicEntry(**entry) if "group" in entry else TopicOverlay(**entry)


def _read_phrases(name: str, document: Document, scope: Scope, problems: list[Problem]) -> None:
    """A file of phrases: the key inside is the file's name, and the field of Scope."""
    models: dict[str, type[RootModel[Any]]] = {
        "smalltalk": Smalltalk,
        "followups": FollowUps,
        "replies": Replies,
        "cities": Cities,
    }
    value = document.value.get(name, {}) if isinstance(document.value, dict) else {}
    found = valid(models.get(name, Phrases), value, document, (name,), problems)
    setattr(scope, name, {str(kind): phrases for kind, phrases in found.root.items()} if found else {})


def _read_removed(document: Document, scope: Scope, problems: list[Problem]) -> None:
    assert isinstance(document.value, dict)
    rows = document.value.get("removed")
    if not isinstance(rows, list):
        problems.append(Problem(document.place("removed"), "`removed:` must be a list.", "Begin with `- topic: ID`."))
        return
    for index, row in enumerate(rows):
        if (entry := valid(RemovedEntry, row, document, ("removed", index), problems)) is not None:
            scope.where["removed", str(len(scope.removed))] = (document, ("removed", index))
            scope.removed.append(entry)


@dataclass(frozen=True, slots=True)
class _Entry:
    """What one file says of one topic; ``blank``: it has blanks that were left out."""

    topic: str
    entry: WordsEntry | StatusEntry | None
    blank: bool
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class _Entries:
    """A language's words or their stamps (``kind``), as one file has them."""

    kind: Literal["words", "status"]
    document: Document  # without its value
    problems: tuple[Problem, ...]
    blanks: Mapping[Place, str]
    entries: tuple[_Entry, ...]


@lru_cache(maxsize=4_096)
def _entries(path: str, content: bytes) -> _Entries:
    """Read and validated; remembered, so that an edit costs one file."""
    document, found = read(path, content)
    value, problems, entries = document.value, list(found), list[_Entry]()
    language, name = path.split("/")[-2:]
    kind: Literal["words", "status"] = "status" if name == "status.yaml" else "words"
    document.value = ""  # its words are in the entries: twice would be twice the room
    if isinstance(value, dict) and (value or not found):
        make = _status if kind == "status" else _words
        entries = [make(language, topic, entry, document) for topic, entry in value.items()]
    elif not found:
        problems.append(Problem(Place(document.path, 1, 1), "holds no `key: value`.", "See README.md."))
    return _Entries(kind, document, tuple(problems), dict(_blanks(value, (), document)), tuple(entries))


def _status(_: str, topic: str, entry: Value, document: Document) -> _Entry:
    problems: list[Problem] = []
    return _Entry(topic, valid(StatusEntry, entry, document, (topic,), problems), False, tuple(problems))


def _words(language: str, topic: str, entry: Value, document: Document) -> _Entry:
    problems: list[Problem] = []
    full, blank = entry, False
    if language != SOURCE and isinstance(entry, dict):
        written = _without_blanks(entry)
        blank = written != entry
        full = _without_empty(written, (topic,), document, problems)
    words = valid(WordsEntry, full, document, (topic,), problems)
    return _Entry(topic, words, blank, tuple(problems))


def _take(found: _Entries, language: str, scope: Scope, blanks: dict[Place, str], problems: list[Problem]) -> None:
    """One file's entries into their folder's."""
    problems += found.problems
    blanks.update(found.blanks)
    for one in found.entries:
        key = (found.kind, language, one.topic)
        if found.kind == "words" and (first := scope.where.get(key)) is not None:
            what = f'"{one.topic}" has words in {first[0].place(*first[1])} already.'
            problems.append(Problem(found.document.place(one.topic), what, "Keep one of the two."))
            continue
        if isinstance(one.entry, StatusEntry):
            scope.status[language, one.topic] = one.entry
        elif one.entry is not None:
            scope.words[language, one.topic] = one.entry
        if one.entry is not None:
            scope.where[key] = (found.document, (one.topic,))
        if one.blank:
            scope.blank.add((language, one.topic))
        problems += one.problems


def _without_blanks(entry: dict[str, Value]) -> dict[str, Value]:
    """A translation without what is still to be filled in; of questions those stay that are written."""
    kept: dict[str, Value] = {}
    for key, value in entry.items():
        if isinstance(value, dict):
            kept[key] = _without_blanks(value)
        elif isinstance(value, list):
            kept[key] = [item for item in value if not isinstance(item, str) or BLANK not in item]
        elif key in ("questions", "must_match"):
            kept[key] = "\n".join(line for line in value.split("\n") if BLANK not in line)
        elif BLANK not in value:
            kept[key] = value
    return {key: value for key, value in kept.items() if value or not entry[key]}


def _without_empty(
    entry: dict[str, Value], path: Path, document: Document, problems: list[Problem]
) -> dict[str, Value]:
    """What a translator has emptied is left out with a warning: German is shown in its place, and all else stays."""
    kept: dict[str, Value] = {}
    for key, value in entry.items():
        if isinstance(value, dict):
            kept[key] = _without_empty(value, (*path, key), document, problems)
            continue
        full: Value = [item for item in value if item] if isinstance(value, list) else value.strip() and value
        if full:
            kept[key] = full
        if full != value or not full:
            what = f"{key} has an empty entry." if full else f"{key} is empty, and is left out."
            problems.append(Problem(document.place(*path, key), what, "Write it, or delete the line.", "warning"))
    return kept


def _listed(kind: str, model: Any, document: Document, scope: Scope, problems: list[Problem]) -> dict[str, Any]:
    assert isinstance(document.value, dict)
    for key in document.value:
        if key != kind:
            problems.append(Problem(document.place(key), f'"{key}" is not known here.', f"Expected `{kind}:`."))
    rows = document.value.get(kind)
    found: dict[str, Any] = {}
    if not isinstance(rows, list):
        place = document.place(kind)
        problems.append(Problem(place, f"`{kind}:` must be a list.", "Begin each entry with `- id: name`."))
        return found
    for index, row in enumerate(rows):
        entry = valid(model, row, document, (kind, index), problems)
        if entry is None:
            continue
        if entry.id in found:
            first = scope.place(kind, entry.id).line
            problems.append(
                Problem(
                    document.place(kind, index, "id"),
                    f'"{entry.id}" stands here twice (first in line {first}).',
                    "Give it another id, or delete one.",
                )
            )
            continue
        found[entry.id] = entry
        scope.where[kind, entry.id] = (document, (kind, index))
    return found
