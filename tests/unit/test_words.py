"""Words as the matcher keeps them: what comes out is what went in, whatever the script."""

from __future__ import annotations

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.embedder import Keys, key_of
from bot.matching.words import Counts, Lists, Stowed, Texts

TEXTS = st.lists(st.text(max_size=12), max_size=20)


@given(TEXTS)
def test_texts_come_out_as_they_went_in(texts):
    kept = Texts(texts)
    assert list(kept) == texts
    assert [kept[row] for row in range(len(kept))] == texts


@given(TEXTS, st.text(max_size=12))
def test_counts_are_those_of_a_counter(words, other):
    words = [word.replace("\0", "") for word in words]
    counts = Counter(words)
    assert all(Counts(counts)[word] == counts[word] for word in [*words, other.replace("\0", "")])


@given(st.dictionaries(st.text("aبїệ ", max_size=5), st.lists(st.text(max_size=5), min_size=1, max_size=4), max_size=9))
def test_lists_keep_their_order(found):
    kept = Lists(found)
    assert bool(kept) == bool(found)
    assert {key: kept.get(key) for key in found} == found
    assert kept.get("not there") == []


def test_what_is_stowed_is_made_again_at_each_call():
    stowed = Stowed({"a": [1]})
    stowed.take()["a"].append(2)
    assert stowed.take() == {"a": [1]}


@given(st.lists(st.integers(0, 99), unique=True, max_size=30), st.lists(st.integers(0, 99), max_size=10))
def test_keys_are_found_in_their_rows(there, asked):
    # With keys that end in zeros, which numpy leaves out of what it shows.
    keys = [key_of(str(number))[:14] + (b"\0\0" if number % 3 else b"\1\0") for number in range(100)]
    kept = Keys([keys[number] for number in there])
    assert list(kept) == [keys[number] for number in there]
    assert kept.rows([keys[number] for number in asked]).tolist() == [
        there.index(number) if number in there else -1 for number in asked
    ]


def test_a_text_that_is_not_learned_has_no_row():
    with pytest.raises(IndexError):
        Keys([b"0" * 16])[1]
