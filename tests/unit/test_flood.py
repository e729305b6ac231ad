"""How much one person may write in a minute, and ask in a day: the rest waits, and nobody pays for others."""

from __future__ import annotations

import pytest

from bot.flow import flood
from bot.flow.flood import DAY, WINDOW, Daily, Flood


def test_the_fourth_in_a_minute_waits_until_the_first_is_a_minute_old():
    limit = Flood(3)
    assert [limit.wait("anna", now) for now in (100.0, 110.0, 120.0)] == [0.0, 0.0, 0.0]
    assert limit.wait("anna", 130.0) == 30.0
    assert limit.wait("anna", 159.0) == 1.0  # to ask again costs nothing
    assert limit.wait("anna", 160.0) == 0.0
    assert limit.wait("anna", 161.0) == 9.0  # now the second is the oldest
    assert limit.wait("boris", 130.0) == 0.0  # nobody waits for somebody else


def test_who_writes_too_much_is_told_once_until_they_have_been_quiet():
    limit = Flood(2)
    for now in (0.0, 1.0):
        limit.wait("anna", now)
    assert [limit.first_warning("anna") for _ in range(3)] == [True, False, False]
    assert limit.first_warning("boris")
    limit.wait("anna", WINDOW)  # one place is free: still the same burst
    assert not limit.first_warning("anna")
    limit.wait("anna", 3 * WINDOW)  # after a quiet minute
    assert limit.first_warning("anna")


def test_questions_of_a_day_are_those_of_the_last_24_hours():
    most = Daily(2)
    assert most.left("anna", 0.0) == 2
    most.count("anna", 0.0)
    most.count("anna", 100.0)
    assert most.left("anna", 200.0) == 0
    assert most.left("boris", 200.0) == 2
    assert most.left("anna", DAY - 1) == 0
    assert most.left("anna", DAY) == 1
    assert most.left("anna", DAY + 100.0) == 2


@pytest.mark.parametrize("kept", [2, 3])
def test_of_very_many_the_oldest_are_forgotten(monkeypatch, kept):
    """A stranger with a hundred thousand accounts must not take the memory; who wrote just now still counts."""
    monkeypatch.setattr(flood, "MANY_LANES", kept)
    limit, most = Flood(1), Daily(1)
    names = ["anna", "boris", "clara", "dina"]
    for name in names:
        limit.wait(name, 1.0)
        most.count(name, 1.0)
    assert [limit.wait(name, 2.0) > 0 for name in reversed(names)] == [True] * kept + [False] * (4 - kept)
    assert [most.left(name, 2.0) for name in reversed(names)] == [0] * kept + [1] * (4 - kept)
