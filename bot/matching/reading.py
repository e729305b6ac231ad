"""A question as the matcher sees it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.matching.rows import Seen, Vectors


@dataclass(frozen=True)
class Reading:
    """``text`` is prepared and short; ``whole``: prepared, all of it.

    ``seen``: among the phrases, ``asking``: its vector among questions of its language; None without the model.
    """

    text: str
    whole: str
    seen: Seen | None = None
    asking: Vectors | None = None

    @property
    def vector(self) -> Vectors | None:
        """Placed among the phrases."""
        return self.seen.vector if self.seen else None
