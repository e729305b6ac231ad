"""The knowledge's history: git itself, as a process. It is where editors and Weblate already meet."""

from __future__ import annotations

import os
import shutil
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

MAIL = "office@lotse.invalid"  # no address of anybody: the name says who it was
LOCKED_SECONDS = 3.0
SECONDS = 30
NOT_IN_GIT = "Hier gibt es keinen Verlauf: Die Texte liegen nicht in git."


class GitError(Exception):
    """git cannot do it; the text is German and says what to do."""


@dataclass(frozen=True)
class Commit:
    """One change. ``at``: seconds since 1970. ``paths``: below the knowledge folder."""

    id: str
    at: float
    author: str
    subject: str
    paths: tuple[str, ...]


@dataclass(frozen=True)
class Repository:
    """``folder``: the knowledge folder; ``git``: the program."""

    folder: Path
    git: str

    def _run(self, *arguments: str, text: str = "", name: str = "") -> str:
        """What git says. Raises GitError."""
        clean = {key: value for key, value in os.environ.items() if not key.startswith("GIT_")}
        who = {"GIT_AUTHOR_NAME": name or "Lotse", "GIT_AUTHOR_EMAIL": MAIL}
        committer = {"GIT_COMMITTER_NAME": "Lotse", "GIT_COMMITTER_EMAIL": MAIL, "LC_ALL": "C.UTF-8"}
        options = ("-c", "core.hooksPath=/dev/null", "-c", "commit.gpgSign=false", "-c", "core.quotePath=false")
        stop = time.monotonic() + LOCKED_SECONDS
        while True:
            try:
                done = subprocess.run(  # noqa: S603 # arguments are ours; names go by the environment, texts by stdin
                    [self.git, *options, *arguments],
                    cwd=self.folder,
                    env={**clean, **who, **committer},
                    input=text.encode(),
                    capture_output=True,
                    timeout=SECONDS,
                    check=False,
                )
            except (OSError, subprocess.TimeoutExpired) as error:
                raise GitError("git antwortet nicht.") from error
            if done.returncode == 0:
                return done.stdout.decode("utf-8", "replace")
            why = done.stderr.decode("utf-8", "replace")
            if ".lock" not in why or time.monotonic() > stop:
                raise GitError(_worded(why))
            time.sleep(0.2)

    def check(self) -> None:
        """Raises GitError while a merge is under way: what is written now would be lost in it."""
        where = Path(self._run("rev-parse", "--absolute-git-dir").strip())
        under_way = ("MERGE_HEAD", "rebase-merge", "rebase-apply", "CHERRY_PICK_HEAD")
        if any((where / name).exists() for name in under_way):
            raise GitError(
                "In git ist ein Zusammenführen (Merge) nicht beendet. Bitten Sie Ihre IT-Stelle, es zu beenden."
            )

    def changed(self) -> tuple[str, ...]:
        """Files that were changed and not committed, below the knowledge folder."""
        out = self._run("status", "--porcelain", "-z", "--no-renames", "--untracked-files=all", "--", ".")
        prefix = self._run("rev-parse", "--show-prefix").strip()
        paths = [entry[3:] for entry in out.split("\0") if entry]
        return tuple(path.removeprefix(prefix) for path in paths if path.endswith((".yaml", ".yml", ".txt")))

    def commit(self, paths: Sequence[str], message: str, author: str) -> None:
        """Commit these files alone, whatever else is changed. Raises GitError; then nothing is committed."""
        self._run("add", "--", *paths)
        try:
            self._run("commit", "--quiet", "--only", "--file=-", "--", *paths, text=message, name=author)
        except GitError:
            self._run("reset", "--quiet", "--", *paths)
            raise

    def log(self, paths: Sequence[str], most: int = 40) -> list[Commit]:
        """Changes of these files, the newest first."""
        marks = "--format=%x1e%H%x1f%at%x1f%an%x1f%s%x1f"
        out = self._run("log", f"-n{most}", marks, "--name-only", "-z", "--relative", "--", *paths)
        found = []
        for entry in out.split("\x1e")[1:]:
            id_, at, author, subject, names = entry.split("\x1f", 4)
            files = tuple(name for name in names.replace("\n", "\0").split("\0") if name.strip())
            found.append(Commit(id_, float(at), author, subject, files))
        return found

    def show(self, commit: str, path: str) -> bytes:
        """A file as of a commit; b"" when it was not there."""
        return _show(self, commit, path)


@lru_cache(maxsize=512)
def _show(repository: Repository, commit: str, path: str) -> bytes:
    try:
        return repository._run("show", f"{commit}:./{path}").encode()  # noqa: SLF001 # of the same module
    except GitError:
        return b""


def _worded(why: str) -> str:
    if ".lock" in why:
        return (
            "git ist gerade gesperrt, weil ein anderes Programm darin arbeitet. "
            "Bitte versuchen Sie es gleich noch einmal."
        )
    if "nmerged" in why or "conflict" in why or "merge" in why:
        return "In git gibt es einen Konflikt. Bitten Sie Ihre IT-Stelle, ihn zu lösen."
    if "No space left" in why:
        return "Der Speicher ist voll. Bitten Sie Ihre IT-Stelle, Platz zu schaffen."
    if "not a git repository" in why:
        return NOT_IN_GIT
    if "dubious ownership" in why:
        return "git liest den Ordner mit den Texten nicht: Er gehört jemand anderem. Bitte fragen Sie Ihre IT-Stelle."
    if "ermission denied" in why or "Read-only" in why:
        return "git darf in diesem Ordner nichts schreiben. Bitten Sie Ihre IT-Stelle um Hilfe."
    return "git konnte die Änderung nicht aufschreiben. Bitten Sie Ihre IT-Stelle um Hilfe."


def no_history(folder: Path) -> str:
    """Why ``repository_of`` gives None, in German."""
    program = shutil.which("git")
    if program is None:
        return "Hier gibt es keinen Verlauf: Das Programm git fehlt. Bitten Sie Ihre IT-Stelle, es einzurichten."
    try:
        Repository(folder, program)._run("rev-parse")  # noqa: SLF001 # of the same module
    except GitError as error:
        return str(error)
    return NOT_IN_GIT


def repository_of(folder: Path) -> Repository | None:
    """The repository that the folder is in; None without git, or where the folder is in none."""
    git = shutil.which("git")
    if git is None or not folder.is_dir():
        return None
    found = Repository(folder, git)
    try:
        inside = found._run("rev-parse", "--is-inside-work-tree").strip()  # noqa: SLF001 # of the same module
    except GitError:
        return None
    return found if inside == "true" else None
