"""What was changed of a topic or place, by whom, in words; and taking one change back. Pure but for git."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bot.console.entries import Changed, Entry, Field, shown
from bot.console.git import Repository
from bot.content.yaml_edit import value_at
from bot.content.yaml_source import parse

MOST = 30


@dataclass(frozen=True)
class Step:
    """One commit's changes of the entries."""

    commit: str
    at: float
    author: str
    changes: tuple[Changed, ...]


def history(repository: Repository, entries: Sequence[Entry]) -> list[Step]:
    """The newest first. Raises GitError."""
    steps = []
    for commit in repository.log(sorted({entry.path for entry in entries}), MOST):
        changes = [change for entry in entries for change in _changes(repository, commit.id, entry)]
        if changes:
            steps.append(Step(commit.id, commit.at, commit.author, tuple(changes)))
    return steps


def _changes(repository: Repository, commit: str, entry: Entry) -> list[Changed]:
    old, new = (_read(repository, version, entry) for version in (f"{commit}^", commit))
    found = []
    for field in entry.fields:
        before, after = (_value(value, field) for value in (old, new))
        if before != after:
            known = Field(field.name, field.label, field.kind, field.keys, before, field.order)
            found.append(Changed(entry.path, known, after))
    return found


def _read(repository: Repository, version: str, entry: Entry) -> object:
    return value_at(parse(entry.path, repository.show(version, entry.path))[0].value, entry.keys)


def _value(value: object, field: Field) -> str:
    # The entry's own keys are as long in every field: what is left leads from the entry to the field.
    start = 2 if field.keys[0] in ("topics", "places") else 1
    return shown(value_at(value, field.keys[start:])) if isinstance(value, dict) else ""


def back(step: Step, entries: Sequence[Entry]) -> tuple[list[Changed], list[Changed]]:
    """The changes that take a step back; and those that cannot go back, as somebody has changed the field since."""
    now: Mapping[tuple[str, ...], Field] = {field.keys: field for entry in entries for field in entry.fields}
    undone, stuck = [], []
    for change in step.changes:
        current = now.get(change.field.keys)
        if current is None or current.value.strip() != change.after.strip():
            stuck.append(change)
        else:
            undone.append(Changed(change.path, current, change.field.value))
    return undone, stuck
