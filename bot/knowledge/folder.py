"""The folders that editors and translators write, read as files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bot.content.load import cities
from bot.errors import UsageError
from bot.presentation.i18n import Catalogues


def read_folder(folder: Path) -> dict[str, bytes]:
    """All YAML files below ``folder``, by their path in it. Raises UsageError when it is no folder."""
    if not folder.is_dir():
        raise UsageError(f"{folder}: there is no such folder. Name the knowledge folder with --knowledge DIR.")
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in sorted(folder.rglob("*.y*ml"))
        if path.is_file() and "schema" not in path.parts and not path.name.startswith(".")
    }


def read_translations(folder: Path) -> Catalogues:
    """The catalogues in ``folder``/LANGUAGE/LC_MESSAGES/lotse.po."""
    return Catalogues({path.parts[-3]: path.read_bytes() for path in sorted(folder.glob("*/LC_MESSAGES/lotse.po"))})


def city_in(files: Mapping[str, bytes], wanted: str | None, default: str) -> str:
    """The city to load: ``wanted``, else ``default``, else the only one there is, else Germany alone."""
    found = cities(files)
    if wanted:
        if wanted not in found:
            raise UsageError(f'There is no city "{wanted}" here. There are: {", ".join(found) or "none"}.')
        return wanted
    if default in found:
        return default
    return found[0] if len(found) == 1 else "germany"


def fingerprint(folder: Path) -> tuple[tuple[str, int, int], ...]:
    """Changes whenever a file below ``folder`` is saved, added or removed. Asked every second: 2 ms for 560 files."""
    found: list[tuple[str, int, int]] = []
    folders = [str(folder)]
    while folders:
        with suppress(OSError), os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                elif entry.name.endswith(("yaml", "yml")):
                    with suppress(OSError):  # an editor is just replacing it
                        status = entry.stat()
                        found.append((entry.path, status.st_mtime_ns, status.st_size))
    return tuple(sorted(found))
