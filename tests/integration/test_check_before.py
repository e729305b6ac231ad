"""`lotse check` says what is gone: against the last commit, the point where a branch began, and what last ran."""

from __future__ import annotations

import shutil
import subprocess

import pytest

from bot.config import load_settings
from bot.knowledge.folder import read_folder
from bot.knowledge.last_good import Kept, LastGood
from bot.tools.before import committed, missing
from tests.conftest import SMALL

OWN = "musterstadt/de/all.yaml"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(SMALL, tmp_path / "repository" / "knowledge")
    return tmp_path / "repository" / "knowledge"


def git(folder, *arguments):
    who = ("-c", "user.name=Muster", "-c", "user.email=muster@example.org", "-c", "init.defaultBranch=main")
    subprocess.run(["git", *who, "-C", str(folder.parent), *arguments], check=True, capture_output=True)


def found(folder, tmp_path):
    settings = load_settings(knowledge=folder).model_copy(update={"var": tmp_path / "var"})
    return sorted({problem.what for problem in missing(settings, read_folder(folder), "musterstadt")})


def test_without_git_and_before_a_first_run_nothing_is_known(folder, tmp_path):
    (folder / OWN).unlink()
    assert committed(folder) == {}
    assert found(folder, tmp_path) == []


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_what_was_committed(folder, tmp_path):
    before = read_folder(folder)
    git(folder, "init")
    git(folder, "add", ".")
    git(folder, "commit", "-m", "first")
    assert committed(folder) == before
    assert found(folder, tmp_path) == []
    (folder / OWN).rename(folder / f"{OWN}.txt")
    gone = ["appointment-book was here and is gone.", "town-festival was here and is gone."]
    assert found(folder, tmp_path) == gone
    git(folder, "switch", "-c", "branch")  # committed on a branch it is not less gone
    git(folder, "add", ".")
    git(folder, "commit", "-m", "second")
    assert found(folder, tmp_path) == gone
    removed = "".join(
        f"  - {{topic: {topic}, on: 2026-11-30, why: aufgehoben}}\n" for topic in ("appointment-book", "town-festival")
    )
    (folder / "musterstadt" / "removed.yaml").write_text(f"removed:\n{removed}", encoding="utf-8")
    assert found(folder, tmp_path) == []


def test_what_last_ran(folder, tmp_path):
    LastGood.of(tmp_path / "var", folder, "musterstadt").keep(Kept(read_folder(folder)))
    assert found(folder, tmp_path) == []
    (folder / OWN).write_text("", encoding="utf-8")
    assert found(folder, tmp_path) == ["appointment-book was here and is gone.", "town-festival was here and is gone."]
