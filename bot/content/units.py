"""The knowledge cut into units: what stands or falls together when a file has a mistake.

A unit is one topic's words in one language, one topic's or place's entry, one line of a status file, or a file that
counts only whole (city, crisis, phrases). Files are cut as text, so that those that are no YAML can be cut, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Literal

from bot.content.yaml_source import Value, parse

Kind = Literal["words", "status", "topics", "places", "file"]
Files = Mapping[str, bytes]

_KEY = re.compile(r"""^(?:"([^"\n]+)"|'([^'\n]+)'|([^\s#"'\-\[{][^:\n]*?))[ \t]*:(?=\s|$)""", re.MULTILINE)
_ITEM = re.compile(r"^( *)- ", re.MULTILINE)
_ID = re.compile(r"""^ *(?:- )? *id: *["']?([^\s"'#]+)""", re.MULTILINE)


@dataclass(frozen=True, order=True)
class Unit:
    """``scope``: the folder. ``language``: "" for what has none. ``id``: a topic, a place, or the file's name."""

    scope: str
    kind: Kind
    language: str
    id: str

    @property
    def is_translation(self) -> bool:
        """Whether German can stand in its place."""
        return self.language not in ("", "de")

    def __str__(self) -> str:
        """As it is kept: three slashes, none of which an id has."""
        return f"{self.scope}/{self.kind}/{self.language}/{self.id}"


@dataclass(frozen=True)
class Piece:
    """A unit's text, and the line of the file in which it begins, from 1."""

    unit: Unit
    line: int
    text: str

    @property
    def indent(self) -> int:
        return len(self.text) - len(self.text.lstrip(" "))


@dataclass(frozen=True)
class Cut:
    """A file as what stands before the first unit, and its units in order."""

    head: str
    pieces: tuple[Piece, ...]

    def piece(self, unit: Unit) -> Piece | None:
        return next((piece for piece in self.pieces if piece.unit == unit), None)


def whole(path: str) -> Unit:
    """The unit of a file that counts whole."""
    *folders, name = path.split("/")
    return Unit(folders[0] if folders else "", "file", "/".join(folders[1:]), name)


@lru_cache(maxsize=4_096)
def cut(path: str, content: bytes) -> Cut:
    """``path`` below the knowledge folder. A file in a form that cannot be cut is one unit."""
    text = content.decode("utf-8-sig", errors="replace")
    found = _cut(path, text)
    document, problems = parse(path, content)
    if not problems and isinstance(document.value, dict):
        read = _ids(document.value, found.pieces)
        if [piece.unit.id for piece in found.pieces] != read:
            return Cut("", (Piece(whole(path), 1, text),))
    return found


def _ids(value: dict[str, Value], pieces: tuple[Piece, ...]) -> list[str]:
    """The ids in a file that can be read, to hold against those it was cut into."""
    kind = pieces[0].unit.kind if pieces else "words"
    if kind == "file":
        return [pieces[0].unit.id]
    if kind in ("topics", "places"):
        rows = value.get(kind)
        listed = rows if isinstance(rows, list) else []
        return [str(row.get("id", "")) if isinstance(row, dict) else "" for row in listed]
    return list(value)


def _cut(path: str, text: str) -> Cut:
    match path.split("/"):
        case [scope, "topics.yaml" | "places.yaml" as name]:
            kind: Kind = "topics" if name == "topics.yaml" else "places"
            first = _ITEM.search(text)
            starts = [] if first is None else [item.start() for item in _ITEM.finditer(text) if item[1] == first[1]]
            parts = _parts(text, starts)
            units = [Unit(scope, kind, "", _id_in(part)) for part in parts]
        case [scope, language, name] if scope != "laws":
            keys = list(_KEY.finditer(text))
            starts, parts = [key.start() for key in keys], _parts(text, [key.start() for key in keys])
            kind = "status" if name == "status.yaml" else "words"
            units = [Unit(scope, kind, language, key[1] or key[2] or key[3]) for key in keys]
        case _:
            return Cut("", (Piece(whole(path), 1, text),))
    lines = [text.count("\n", 0, start) + 1 for start in starts]
    return Cut(text[: starts[0]] if starts else text, tuple(map(Piece, units, lines, parts)))


def _parts(text: str, starts: list[int]) -> list[str]:
    return [text[start:end] for start, end in zip(starts, [*starts[1:], len(text)], strict=True)] if starts else []


def _id_in(item: str) -> str:
    found = _ID.search(item)
    return found[1] if found else ""


def units(files: Files) -> dict[Unit, tuple[str, Piece]]:
    """Every unit with its file and text; where one stands twice, with both texts."""
    found: dict[Unit, tuple[str, Piece]] = {}
    for path in sorted(files):
        for piece in cut(path, files[path]).pieces:
            if (first := found.get(piece.unit)) is not None:
                found[piece.unit] = first[0], replace(first[1], text=first[1].text + piece.text)
            else:
                found[piece.unit] = path, piece
    return found


def owner(files: Files, path: str, line: int) -> Unit:
    """The unit that stands in a line; the whole file, where none does."""
    if path not in files:
        return whole(path)
    before = [piece.unit for piece in cut(path, files[path]).pieces if piece.line <= line]
    return before[-1] if before else whole(path)


def spliced(new: Files, old: Files, held: Mapping[Unit, bool]) -> dict[str, bytes]:
    """The files of ``new`` with each unit of ``held`` as it is in ``old`` (True), or without it (False)."""
    files = dict(new)
    paths = {path for path in new if any(piece.unit in held for piece in cut(path, new[path]).pieces)}
    for path in old:
        paths |= {path for piece in cut(path, old[path]).pieces if held.get(piece.unit)}
    for unit in held:
        if unit.kind == "file":
            paths.add("/".join(filter(None, (unit.scope, unit.language, unit.id))))
    for path in paths:
        if (as_before := held.get(whole(path))) is not None:
            if as_before and path in old:
                files[path] = old[path]
            else:
                files.pop(path, None)
            continue
        files[path] = _spliced(path, new.get(path), old.get(path), held).encode("utf-8", errors="replace")
    return files


def _spliced(path: str, new: bytes | None, old: bytes | None, held: Mapping[Unit, bool]) -> str:
    now = cut(path, new) if new is not None else None
    before = cut(path, old) if old is not None else Cut("", ())
    kept = [piece for piece in before.pieces if held.get(piece.unit)]
    if now is None:
        return before.head + "".join(_ended(piece.text) for piece in kept)
    texts: list[tuple[Unit, str]] = []
    indent = now.pieces[0].indent if now.pieces else (before.pieces[0].indent if before.pieces else 0)
    for piece in now.pieces:
        if piece.unit not in held:
            texts.append((piece.unit, _ended(piece.text)))
        elif piece.unit not in dict(texts):
            texts += [(earlier.unit, _shifted(earlier, indent)) for earlier in kept if earlier.unit == piece.unit]
    order = [piece.unit for piece in before.pieces]
    for piece in kept:  # what is gone from the file comes back behind what it stood behind
        if piece.unit in dict(texts):
            continue
        above = set(order[: order.index(piece.unit)])
        at = max((index for index, (unit, _) in enumerate(texts, 1) if unit in above), default=0)
        texts.insert(at, (piece.unit, _shifted(piece, indent)))
    head = now.head if now.pieces or not kept else before.head
    return _ended(head) + "".join(text for _, text in texts)


def _ended(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _shifted(piece: Piece, indent: int) -> str:
    """The text of an entry of a list, indented as the file's others are."""
    by = indent - piece.indent
    if by == 0:
        return _ended(piece.text)
    lines = piece.text.split("\n")
    spaces = (len(line) - len(line.lstrip(" ")) for line in lines)
    moved = (" " * by + line if by > 0 else line[min(-by, there) :] for line, there in zip(lines, spaces, strict=True))
    return _ended("\n".join(line if line.strip() else "" for line in moved))


def differing(new: Files, old: Files) -> tuple[dict[str, bytes], dict[str, bytes]]:
    """The files of both that are not the same in the other, and the German ones that translations are held against."""

    def of(files: Files, others: Files) -> dict[str, bytes]:
        return {
            path: content
            for path, content in files.items()
            if others.get(path) != content or path.split("/")[1:-1] == ["de"]
        }

    return of(new, old), of(old, new)


def changed(new: Files, old: Files) -> Iterator[Unit]:
    """Units whose text is another in ``new``, or that only one of them has."""
    mine, theirs = (units(files) for files in differing(new, old))
    for unit in sorted({*mine, *theirs}):
        first, second = mine.get(unit), theirs.get(unit)
        if first is None or second is None or first[1].text.rstrip() != second[1].text.rstrip():
            yield unit
