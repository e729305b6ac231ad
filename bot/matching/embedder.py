"""Sentence embeddings behind one small interface.

The engine is in bot/engine; whoever replaces it writes another ``Embedder``, see docs/operators.md.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Stored = NDArray[np.float16] | NDArray[np.float32]
Kind = Literal["query", "passage"]  # e5 reads what asks and what answers differently
BATCH = 16
SPARE = 2_000  # vectors of other cities, and of what was just edited, that a cache may keep


class EmbedderUnavailable(Exception):
    """The model cannot be loaded here."""


class Embedder(Protocol):
    """``name`` changes whenever the vectors would: it is part of the cache's key."""

    name: str
    dimension: int

    def embed(self, texts: Sequence[str], kind: Kind = "query") -> Vectors:
        """One unit vector a text, float32, (len(texts), dimension). Texts are clean and short."""


class Cache(Protocol):
    """Keeps vectors by key between starts."""

    def load(self, name: str) -> Mapping[bytes, Stored]:
        """All vectors stored under ``name``."""

    def save(self, name: str, vectors: Mapping[bytes, Stored]) -> None:
        """Replace what is stored under ``name``."""


class Remembering:
    """An embedder that embeds a text once, and remembers it over starts, in half precision: cosines differ by 1e-5.

    ``progress`` is told (done, of how many) while many new texts are embedded: the first start takes a while.
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
        self._known = {key: vector.astype(np.float16) for key, vector in cache.load(inner.name).items()}
        self._stored = set(self._known)

    def embed(self, texts: Sequence[str], kind: Kind = "query") -> Vectors:
        """Embed what is new; ``keep_only`` writes it to the cache."""
        keys = [_key(text, kind) for text in texts]
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        # Texts of one length together, and as many batches at once as the engine computes.
        new = sorted(missing.items(), key=lambda item: len(item[1]))
        parts = [new[start : start + BATCH] for start in range(0, len(new), BATCH)]
        with ThreadPoolExecutor(self._at_once) as pool:
            done = 0
            for part, vectors in zip(parts, pool.map(lambda one: self._embed_part(one, kind), parts), strict=True):
                self._known |= zip([key for key, _ in part], vectors.astype(np.float16), strict=True)
                done += len(part)
                self._progress(done, len(new))
        if not keys:
            return np.zeros((0, self.dimension), dtype=np.float32)
        return np.vstack([self._known[key] for key in keys]).astype(np.float32)

    def _embed_part(self, part: Sequence[tuple[bytes, str]], kind: Kind) -> Vectors:
        return self._inner.embed([text for _, text in part], kind)

    def keep_only(self, queries: Sequence[str], passages: Sequence[str]) -> None:
        """Write to the cache, with these texts' vectors and not many others: another city may need them next."""
        keys = [*(_key(text, "query") for text in queries), *(_key(text, "passage") for text in passages)]
        if len(self._known) > 2 * len(keys) + SPARE:
            self._known = {key: self._known[key] for key in keys if key in self._known}
        if self._known.keys() != self._stored:
            self._cache.save(self.name, self._known)
            self._stored = set(self._known)

    def embed_once(self, text: str) -> Vectors:
        """The vector of a question; not remembered, because questions are not kept."""
        if (known := self._known.get(_key(text, "query"))) is not None:  # an example of the knowledge, word for word
            return known.astype(np.float32)
        return np.asarray(self._inner.embed([text])[0], dtype=np.float32)


def _key(text: str, kind: Kind) -> bytes:
    return blake2b(f"{kind}: {text}".encode(), digest_size=16).digest()
