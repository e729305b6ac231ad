"""Which numbers of tables stay hidden, so that none under five can be worked out: by itself, or by subtraction. Pure.

A number under five is shown as that. Where the sums beside it would give it away, others are covered: few, and the
smallest first. Whoever reads the tables is taken to know that and to reckon well.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from typing import Literal, TypeVar

import numpy as np
from numpy.typing import NDArray

SMALL = 5  # a smaller number is shown as "under 5"
Sign = Literal["small", "covered"]
Key = TypeVar("Key", bound=Hashable)
_ANY = 10**12
_ROUNDS = 500
Ints = NDArray[np.int64]


def signs(numbers: Mapping[Key, int], sums: Iterable[tuple[Key, Sequence[Key]]]) -> dict[Key, Sign]:
    """What stands instead of a number, for those that are not shown. ``numbers`` hold no zeros: these are shown.

    ``sums``: a number and the numbers that it is the sum of.
    """
    keys = list(numbers)
    row_of = {key: row for row, key in enumerate(keys)}
    values = np.array([numbers[key] for key in keys], dtype=np.int64)
    small = (values > 0) & (values < SMALL)
    covered = np.zeros(len(keys), dtype=bool)
    lines = [(row_of[whole], [row_of[part] for part in parts]) for whole, parts in sums if parts]
    if small.any() and lines:
        table = _Table(values, lines)
        for _ in range(_ROUNDS):
            if not (more := table.victims(small, covered)):
                break
            covered[list(more)] = True
        for row in sorted(np.flatnonzero(covered & ~small).tolist(), key=lambda row: -values[row]):
            covered[row] = False  # the largest first: a later one may have made it needless
            covered[row] = bool(table.victims(small, covered))
    return {key: "covered" if covered[row] else "small" for row, key in enumerate(keys) if covered[row] or small[row]}


class _Table:
    """Numbers and their sums, as somebody sees them who wants to know what is hidden."""

    def __init__(self, values: Ints, lines: Sequence[tuple[int, Sequence[int]]]) -> None:
        self._values = values
        self._members = [[whole, *parts] for whole, parts in lines]
        self._wholes = np.array([whole for whole, _ in lines], dtype=np.int64)
        self._parts = np.array([part for _, parts in lines for part in parts], dtype=np.int64)
        lengths = np.array([len(parts) for _, parts in lines], dtype=np.int64)
        self._starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        self._line_of = np.repeat(np.arange(len(lines)), lengths)
        self._lines_with: dict[int, list[int]] = {}
        for line, members in enumerate(self._members):
            for member in members:
                self._lines_with.setdefault(member, []).append(line)

    def bounds(self, small: NDArray[np.bool_], covered: NDArray[np.bool_]) -> tuple[Ints, Ints]:
        """The least and the most that each number can be, for all that is shown."""
        low, high = self._values.copy(), self._values.copy()
        low[small], high[small] = 1, SMALL - 1
        low[covered] = np.where(small[covered], 1, SMALL)
        high[covered] = _ANY
        for _ in range(_ROUNDS):
            before = int((high - low).sum())
            least = np.add.reduceat(low[self._parts], self._starts)
            most = np.add.reduceat(high[self._parts], self._starts)
            rest_least = least[self._line_of] - low[self._parts]
            rest_most = most[self._line_of] - high[self._parts]
            whole_low, whole_high = low[self._wholes], high[self._wholes]
            np.maximum.at(low, self._wholes, least)
            np.minimum.at(high, self._wholes, most)
            np.maximum.at(low, self._parts, whole_low[self._line_of] - rest_most)
            np.minimum.at(high, self._parts, whole_high[self._line_of] - rest_least)
            if int((high - low).sum()) == before:
                break
        return low, high

    def victims(self, small: NDArray[np.bool_], covered: NDArray[np.bool_]) -> set[int]:
        """What must be covered next: a number for each sum that gives a small one away; none when none does.

        It is the smallest part that is shown; of a sum with one part besides, the sum. Where all of it is hidden
        already, other sums have given its parts away, and these are looked at instead.
        """
        low, high = self.bounds(small, covered)
        known, shown = low == high, ~(small | covered)
        tight = np.logical_and.reduceat(known[self._parts], self._starts) & known[self._wholes]
        found, seen = set[int](), set[int]()
        sums, given_away = set[int](), np.flatnonzero(small & ~covered & known).tolist()
        for cell in given_away:
            waiting = [cell]
            while waiting:
                visible, closed = set[int](), list[int]()
                for line in {line for each in waiting for line in self._lines_with.get(each, ()) if tight[line]}:
                    whole, *parts = self._members[line]
                    there = [part for part in parts if shown[part]]
                    if there and (len(there) > 1 or not shown[whole]):
                        visible.add(min(there, key=lambda part: int(self._values[part])))
                    elif shown[whole]:
                        visible.add(whole)
                    else:
                        closed += [whole, *parts]
                        sums.add(whole)
                if visible:
                    if not visible & found:
                        found.add(min(visible, key=lambda part: int(self._values[part])))
                    break
                waiting = [each for each in dict.fromkeys(closed) if each not in seen]
                seen.update(waiting)
        # Of four parts "under 5" says that each is one.
        return found or {whole for whole in sums if not covered[whole]} or set(given_away)
