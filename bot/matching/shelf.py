"""Folded texts by number: how near each is to a question in letters."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

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

    def __getitem__(self, row: int) -> str:
        known = len(self.texts)
        return self.texts[row] if row < known else self.new[row - known]

    def cosines(self, folded: str) -> Scores:
        """How near each is to a folded text, from 0 to 1."""
        weighed = self.postings.weigh(folded)
        found = self.postings.cosines(*weighed)
        if self.new_postings is None:
            return found
        return np.concatenate([found, self.new_postings.cosines(*weighed)])


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
