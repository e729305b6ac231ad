"""Embeddings seen by what tells topics apart."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching.discriminant import ENOUGH, Discriminant
from bot.matching.rows import Rows

DIMENSION, EACH = 160, 12
RANDOM = np.random.default_rng(1)


def phrases(topics: int) -> tuple[np.ndarray, np.ndarray]:
    """Phrases whose topic is a small part of them: how somebody types is the larger one. The last owner is outside."""
    subject, manner = RANDOM.normal(size=(topics, 40)), 3 * RANDOM.normal(size=(topics + 1, EACH, DIMENSION - 40))
    vectors = np.zeros((topics + 1, EACH, DIMENSION))
    vectors[:topics, :, :40], vectors[:, :, 40:] = subject[:, None], manner
    vectors = vectors.reshape(-1, DIMENSION)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors.astype(np.float32), np.repeat(np.arange(topics + 1), EACH)


def right(index: Discriminant, vectors: np.ndarray, owners: np.ndarray, outside: int) -> float:
    """Of the phrases, asked without themselves, the share whose nearest is of the same topic."""
    found = []
    for row in np.flatnonzero(owners != outside):
        cosines = index.cosines(vectors[row])
        cosines[row] = -1
        found.append(owners[cosines.argmax()] == owners[row])
    return float(np.mean(found))


def test_what_tells_topics_apart_counts():
    vectors, owners = phrases(ENOUGH)
    index = Discriminant(Rows.of(vectors), owners, ENOUGH)
    cosines = vectors @ vectors.T
    np.fill_diagonal(cosines, -1)
    ours = owners != ENOUGH
    assert (owners[cosines.argmax(axis=1)] == owners)[ours].mean() < 0.3
    assert right(index, vectors, owners, ENOUGH) > 0.9
    assert np.abs(index.cosines(vectors[0])).max() < 1.01


def test_few_topics_are_compared_as_they_are():
    vectors, owners = phrases(ENOUGH - 1)
    index = Discriminant(Rows.of(vectors), owners, ENOUGH - 1)
    assert index.cosines(vectors[0]) == pytest.approx(vectors @ vectors[0], abs=0.01)


@pytest.mark.parametrize("each", [1, EACH])  # a phrase a topic shows nothing of how phrases differ
def test_a_phrase_a_topic(each):
    vectors, owners = phrases(ENOUGH)
    vectors, owners = vectors[:: EACH // each], owners[:: EACH // each]
    found = Discriminant(Rows.of(vectors), owners, ENOUGH).cosines(vectors[3])
    assert found.argmax() == 3
    assert np.isfinite(found).all()


def test_no_phrases_and_a_vector_in_the_middle():
    assert (
        Discriminant(Rows.none(DIMENSION), np.zeros(0, np.int64), 3).cosines(np.zeros(DIMENSION, np.float32)).size == 0
    )
    vectors, owners = phrases(ENOUGH)
    assert not Discriminant(Rows.of(vectors), owners, ENOUGH).cosines(np.zeros(DIMENSION, np.float32)).any()


def test_after_a_small_edit_it_is_seen_as_before():
    vectors, owners = phrases(ENOUGH)
    before = Discriminant(Rows.of(vectors), owners, ENOUGH)
    rows = np.array([9, *range(5, len(vectors)), -1])  # another order, some are gone, one is new
    edited, new = np.vstack([vectors[rows[:-1]], vectors[3]]), np.append(owners[rows[:-1]], owners[3])
    again = Discriminant(Rows.of(edited), new, ENOUGH, (before, rows))
    assert again.cosines(vectors[9]) == pytest.approx(before.cosines(vectors[9])[[*rows[:-1], 3]])
