"""Groups by likeness: small tables of who is like whom."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching.grouping import groups
from bot.matching.language import LanguageDetector
from bot.matching.matcher import SAME_LETTERS, Matcher
from tests.dialogue import NoCache


def likeness(count, *pairs):
    table = np.eye(count, dtype=np.float32)
    for one, two, much in pairs:
        table[one, two] = table[two, one] = much
    return table


@pytest.mark.parametrize(
    ("table", "expected"),
    [
        (np.zeros((0, 0), np.float32), []),
        (likeness(1), [[0]]),
        (likeness(3), [[0], [1], [2]]),  # nothing is like anything
        (likeness(3, (0, 2, 0.9)), [[0, 2], [1]]),
        # the largest group first, in it the one that the others are nearest to
        (likeness(4, (1, 2, 0.9), (2, 3, 0.9), (1, 3, 0.5)), [[2, 1, 3], [0]]),
        # a chain is no group: its ends have nothing in common
        (likeness(3, (0, 1, 0.9), (1, 2, 0.8), (0, 2, -0.5)), [[0, 1], [2]]),
        # all the same
        (np.ones((3, 3), np.float32), [[0, 1, 2]]),
    ],
)
def test_groups(table, expected):
    assert groups(table, 0.5) == expected


def test_without_the_model_letters_tell(small):
    matcher = Matcher(small, None, NoCache(), LanguageDetector())
    texts = ["Ich suche einen Babysitter", "Babysitter gesucht für abends", "Was kostet ein Angelschein?", "", "🙂"]
    table, least = matcher.likeness(texts)
    assert least == SAME_LETTERS
    assert np.allclose(table, table.T, atol=1e-3)
    assert [0, 1] in groups(table, least)
    assert matcher.likeness([])[0].shape == (0, 0)
