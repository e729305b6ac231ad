"""Changing single values of a YAML file: everything else, comments and order included, stays byte for byte.

A whole file written anew by a library does not: ruamel.yaml, asked to keep everything, changes 14 of our files. Pure.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import yaml

from bot.content.yaml_source import Value, parse

Keys = tuple[str, ...]
Text = str | list[str] | dict[str, str] | None
BLOCKS = frozenset({"questions", "answer", "local", "must_match", "sections"})  # written as blocks of text
_OTHER_LINES = re.compile("\r(?!\n)|[\x85\u2028\u2029]")


class CannotEdit(Exception):
    """The file is not as it would have to be; nothing was changed."""


@dataclass(frozen=True)
class Edit:
    """One value of a file. ``keys``: the way to it; in a list of entries, the entry's id.

    ``after``: text, a list of texts, a mapping for a new entry, or None: it goes. ``order``: of its siblings.
    """

    keys: Keys
    after: Text
    order: tuple[str, ...] = ()


def value_at(value: Value, keys: Keys) -> Value | None:
    """What stands under ``keys``; None when nothing does."""
    for key in keys:
        found: Value | None
        if isinstance(value, list):
            found = next((item for item in value if isinstance(item, dict) and item.get("id") == key), None)
        else:
            found = value.get(key) if isinstance(value, dict) else None
        if found is None:
            return None
        value = found
    return value


def edited(text: str, edits: Sequence[Edit]) -> str:
    """The file with the edits made. Raises CannotEdit when what comes out would not say what was meant."""
    if _OTHER_LINES.search(text):
        raise CannotEdit("the file has line ends of an odd kind")
    crlf = "\r\n" in text
    found = text.replace("\r\n", "\n")
    for edit in edits:
        found = _edited(found, edit)
        document, problems = parse("edited", found)
        if problems or _plain(value_at(document.value, edit.keys)) != _plain(edit.after):
            raise CannotEdit(f"{'.'.join(edit.keys)} cannot be written")
    return found.replace("\n", "\r\n") if crlf else found


def _plain(value: Value | Text) -> object:
    """As it is compared: outer empty lines of a text do not count, a block is the list of its lines."""
    if isinstance(value, dict):
        return {key: _plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return "\n".join(str(item).strip() for item in value)
    return "\n".join(line.rstrip() for line in value.strip().split("\n")) if value is not None else ""


def _edited(text: str, edit: Edit) -> str:
    root = yaml.compose(text, Loader=yaml.CSafeLoader) if text.strip() else None
    lines = text.split("\n")
    if root is None:
        if len(edit.keys) != 1 or edit.after is None:
            raise CannotEdit("the file is empty")
        return (
            text.rstrip("\n") + ("\n" if text.strip() else "") + "\n".join(_entry(edit.keys[0], edit.after, 0)) + "\n"
        )
    node: yaml.Node = root
    for depth, name in enumerate(edit.keys):
        if isinstance(node, yaml.SequenceNode):
            node = _item(node, name)
            continue
        if not isinstance(node, yaml.MappingNode) or node.flow_style:
            raise CannotEdit(f"{'.'.join(edit.keys[:depth])} holds no `key: value` lines")
        pair = next((pair for pair in node.value if pair[0].value == name), None)
        if pair is None:
            return _inserted(lines, node, edit, depth)
        if depth == len(edit.keys) - 1:
            key, old = pair
            return _removed(lines, key, old) if edit.after is None else _replaced(lines, key, old, edit.after)
        node = pair[1]
    raise CannotEdit("an entry of a list is no value")


def _item(node: yaml.SequenceNode, id_: str) -> yaml.Node:
    for item in node.value:
        if isinstance(item, yaml.MappingNode) and any(k.value == "id" and v.value == id_ for k, v in item.value):
            return item
    raise CannotEdit(f'there is no entry "{id_}"')


def _inserted(lines: list[str], node: yaml.MappingNode, edit: Edit, depth: int) -> str:
    """The value as a new line of ``node``, behind the siblings that come before it."""
    if edit.after is None:
        return "\n".join(lines)
    after: Text = edit.after
    for name in reversed(edit.keys[depth + 1 :]):
        if not isinstance(after, str):
            raise CannotEdit(f"{name} cannot be added")
        after = {name: after}
    name = edit.keys[depth]
    before = edit.order[: edit.order.index(name)] if name in edit.order and depth == len(edit.keys) - 1 else ()
    earlier = [pair for pair in node.value if pair[0].value in before] if before else list(node.value)
    indent = node.value[0][0].start_mark.column
    at = _last_line(lines, *earlier[-1]) + 1 if earlier else node.value[0][0].start_mark.line
    if not earlier and lines[at].lstrip().startswith("- "):  # the first key of an entry of a list
        raise CannotEdit(f"{name} cannot be put first")
    return "\n".join(
        [*lines[:at], *_entry(name, after, indent, inside=edit.keys[depth - 1] if depth else ""), *lines[at:]]
    )


def _removed(lines: list[str], key: yaml.Node, value: yaml.Node) -> str:
    if lines[key.start_mark.line][: key.start_mark.column].strip():
        raise CannotEdit("the first line of an entry cannot go")
    return "\n".join([*lines[: key.start_mark.line], *lines[_last_line(lines, key, value) + 1 :]])


def _replaced(lines: list[str], key: yaml.Node, value: yaml.Node, after: Text) -> str:
    name, first, last = str(key.value), key.start_mark.line, _last_line(lines, key, value)
    start, end = value.start_mark, value.end_mark
    if (
        isinstance(value, yaml.ScalarNode)
        and value.style not in ("|", ">")
        and isinstance(after, str)
        and "\n" not in after
    ) and name not in BLOCKS:
        rest = lines[end.line][end.column :]
        gap = " " if lines[start.line][: start.column].endswith(":") else ""
        written = gap + _scalar(after, value.style or "", value.tag)
        return "\n".join(
            [*lines[: start.line], lines[start.line][: start.column] + written + rest, *lines[end.line + 1 :]]
        )
    if isinstance(value, yaml.SequenceNode) and value.flow_style and isinstance(after, list):
        written = f"[{', '.join(_scalar(item, '', '', flow=True) for item in after)}]"
        whole = lines[start.line][: start.column] + written + lines[end.line][end.column :]
        return "\n".join([*lines[: start.line], whole, *lines[end.line + 1 :]])
    listed = isinstance(value, yaml.SequenceNode)
    if listed and value.value and isinstance(after, list) and all(isinstance(i, yaml.ScalarNode) for i in value.value):
        return "\n".join([*lines[: first + 1], *_items(lines, key, value, after), *lines[last + 1 :]])
    head = lines[first][: key.start_mark.column]
    fresh = _entry(name, after, key.start_mark.column, listed=listed)
    fresh[0] = head + fresh[0].lstrip(" ")
    return "\n".join([*lines[:first], *fresh, *lines[last + 1 :]])


def _items(lines: list[str], key: yaml.Node, value: yaml.Node, after: list[str]) -> list[str]:
    """The lines of a list: those of items that stay as they are, with the comments above them."""
    chunks, start = [], key.start_mark.line + 1
    for item in value.value:
        chunks.append(lines[start : item.end_mark.line + 1])
        start = item.end_mark.line + 1
    gap = " " * (value.value[0].start_mark.column - 2)
    old = [str(item.value) for item in value.value]
    found: list[str] = []
    for what, first, last, begin, end in SequenceMatcher(None, old, after, autojunk=False).get_opcodes():
        if what == "equal":
            found += [line for chunk in chunks[first:last] for line in chunk]
        else:
            found += [f"{gap}- {_scalar(item, '', '')}" for item in after[begin:end]]
    return found


def _last_line(lines: list[str], key: yaml.Node, value: yaml.Node) -> int:
    """The last line of ``key: value``, without the empty lines and comments behind it."""
    if isinstance(value, yaml.ScalarNode) and value.style in ("|", ">"):
        number, column = key.start_mark.line + 1, key.start_mark.column
        while number < len(lines) and (not lines[number].strip() or _indent(lines[number]) > column):
            number += 1
        while number - 1 > key.start_mark.line and not lines[number - 1].strip():
            number -= 1
        return number - 1
    if isinstance(value, yaml.MappingNode) and not value.flow_style and value.value:
        return _last_line(lines, *value.value[-1])
    if isinstance(value, yaml.SequenceNode) and not value.flow_style and value.value:
        item = value.value[-1]
        return _last_line(lines, key, item) if not isinstance(item, yaml.ScalarNode) else int(item.end_mark.line)
    return int(max(key.start_mark.line, value.end_mark.line))


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def _entry(name: str, after: Text, indent: int, *, listed: bool = False, inside: str = "") -> list[str]:
    """The lines of ``name: after``."""
    gap = " " * indent
    if isinstance(after, dict):
        return [
            f"{gap}{name}:",
            *(line for key, text in after.items() for line in _entry(key, text, indent + 2, inside=name)),
        ]
    block = name in BLOCKS or inside in BLOCKS or (isinstance(after, str) and "\n" in after)
    if isinstance(after, list) and (listed or not block):
        return (
            [f"{gap}{name}:", *(f"{gap}  - {_scalar(item, '', '')}" for item in after)]
            if after
            else [f"{gap}{name}: []"]
        )
    text = "\n".join(after) if isinstance(after, list) else after or ""
    if not block and not isinstance(after, list):
        return [f"{gap}{name}: {_scalar(text, '', '')}"]
    body = [f"{gap}  {line.rstrip()}" if line.strip() else "" for line in text.strip().split("\n")]
    return [f"{gap}{name}: |", *body]


def _scalar(text: str, style: str, tag: str, *, flow: bool = False) -> str:
    """One line of text as a YAML value: as it was quoted before, plain where it says the same plain."""
    if style == "'" and text.isprintable():
        return f"'{text.replace(chr(39), chr(39) * 2)}'"
    if not style and text == text.strip() and _same_plain(text, flow=flow, numeric=tag not in ("", _STR)):
        return text
    return json.dumps(text, ensure_ascii=False)


_STR = "tag:yaml.org,2002:str"
_DATES = re.compile(r"\d{4}-\d\d(-\d\d)?")


def _same_plain(text: str, *, flow: bool, numeric: bool) -> bool:
    """Whether it may stand without quotes: any reader gives back this very text (a number only where one stood)."""
    try:
        node = yaml.compose(f"k: [{text}]" if flow else f"k: {text}", Loader=yaml.CSafeLoader)
    except yaml.YAMLError:
        return False
    found = node.value[0][1] if isinstance(node, yaml.MappingNode) and len(node.value) == 1 else None
    if flow:
        found = found.value[0] if isinstance(found, yaml.SequenceNode) and len(found.value) == 1 else None
    if not isinstance(found, yaml.ScalarNode) or found.value != text:
        return False
    return numeric or found.tag == _STR or bool(_DATES.fullmatch(text))
