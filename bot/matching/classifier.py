"""A linear classifier over embeddings placed in a Space: one row of weights a topic, and one for what is not ours."""

from __future__ import annotations

import warnings
from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from bot.matching.embedder import Cache, Vectors

_STAMP = "\0stamp"  # no topic is called so
MOST_CELLS = 12_000_000  # phrases times classes that are fitted; of a larger knowledge, as many phrases of each class
STRENGTH = 10.0  # sklearn's C; chosen on CLINC150 val among 10, 30 for vectors placed in a Space


class Classifier:
    """``logits(vector)`` gives one number a class, in the order of ``classes``."""

    def __init__(
        self, vectors: Vectors, labels: Sequence[str], classes: Sequence[str], cache: Cache, name: str
    ) -> None:
        """Fit, beginning from what ``cache`` remembers under ``name``; the same input again is not fitted at all."""
        self.classes = tuple(classes)
        stamp = _stamp(vectors, labels)
        stored = cache.load(name)
        before = np.array([stored.get(_key(topic), np.zeros(vectors.shape[1] + 1)) for topic in self.classes])
        if len(self.classes) < 2:
            self._weights, self._bias = np.zeros((len(self.classes), vectors.shape[1])), np.zeros(len(self.classes))
            return
        if (known := stored.get(_key(_STAMP))) is None or known.tobytes() != stamp.tobytes():
            before = _fit(vectors, labels, self.classes, before)
            rows: dict[bytes, Vectors] = {
                _key(topic): row.astype(np.float32) for topic, row in zip(self.classes, before, strict=True)
            }
            cache.save(name, {**rows, _key(_STAMP): stamp})
        self._weights, self._bias = before[:, :-1], before[:, -1]

    def logits(self, vector: Vectors) -> NDArray[np.float64]:
        return np.asarray(self._weights @ vector.astype(np.float64) + self._bias)


def _fit(
    vectors: Vectors, labels: Sequence[str], classes: tuple[str, ...], before: NDArray[np.float64]
) -> NDArray[np.float64]:
    order = {topic: index for index, topic in enumerate(classes)}
    targets = np.array([order[label] for label in labels])
    if targets.size * len(classes) > MOST_CELLS:
        chosen = _evenly(targets, max(MOST_CELLS // len(classes) ** 2, 2))
        vectors, targets = vectors[chosen], targets[chosen]
    model = LogisticRegression(C=STRENGTH, max_iter=150, warm_start=True)
    if before.any() and len(classes) > 2:
        model.coef_, model.intercept_ = before[:, :-1].copy(), before[:, -1].copy()
    with warnings.catch_warnings():
        # Weights that have not settled in 150 rounds are good enough: the order of topics has.
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.filterwarnings("ignore", "The number of unique classes", UserWarning)  # one title a topic will do
        model.fit(vectors, targets)
    if len(classes) == 2:  # sklearn keeps one row for two classes
        return np.hstack([np.vstack([-model.coef_, model.coef_]), [[-model.intercept_[0]], [model.intercept_[0]]]])
    return np.hstack([model.coef_, model.intercept_[:, None]])


def _evenly(targets: NDArray[np.int64], each: int) -> NDArray[np.int64]:
    """At most ``each`` rows of every class, spread over all that it has."""
    rows = []
    for target in np.unique(targets):
        own = np.flatnonzero(targets == target)
        rows.append(own[np.linspace(0, len(own) - 1, min(each, len(own))).astype(int)])
    return np.concatenate(rows)


def _key(topic: str) -> bytes:
    return blake2b(topic.encode(), digest_size=16).digest()


def _stamp(vectors: Vectors, labels: Sequence[str]) -> Vectors:
    """A hash of the training data, dressed as a vector so that it fits the cache."""
    digest = blake2b(digest_size=16)
    digest.update(np.ascontiguousarray(vectors).data)
    digest.update("\n".join(labels).encode())
    row = np.zeros(vectors.shape[1] + 1, dtype=np.float32)
    row[:16] = np.frombuffer(digest.digest(), dtype=np.uint8)
    return row


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities, one a class."""
    raised = np.exp(logits - logits.max())
    return np.asarray(raised / raised.sum())
