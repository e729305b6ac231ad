"""Logistic regression: the weights that tell classes apart, by L-BFGS on numpy alone.

The same problem as scikit-learn's ``LogisticRegression`` (many classes: softmax; two: one row of weights; the constant
is not held back), to the same precision; the library is three times as large as everything else Lotse installs.
"""

from __future__ import annotations

from collections import deque

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.float32]
Weights = NDArray[np.float64]

ROUNDS = 150
SLOPE = 1e-4  # of the mean loss: flat enough
KEPT = 10  # earlier steps that tell the curvature
_TRIES = 20


def fit(vectors: Rows, targets: NDArray[np.int64], classes: int, strength: float, start: Weights) -> Weights:
    """(classes, dimension + 1), the constant last; for two classes the first row is the second's opposite.

    ``targets``: the class of each row; ``strength``: as scikit-learn's C; ``start``: weights to begin with.
    """
    problem = _Problem(vectors, targets, classes, strength)
    begin = start[1:] if classes == 2 else start
    found = _descend(problem, begin.astype(np.float64).ravel()).reshape(-1, vectors.shape[1] + 1)
    return np.vstack([-found, found]) if classes == 2 else found


class _Problem:
    def __init__(self, vectors: Rows, targets: NDArray[np.int64], classes: int, strength: float) -> None:
        self._vectors, self._targets = vectors, targets
        self._rows, self._held = np.arange(len(targets)), 1.0 / (strength * len(targets))
        self._classes = classes

    def __call__(self, flat: Weights) -> tuple[float, Weights]:
        """The mean loss and its slope."""
        weights = flat.reshape(-1, self._vectors.shape[1] + 1)
        small = weights.astype(np.float32)
        scores = self._vectors @ small[:, :-1].T + small[:, -1]
        if self._classes == 2:
            scores = np.hstack([np.zeros_like(scores), scores])
        scores -= scores.max(axis=1, keepdims=True)
        right = scores[self._rows, self._targets].astype(np.float64)
        np.exp(scores, out=scores)
        total = scores.sum(axis=1, keepdims=True)
        loss = float((np.log(total[:, 0].astype(np.float64)) - right).mean())
        scores /= total
        scores[self._rows, self._targets] -= 1
        wrong = scores[:, 1:] if self._classes == 2 else scores
        slope = np.empty_like(weights)
        slope[:, :-1] = wrong.T @ self._vectors
        slope[:, -1] = wrong.sum(axis=0, dtype=np.float64)
        slope /= len(self._targets)
        slope[:, :-1] += self._held * weights[:, :-1]
        return loss + 0.5 * self._held * float((weights[:, :-1] ** 2).sum()), slope.ravel()


def _descend(problem: _Problem, place: Weights) -> Weights:
    """L-BFGS."""
    loss, slope = problem(place)
    steps: deque[tuple[Weights, Weights, float]] = deque(maxlen=KEPT)
    for _ in range(ROUNDS):
        if np.abs(slope).max() <= SLOPE:
            break
        way = _direction(slope, steps)
        down = float(way @ slope)
        if down >= 0:  # numbers ran out of precision: start over from the plain slope
            steps.clear()
            way, down = -slope, -float(slope @ slope)
        found = _search(problem, place, loss, way, down, 1.0 if steps else 1.0 / float(np.linalg.norm(way)))
        if found is None:
            break
        there, loss_there, slope_there = found
        moved, bent = there - place, slope_there - slope
        if (curve := float(moved @ bent)) > 1e-12:
            steps.append((moved, bent, curve))
        place, loss, slope = there, loss_there, slope_there
    return place


def _search(
    problem: _Problem, place: Weights, loss: float, way: Weights, down: float, length: float
) -> tuple[Weights, float, Weights] | None:
    """A step that helps enough and ends where it is less steep (Wolfe): halved or doubled until it does."""
    best = None
    shortest, longest = 0.0, np.inf
    for _ in range(_TRIES):
        there = place + length * way
        loss_there, slope_there = problem(there)
        if loss_there > loss + 1e-4 * length * down:
            longest = length
        else:
            best = (there, loss_there, slope_there)
            if float(way @ slope_there) >= 0.9 * down:
                return best
            shortest = length
        length = 2 * length if longest == np.inf else (shortest + longest) / 2
    return best


def _direction(slope: Weights, steps: deque[tuple[Weights, Weights, float]]) -> Weights:
    """The two loops of L-BFGS."""
    way = -slope
    shares = []
    for moved, bent, curve in reversed(steps):
        shares.append(float(moved @ way) / curve)
        way = way - shares[-1] * bent
    if steps:
        moved, bent, curve = steps[-1]
        way = way * (curve / float(bent @ bent))
    for (moved, bent, curve), share in zip(steps, reversed(shares), strict=True):
        way = way + (share - float(bent @ way) / curve) * moved
    return way
