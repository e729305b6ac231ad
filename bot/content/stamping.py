"""Writing status.yaml: which German text a translation belongs to, who has read it, and which group has tested it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

import yaml

from bot.content.hashing import german_hash
from bot.content.problems import Problem
from bot.content.scopes import BASE, PLAIN, SOURCE, Scope, read_scope
from bot.errors import UsageError


def stamp(
    files: Mapping[str, bytes], language: str, topic: str, by: str, on: date, tested: str = "", city: str = ""
) -> dict[str, str]:
    """Path to new text of every status.yaml that changes. ``topic`` "all": every one whose stamp does not hold.

    Of one topic only Germany's words are stamped, with ``city`` only that city's: whoever has read the ones has not
    read the others. "all" without ``city`` means every folder.
    A stamp for "all" never turns a reviewed text into a machine's, and never claims a review. ``tested``: the group
    that has tested the plain German text of one topic; with it alone, who has read the text stays as it is. A test
    is kept as long as the words stay. Raises UsageError where a test cannot be noted: in another language, for "all",
    or for words that nobody has read against today's German text.
    """
    if tested and (language != PLAIN or topic == "all"):
        raise UsageError(
            f"A group tests one topic in {PLAIN}: write `lotse stamp {PLAIN} TOPIC --tested-by GROUP`, not "
            f'"{language} {topic}".'
        )
    changed = {}
    folders = sorted({path.split("/")[0] for path in files})
    if city or topic != "all":
        folders = [city or BASE]
    for folder in folders:
        problems: list[Problem] = []
        scope = read_scope(files, folder, "", problems)
        entries = {
            id_: entry.model_dump(exclude_defaults=True) | {"by": entry.by}
            for (code, id_), entry in scope.status.items()
            if code == language
        }
        before = dict(entries)
        for code, id_ in scope.words:
            german = scope.words.get((SOURCE, id_))
            if code != language or german is None or topic not in ("all", id_):
                continue
            fresh = german_hash(german)
            old = entries.get(id_)
            if topic == "all" and old and (old["translated_from"] == fresh or old["by"]):
                continue
            state = "reviewed" if by and topic != "all" else "machine"
            stamped = {"translated_from": fresh, "state": state, "by": by if topic != "all" else "", "on": str(on)}
            if tested and not by:
                if old is None or old["translated_from"] != fresh or old["state"] != "reviewed":
                    raise UsageError(
                        f"{id_}: nobody has read the {PLAIN} text against today's German text. Somebody must, too: add "
                        "`--reviewed-by NAME`."
                    )
                stamped = {name: old[name] for name in stamped}
            entries[id_] = {**stamped, **_test(scope, id_, tested, on)} if language == PLAIN else stamped
        if entries != before:
            changed[f"{folder}/{language}/status.yaml"] = status_text(entries)
    return changed


class _Hash(str):
    """Text that any reader of YAML must see as text: 0e8617051041 is a number to some."""

    __slots__ = ()


class _Dumper(yaml.SafeDumper):
    """Writes hashes in quotes."""


_Dumper.add_representer(_Hash, lambda dumper, text: dumper.represent_scalar("tag:yaml.org,2002:str", text, style='"'))


def status_text(entries: Mapping[str, Mapping[str, str]]) -> str:
    """The file of a language's entries."""
    hashes = ("translated_from", "tested_text")
    quoted = {
        id_: {name: _Hash(value) if name in hashes else value for name, value in entry.items()}
        for id_, entry in entries.items()
    }
    text = yaml.dump(quoted, Dumper=_Dumper, allow_unicode=True, sort_keys=True, default_flow_style=None, width=120)
    return f"# Written by `lotse stamp`.\n{text}"


def _test(scope: Scope, topic: str, group: str, on: date) -> dict[str, str]:
    """The fields of a test by ``group``, or of an earlier one of the same words."""
    read = german_hash(scope.words[PLAIN, topic])
    old = scope.status.get((PLAIN, topic))
    if group:
        return {"tested_by": group, "tested_on": str(on), "tested_text": read}
    if old is not None and old.tested_text == read:
        return {"tested_by": old.tested_by, "tested_on": old.tested_on or str(on), "tested_text": read}
    return {}
