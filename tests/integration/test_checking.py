"""`lotse check` remembers what it found: nothing is read by the matcher twice, and every edit is seen."""

from __future__ import annotations

import shutil
from datetime import date

import pytest

from bot.config import load_settings
from bot.knowledge.folder import read_folder
from bot.tools import checking
from tests.conftest import SMALL

DAY = date(2026, 11, 30)


@pytest.fixture
def settings(tmp_path):
    folder = tmp_path / "knowledge"
    shutil.copytree(SMALL, folder)
    return load_settings(knowledge=folder).model_copy(update={"var": tmp_path / "var", "model": "none"})


@pytest.fixture
def built(monkeypatch):
    """The cities that a matcher was built for."""
    found = []
    real = checking.Brain.build

    def build(self, knowledge):
        found.append(knowledge.city_id)
        return real(self, knowledge)

    monkeypatch.setattr(checking.Brain, "build", build)
    return found


def check(settings, day=DAY):
    run = checking.Checking(settings, read_folder(settings.knowledge), day)
    return sorted({str(problem) for problem in run.problems(("musterstadt",), together=True)})


def edit(settings, path, old, new):
    file = settings.knowledge / path
    file.write_text(file.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")


@pytest.mark.parametrize(
    ("change", "again"),
    [
        # nothing: all is remembered
        (lambda settings: None, []),
        # a city's file concerns the city
        (lambda settings: edit(settings, "musterstadt/de/all.yaml", "im Sommer", "im Winter"), ["musterstadt"]),
        # Germany's concerns all
        (lambda settings: edit(settings, "germany/de/all.yaml", "sofort", "gleich"), ["germany", "musterstadt"]),
        # what cannot be read is remembered, too, and nothing is built of it
        (lambda settings: edit(settings, "musterstadt/de/all.yaml", "title:", "titel:"), []),
    ],
)
def test_what_did_not_change_is_not_read_again(settings, built, change, again):
    first = check(settings)
    assert built == ["germany", "musterstadt"]
    change(settings)
    second = check(settings)
    assert built[2:] == again
    assert check(settings) == second
    assert built[2:] == again
    assert ("titel" in str(second)) == ("titel" in (settings.knowledge / "musterstadt/de/all.yaml").read_text())
    assert first


def test_another_day_has_other_reviews_due(settings, built):
    assert not [problem for problem in check(settings) if "the review date" in problem]
    assert [problem for problem in check(settings, date(2027, 3, 1)) if "the review date" in problem]


def test_one_city_alone_has_germanys_warnings_too(settings):
    run = checking.Checking(settings, read_folder(settings.knowledge), DAY)
    alone = {str(problem) for problem in run.problems(("musterstadt",), together=False)}
    assert alone == set(check(settings))
