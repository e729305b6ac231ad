"""Linear discriminant analysis: embeddings seen so that what tells topics apart is long, and the rest short.

A plain cosine counts everything alike: the language, the length, how somebody types. In which directions the phrases of
one topic differ among themselves shows what does not matter; in which the topics differ, what does. Measured:
benchmarks/README.md.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.matching.rows import Rows, Vectors

ENOUGH = 64  # topics from which on they show what tells topics apart; fewer are compared by plain cosines
MOST = 128  # dimensions; one less than topics at most, and 64 to 192 are alike
SCATTER = 0.01  # of unit vectors, that much lies within topics, or each has but one phrase
HELD_BACK = 0.1  # of the differences within topics, taken as the same in all directions


class Discriminant:
    """The phrases' vectors in fewer dimensions."""

    def __init__(
        self,
        rows: Rows,
        owners: NDArray[np.int64],
        outside: int,
        before: tuple[Discriminant, NDArray[np.int64]] | None = None,
    ) -> None:
        """``rows``: unit vectors of phrases, ``owners``: whose each is; those of ``outside`` have nothing in common.

        ``before``: before a small edit, after which what tells topics apart is the same; and the row that each phrase
        had there, -1 for a new one."""
        self.way: Vectors | None = before[0].way if before else _fit(rows, owners, outside)
        self.rows = rows
        if self.way is None:
            return
        if before is None:
            parts = [self._placed(block) for block in rows.blocks()]
            self.rows = Rows(
                np.concatenate([part.bytes_ for part in parts]), np.concatenate([part.scales for part in parts])
            )
        else:
            same, places = before
            self.rows = same.rows.after(places, self._placed(rows.some(np.flatnonzero(places < 0)).vectors()))

    def _placed(self, vectors: Vectors) -> Rows:
        return Rows.of(self.place(vectors))

    def place(self, vectors: Vectors) -> Vectors:
        """Unit vectors again, one a row; one that says nothing stays zero."""
        if self.way is None:
            return vectors
        moved = np.asarray(vectors @ self.way, dtype=np.float32)
        moved /= np.maximum(np.linalg.norm(moved, axis=-1, keepdims=True), 1e-6)
        return moved

    def cosines(self, vector: Vectors) -> Vectors:
        """To every phrase."""
        return np.asarray(self.rows.cosines(self.place(vector[None]))[0])


def _fit(rows: Rows, owners: NDArray[np.int64], outside: int) -> Vectors | None:
    """(dimension, fewer); None where too little is known for it."""
    size = rows.bytes_.shape[1]
    products, sums, counts = np.zeros((size, size)), np.zeros((outside + 1, size)), np.zeros(outside + 1)
    at = 0
    for block in rows.blocks():
        whose = owners[at : at + len(block)]
        at += len(block)
        ours, whose = block[whose != outside], whose[whose != outside]
        products += ours.T @ ours
        starts = np.flatnonzero(np.diff(whose, prepend=-1))  # phrases of one topic stand together
        if len(starts):
            np.add.at(sums, whose[starts], np.add.reduceat(ours, starts, axis=0))
        counts += np.bincount(whose, minlength=outside + 1)
    there = counts > 0
    means = sums[there] / counts[there, None]
    within = (products - (means * counts[there, None]).T @ means) / max(counts.sum(), 1)
    alike = np.trace(within)
    if there.sum() < ENOUGH or alike < SCATTER:
        return None
    within = (1 - HELD_BACK) * within + HELD_BACK * alike / size * np.eye(size)
    evened = np.linalg.inv(np.linalg.cholesky(within)).T  # after it differences within topics are as long everywhere
    apart = (means - means.mean(axis=0)) @ evened
    lengths, directions = np.linalg.eigh(apart @ apart.T)
    longest = np.flatnonzero(lengths > 1e-6 * lengths[-1])[-MOST:]
    return np.asarray(evened @ apart.T @ directions[:, longest] / np.sqrt(lengths[longest]), dtype=np.float32)
