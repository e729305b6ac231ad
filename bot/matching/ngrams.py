"""How much texts resemble each other in letters: cosines of TF-IDF over character n-grams, on numpy alone.

The numbers are those of scikit-learn's ``TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)``.
An n-gram is one number: its characters' places in the alphabet, ten bits each. All n-grams of all texts are made in a
few steps over one array, so that no index needs to be kept on disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

Codes = NDArray[np.uint64]
Scores = NDArray[np.float32]

SIZES = (2, 3, 4)
_NONE = np.zeros(0, np.uint64)
_BLOCK = 1024  # texts
_BITS, _ROW_BITS = 10, 24  # of a character and of a text: four of the one and one of the other are 64
_END, _SPACE, _OTHER = 0, 1, 2  # characters that every alphabet has; rare ones are all _OTHER
_WHOLE = 65_535  # a weight of 1, which none is more than, as a number of two bytes
_LOGS = (1 + np.log(np.maximum(np.arange(256), 1))).astype(
    np.float32
)  # what an n-gram counts, by how often it is there


@dataclass(frozen=True)
class Alphabet:
    """``places`` of the characters ``codes`` (sorted)."""

    codes: NDArray[np.uint32]
    places: NDArray[np.uint64]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Alphabet:
        """The most frequent characters; no language's letters are left out before a thousand are full."""
        characters = np.frombuffer("".join([" \0", *texts]).encode("utf-32-le", "replace"), np.uint32)
        codes, counts = np.unique(characters, return_counts=True)
        counts[(codes == ord(" ")) | (codes == 0)] = counts.max() + 1  # these two are always there
        chosen = np.sort(np.argsort(-counts, kind="stable")[: (1 << _BITS) - 4])
        codes = codes[chosen]
        places = np.arange(_OTHER + 1, _OTHER + 1 + len(codes), dtype=np.uint64)
        places[codes == ord(" ")] = _SPACE
        places[codes == 0] = _END
        return cls(codes, places)

    def read(self, characters: NDArray[np.uint32]) -> Codes:
        """The place of each character."""
        at = np.minimum(np.searchsorted(self.codes, characters), len(self.codes) - 1)
        return np.where(self.codes[at] == characters, self.places[at], np.uint64(_OTHER))


def _characters(texts: Sequence[str]) -> NDArray[np.uint32]:
    """The texts one after another, a space around each and 0 behind."""
    joined = "".join(f" {text} \0" if text else "\0" for text in texts)
    return np.frombuffer(joined.encode("utf-32-le", "replace"), np.uint32)


def _grams(alphabet: Alphabet, characters: NDArray[np.uint32]) -> Iterator[tuple[Codes, NDArray[np.uint32]]]:
    """All n-grams within words (with the spaces around them), and which text each stands in; the short ones first,
    whose numbers are smaller than those of longer ones."""
    places = alphabet.read(characters)
    rows = np.zeros(len(places), np.uint32)
    np.cumsum(places[:-1] == _END, out=rows[1:])
    for size in SIZES:
        count = max(len(places) - size + 1, 0)
        code = np.zeros(count, np.uint64)
        good = np.ones(count, bool)
        for at in range(size):
            one = places[at : at + count]
            code <<= np.uint64(_BITS)
            code |= one
            good &= one != _END
            if 0 < at < size - 1:
                good &= one != _SPACE
        yield code[good], rows[:count][good]


def _counted(codes: Codes, whose: NDArray[np.uint32]) -> tuple[Codes, NDArray[np.int32], NDArray[np.uint8]]:
    """Each n-gram of each text once, sorted, with the text, and how often it is there."""
    packed = codes << np.uint64(_ROW_BITS)
    packed |= whose
    packed.sort()
    first = np.flatnonzero(np.diff(packed, prepend=~packed[:1]))
    often = np.minimum(np.diff(first, append=len(packed)), 255).astype(np.uint8)
    packed = packed[first]
    return packed >> np.uint64(_ROW_BITS), (packed & np.uint64((1 << _ROW_BITS) - 1)).astype(np.int32), often


def _once(codes: Codes) -> Codes:
    """Each of sorted numbers once."""
    return codes[np.flatnonzero(np.diff(codes, prepend=~codes[:1]))]


class Postings:
    """Which n-grams stand in which texts. ``like``: postings whose alphabet, n-grams and their weights are used."""

    def __init__(self, texts: Sequence[str], like: Postings | None = None) -> None:
        """``texts``: folded, no two alike."""
        self._count = len(texts)
        self.alphabet: Alphabet = like.alphabet if like else Alphabet.of(texts)
        blocks = [self._block(texts[start : start + _BLOCK], start) for start in range(0, len(texts), _BLOCK)]
        if like is None:
            self.codes: Codes = np.unique(np.concatenate([_NONE, *(_once(codes) for codes, _, _ in blocks)]))
        else:
            self.codes = like.codes
        numbered: list[tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.uint8]]] = []
        while blocks:  # a part after the other, so that few large arrays are there at once
            codes, rows, often = blocks.pop(0)
            numbers = self.numbers(codes)
            known = numbers >= 0
            numbered.append((numbers[known].astype(np.int32), rows[known], often[known]))
        spread = np.zeros(len(self.codes), np.int64)
        for known_ones, _, _ in numbered:
            spread += np.bincount(known_ones, minlength=len(self.codes))
        self._starts = np.append(0, np.cumsum(spread)).astype(np.int64)
        # There are a hundred n-grams a text: of few texts each needs half the room.
        self._rows = np.empty(int(self._starts[-1]), np.uint16 if self._count <= 1 << 16 else np.int32)
        often_of = np.empty(int(self._starts[-1]), np.uint8)
        self.rarity: Scores = like.rarity if like else (np.log((1 + self._count) / (1 + spread)) + 1).astype(np.float32)
        squares = np.zeros(self._count)
        following = self._starts[:-1].copy()
        while numbered:
            grams, rows, often = numbered.pop(0)
            counts = np.bincount(grams, minlength=len(self.codes))
            begins = np.cumsum(counts) - counts
            places = following[grams] + np.arange(len(grams)) - begins[grams]
            following += counts
            self._rows[places], often_of[places] = rows, often
            weights = _LOGS[often] * self.rarity[grams]
            squares += np.bincount(rows, weights=weights * weights, minlength=self._count)
        lengths = np.maximum(np.sqrt(squares), 1e-12).astype(np.float32)
        # What each n-gram adds to a text's cosine, for a question in which it weighs one.
        weights = _LOGS[often_of]  # in place: each copy is as large
        weights *= np.repeat(self.rarity, np.diff(self._starts))
        weights /= lengths[self._rows]
        weights *= _WHOLE
        self._weights = np.rint(weights, out=weights).astype(np.uint16)

    def _block(self, texts: Sequence[str], start: int) -> tuple[Codes, NDArray[np.int32], NDArray[np.uint8]]:
        """The n-grams of some texts, sorted; the first text is number ``start``."""
        parts = [_counted(*found) for found in _grams(self.alphabet, _characters(texts))]
        codes = np.concatenate([part[0] for part in parts])
        rows = np.concatenate([part[1] for part in parts])
        often = np.concatenate([part[2] for part in parts])
        rows += np.int32(start)
        return codes, rows, often

    def __len__(self) -> int:
        return self._count

    def numbers(self, codes: Codes) -> NDArray[np.int64]:
        """The number of each n-gram; -1 for one that is not known."""
        at = np.minimum(np.searchsorted(self.codes, codes), max(len(self.codes) - 1, 0))
        return np.where(self.codes[at] == codes, at, -1) if len(self.codes) else np.full(len(codes), -1)

    def weigh(self, text: str) -> tuple[NDArray[np.int64], Scores]:
        """The known n-grams of a folded text by number, and their weights, together of length 1."""
        codes = np.concatenate([found for found, _ in _grams(self.alphabet, _characters([text]))])
        numbers, often = np.unique(self.numbers(codes), return_counts=True)
        numbers, often = numbers[numbers >= 0], often[numbers >= 0]
        weights = (1 + np.log(often)).astype(np.float32) * self.rarity[numbers]
        return numbers, weights / max(float(np.linalg.norm(weights)), 1e-12)

    def mass(self, start: int, end: int, owners: NDArray[np.int64], classes: int) -> NDArray[np.float64]:
        """What the n-grams from ``start`` to ``end`` (not included) weigh in all texts of each owner together.

        Shape: (end - start, classes). ``owners``: of each text."""
        first, last = self._starts[[start, end]].tolist()
        cells = np.repeat(np.arange(end - start) * classes, np.diff(self._starts[start : end + 1]))
        cells += owners[self._rows[first:last]]
        found = np.bincount(cells, weights=self._weights[first:last], minlength=(end - start) * classes)
        return np.asarray(found / _WHOLE, np.float64).reshape(-1, classes)

    @cached_property
    def weights(self) -> Scores:
        """What all n-grams of each text weigh together."""
        found = np.bincount(self._rows, weights=self._weights, minlength=self._count)
        return (found / _WHOLE).astype(np.float32)

    def entries(self) -> tuple[NDArray[np.int64], NDArray[Any], Scores]:
        """An n-gram's number, the text that it stands in, and what it weighs there; all of them, by number."""
        weights = (self._weights / _WHOLE).astype(np.float32)
        return np.repeat(np.arange(len(self.codes)), np.diff(self._starts)), self._rows, weights

    def cosines(self, numbers: NDArray[np.int64], weights: Scores) -> Scores:
        """To every text. ``numbers``, ``weights``: what ``weigh`` gives."""
        pairs = list(zip(self._starts[numbers].tolist(), self._starts[numbers + 1].tolist(), strict=True))
        if not pairs:
            return np.zeros(self._count, np.float32)
        rows = np.concatenate([self._rows[start:end] for start, end in pairs])
        each = np.concatenate([self._weights[start:end] for start, end in pairs], dtype=np.float32)
        each *= np.repeat(weights / np.float32(_WHOLE), [end - start for start, end in pairs])
        return np.bincount(rows, weights=each, minlength=self._count).astype(np.float32)
