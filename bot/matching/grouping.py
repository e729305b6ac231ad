"""What means the same, put together: agglomerative, by average likeness, on numpy alone."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Likeness = NDArray[np.float32]


def groups(likeness: Likeness, least: float) -> list[list[int]]:
    """Rows of ``likeness`` (square, symmetric) in groups: the two nearest are joined while their members are on average
    at least ``least`` alike. The largest group comes first; in each its most central row first. One alone is a group.
    """
    count = len(likeness)
    sums = np.array(likeness, dtype=np.float64)  # between groups, over all pairs of members
    np.fill_diagonal(sums, -np.inf)
    sizes = np.ones(count)
    members = [[row] for row in range(count)]
    while count > 1:
        average = sums / np.outer(sizes, sizes)
        one, two = divmod(int(np.argmax(average)), len(sums))
        if average[one, two] < least:
            break
        sums[one] += sums[two]
        sums[:, one] = sums[one]
        sums[one, one] = -np.inf
        sums[two, :] = sums[:, two] = -np.inf
        sizes[one] += sizes[two]
        members[one] += members[two]
        members[two] = []
        count -= 1
    found = [_central(each, likeness) for each in members if each]
    return sorted(found, key=lambda each: (-len(each), each))


def _central(rows: list[int], likeness: Likeness) -> list[int]:
    near = likeness[np.ix_(rows, rows)].sum(axis=1)
    first = rows[int(np.argmax(near))]
    return [first, *sorted(row for row in rows if row != first)]
