"""Words that were there and are gone: an error, until an editor says in removed.yaml that it is meant.

A file that was emptied, renamed or forgotten says nothing that could be wrong; its answers are silenced all the same.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import replace

from bot.content.model import RemovedEntry
from bot.content.problems import Place, Problem
from bot.content.scopes import SOURCE, read_scope
from bot.content.units import Files, Piece, Unit, changed, cut, units
from bot.content.yaml_source import Value, parse

MANY = 3  # so many units of one file are one message
_PARTS = ("title", "questions", "answer", "local")


def vanished(new: Files, old: Files, root: str) -> dict[Unit, Problem]:
    """What ``old`` says and ``new`` does not, and nobody has removed: each unit with its problem.

    A translation may go when its German has changed: then it would be none. A file's units share one problem.
    """
    removed = {path.split("/")[0]: _removed(new, path.split("/")[0]) for path in (*new, *old)}
    mine, theirs = units(new), units(old)
    gone: dict[str, list[Unit]] = defaultdict(list)
    found: dict[Unit, Problem] = {}
    for unit in changed(new, old):
        if unit not in theirs or unit.kind == "status" or unit.id == "removed.yaml":
            continue
        path = theirs[unit][0]
        if unit.is_translation and unit.kind == "words" and not same_german(unit, mine, theirs):
            continue
        if unit not in mine:
            if not any(_means(entry, unit, None) for entry in removed[unit.scope]):
                gone[path].append(unit)
            continue
        before, now = said(theirs[unit][1]), said(mine[unit][1])
        if before is None or now is None:  # it cannot be read: that is a problem of its own
            continue
        lost = [part for part in before if part not in now]
        lost = [part for part in lost if not any(_means(entry, unit, part) for entry in removed[unit.scope])]
        if lost:
            place = Place(f"{root}/{mine[unit][0]}", mine[unit][1].line, 1)
            names = ", ".join(f"`{part}`" for part in lost)
            found[unit] = Problem(place, f"{unit.id}: {names} was here and is gone.", _remedy(unit, lost[0]))
    for path, several in gone.items():
        found |= _gone(new, path, several, len(cut(path, old[path]).pieces), root)
    return found


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
    kind = {"places": "place", "file": "file"}.get(unit.kind, "topic")
    entry = f"{kind}: {unit.id}"
    if unit.kind == "words":
        entry += f", part: {part}" if part else ""
        entry += f", language: {unit.language}" if unit.language != SOURCE else ""
    file = f"{unit.scope}/removed.yaml"
    return f"Put it back. If it is meant to go, write into {file}: - {{{entry}, on: DATE, why: REASON}}."


def _means(entry: RemovedEntry, unit: Unit, part: str | None) -> bool:
    """Whether ``entry`` says that a unit, or a part of it, is gone on purpose."""
    match unit.kind:
        case "places":
            return entry.place == unit.id
        case "file":
            return entry.file == unit.id
        case "topics":
            return entry.topic == unit.id and entry.part is None and entry.language is None
    if entry.topic != unit.id or entry.language not in (None, unit.language):
        return False
    return entry.part is None or entry.part == part


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
