"""The vectors of one knowledge's texts, as far as they are learned, placed in the Space of its phrases."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from bot.matching.embedder import Remembering, Text
from bot.matching.fold import shorten
from bot.matching.rows import Rows, Seen, Vectors
from bot.matching.space import LanguageCentres, Space


class Meaning:
    """``phrases``: the rows of the learned ones among the knowledge's phrases; ``learned`` says which these are."""

    def __init__(self, embedder: Remembering, phrases: Sequence[str]) -> None:
        self._embedder = embedder
        self.learned = embedder.known(phrases)
        rows = embedder.phrases([words for words, known in zip(phrases, self.learned, strict=True) if known])
        self._space, self._centres = Space(rows), LanguageCentres()
        self.phrases = self._space.place_all(rows)

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
