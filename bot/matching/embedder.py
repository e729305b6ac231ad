"""Sentence embeddings behind one small interface, and what is remembered of them.

The engine is in bot/engine; whoever replaces it writes another ``Embedder``, see docs/operators.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal, NamedTuple, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from bot.matching.rows import Rows, Vectors

Stored = NDArray[np.float16] | NDArray[np.float32]
Kind = Literal["query", "passage"]  # e5 reads what asks and what answers differently
BATCH = 16  # texts a call
CHUNK = 128  # texts after which what was learned is saved: some seconds at most
KEY = 16  # bytes
SPARE = 2_000  # vectors of other cities, and of what was just edited, that may be kept


class EmbedderUnavailable(Exception):
    """The model cannot be loaded here."""


class Embedder(Protocol):
    """``name`` changes whenever the vectors would: it is part of the cache's key."""

    name: str
    dimension: int

    def embed(self, texts: Sequence[str], kind: Kind = "query") -> Vectors:
        """One unit vector a text, float32, (len(texts), dimension). Texts are clean and short."""


class Keys(Sequence[bytes]):
    """Keys of texts in the order of their vectors, none twice; found by halving, for a dict of them needs 8 MB."""

    def __init__(self, keys: Sequence[bytes] | NDArray[np.bytes_]) -> None:
        self._keys = np.array(keys, "S16")
        self._order = np.argsort(self._keys)
        self._sorted = self._keys[self._order]

    def __len__(self) -> int:
        return len(self._keys)

    def __getitem__(self, row: int) -> bytes:  # type: ignore[override]  # nobody needs slices
        return self._keys[row : row + 1].tobytes() if 0 <= row < len(self) else _no_such_row(row)

    def rows(self, keys: Sequence[bytes] | NDArray[np.bytes_]) -> NDArray[np.int64]:
        """The row of each; -1 for one that is not there."""
        if not len(self):
            return np.full(len(keys), -1, np.int64)
        wanted = np.array(keys, "S16")
        at = np.minimum(np.searchsorted(self._sorted, wanted), len(self) - 1)
        return np.where(self._sorted[at] == wanted, self._order[at], -1)


def _no_such_row(row: int) -> bytes:
    raise IndexError(row)  # the end, for whoever goes through all


@dataclass(frozen=True)
class Learned:
    """Vectors by the key of their text."""

    keys: Sequence[bytes]
    rows: Rows


A = TypeVar("A")
T = TypeVar("T")


class Cache(Protocol):
    """Keeps what was learned between starts."""

    def load(self, name: str) -> Mapping[bytes, Stored]:
        """A classifier's weights stored under ``name``."""

    def save(self, name: str, vectors: Mapping[bytes, Stored]) -> None:
        """Replace what is stored under ``name``."""

    def kept(self, name: str, key: bytes, make: Callable[[], T]) -> T:
        """What ``make`` gave for this ``key`` the last time; now made when it is not there."""

    def kept_later(self, name: str, key: bytes, make: Callable[[A], T], of: A, long: bool) -> Callable[[], T]:
        """The same of ``make(of)``, which can be pickled, when called; begun now where it takes ``long``."""

    def learned(self, name: str, dimension: int) -> Learned:
        """All vectors of the embedder ``name``."""

    def learn(self, name: str, learned: Learned) -> None:
        """Add vectors to those of the embedder ``name``, so that they are there even if the process dies now."""

    def keep(self, name: str, dimension: int, keys: Iterable[bytes], spare: int) -> None:
        """Forget others than ``keys`` if there are more than as many again and ``spare``."""


class Text(NamedTuple):
    """What is embedded."""

    words: str
    kind: Kind = "query"

    @property
    def key(self) -> bytes:
        return key_of(self.words, self.kind)


def key_of(words: str, kind: Kind = "query") -> bytes:
    """What a text's vector is found by."""
    return blake2b(f"{kind}: {words}".encode(), digest_size=16).digest()


def keys_of(texts: Iterable[str]) -> NDArray[np.bytes_]:
    """``key_of`` of each."""
    return np.array([key_of(words) for words in texts], "S16")


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
        self._known = stored.keys if isinstance(stored.keys, Keys) else Keys(stored.keys)
        self._new, self._new_rows = dict[bytes, int](), Rows.none(inner.dimension)  # behind these

    @property
    def count(self) -> int:
        """How many texts are learned."""
        return len(self._known) + len(self._new)

    def known(self, texts: Iterable[str]) -> NDArray[np.bool_]:
        """Whether each of ``texts`` (of the knowledge) is learned."""
        return self.places(keys_of(texts)) >= 0

    def missing(self, texts: Iterable[Text]) -> list[Text]:
        """Those that are not learned yet, each once, in their order."""
        each = list(dict.fromkeys(texts))
        places = self.places([text.key for text in each])
        return [text for text, place in zip(each, places.tolist(), strict=True) if place < 0]

    def places(self, keys: Sequence[bytes] | NDArray[np.bytes_]) -> NDArray[np.int64]:
        """Where each is for ``at``; -1 for one that is not learned."""
        found = self._known.rows(keys)
        if self._new:
            for place in np.flatnonzero(found < 0).tolist():
                found[place] = self._new.get(keys[place].ljust(KEY, b"\0"), -1)
        return found

    def _some(self, keys: Sequence[bytes] | NDArray[np.bytes_]) -> Rows:
        places = self.places(keys)
        if (places < 0).any():
            raise KeyError("a text that is not learned")
        return self.at(places)

    def at(self, places: NDArray[np.int64]) -> Rows:
        """The rows of learned texts. What is new lies apart: all together would be one more copy of everything."""
        known = len(self._rows)
        if (new := np.flatnonzero(places >= known)).size == 0:
            return self._rows.some(places)
        found = self._rows.some(np.where(places < known, places, 0)) if known else self._new_rows.some(places)
        found.bytes_[new] = self._new_rows.bytes_[places[new] - known]
        found.scales[new] = self._new_rows.scales[places[new] - known]
        return found

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
        rows = self._new_rows
        first = len(self._rows) + len(rows)
        places = {**self._new, **{key: first + row for row, key in enumerate(new.keys)}}
        # Whoever reads beside this looks for the places first: the rows must be there by then.
        self._new_rows = Rows(np.vstack([rows.bytes_, new.rows.bytes_]), np.concatenate([rows.scales, new.rows.scales]))
        self._new = places

    def phrases(self, texts: Sequence[str]) -> Rows:
        """The vectors of ``texts`` (of the knowledge), which are learned."""
        return self._some(keys_of(texts))

    def rows(self, texts: Sequence[Text]) -> Rows:
        """The vectors of ``texts``, which are learned."""
        return self._some([text.key for text in texts])

    def embed(self, texts: Sequence[str], kind: Kind = "query") -> Vectors:
        """The vectors of ``texts``; what is new is learned."""
        wanted = [Text(words, kind) for words in texts]
        for _ in self.learn(self.missing(wanted)):
            pass
        return self.rows(wanted).vectors()

    def apart(self, cache: Cache) -> Remembering:
        """The same for a while: it knows what this one knows, and what it learns besides goes to ``cache`` alone."""
        twin = copy(self)  # what is learned replaces its rows, and changes none
        twin._cache, twin._progress = cache, lambda *_: None  # noqa: SLF001 # of this class
        return twin

    def keep_only(self, texts: Iterable[Text]) -> None:
        """Forget on disk what is not needed any more, if there is much of it: another city may need it next."""
        self._cache.keep(self.name, self.dimension, [text.key for text in texts], SPARE)

    def embed_once(self, texts: Sequence[str]) -> Vectors:
        """The vectors of what people ask; not remembered, because questions are not kept."""
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        places = self.places(keys_of(texts))
        known = places >= 0  # of the knowledge, word for word
        found[known] = self.at(places[known]).vectors()
        if new := np.flatnonzero(~known).tolist():
            found[new] = self._inner.embed([texts[place] for place in new])
        return found
