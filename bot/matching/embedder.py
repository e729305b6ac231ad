"""Sentence embeddings behind one small interface, and what is remembered of them.

The engine is in bot/engine; whoever replaces it writes another ``Embedder``, see docs/operators.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from typing import Literal, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.matching.fold import MANY_PHRASES
from bot.matching.rows import Rows, Vectors

Stored = NDArray[np.float16] | NDArray[np.float32]
Kind = Literal["query", "passage"]  # e5 reads what asks and what answers differently
BATCH = 16  # texts a call
CHUNK = 128  # texts after which what was learned is saved: some seconds at most
SPARE = 2_000  # vectors of other cities, and of what was just edited, that may be kept


class EmbedderUnavailable(Exception):
    """The model cannot be loaded here."""


class Embedder(Protocol):
    """``name`` changes whenever the vectors would: it is part of the cache's key."""

    name: str
    dimension: int

    def embed(self, texts: Sequence[str], kind: Kind = "query") -> Vectors:
        """One unit vector a text, float32, (len(texts), dimension). Texts are clean and short."""


@dataclass(frozen=True)
class Learned:
    """Vectors by the key of their text."""

    keys: Sequence[bytes]
    rows: Rows


T = TypeVar("T")


class Cache(Protocol):
    """Keeps what was learned between starts."""

    def load(self, name: str) -> Mapping[bytes, Stored]:
        """A classifier's weights stored under ``name``."""

    def save(self, name: str, vectors: Mapping[bytes, Stored]) -> None:
        """Replace what is stored under ``name``."""

    def kept(self, name: str, key: bytes, make: Callable[[], T]) -> T:
        """What ``make`` gave for this ``key`` the last time; now made when it is not there."""

    def learned(self, name: str, dimension: int) -> Learned:
        """All vectors of the embedder ``name``."""

    def learn(self, name: str, learned: Learned) -> None:
        """Add vectors to those of the embedder ``name``, so that they are there even if the process dies now."""

    def keep(self, name: str, dimension: int, keys: Iterable[bytes], spare: int) -> None:
        """Forget others than ``keys`` if there are more than as many again and ``spare``."""


@dataclass(frozen=True)
class Text:
    """What is embedded."""

    words: str
    kind: Kind = "query"

    @property
    def key(self) -> bytes:
        return key_of(self.words, self.kind)


def key_of(words: str, kind: Kind = "query") -> bytes:
    """What a text's vector is found by."""
    return blake2b(f"{kind}: {words}".encode(), digest_size=16).digest()


@lru_cache(maxsize=MANY_PHRASES)
def _key_of_phrase(words: str) -> bytes:
    """``key_of`` of the knowledge's words, remembered for the next edit. Never of what people write."""
    return key_of(words)


class Remembering:
    """An embedder that embeds a text once, and remembers it over starts, in a byte a number: cosines differ by 1e-4.

    ``progress`` is told (done, of how many) while texts are learned.
    """

    def __init__(
        self,
        inner: Embedder,
        cache: Cache,
        progress: Callable[[int, int], None] = lambda *_: None,
        at_once: int = 1,
    ) -> None:
        self._inner, self._cache, self._progress, self._at_once = inner, cache, progress, at_once
        self.name, self.dimension = inner.name, inner.dimension
        stored = cache.learned(inner.name, inner.dimension)
        self._rows = stored.rows
        self._row_of = {key: row for row, key in enumerate(stored.keys)}

    @property
    def count(self) -> int:
        """How many texts are learned."""
        return len(self._row_of)

    def known(self, texts: Iterable[str]) -> NDArray[np.bool_]:
        """Whether each of ``texts`` (of the knowledge) is learned."""
        return np.array([_key_of_phrase(words) in self._row_of for words in texts], dtype=bool)

    def missing(self, texts: Iterable[Text]) -> list[Text]:
        """Those that are not learned yet, each once, in their order."""
        return [text for text in dict.fromkeys(texts) if text.key not in self._row_of]

    def learn(self, texts: Sequence[Text], at_once: int | None = None) -> Iterator[int]:
        """Learn ``texts``, which are missing, in their order; yields how many are done whenever some were saved."""
        done = 0
        with ThreadPoolExecutor(at_once or self._at_once) as pool:
            for start in range(0, len(texts), CHUNK):
                chunk = texts[start : start + CHUNK]
                parts = [
                    (kind, of_kind[begin : begin + BATCH])
                    for kind in ("query", "passage")
                    for of_kind in [[text for text in chunk if text.kind == kind]]
                    for begin in range(0, len(of_kind), BATCH)
                ]
                vectors = list(pool.map(lambda part: self._inner.embed([one.words for one in part[1]], part[0]), parts))
                new = Learned([text.key for _, part in parts for text in part], Rows.of(np.vstack(vectors)))
                self._add(new)
                self._cache.learn(self.name, new)
                done += len(chunk)
                self._progress(done, len(texts))
                yield done

    def _add(self, new: Learned) -> None:
        rows = self._rows
        row_of = {**self._row_of, **{key: len(rows) + row for row, key in enumerate(new.keys)}}
        joined = Rows(np.vstack([rows.bytes_, new.rows.bytes_]), np.concatenate([rows.scales, new.rows.scales]))
        self._rows, self._row_of = joined, row_of  # whoever reads beside this sees the one or the other

    def phrases(self, texts: Sequence[str]) -> Rows:
        """The vectors of ``texts`` (of the knowledge), which are learned."""
        return self._rows.some([self._row_of[_key_of_phrase(words)] for words in texts])

    def rows(self, texts: Sequence[Text]) -> Rows:
        """The vectors of ``texts``, which are learned."""
        return self._rows.some([self._row_of[text.key] for text in texts])

    def embed(self, texts: Sequence[str], kind: Kind = "query") -> Vectors:
        """The vectors of ``texts``; what is new is learned."""
        wanted = [Text(words, kind) for words in texts]
        for _ in self.learn(self.missing(wanted)):
            pass
        return self.rows(wanted).vectors()

    def keep_only(self, texts: Iterable[Text]) -> None:
        """Forget on disk what is not needed any more, if there is much of it: another city may need it next."""
        self._cache.keep(self.name, self.dimension, [text.key for text in texts], SPARE)

    def embed_once(self, texts: Sequence[str]) -> Vectors:
        """The vectors of what people ask; not remembered, because questions are not kept."""
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        new = []
        for place, words in enumerate(texts):  # an example of the knowledge, word for word, need not be embedded
            row = self._row_of.get(key_of(words))
            if row is None:
                new.append(place)
            else:
                found[place] = self._rows.some([row]).vectors()[0]
        if new:
            found[new] = self._inner.embed([texts[place] for place in new])
        return found
