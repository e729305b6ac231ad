"""Which words hold while some are wrong: an editor's mistake holds back what it concerns, and nothing else.

Each unit (see ``units``) is taken as it is now, if it is right, else as it last was. A translation whose German has
changed meanwhile is left out instead: German stands in its place. All is read again together, so that what is taken
from two days fits; where it does not, more is held back, in the end everything that is new.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from bot.content.load import Loaded, load
from bot.content.problems import Place, Problem
from bot.content.removal import same_german, vanished
from bot.content.scopes import BASE, SOURCE
from bot.content.units import Files, Piece, Unit, changed, cut, owner, spliced, units, whole
from bot.content.yaml_source import parse

ROUNDS = 40
MANY = 12  # so many changes are tried one by one, to hold back no more than one must

Instead = Literal["last words", "German", "nothing"]


@dataclass(frozen=True)
class Held:
    """A unit that does not run as it stands in the files: why, and what askers get instead."""

    unit: Unit
    problem: Problem
    instead: Instead


@dataclass(frozen=True)
class Effective:
    """``files`` and what came of them: ``loaded.knowledge`` is None only where nothing helps. ``held``: what is not as
    an editor wrote it. ``problems``: all of the files as they are, with what vanished."""

    files: dict[str, bytes]
    loaded: Loaded
    held: tuple[Held, ...]
    problems: tuple[Problem, ...]


def of_city(files: Files, city: str) -> dict[str, bytes]:
    """The files that one city's knowledge is made of."""
    return {path: content for path, content in files.items() if path.split("/")[0] in (BASE, city)}


def effective(files: Files, last: Files, city: str, root: str = "knowledge") -> Effective:
    """What runs of ``files``, where ``last`` is what ran before (empty: nothing did).

    Without ``last`` only translations are left out; any other error leaves ``loaded`` without knowledge.
    """
    new, old = of_city(files, city), of_city(last, city)
    trial = _Trial(new, old, city, root)
    if old and not new:
        problem = Problem(
            Place(root), "is gone or empty.", "Put the knowledge folder back, or name it: LOTSE_KNOWLEDGE."
        )
        return Effective(
            old, load(old, city, root, advice=False), (Held(whole(root), problem, "last words"),), (problem,)
        )
    first = load(new, city, root, advice=False)
    gone = vanished(new, old, root) if old else {}
    misread = {unit for unit, _ in trial.owners(first.errors)}  # a misspelt key is that, and no loss besides
    gone = {unit: problem for unit, problem in gone.items() if unit not in misread}
    problems = tuple(sorted({*first.problems, *gone.values()}))
    if not gone and first.knowledge is not None:
        return Effective(new, first, (), problems)
    for unit, problem in (*gone.items(), *_unreadable(new, root)):
        if old or unit.is_translation:
            trial.hold(unit, problem)
    loaded = trial.run()
    if loaded.knowledge is None and old:
        loaded = trial.give_up(first)
    return Effective(trial.files, loaded, trial.held, problems)


class _Trial:
    """Units held back so far, and what that leads to."""

    def __init__(self, new: Files, old: Files, city: str, root: str) -> None:
        self.new, self.old, self.city, self.root = new, old, city, root
        self.files = dict(new)
        self._held: dict[Unit, Problem] = {}
        self._spoilt: set[Unit] = set()  # what was right for an older Lotse, and is not for this one

    @cached_property
    def _changed(self) -> dict[Unit, None]:
        return dict.fromkeys(changed(self.new, self.old)) if self.old else {}

    @cached_property
    def _now(self) -> dict[Unit, tuple[str, Piece]]:
        return units(self.new)

    @cached_property
    def _before(self) -> dict[Unit, tuple[str, Piece]]:
        return units(self.old)

    def hold(self, unit: Unit, problem: Problem) -> None:
        """``unit``, and what only makes sense with it: its translations and their stamps."""
        self._held.setdefault(unit, problem)
        if unit.kind != "words":
            return
        follow = [replace(unit, kind="status")]
        if not unit.is_translation:
            same_topic = [one for one in self._changed if (one.scope, one.id) == (unit.scope, unit.id)]
            follow += [one for one in same_topic if one.kind in ("words", "status")]
        for one in follow:
            if one in self._now or one in self._before:
                self._held.setdefault(one, problem)

    def run(self) -> Loaded:
        """Hold back more and more, until what is left is right, or nothing more can be held back."""
        loaded = self._load()
        for _ in range(ROUNDS):
            if loaded.knowledge is not None:
                return loaded
            if guilty := self._guilty(loaded.errors):
                for unit, problem in guilty.items():
                    self.hold(unit, problem)
                loaded = self._load()
                continue
            found = self._widened(loaded)
            if found.knowledge is not None:
                return found
            spoilt = {unit: error for unit, error in self.owners(loaded.errors) if unit.is_translation}
            if not spoilt.keys() - self._spoilt:
                break
            self._spoilt |= spoilt.keys()
            for unit, problem in spoilt.items():
                self.hold(unit, problem)
            loaded = self._load()
        return loaded

    def give_up(self, first: Loaded) -> Loaded:
        """Everything as it last was."""
        problem = first.errors[0] if first.errors else next(iter(self._held.values()))
        self._held = {**dict.fromkeys(self._changed, problem), **self._held}
        self.files = dict(self.old)
        return load(self.files, self.city, self.root, advice=False)

    @property
    def held(self) -> tuple[Held, ...]:
        """What an editor must see to: stamps only follow the words that they belong to."""
        return tuple(
            Held(unit, problem, self._instead(unit))
            for unit, problem in sorted(self._held.items())
            if not (unit.kind == "status" and replace(unit, kind="words") in self._held)
        )

    def _instead(self, unit: Unit) -> Instead:
        if self._as_before(unit):
            return "last words"
        return "German" if unit.is_translation else "nothing"

    def _as_before(self, unit: Unit) -> bool:
        """Whether the last words of ``unit`` may stand: not if they were made from other German ones."""
        if unit.kind == "file":
            return "/".join(filter(None, (unit.scope, unit.language, unit.id))) in self.old
        if unit not in self._before or unit in self._spoilt or not unit.is_translation:
            return unit in self._before and unit not in self._spoilt
        german = Unit(unit.scope, "words", SOURCE, unit.id)
        return german in self._held or same_german(replace(unit, kind="words"), self._now, self._before)

    def _load(self) -> Loaded:
        self.files = spliced(self.new, self.old, {unit: self._as_before(unit) for unit in self._held})
        return load(self.files, self.city, self.root, advice=False)

    def owners(self, errors: Iterable[Problem]) -> Iterator[tuple[Unit, Problem]]:
        """Each error with the unit in which it stands, and its place in the editor's files."""
        for error in errors:
            path = error.place.path.removeprefix(f"{self.root}/")
            unit = owner(self.files, path, error.place.line)
            yield unit, replace(error, place=self._place(path, unit, error.place))

    def _guilty(self, errors: Iterable[Problem]) -> dict[Unit, Problem]:
        """Where the errors stand, if it can be held back: of what was never right, only translations."""
        found: dict[Unit, Problem] = {}
        for unit, error in self.owners(errors):
            is_new = (unit in self._changed or unit.kind == "file") if self.old else unit.is_translation
            if is_new and unit not in self._held:
                found.setdefault(unit, error)
        return found

    def _place(self, path: str, unit: Unit, place: Place) -> Place:
        """Where ``place`` of the files that were tried stands in the editor's."""
        tried, written = (
            cut(path, files[path]).piece(unit) if path in files else None for files in (self.files, self.new)
        )
        if tried is None or written is None or not place.line:
            return place
        return replace(place, line=place.line + written.line - tried.line)

    def _widened(self, loaded: Loaded) -> Loaded:
        """The errors stand in what did not change: something else did. Hold back that, as little of it as will do."""
        if not self.old or not loaded.errors:
            return loaded
        error = loaded.errors[0]
        near = {
            owner(self.files, each.place.path.removeprefix(f"{self.root}/"), each.place.line).id
            for each in loaded.errors
        }
        for wanted in (lambda unit: unit.id in near, lambda unit: unit.kind != "words", lambda _: True):
            more = [unit for unit in self._changed if unit not in self._held and wanted(unit)]
            if not more:
                continue
            before = dict(self._held)
            for unit in more:
                self.hold(unit, error)
            tried = self._load()
            if tried.knowledge is not None:
                return self._released(more, before, tried, error)
            self._held = before
        self._load()
        return loaded

    def _released(self, more: list[Unit], before: Mapping[Unit, Problem], loaded: Loaded, error: Problem) -> Loaded:
        """Of ``more`` let go what need not be held back."""
        needed = list(more)
        for unit in more if len(more) <= MANY else ():
            fewer = [one for one in needed if one != unit]
            self._held = dict(before)
            for one in fewer:
                self.hold(one, error)
            tried = self._load()
            if tried.knowledge is not None:
                needed, loaded = fewer, tried
        self._held = dict(before)
        for one in needed:
            self.hold(one, error)
        self._load()
        return loaded


def _unreadable(files: Files, root: str) -> Iterator[tuple[Unit, Problem]]:
    """Of files that cannot be read, the units that are why; each is read alone."""
    for path, content in files.items():
        document, problems = parse(f"{root}/{path}", content)
        if not problems or document.value:
            continue
        for piece in cut(path, content).pieces:
            _, found = parse(f"{root}/{path}", piece.text)
            if "\ufffd" in piece.text:
                yield piece.unit, problems[0]
            elif found:
                place = found[0].place
                yield piece.unit, replace(found[0], place=replace(place, line=place.line + piece.line - 1))
