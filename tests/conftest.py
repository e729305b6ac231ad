"""Shared by all tests: a small invented town's knowledge, and dialogues as lists of turns."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from bot.content.load import load
from bot.knowledge.folder import read_folder, read_translations

# How long an example takes depends on the machine, and speed is measured in benchmarks/.
# In CI the same examples are drawn each time: what one draw in a thousand shows is for whoever works here, not for a release.
settings.register_profile(
    "lotse", deadline=None, suppress_health_check=[HealthCheck.too_slow], derandomize="CI" in os.environ
)
settings.load_profile("lotse")

ROOT = Path(__file__).parent.parent
SMALL = ROOT / "tests" / "fixtures" / "knowledge"


@pytest.fixture(scope="session")
def small_files():
    return read_folder(SMALL)


@pytest.fixture(scope="session")
def small(small_files):
    loaded = load(small_files, "musterstadt")
    assert loaded.knowledge is not None, loaded.problems
    return loaded.knowledge


@pytest.fixture(scope="session")
def catalogues():
    return read_translations(ROOT / "translations")
