"""A linear classifier over embeddings placed in a Space: one row of weights a topic, and one for what is not ours."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

from bot.matching.embedder import Cache
from bot.matching.fitting import fit
from bot.matching.phrases import OUTSIDE
from bot.matching.rows import Rows, Vectors

_STAMP = "\0stamp"  # no topic is called so
MOST_CELLS = 12_000_000  # phrases times classes that are fitted; of a larger knowledge, as many phrases of each class
STRENGTH = 10.0  # chosen on CLINC150 val among 10, 30 for vectors placed in a Space


class Classifier:
    """``logits(vector)`` gives one number a class, in the order of ``classes``."""

    def __init__(
        self,
        mark: bytes,
        labels: Sequence[str],
        classes: Sequence[str],
        vectors: Callable[[], Rows],
        cache: Cache,
        name: str,
        complete: bool = True,
    ) -> None:
        """Fit, beginning from what ``cache`` remembers under ``name``; the same texts again are not fitted at all.

        ``mark``: another one for other texts; ``labels``: the class of each. ``vectors``: theirs; asked for only when
        there is something to fit.
        Not ``complete``: more texts will follow soon, so what was fitted before will do, without new classes."""
        stamp = _stamp(mark, labels)
        stored = cache.load(name)
        old = tuple(topic for topic in classes if _key(topic) in stored)
        self.classes = tuple(classes) if complete or len(old) < 2 or OUTSIDE not in old else old
        if old and self.classes == old and not complete:
            before = np.array([stored[_key(topic)] for topic in old], dtype=np.float64)
        elif (known := stored.get(_key(_STAMP))) is not None and np.array_equal(
            known[: len(stamp)], stamp[: len(known)]
        ):
            before = np.array([stored[_key(topic)] for topic in self.classes], dtype=np.float64)
        elif not classes:
            before = np.zeros((0, 0))
        else:
            rows = vectors()
            none = np.zeros(rows.bytes_.shape[1] + 1)
            before = np.array([stored.get(_key(topic), none) for topic in self.classes], dtype=np.float64)
            if len(self.classes) > 1:
                before = _fit(rows, labels, self.classes, before)
            kept: dict[bytes, Vectors] = {
                _key(topic): row.astype(np.float32) for topic, row in zip(self.classes, before, strict=True)
            }
            whole = np.zeros(before.shape[1], np.float32)
            whole[: len(stamp)] = stamp[: len(whole)]
            cache.save(name, {**kept, _key(_STAMP): whole})
        self._weights, self._bias = before[:, :-1], before[:, -1:].ravel()

    def logits(self, vector: Vectors) -> NDArray[np.float64]:
        return np.asarray(self._weights @ vector.astype(np.float64) + self._bias) if self.classes else np.zeros(0)


def _fit(
    rows: Rows, labels: Sequence[str], classes: tuple[str, ...], before: NDArray[np.float64]
) -> NDArray[np.float64]:
    order = {topic: index for index, topic in enumerate(classes)}
    targets = np.array([order[label] for label in labels])
    if targets.size * len(classes) > MOST_CELLS:
        chosen = _evenly(targets, max(MOST_CELLS // len(classes) ** 2, 2))
        rows, targets = rows.some(chosen), targets[chosen]  # before they take four times the room
    return fit(rows.vectors(), targets, len(classes), STRENGTH, before)


def _evenly(targets: NDArray[np.int64], each: int) -> NDArray[np.int64]:
    """At most ``each`` rows of every class, spread over all that it has."""
    rows = []
    for target in np.unique(targets):
        own = np.flatnonzero(targets == target)
        rows.append(own[np.linspace(0, len(own) - 1, min(each, len(own))).astype(int)])
    return np.concatenate(rows)


def _key(topic: str) -> bytes:
    return blake2b(topic.encode(), digest_size=16).digest()


def _stamp(mark: bytes, labels: Sequence[str]) -> Vectors:
    """A hash of the training data, dressed as a vector so that it fits the cache."""
    digest = blake2b(mark + "\n".join(labels).encode(), digest_size=16)
    return np.frombuffer(digest.digest(), dtype=np.uint8).astype(np.float32)


def softmax(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities, one a class."""
    raised = np.exp(logits - logits.max())
    return np.asarray(raised / raised.sum())
