"""How phrases are spelt: folded, and in Latin letters."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from bot.matching.fold import fold, romanised, script
from bot.matching.phrases import Phrases
from bot.matching.words import Texts

FORMS = 2  # of a phrase, at most
MANY_NEW = 0.05  # share of the texts


class Spelt:
    """Each phrase's forms, in little room. ``texts`` hold each form once, ``new`` those that edits brought since.

    ``keys``: of the phrases, sorted. ``rows``: (phrases, FORMS), a form's place in ``texts`` and behind these in
    ``new``, -1 for none; ``scripts``: what each is written in, by its place in ``names``.
    """

    names: tuple[str, ...]

    def __init__(self, phrases: Phrases, before: Spelt | None = None) -> None:
        """What ``before`` knows of a phrase is taken over, with all its texts, until ``MANY_NEW`` are new."""
        self.keys, first = np.unique(phrases.keys, return_index=True)
        self.rows: NDArray[np.int32] = np.full((len(self.keys), FORMS), -1, np.int32)
        self.scripts: NDArray[np.uint8] = np.zeros((len(self.keys), FORMS), np.uint8)
        self.texts: Texts = before.texts if before else Texts(())
        self.new: tuple[str, ...] = before.new if before else ()
        names = {name: place for place, name in enumerate(before.names)} if before else {}
        places = {text: len(self.texts) + row for row, text in enumerate(self.new)}
        strange = np.arange(len(self.keys))
        if before is not None and len(before.keys):
            at = np.minimum(np.searchsorted(before.keys, self.keys), len(before.keys) - 1)
            known = before.keys[at] == self.keys
            self.rows[known], self.scripts[known] = before.rows[at[known]], before.scripts[at[known]]
            strange = np.flatnonzero(~known)
        for row in strange.tolist():
            for form, (text, written_in) in enumerate(_spellings(phrases.texts[int(first[row])])):
                self.scripts[row, form] = names.setdefault(written_in, len(names))
                self.rows[row, form] = places.setdefault(text, len(self.texts) + len(places))
        self.new, self.names = tuple(places), tuple(names)
        if len(self.new) > MANY_NEW * (len(self.texts) + len(self.new)):
            self._number_anew()

    def _number_anew(self) -> None:
        """All into ``texts``, and no more than what is there."""
        there = self.rows >= 0
        forms = [self[row] for row in self.rows[there].tolist()]
        places = {text: row for row, text in enumerate(dict.fromkeys(forms))}
        self.rows[there] = [places[form] for form in forms]
        self.texts, self.new = Texts(places), ()

    def __getitem__(self, row: int) -> str:
        known = len(self.texts)
        return self.texts[row] if row < known else self.new[row - known]

    def of(
        self, phrases: Phrases, owners: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.uint8]]:
        """All forms of ``phrases``, which it was made of: their rows, whose they are by ``owners``, their scripts."""
        at = np.searchsorted(self.keys, phrases.keys)
        there = self.rows[at] >= 0
        whose = np.repeat(owners, FORMS).reshape(-1, FORMS)[there]
        return self.rows[at][there].astype(np.int64), whose, self.scripts[at][there]


def _spellings(phrase: str) -> list[tuple[str, str]]:
    """A phrase of the knowledge, folded, and its script; and in Latin letters."""
    spelt = dict.fromkeys([(fold(phrase), script(phrase)), (romanised(phrase), "LATIN")])
    return [(text, written_in) for text, written_in in spelt if text]
