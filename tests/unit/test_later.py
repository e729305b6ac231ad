"""What is loaded late is typed: where a name stands for a module later, mypy is told of the same module."""

from __future__ import annotations

import ast
from importlib.util import find_spec
from pathlib import Path

import pytest

import bot

ROOT = Path(bot.__file__).parent
FILES = [path for path in ROOT.rglob("*.py") if "from bot.wiring.later import Later" in path.read_text()]


def told(block):
    """The names that imports give, and their modules."""
    return {
        name.asname or name.name: f"{statement.module}.{name.name}"
        for statement in block
        if isinstance(statement, ast.ImportFrom)
        for name in statement.names
    }


def late(block):
    """The same of what stands for modules: `one, other = Later("a.b"), Later("a.c")`."""
    found = {}
    for statement in block:
        (target,) = statement.targets
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        values = statement.value.elts if isinstance(statement.value, ast.Tuple) else [statement.value]
        found |= {name.id: value.args[0].value for name, value in zip(names, values, strict=True)}
    return found


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_what_is_loaded_late_is_what_mypy_is_told_of(path):
    tree = ast.parse(path.read_text())
    modules = {}
    for block in tree.body:
        if isinstance(block, ast.If) and ast.unparse(block.test) == "TYPE_CHECKING" and block.orelse:
            assert late(block.orelse).items() <= told(block.body).items()
            modules |= late(block.orelse)
    assert all(map(find_spec, modules.values()))
    uses = [node for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) == "Later"]
    assert len(uses) == len(modules) > 0  # none stands elsewhere, where mypy would take it for anything
