"""The knowledge as it was: in what last ran here, and in what git holds. What is gone since is a loss or is meant."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from bot.config import Settings
from bot.content.effective import of_city
from bot.content.problems import Problem
from bot.content.removal import vanished
from bot.content.units import Files
from bot.knowledge.last_good import LastGood

MAIN = ("origin/HEAD", "origin/main", "origin/master", "main", "master")


def missing(settings: Settings, files: Files, city: str) -> Iterator[Problem]:
    """What one city's askers would not read any more."""
    last = LastGood.of(settings.var, settings.knowledge, city).read().files
    for before in (last, committed(settings.knowledge)):
        if before:
            yield from vanished(of_city(files, city), of_city(before, city), str(settings.knowledge)).values()


def committed(folder: Path) -> dict[str, bytes]:
    """The YAML files below ``folder`` as they were where this branch left the main one, on that in its last commit.

    Nothing, where there is no git, or ``folder`` is not in it.
    """
    git = shutil.which("git")
    if git is None or not folder.is_dir():
        return {}

    def run(*arguments: str, given: bytes = b"") -> bytes:
        command = [git, "-C", str(folder), *arguments]
        done = subprocess.run(command, input=given, capture_output=True, check=False)  # noqa: S603  # no shell
        return done.stdout if done.returncode == 0 else b""

    found = (run("merge-base", "HEAD", name).decode().strip() for name in MAIN)
    base = next(filter(None, found), "HEAD")
    entries = [row.split("\t", 1) for row in run("ls-tree", "-r", "-z", base, ".").decode().split("\0") if row]
    wanted = [(path, about.split()[2]) for about, path in entries if path.endswith((".yaml", ".yml"))]
    wanted = [(path, name) for path, name in wanted if "schema" not in Path(path).parts]
    answer = run("cat-file", "--batch", given="".join(f"{name}\n" for _, name in wanted).encode())
    files: dict[str, bytes] = {}
    at = 0
    for path, _ in wanted:  # each: "NAME blob SIZE", a new line, the content, a new line
        head = answer.index(b"\n", at)
        size = int(answer[at:head].split()[2])
        files[path] = answer[head + 1 : head + 1 + size]
        at = head + size + 2
    return files
