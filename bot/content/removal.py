"""Words that were there and are gone: an error, until an editor says in removed.yaml that it is meant.

A file that was emptied, renamed or forgotten says nothing that could be wrong; its answers are silenced all the same.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import date

from bot.content.entries import RemovedEntry
from bot.content.problems import Place, Problem
from bot.content.scopes import SOURCE, read_scope
from bot.content.units import Files, Piece, Unit, changed, cut, differing, units
from bot.content.yaml_source import Value, parse

MANY = 3  # so many units of one file are one message
_PARTS = ("title", "questions", "answer", "local")


def vanished(new: Files, old: Files, root: str) -> dict[Unit, Problem]:
    """What ``old`` says and ``new`` does not, and nobody has removed: each unit with its problem.

    A translation may go when its German has changed: then it would be none. A file's units share one problem.
    """
    mine, theirs = (units(files) for files in differing(new, old))
    gone: dict[str, list[Unit]] = defaultdict(list)
    found: dict[Unit, Problem] = {}
    for unit, parts in _lost(new, old):
        if not parts:
            gone[theirs[unit][0]].append(unit)
            continue
        place = Place(f"{root}/{mine[unit][0]}", mine[unit][1].line, 1)
        names = ", ".join(f"`{part}`" for part in parts)
        found[unit] = Problem(place, f"{unit.id}: {names} was here and is gone.", _remedy(unit, parts[0]))
    for path, several in gone.items():
        found |= _gone(new, path, several, len(cut(path, old[path]).pieces), root)
    return found


def noted(new: Files, old: Files, on: date, why: str) -> dict[str, str]:
    """Path to text of each removed.yaml, with entries for all that ``new`` has not any more. For who means it."""
    texts: dict[str, str] = {}
    for unit, parts in _lost(new, old):
        path = f"{unit.scope}/removed.yaml"
        before = texts.get(path) or (new[path].decode("utf-8-sig") if path in new else "removed:\n")
        rows = [
            f"  - {{{_entry(unit, part)}, on: {on}, why: {json.dumps(why, ensure_ascii=False)}}}\n" for part in parts
        ]
        rows = rows or [f"  - {{{_entry(unit, None)}, on: {on}, why: {json.dumps(why, ensure_ascii=False)}}}\n"]
        texts[path] = before.rstrip("\n") + "\n" + "".join(rows)
    return texts


def _lost(new: Files, old: Files) -> Iterator[tuple[Unit, list[str]]]:
    """Each unit of which something is gone that nobody has removed: these parts, or none for all of it."""
    removed = {path.split("/")[0]: _removed(new, path.split("/")[0]) for path in (*new, *old)}
    mine, theirs = (units(files) for files in differing(new, old))
    for unit in changed(new, old):
        if unit not in theirs or unit.kind == "status" or unit.id == "removed.yaml":
            continue
        if unit.is_translation and unit.kind == "words" and not same_german(unit, mine, theirs):
            continue
        meant = [entry for entry in removed[unit.scope] if _about(entry, unit)]
        if unit not in mine:
            if not any(entry.part is None for entry in meant):
                yield unit, []
            continue
        before, now = said(theirs[unit][1]), said(mine[unit][1])
        if before is None or now is None:  # it cannot be read: that is a problem of its own
            continue
        if lost := [part for part in before if part not in now and not any(e.part in (None, part) for e in meant)]:
            yield unit, lost


def _removed(files: Files, scope: str) -> list[RemovedEntry]:
    path = f"{scope}/removed.yaml"
    return read_scope({path: files[path]}, scope, "", []).removed if path in files else []


def _gone(new: Files, path: str, several: list[Unit], before: int, root: str) -> dict[Unit, Problem]:
    """One problem for a file of which nothing is left, else one for each unit."""
    place = Place(f"{root}/{path}")
    if len(several) < MANY or len(several) < before:
        return {unit: Problem(place, f"{unit.id} was here and is gone.", _remedy(unit, None)) for unit in several}
    names = ", ".join(unit.id for unit in several[:MANY])
    state = "is empty now" if path in new else "is gone"
    what = f"{state}, and with it {len(several)} entries ({names} ...)."
    remedy = "Put the file back as it was; look whether it has another name now."
    return dict.fromkeys(several, Problem(place, what, remedy))


def _remedy(unit: Unit, part: str | None) -> str:
    file = f"{unit.scope}/removed.yaml"
    return f"Put it back. If it is meant to go, write into {file}: - {{{_entry(unit, part)}, on: DATE, why: REASON}}."


def _entry(unit: Unit, part: str | None) -> str:
    """What an entry of removed.yaml says of it."""
    entry = f"{({'places': 'place', 'file': 'file'}).get(unit.kind, 'topic')}: {unit.id}"
    if unit.kind == "words":
        entry += f", part: {part}" if part else ""
        entry += f", language: {unit.language}" if unit.language != SOURCE else ""
    return entry


def _about(entry: RemovedEntry, unit: Unit) -> bool:
    """Whether ``entry`` says that ``unit``, or a part of it, is gone on purpose."""
    match unit.kind:
        case "places":
            return entry.place == unit.id
        case "file":
            return entry.file == unit.id
        case "topics":
            return entry.topic == unit.id and entry.part is None and entry.language is None
    return entry.topic == unit.id and entry.language in (None, unit.language)


def same_german(unit: Unit, mine: Mapping[Unit, tuple[str, Piece]], theirs: Mapping[Unit, tuple[str, Piece]]) -> bool:
    """Whether what askers read of the German words of ``unit`` is the same in both; questions do not count."""
    german = replace(unit, language=SOURCE)
    if german not in mine or german not in theirs:
        return False
    first, second = said(mine[german][1]), said(theirs[german][1])
    return {**(first or {}), "questions": ""} == {**(second or {}), "questions": ""}


def said(piece: Piece) -> dict[str, str] | None:
    """The parts of a unit in which something stands, in order, with words; None when it cannot be read."""
    document, problems = parse(str(piece.unit), piece.text)
    value = document.value
    if problems or not isinstance(value, (dict, list)):
        return None
    if piece.unit.kind == "words":
        assert isinstance(value, dict)
        entry = value.get(piece.unit.id)
        if not isinstance(entry, dict):
            return {} if not entry else None
        sections = entry.get("sections")
        parts = {part: entry.get(part, "") for part in _PARTS}
        parts |= sections if isinstance(sections, dict) else {}
        return {name: str(text).strip() for name, text in parts.items() if _full(text)}
    if piece.unit.kind == "file" and piece.unit.id != "city.yaml":
        return dict.fromkeys(_branches(value, ()), "")
    return {}


def _full(value: Value) -> bool:
    if isinstance(value, str):
        return bool(value.strip())
    return any(map(_full, value.values() if isinstance(value, dict) else value))


def _branches(value: Value, path: tuple[str, ...]) -> Iterator[str]:
    """Names of what has something in it: "crisis urgent-case uk" of a file of phrases."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _branches(inner, (*path, key))
    elif isinstance(value, list) and value and isinstance(value[0], dict):
        for row in value:
            if isinstance(row, dict):
                yield from _branches({str(row.get("topic", "")): {k: v for k, v in row.items() if k != "topic"}}, path)
    elif _full(value):
        yield " ".join(path)
