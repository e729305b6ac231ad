"""Many words in little room: a trie of a few bytes a word, and arrays beside it.

As Python keeps them, in dicts of strings, the knowledge's words need a hundred bytes each and more; so they fill
60 MB and have to be built at each start. These are read where they lie, see bot/knowledge/kept.py.
"""

from __future__ import annotations

import pickle
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Generic, TypeVar

import marisa_trie
import numpy as np
from numpy.typing import NDArray

T = TypeVar("T")


class Stowed(Generic[T]):
    """Something that is looked at after an edit alone: as bytes, of which a start reads nothing."""

    def __init__(self, what: T) -> None:
        self._bytes = np.frombuffer(pickle.dumps(what, pickle.HIGHEST_PROTOCOL), np.uint8)

    def take(self) -> T:
        """It, made again at each call."""
        found: T = pickle.loads(self._bytes.data)  # noqa: S301  # we wrote it, see __init__
        return found


class Texts(Sequence[str]):
    """A list of texts, in UTF-8 one after another."""

    def __init__(self, texts: Iterable[str]) -> None:
        written = [text.encode("utf-8", "surrogatepass") for text in texts]
        self.bytes_ = np.frombuffer(b"".join(written), np.uint8)
        self.starts: NDArray[np.int64] = np.cumsum([0, *map(len, written)]).astype(np.int64)

    @classmethod
    def joined(cls, parts: Sequence[Texts]) -> Texts:
        """All of them, one after another."""
        found = cls(())
        if parts:
            found.bytes_ = np.concatenate([part.bytes_ for part in parts])
            lengths = np.concatenate([np.diff(part.starts) for part in parts])
            found.starts = np.append(0, np.cumsum(lengths)).astype(np.int64)
        return found

    def part(self, start: int, end: int) -> Texts:
        """Those from ``start`` on, before ``end``."""
        found = Texts(())
        found.starts = self.starts[start : end + 1]
        first, last = found.starts[[0, -1]].tolist()
        found.bytes_, found.starts = self.bytes_[first:last], found.starts - first
        return found

    def __len__(self) -> int:
        return len(self.starts) - 1

    def __getitem__(self, row: int) -> str:  # type: ignore[override]  # nobody needs slices
        start, end = self.starts[row : row + 2].tolist()
        return self.bytes_[start:end].tobytes().decode("utf-8", "surrogatepass")

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))


class Counts:
    """How often each word is there; 0 for one that is not."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._trie = marisa_trie.Trie(counts)
        self._counts: NDArray[np.int32] = np.zeros(len(counts), np.int32)
        for word, count in counts.items():
            self._counts[self._trie[word]] = count

    def __getitem__(self, word: str) -> int:
        row = self._trie.get(word)
        return 0 if row is None else self._counts.item(row)


class Lists:
    """Under each of many keys a few words, in their order."""

    def __init__(self, found: Mapping[str, Sequence[str]]) -> None:
        self._trie = marisa_trie.Trie(found)
        keys = sorted(found, key=self._trie.__getitem__)
        self._starts = np.cumsum([0, *(len(found[key]) for key in keys)]).astype(np.int32)
        self._words = Texts(word for key in keys for word in found[key])

    def __bool__(self) -> bool:
        return len(self._trie) > 0

    def get(self, key: str) -> list[str]:
        """None at all for a key that is not there."""
        row = self._trie.get(key)
        if row is None:
            return []
        start, end = self._starts[row : row + 2].tolist()
        return [self._words[place] for place in range(start, end)]
