"""What speaks for each owner in the n-grams of all its phrases together: multinomial naive Bayes.

The best cosine wants one phrase that is like the question. A story is like none, but what it tells of stands in the
phrases of a topic, this here and that there. Measured on questions by others, with the knowledge as it was before they
were read: benchmarks/README.md.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bot.matching.ngrams import Scores
from bot.matching.shelf import Shelf
from bot.matching.words import Texts

SMOOTH = 0.02  # what each n-gram weighs in an owner's phrases besides; all of one phrase's weigh some five
_BLOCK = 128  # n-grams; the frequent ones stand in half of all texts

_Owners = NDArray[np.uint16]
_Part = tuple[NDArray[np.int64], _Owners, Scores]  # see ``_Gains``


class _Gains:
    """For each n-gram some owners, and the logarithm of what it gains them over all others."""

    def __init__(self, spread: NDArray[np.int64], owners: _Owners, gains: Scores) -> None:
        """``spread``: how many owners each n-gram has, in turn."""
        self._starts = np.append(0, np.cumsum(spread)).astype(np.int32)
        self._owners, self._gains = owners, gains

    @classmethod
    def joined(cls, parts: Iterable[_Part]) -> _Gains:
        """What it is made of, one part after another."""
        none = (np.zeros(0, np.int64), np.zeros(0, np.uint16), np.zeros(0, np.float32))
        spread, owners, gains = zip(none, *parts, strict=True)
        return cls(np.concatenate(spread), np.concatenate(owners), np.concatenate(gains))

    def of(self, row: int) -> tuple[_Owners, Scores]:
        """Those of one n-gram, by owner."""
        start, end = self._starts[row : row + 2].tolist()
        return self._owners[start:end], self._gains[start:end]


@dataclass(frozen=True)
class _Learned:
    """All that ``texts``, and what edits had put behind them, say. ``owners``: of each text."""

    texts: Texts
    owners: _Owners
    classes: int
    gains: _Gains


class Bayes:
    """What is ``learned`` stays after an edit; what differs from it is made, for the n-grams ``_changed``."""

    def __init__(self, shelf: Shelf, owners: NDArray[np.int64], classes: int, before: Bayes | None = None) -> None:
        """``owners``: of each text on the ``shelf``, ``classes`` for nobody's; a text that two share is one's alone."""
        self._ngrams = shelf.ngrams
        self._changed, self._changes = np.zeros(0, np.int64), _Gains.joined([])
        if before is not None and before.learned.texts is shelf.texts and before.learned.classes == classes:
            self.learned: _Learned = before.learned
            self._change(shelf, owners)
        else:
            gains = _Gains.joined(_gains(shelf, owners, classes))
            self.learned = _Learned(shelf.texts, owners.astype(np.uint16), classes, gains)

    def _change(self, shelf: Shelf, owners: NDArray[np.int64]) -> None:
        """What texts weigh that came, went, or became another's."""
        classes = self.learned.classes
        before = np.full(len(owners), classes, np.int64)
        before[: len(self.learned.owners)] = self.learned.owners
        rows = np.flatnonzero(before != owners)
        ngrams, texts, weights = shelf.some(rows).entries()
        cells = np.concatenate([ngrams * (classes + 1) + whose[rows][texts] for whose in (before, owners)])
        cells, places = np.unique(cells, return_inverse=True)
        more = np.bincount(places, weights=np.concatenate([-weights, weights]), minlength=len(cells))
        ngrams, whose = np.divmod(cells, classes + 1)
        ours = whose < classes
        ngrams, whose, more = ngrams[ours], whose[ours], more[ours]
        self._changed, starts = np.unique(ngrams, return_index=True)
        parts = []
        ends = [*starts[1:], len(ngrams)][: len(starts)]
        for ngram, start, end in zip(self._changed.tolist(), starts, ends, strict=True):
            one, mass = whose[start:end], more[start:end]
            known, (there, gains) = np.zeros(classes), self.learned.gains.of(ngram)
            known[there] = gains
            gained = np.log1p(np.maximum(np.expm1(known[one]) + mass / SMOOTH, 0)) - known[one]
            parts.append((np.array([len(one)]), one.astype(np.uint16), gained.astype(np.float32)))
        self._changes = _Gains.joined(parts)

    def scores(self, numbers: NDArray[np.int64], weights: Scores, held: NDArray[np.float64]) -> NDArray[np.float64]:
        """One number an owner, their mean 0. ``numbers``, ``weights``: what ``Postings.weigh`` gives; ``held``: what
        all phrases of each owner weigh in the question's script."""
        if not len(numbers):
            return np.zeros(self.learned.classes)
        found = -weights.sum() * np.log(held + SMOOTH * self._ngrams)
        for gains, rows, each in self._parts(numbers, weights):
            parts = [gains.of(row) for row in rows.tolist()]
            owners = np.concatenate([owners for owners, _ in parts])
            gained = np.concatenate([part for _, part in parts])
            gained *= np.repeat(each, [len(part) for _, part in parts])
            found += np.bincount(owners, weights=gained, minlength=self.learned.classes)
        return np.asarray(found - found.mean())

    def _parts(self, numbers: NDArray[np.int64], weights: Scores) -> Iterator[tuple[_Gains, NDArray[np.int64], Scores]]:
        """Where the n-grams of a question stand, and what each weighs in it."""
        yield self.learned.gains, numbers, weights
        changed = np.flatnonzero(np.isin(numbers, self._changed))
        if len(changed):
            yield self._changes, np.searchsorted(self._changed, numbers[changed]), weights[changed]


def _gains(shelf: Shelf, owners: NDArray[np.int64], classes: int) -> Iterator[_Part]:
    """A part after the other, because most n-grams have few owners."""
    for start in range(0, shelf.ngrams, _BLOCK):
        mass = shelf.mass(start, min(start + _BLOCK, shelf.ngrams), owners, classes + 1)[:, :classes]
        spread, whose = np.count_nonzero(mass, axis=1), np.nonzero(mass)[1].astype(np.uint16)
        yield spread, whose, np.log1p(mass[mass > 0] / SMOOTH).astype(np.float32)
