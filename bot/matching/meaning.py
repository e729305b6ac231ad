"""The vectors of one knowledge's texts, as far as they are learned, placed in the Space of its phrases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.embedder import Keys, Remembering, Text, keys_of
from bot.matching.fold import shorten
from bot.matching.rows import Chosen, Rows, Seen, Vectors
from bot.matching.space import LanguageCentres, Space

MANY_NEW = 0.05


class Meaning:
    """``phrases``: the rows of the learned ones among the knowledge's phrases; ``learned`` says which these are."""

    def __init__(
        self, embedder: Remembering, phrases: Sequence[str] | NDArray[np.bytes_], before: Meaning | None = None
    ) -> None:
        """``phrases``: their words, or the keys of these. What ``before`` has is taken over; its middle, too, until
        ``MANY_NEW`` of the phrases are new."""
        self._embedder, self._centres = embedder, LanguageCentres()
        keys = phrases if isinstance(phrases, np.ndarray) else keys_of(phrases)
        places = embedder.places(keys)
        self.learned = places >= 0
        self._keys, rows = keys[self.learned], Chosen(embedder.at, places[self.learned])
        self.rows_before: NDArray[np.int64] | None = None  # of each phrase in ``before``, -1 for a new one
        if before is None or not self._taken_over(before, rows):
            self._space = Space(rows)
            self.phrases = self._space.place_all(rows)

    def _taken_over(self, before: Meaning, rows: Chosen) -> bool:
        there = Keys(before._keys).rows(self._keys)  # of this class
        new = np.flatnonzero(there < 0)
        if len(new) > MANY_NEW * len(there):
            return False
        self.rows_before = there
        self._space, old = before._space, before.phrases
        self.phrases = old.after(there, self._space.place_all(Chosen(rows.at, rows.places[new])))
        return True

    def known(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Whether each of ``texts`` is learned."""
        return self._embedder.known(texts)

    def rows(self, texts: Sequence[str]) -> Rows:
        """The placed vectors of ``texts``, which are learned."""
        return self._space.place_all(self._embedder.phrases(texts))

    def passages(self, texts: Sequence[str]) -> Rows:
        """The vectors of parts of answers, which are learned, seen from their own middle."""
        rows = self._embedder.rows([Text(words, "passage") for words in texts])
        return Space(rows).place_all(rows)

    def look(self, texts: Sequence[str]) -> list[Seen]:
        """What people write, each compared with every learned phrase; in one call and one product."""
        placed = self._space.place(self._embedder.embed_once([shorten(text) for text in texts]))
        return [Seen(*pair) for pair in zip(placed, self.phrases.cosines(placed), strict=True)]

    def read(self, question: str, language: str) -> tuple[Seen, Vectors]:
        """A question as ``look`` sees it, and its vector seen from the middle of questions in its language."""
        raw = self._embedder.embed_once([question])
        placed = self._space.place(raw)
        seen = Seen(placed[0], self.phrases.cosines(placed)[0])
        own = self._centres.place(raw[0], language)
        return seen, seen.vector if own is None else own
