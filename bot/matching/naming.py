"""Whether a message after an answer calls another topic by its name: as its subject, or as a circumstance."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from bot.matching.fold import fold
from bot.matching.lexical import LexicalIndex
from bot.matching.wishes import clauses

Naming = Literal["subject", "circumstance"]


def naming(lexical: LexicalIndex, text: str, topic: str | None, last: str, topics: Sequence[str]) -> Naming | None:
    """How ``text`` names ``topic`` after an answer on ``last``; None when it does not, or they are the same.

    "And child benefit?" names a subject: hardly anything else is said. "Even if the job centre pays for me?" names a
    circumstance after an answer that speaks of the job centre; "I get child benefit, do I pay?" asks something else
    behind it, and names nothing.
    """
    if topic not in topics or last not in topics or topic == last:
        return None
    row, before = topics.index(topic), topics.index(last)
    names = lexical.names(text, row)
    if any(2 * len(name) >= len(fold(text)) for name in names):
        return "subject"
    if any(lexical.mentions(name, before) for name in names):
        return "circumstance"
    return "subject" if lexical.names((clauses(text) or [text])[-1], row) else None
