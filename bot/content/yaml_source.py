"""YAML as editors write it: every scalar stays a string, and every value knows its line and column.

PyYAML's own constructors would read 14:00 as 840 and `no` as False; so nodes are taken from ``compose()``
and only mappings, sequences and strings come out. Aliases are refused: they save no editor work, and they are
how a small file becomes gigabytes (a "YAML bomb").
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import yaml

from bot.content.problems import Place, Problem
from bot.content.yaml_signs import hint, wrong_signs

Value = str | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]

MAX_BYTES = 2_000_000
MAX_DEPTH = 20
MAX_FLOW = 20_000


@dataclass
class _Where:
    """Where each path into a file's values stands."""

    places: dict[Path, Place] = field(default_factory=dict)
    blocks: dict[Path, tuple[int, int]] = field(default_factory=dict)  # first line and column of a block of text


@dataclass
class Document:
    """One parsed file: plain values, and for each path into them the place where it stands."""

    path: str
    value: Value = ""
    text: str | bytes = ""

    def place(self, *keys: str | int) -> Place:
        """The place of the value under ``keys``, or of the nearest thing around it; of a block, its n-th full line."""
        whole, where = _found(self.path, self.text)
        if keys and isinstance(keys[-1], int) and (block := where.blocks.get(keys[:-1])) is not None:
            full = [number for number, line in enumerate(str(whole.at(keys[:-1])).splitlines()) if line.strip()]
            if keys[-1] < len(full):
                return Place(self.path, block[0] + full[keys[-1]], block[1])
        for end in range(len(keys), -1, -1):
            if (found := where.places.get(keys[:end])) is not None:
                return found
        return Place(self.path)

    @property
    def places(self) -> Mapping[Path, Place]:
        """Of every value, and every key, by its path."""
        return _found(self.path, self.text)[1].places

    def at(self, keys: Path) -> Any:
        """The value under ``keys``, as it was written."""
        value: Any = self.value
        for key in keys:
            value = value[key]
        return value


class _NoAliases(yaml.SafeLoader):
    def compose_node(self, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        if self.check_event(yaml.AliasEvent):
            event = self.peek_event()  # type: ignore[no-untyped-call]  # PyYAML has no types here
            raise yaml.composer.ComposerError(None, None, f"*{event.anchor} repeats another value", event.start_mark)
        return super().compose_node(parent, index)


@lru_cache(maxsize=256)
def parse(path: str, text: str | bytes) -> tuple[Document, list[Problem]]:
    """``read`` of the files that were read last; nobody changes what is given."""
    return read(path, text)


def read(path: str, text: str | bytes) -> tuple[Document, list[Problem]]:
    """Read one file. A file that is no YAML gives an empty document and its problem; duplicate keys are problems."""
    document = Document(path, text=text)
    return document, _problems(document, text, _Where())


@lru_cache(maxsize=16)
def _found(path: str, text: str | bytes) -> tuple[Document, _Where]:
    """A file's places, found when somebody asks: most files have no problem, and places need more room than words."""
    document, where = Document(path, text=text), _Where()
    _problems(document, text, where)
    return document, where


def _problems(document: Document, text: str | bytes, where: _Where) -> list[Problem]:
    """Fill ``document`` and ``where``; what is wrong."""
    path = document.path
    if isinstance(text, bytes):
        try:
            text = text.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            return [Problem(Place(path, line, 1), "is not UTF-8 text.", "Save the file with the encoding UTF-8.")]
    if len(text) > MAX_BYTES:
        return [Problem(Place(path), f"is longer than {MAX_BYTES:,} characters.", "Split it into several groups.")]
    if unseen := list(wrong_signs(path, text)):
        return unseen
    problems: list[Problem] = []
    try:
        node = _compose(text)
        document.value = _value(node, (), path, where, problems, 0) if node is not None else {}
    except yaml.YAMLError as error:
        document.value = {}
        return [_syntax_problem(path, error, text)]
    except RecursionError:
        document.value = {}
        return [Problem(Place(path), "is nested too deeply.", f"Use at most {MAX_DEPTH} levels.")]
    return problems


def _compose(text: str) -> yaml.Node | None:
    """The node tree: by libyaml, ten times quicker, unless there is something to complain about."""
    if text.count("[") + text.count("{") + text.count("- - ") < MAX_FLOW:  # libyaml's recursion is not guarded
        with suppress(yaml.YAMLError):
            node = yaml.compose(text, Loader=yaml.CSafeLoader)
            if node is None or _is_tree(node, set()):
                return node
    loader = _NoAliases(text)
    try:
        return loader.get_single_node()
    finally:
        loader.dispose()


def _is_tree(node: yaml.Node, seen: set[int]) -> bool:
    """Whether no node stands in two places, as those behind an alias do."""
    if id(node) in seen:
        return False
    seen.add(id(node))
    if isinstance(node, yaml.MappingNode):
        return all(_is_tree(key, seen) and _is_tree(value, seen) for key, value in node.value)
    return not isinstance(node, yaml.SequenceNode) or all(_is_tree(item, seen) for item in node.value)


def _value(node: yaml.Node, path: Path, file: str, where: _Where, problems: list[Problem], depth: int) -> Value:
    place = Place(file, node.start_mark.line + 1, node.start_mark.column + 1)
    where.places.setdefault(path, place)
    if depth > MAX_DEPTH:
        raise RecursionError
    if isinstance(node, yaml.ScalarNode):
        if node.style == "|":
            # Its text begins in the next line, two columns further in than its key where editors write as we do.
            named = where.places[path]
            where.blocks[path] = (node.start_mark.line + 2, (named.column or 1) + 2)
        empty = not node.style and node.value in {"", "~", "null"}
        return "" if empty else str(node.value)
    if isinstance(node, yaml.SequenceNode):
        return [_value(item, (*path, i), file, where, problems, depth + 1) for i, item in enumerate(node.value)]
    mapping: dict[str, Value] = {}
    for key_node, value_node in node.value:
        key_place = Place(file, key_node.start_mark.line + 1, key_node.start_mark.column + 1)
        if not isinstance(key_node, yaml.ScalarNode):
            problems.append(Problem(key_place, "a key must be a word.", "Write `key: value`."))
            continue
        key = sys.intern(str(key_node.value))
        if key in mapping:
            first = where.places[(*path, key)].line
            problems.append(
                Problem(key_place, f'"{key}" stands here twice (first in line {first}).', "Delete or rename one.")
            )
            continue
        where.places[(*path, key)] = key_place
        mapping[key] = _value(value_node, (*path, key), file, where, problems, depth + 1)
    return mapping


def _syntax_problem(path: str, error: yaml.YAMLError, text: str) -> Problem:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    place = Place(path, mark.line + 1, mark.column + 1) if mark else Place(path)
    if mark and (found := hint(text, mark.line + 1)) is not None:
        return Problem(Place(path, mark.line + 1, found[0]), found[1], found[2])
    opened = getattr(error, "context_mark", None)
    if opened and "unexpected end of stream" in str(getattr(error, "problem", "")):
        mark, place = opened, Place(path, opened.line + 1, opened.column + 1)
    what = str(getattr(error, "problem", None) or error).splitlines()[0].rstrip(".")
    if isinstance(error, yaml.composer.ComposerError) and "repeats another value" in what:
        return Problem(place, f"{what}.", "Anchors (&) and aliases (*) are not allowed: write the value out.")
    remedies = {
        "expected ',' or ']'": "In a list in brackets put each text in quotes, or write a list with one `- ` a line.",
        "expected ',' or '}'": "In braces put each text in quotes, or write one `key: value` a line.",
        "mapping values are not allowed here": 'Put the text in quotes: key: "text: with colon".',
        "found unexpected end of stream": "A quotation mark is opened here and never closed.",
        "found character '\\t'": "Indent with spaces, not with the tab key.",
        "could not find expected ':'": "Write `key: value`, and indent all lines of a long text equally.",
        "expected <block end>": "Look at the indentation: lines of one list or entry start in the same column.",
    }
    remedy = next(
        (text for start, text in remedies.items() if what.startswith(start)), "Look at this line and the one above."
    )
    return Problem(place, f"is no valid YAML: {what}.", remedy)
