"""Signs that turn the reading direction of what follows: those of a stranger must not turn our own words round."""

from __future__ import annotations

TURNING = "\u202a-\u202e\u2066-\u2069"  # embedding, overriding, isolating: the inside of a character class
