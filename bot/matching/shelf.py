"""Folded texts by number: how near each is to a question in letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from bot.matching.ngrams import Postings, Scores
from bot.matching.spelt import MANY_NEW
from bot.matching.words import Texts


@dataclass(frozen=True)
class Shelf:
    """``new`` texts come behind the others. What is large is shared with the shelf before an edit, and the weights of
    n-grams are kept, so that it is live at once."""

    texts: Texts
    postings: Postings
    new: tuple[str, ...] = ()
    new_postings: Postings | None = None

    @classmethod
    def of(cls, texts: Texts, new: tuple[str, ...], before: Shelf | None = None) -> Shelf:
        """``before``: taken over where it has the very same ``texts``."""
        whole = before if before is not None and before.texts is texts else cls(texts, Postings(list(texts)))
        if new == whole.new:
            return whole
        return replace(whole, new=new, new_postings=Postings(new, whole.postings) if new else None)

    def __len__(self) -> int:
        return len(self.texts) + len(self.new)

    def __getitem__(self, row: int) -> str:
        known = len(self.texts)
        return self.texts[row] if row < known else self.new[row - known]

    @property
    def ngrams(self) -> int:
        """How many are known."""
        return len(self.postings.codes)

    def mass(self, start: int, end: int, owners: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
        """See ``Postings.mass``."""
        found = self.postings.mass(start, end, owners, classes)
        if self.new_postings is not None:
            found += self.new_postings.mass(start, end, owners[len(self.texts) :], classes)
        return found

    def weights(self) -> Scores:
        """See ``Postings.weights``."""
        parts = (self.postings, self.new_postings)
        return np.concatenate([part.weights for part in parts if part is not None])

    def some(self, rows: NDArray[np.int64]) -> Postings:
        """Those texts alone, their n-grams as here."""
        return Postings([self[row] for row in rows.tolist()], self.postings)

    def cosines(self, numbers: NDArray[np.int64], weights: Scores) -> Scores:
        """How near each is, from 0 to 1. ``numbers``, ``weights``: what ``postings.weigh`` gives."""
        found = self.postings.cosines(numbers, weights)
        if self.new_postings is None:
            return found
        return np.concatenate([found, self.new_postings.cosines(numbers, weights)])


def shelved(texts: Sequence[str], before: Shelf | None = None) -> tuple[Shelf, list[int]]:
    """A shelf with ``texts``, and the row of each; of ``before``, until ``MANY_NEW`` are new."""
    rows = {text: row for row, text in enumerate([*before.texts, *before.new])} if before else {}
    known = len(before.texts) if before else 0
    for text in texts:
        rows.setdefault(text, len(rows))
    if before is not None and len(rows) - known <= MANY_NEW * len(rows):
        return Shelf.of(before.texts, tuple(rows)[known:], before), [rows[text] for text in texts]
    rows = {text: row for row, text in enumerate(dict.fromkeys(texts))}
    return Shelf.of(Texts(rows), ()), [rows[text] for text in texts]
