"""What a form edits: one entry of one file, as fields; and what of a sent form has changed. Pure."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Self

from bot.content.entries import FACT_KINDS, SECTIONS
from bot.content.scopes import BASE, SOURCE
from bot.content.yaml_edit import CannotEdit, Edit, Keys, Text, edited, value_at
from bot.content.yaml_source import Value, parse

Kind = Literal["line", "text", "lines"]
HEADER = "# yaml-language-server: $schema=../../schema/words.json\n"
WORDS: dict[str, tuple[str, Kind]] = {
    "title": ("Titel", "line"),
    "answer": ("Antwort", "text"),
    "local": ("Text der Stadt", "text"),
    **{
        f"sections.{name}": (label, "text")
        for name, label in zip(
            SECTIONS,
            ("Schritte", "Unterlagen", "Kosten", "Dauer", "Frist", "Wo", "Kontakt", "Hilfe", "Hinweise"),
            strict=True,
        )
    },
    "questions": ("Beispielfragen, eine in jeder Zeile", "lines"),
    "must_match": ("Fragen, die sicher hierher führen müssen, eine in jeder Zeile", "lines"),
}
ORDER = ("title", "questions", "must_match", "answer", "local", "sections")
PLACE: dict[str, tuple[str, Kind]] = {
    "name": ("Name", "line"),
    "address": ("Adresse", "line"),
    "phone": ("Telefon", "line"),
    "email": ("E-Mail", "line"),
    "url": ("Internetseite", "line"),
    "appointment_url": ("Seite für Termine", "line"),
    "hours": ("Öffnungszeiten (Mo-Fr 09:00-12:00)", "line"),
    "phone_hours": ("Telefonzeiten (Mo-Fr 09:00-12:00)", "line"),
    "source": ("Quelle", "line"),
    "as_of": ("Stand (2026-11-30)", "line"),
}
PLACE_ORDER = ("id", *PLACE)
CITY: dict[str, tuple[str, Kind]] = {
    "reply_days": ("Arbeitstage bis zur Antwort, die der Person genannt werden", "line"),
    "closed": ("Tage, an denen das Büro außerdem zu ist, einer in jeder Zeile (12-24 oder 2027-05-07)", "lines"),
}
CITY_ORDER = ("name", "time_zone", "land", "languages", "office", "closed", "reply_days")
FACT_LABELS = {
    "euro": "Betrag in Euro", "number": "Zahl", "date": "Datum", "phone": "Telefon", "email": "E-Mail",
    "url": "Internetadresse",
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """``name``: in the form. ``keys``: in the file. ``value``: what stands there now. ``heading``: above a group."""

    name: str
    label: str
    kind: Kind
    keys: Keys
    value: str
    order: tuple[str, ...] = ()
    heading: str = ""

    @property
    def was(self) -> str:
        """What a form keeps of the value, to see whether somebody has changed it since."""
        return hashlib.sha256(self.value.strip().encode()).hexdigest()[:16]


@dataclass(frozen=True)
class Entry:
    """``path``: the file below the knowledge folder. ``keys``: of the entry. ``new``: it does not stand there yet."""

    path: str
    keys: Keys
    fields: tuple[Field, ...]
    language: str = SOURCE
    new: bool = False


@dataclass(frozen=True)
class Changed:
    """One field that a form changes. ``before`` and ``after``: its words, "" for none."""

    path: str
    field: Field
    after: str

    def as_dict(self) -> dict[str, object]:
        """For the database."""
        return {
            "path": self.path,
            "keys": list(self.field.keys),
            "order": list(self.field.order),
            "label": self.field.label,
            "kind": self.field.kind,
            "before": self.field.value,
            "after": self.after,
        }

    @classmethod
    def from_dict(cls, stored: Mapping[str, object]) -> Self:
        """Back from the database."""
        found = json.loads(json.dumps(stored))
        kept = Field("", found["label"], found["kind"], tuple(found["keys"]), found["before"], tuple(found["order"]))
        return cls(found["path"], kept, found["after"])


class Damaged(Exception):
    """A file cannot be read as YAML; the text is its first problem, in English."""


def document(files: Mapping[str, bytes], path: str) -> Value:
    """A file's values. Raises Damaged."""
    found, problems = parse(path, files.get(path, b""))
    if problems:
        raise Damaged(str(problems[0]))
    return found.value


def shown(value: Value | None) -> str:
    """A value as a form shows it."""
    if isinstance(value, list):
        return "\n".join(str(item) for item in value)
    return str(value).strip("\n").rstrip() if isinstance(value, str) else ""


def words_path(files: Mapping[str, bytes], scope: str, language: str, topic: str) -> str:
    """The file that holds, or is to hold, a topic's words. Raises Damaged."""
    for path in files:
        parts = path.split("/")
        if parts[:2] == [scope, language] and len(parts) == 3 and parts[2] != "status.yaml":
            found = document(files, path)
            if isinstance(found, dict) and topic in found:
                return path
    if language != SOURCE:
        return f"{scope}/{language}/{words_path(files, scope, SOURCE, topic).rpartition('/')[2]}"
    if scope != BASE:
        return f"{scope}/{SOURCE}/{words_path(files, BASE, SOURCE, topic).rpartition('/')[2]}"
    return f"{scope}/{SOURCE}/topics.yaml"


def words_entry(files: Mapping[str, bytes], scope: str, language: str, topic: str) -> Entry:
    """A topic's words in one language, as Germany's or as the city's. Raises Damaged."""
    path = words_path(files, scope, language, topic)
    value = value_at(document(files, path), (topic,))
    fields = []
    for name, (label, kind) in WORDS.items():
        if (name == "local") is (scope == BASE) and name == "local":
            continue
        keys = (topic, *name.split("."))
        order = SECTIONS if "." in name else ORDER
        fields.append(Field(f"{language}.{name}", label, kind, keys, shown(value_at(value or {}, keys[1:])), order))
    return Entry(path, (topic,), tuple(fields), language, value is None)


def place_entry(files: Mapping[str, bytes], place: str, scopes: Sequence[str]) -> Entry | None:
    """A place, of the last of ``scopes`` that has it; None when none has. Raises Damaged."""
    for scope in reversed(scopes):
        path, keys = f"{scope}/places.yaml", ("places", place)
        value = value_at(document(files, path), keys) if path in files else None
        if value is not None:
            fields = [
                Field(f"place.{name}", label, kind, (*keys, name), shown(value_at(value, (name,))), PLACE_ORDER)
                for name, (label, kind) in PLACE.items()
            ]
            return Entry(path, keys, tuple(fields))
    return None


def city_entry(files: Mapping[str, bytes], city: str) -> Entry | None:
    """What a city may change of its own file; None for a knowledge without one. Raises Damaged."""
    path = f"{city}/city.yaml"
    if path not in files:
        return None
    value = document(files, path)
    fields = [
        Field(f"city.{name}", label, kind, (name,), shown(value_at(value, (name,))), CITY_ORDER)
        for name, (label, kind) in CITY.items()
    ]
    return Entry(path, (), tuple(fields))


def facts_entry(files: Mapping[str, bytes], topic: str, scope: str) -> Entry | None:
    """A topic's values and dates as one scope has them; None when it has none. Raises Damaged."""
    path, keys = f"{scope}/topics.yaml", ("topics", topic)
    value = value_at(document(files, path), keys) if path in files else None
    if not isinstance(value, dict):
        return None
    fields = []
    facts = value.get("facts")
    for id_, fact in (facts if isinstance(facts, dict) else {}).items():
        if not isinstance(fact, dict):
            continue
        kind = next((kind for kind in FACT_KINDS if kind in fact), "")
        labels = {kind: FACT_LABELS.get(kind, kind), "as_of": "Stand", "valid_until": "gilt bis", "source": "Quelle"}
        of_fact = (*FACT_KINDS, "source", "as_of", "valid_until", "caution", "unconfirmed")
        for name, label in labels.items():
            way = (*keys, "facts", id_, name)
            heading = f"{{{id_}}}" if name == kind else ""
            fields.append(Field(f"{scope}.{id_}.{name}", label, "line", way, shown(fact.get(name)), of_fact, heading))
    order = ("id", "group", "flags", "related", "places", "see", "links", "facts", "leika", "law", "sources", "as_of",
             "review_by")  # fmt: skip
    for name, label, kind_ in (
        ("sources", "Quellen, eine in jeder Zeile", "lines"),
        ("as_of", "Stand", "line"),
        ("review_by", "Prüfen bis", "line"),
    ):
        heading = "Prüfung" if name == "sources" else ""
        fields.append(
            Field(f"{scope}.{name}", label, kind_, (*keys, name), shown(value.get(name)), order, heading)  # type: ignore[arg-type]  # one of Kind
        )
    return Entry(path, keys, tuple(fields))


def clean(text: str, kind: Kind) -> str:
    """What a form sent, as it is written: no spaces at line ends; in a line no line ends."""
    for odd in "\u2028\u2029\x85\ufeff":
        text = text.replace(odd, "\n" if odd != "\ufeff" else "")
    if kind == "line":
        return " ".join(text.split())
    lines = [line.rstrip().replace("\t", " ") for line in text.split("\n")]
    if kind == "lines":
        lines = [line.strip() for line in lines if line.strip()]
    return "\n".join(lines).strip()


def compare(entry: Entry, form: Mapping[str, str]) -> tuple[list[Changed], list[Changed]]:
    """What a form changes of an entry; and of that, what somebody else has changed since the form was made."""
    changes, moved = [], []
    for field in entry.fields:
        if field.name not in form:
            continue
        after = clean(form[field.name], field.kind)
        if after == clean(field.value, field.kind):
            continue
        was = form.get(f"was.{field.name}", field.was)
        mine_untouched = hashlib.sha256(form[field.name].strip().encode()).hexdigest()[:16] == was
        if mine_untouched:  # they changed it, I did not
            continue
        change = Changed(entry.path, field, after)
        changes.append(change)
        if was != field.was:
            moved.append(change)
    return changes, moved


def written(files: Mapping[str, bytes], changes: Sequence[Changed]) -> dict[str, bytes]:
    """The files that change, with the changes in them. Raises CannotEdit."""
    found: dict[str, bytes] = {}
    for path in dict.fromkeys(change.path for change in changes):
        try:
            text = files[path].decode("utf-8") if path in files else HEADER
        except UnicodeDecodeError:
            raise CannotEdit(f"{path} is not UTF-8") from None
        mine = [change for change in changes if change.path == path]
        found[path] = edited(text, _edits(text, mine)).encode()
    return found


def _edits(text: str, changes: Sequence[Changed]) -> list[Edit]:
    """As edits of one file: an entry that is new as one whole, a last section with the key above it."""
    value = parse("edited", text)[0].value
    edits: list[Edit] = []
    fresh: dict[str, dict[str, Text]] = {}
    for change in changes:
        keys = change.field.keys
        after: Text = (change.after.split("\n") if change.field.kind == "lines" else change.after) or None
        if change.after == "":
            after = None
        if len(keys) > 1 and keys[0] not in ("topics", "places") and value_at(value, keys[:1]) is None:
            if after is not None:
                _put(fresh.setdefault(keys[0], {}), keys[1:], change.after)
            continue
        edits.append(Edit(keys, after, change.field.order))
    for topic in {edit.keys[0] for edit in edits if len(edit.keys) == 3 and edit.keys[1] == "sections"}:
        there = value_at(value, (topic, "sections"))
        names = set(there) if isinstance(there, dict) else set()
        gone = {edit.keys[2] for edit in edits if edit.keys[:2] == (topic, "sections") and edit.after is None}
        kept = {edit.keys[2] for edit in edits if edit.keys[:2] == (topic, "sections") and edit.after is not None}
        if names and names <= gone and not kept:
            edits = [edit for edit in edits if edit.keys[:2] != (topic, "sections")]
            edits.append(Edit((topic, "sections"), None))
    for topic, words in fresh.items():
        ordered = {name: words[name] for name in ORDER if name in words}
        edits.append(Edit((topic,), ordered))  # type: ignore[arg-type]  # texts, and sections one level below
    return edits


def _put(entry: dict[str, Text], keys: Keys, text: str) -> None:
    if len(keys) == 1:
        entry[keys[0]] = text
        return
    inner = entry.setdefault(keys[0], {})
    assert isinstance(inner, dict)
    inner[keys[1]] = text
