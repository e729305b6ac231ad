"""Which small changes there are to a file: mutmut's, and three that its list lacks and that hurt people most.

mutmut itself leaves out what is decorated (each ``@asynccontextmanager``, so every transaction) and all that stands
outside functions (tables, limits, patterns), and takes no sample; so its operators are applied here one at a time.
"""

from __future__ import annotations

import difflib
import random
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import libcst as cst
from libcst.metadata import MetadataWrapper, PositionProvider
from mutmut.mutation.mutators import mutation_operators, operator_assignment

Operator = Callable[[cst.CSTNode], Iterable[cst.CSTNode]]
LOGS = {"log", "logger", "_log", "LOG"}  # what is written there is for operators' eyes, and nobody's promise


@dataclass(frozen=True)
class Mutant:
    """One change. ``path``: from the root; ``line``: of what is changed; ``source``: the whole file with the change."""

    path: str
    line: int
    operator: str
    diff: str
    source: str


@dataclass(frozen=True)
class _Place:
    line: int
    node: cst.CSTNode
    operator: Operator
    which: int


def sample(root: Path, paths: Iterable[Path], size: int, seed: int) -> list[Mutant]:
    """``size`` mutants of these files, at most one a line, the same for the same seed and source."""
    lines: list[tuple[Path, int]] = []
    modules: dict[Path, tuple[cst.Module, dict[int, list[_Place]]]] = {}
    for path in sorted(paths):
        module, places = _places(path.read_text(encoding="utf-8"))
        modules[path] = module, places
        lines += [(path, line) for line in sorted(places)]
    chance = random.Random(seed)
    found = []
    for path, line in sorted(chance.sample(lines, min(size, len(lines)))):
        module, places = modules[path]
        place = chance.choice(places[line])
        found.append(_mutant(str(path.relative_to(root)), module, place))
    return found


def _mutant(path: str, module: cst.Module, place: _Place) -> Mutant:
    changed = list(place.operator(place.node))[place.which]
    source = module.deep_replace(place.node, changed).code
    lines = difflib.unified_diff(module.code.splitlines(), source.splitlines(), lineterm="", n=0)
    diff = "\n".join(line for line in lines if not line.startswith(("---", "+++", "@@")))
    return Mutant(path, place.line, place.operator.__name__.removeprefix("operator_"), diff, source)


def _places(source: str) -> tuple[cst.Module, dict[int, list[_Place]]]:
    wrapper = MetadataWrapper(cst.parse_module(source))
    visitor = _Visitor()
    wrapper.visit(visitor)
    places: dict[int, list[_Place]] = {}
    for place in visitor.places:
        places.setdefault(place.line, []).append(place)
    return wrapper.module, places


class _Visitor(cst.CSTVisitor):
    METADATA_DEPENDENCIES = (PositionProvider,)

    def __init__(self) -> None:
        super().__init__()
        self.places: list[_Place] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if _says_nothing(node):
            return False
        position = self.get_metadata(PositionProvider, node, None)
        if position is not None:
            for kind, operator in OPERATORS:
                if isinstance(node, kind):
                    count = sum(1 for _ in operator(node))
                    self.places += [_Place(position.start.line, node, operator, which) for which in range(count)]
        return True


def _says_nothing(node: cst.CSTNode) -> bool:
    """Types, decorators, imports, docstrings, what only a type checker reads, and logs."""
    match node:
        case cst.Annotation() | cst.Decorator() | cst.Import() | cst.ImportFrom() | cst.Assert():
            return True
        case cst.Expr(value=cst.BaseString()):
            return True
        case cst.Call(func=cst.Attribute(value=cst.Name(value=name))) if name in LOGS:
            return True
        case cst.Call(func=cst.Name(value="len" | "isinstance" | "cast")):
            return True
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Name(value=name))]):
            return name in {"__all__", *LOGS} or (name[0].isupper() and not name.isupper())  # Step = tuple[...]
    return False


def _statement_removed(node: cst.SimpleStatementLine | cst.If | cst.For | cst.Match) -> Iterator[cst.CSTNode]:
    """What is done for its effect, and a whole condition with what depends on it."""
    nothing = cst.SimpleStatementLine([cst.Pass()])
    if not isinstance(node, cst.SimpleStatementLine):
        yield nothing
        return
    match node.body[0]:
        case cst.Expr(value=cst.Call(func=cst.Attribute(value=cst.Name(value=name)))) if name in LOGS:
            return
        case cst.Expr(value=cst.Call() | cst.Await()) | cst.Raise() | cst.AugAssign():
            yield nothing
        case cst.Assign(targets=[cst.AssignTarget(target=cst.Attribute() | cst.Subscript())]):
            yield nothing


def _condition_decided(node: cst.If) -> Iterator[cst.CSTNode]:
    yield node.with_changes(test=cst.Name("True"))


def _element_removed(node: cst.Tuple | cst.List | cst.Set | cst.Dict) -> Iterator[cst.CSTNode]:
    """One of several conditions, columns, values."""
    if len(node.elements) < 2:
        return
    for which in range(len(node.elements)):
        left = [*node.elements[:which], *node.elements[which + 1 :]]
        left[-1] = left[-1].with_changes(comma=cst.Comma())
        yield node.with_changes(elements=left)


def _assignment(node: cst.Assign | cst.AnnAssign) -> Iterable[cst.CSTNode]:
    """mutmut's, but for the defaults of fields: whether one is False, "" or None is the same to whoever asks."""
    if isinstance(node, cst.AnnAssign) and isinstance(node.value, cst.Name | cst.SimpleString):
        return ()
    return operator_assignment(node)


OURS: tuple[tuple[type | tuple[type, ...], Operator], ...] = (
    ((cst.SimpleStatementLine, cst.If, cst.For), _statement_removed),
    (cst.If, _condition_decided),
    ((cst.Tuple, cst.List, cst.Set, cst.Dict), _element_removed),
)
OPERATORS = (
    *((kind, _assignment if operator is operator_assignment else operator) for kind, operator in mutation_operators),
    *OURS,
)
