"""What speaks for each owner in the n-grams of all its phrases together: multinomial naive Bayes.

The best cosine wants one phrase that is like the question. A story is like none, but what it tells of stands in the
phrases of a topic, this here and that there. Measured on questions by others, with the knowledge as it was before they
were read: benchmarks/README.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.matching.ngrams import Scores
from bot.matching.shelf import Shelf

SMOOTH = 0.02  # what each n-gram weighs in an owner's phrases besides; all of one phrase's weigh some five
_BLOCK = 128  # n-grams; the frequent ones stand in half of all texts


class Bayes:
    """For each n-gram the owners whose phrases hold it, and the logarithm of what it gains them over all others."""

    def __init__(self, shelf: Shelf, owners: NDArray[np.int64], classes: int) -> None:
        """``owners``: of each text on the ``shelf``, ``classes`` for nobody's; a text that two share is one's alone."""
        self._classes = classes
        spread, numbers, gains = [np.zeros(1, np.int64)], list[NDArray[np.uint16]](), list[Scores]()
        for start in range(0, shelf.ngrams, _BLOCK):
            mass = shelf.mass(start, min(start + _BLOCK, shelf.ngrams), owners, classes + 1)[:, :classes]
            spread.append(np.count_nonzero(mass, axis=1))
            numbers.append(np.nonzero(mass)[1].astype(np.uint16))
            gains.append(np.log1p(mass[mass > 0] / SMOOTH).astype(np.float32))
        self._starts = np.cumsum(np.concatenate(spread)).astype(np.int32)
        self._numbers = np.concatenate([np.zeros(0, np.uint16), *numbers])
        self._gains = np.concatenate([np.zeros(0, np.float32), *gains])

    def scores(self, numbers: NDArray[np.int64], weights: Scores, held: NDArray[np.float64]) -> NDArray[np.float64]:
        """One number an owner, their mean 0. ``numbers``, ``weights``: what ``Postings.weigh`` gives; ``held``: what
        all phrases of each owner weigh in the question's script."""
        if not len(numbers):
            return np.zeros(self._classes)
        pairs = list(zip(self._starts[numbers].tolist(), self._starts[numbers + 1].tolist(), strict=True))
        owners = np.concatenate([self._numbers[start:end] for start, end in pairs])
        gains = np.concatenate([self._gains[start:end] for start, end in pairs])
        gains *= np.repeat(weights, [end - start for start, end in pairs])
        found = np.bincount(owners, weights=gains, minlength=self._classes) - weights.sum() * np.log(
            held + SMOOTH * (len(self._starts) - 1)
        )
        return np.asarray(found - found.mean())
