"""Writing status.yaml: which German text a translation belongs to, and who has read it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import yaml

from bot.content.hashing import german_hash
from bot.content.problems import Problem
from bot.content.scopes import SOURCE, read_scope


def stamp(files: Mapping[str, bytes], language: str, topic: str, by: str, on: date) -> dict[str, str]:
    """Path to new text of every status.yaml that changes. ``topic`` "all": every one whose stamp does not hold.

    A stamp for "all" never turns a reviewed text into a machine's, and never claims a review.
    """
    changed = {}
    for folder in sorted({path.split("/")[0] for path in files}):
        problems: list[Problem] = []
        scope = read_scope(files, folder, "", problems)
        entries = {id_: entry.model_dump() for (code, id_), entry in scope.status.items() if code == language}
        before = dict(entries)
        for code, id_ in scope.words:
            german = scope.words.get((SOURCE, id_))
            if code != language or german is None or topic not in ("all", id_):
                continue
            fresh = german_hash(german)
            if topic == "all" and (old := entries.get(id_)) and (old["translated_from"] == fresh or old["by"]):
                continue
            state = "reviewed" if by and topic != "all" else "machine"
            entries[id_] = {"translated_from": fresh, "state": state, "by": by if topic != "all" else "", "on": str(on)}
        if entries != before:
            text = yaml.safe_dump(entries, allow_unicode=True, sort_keys=True, default_flow_style=None, width=120)
            changed[f"{folder}/{language}/status.yaml"] = f"# Written by `lotse stamp`.\n{text}"
    return changed
