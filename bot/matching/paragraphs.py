"""Which paragraph of a topic answers what is asked about it: after an answer, when no section is asked for.

A paragraph is read alone, so that a short answer of three of them says which one fits.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import NamedTuple

from bot.content.model import Knowledge
from bot.content.said_inside import paragraphs
from bot.matching.fold import clean
from bot.matching.meaning import Meaning
from bot.matching.passages import WHOLE, bare
from bot.matching.rows import Rows, Vectors


class Paragraph(NamedTuple):
    """The ``at``-th of a section, or of the answer and then the city's addition; its title in front."""

    text: str
    topic: str
    section: str
    at: int


class Part(NamedTuple):
    """What of a topic is nearest to a question: a section, or (``section`` "") one paragraph of the answer.

    ``likeness``: the paragraph's cosine to the question, each seen from the middle of its own kind.
    """

    likeness: float
    section: str
    at: int

    @property
    def name(self) -> str:
        """As in ``Context.shown``."""
        return self.section or str(self.at)


def paragraphs_of(knowledge: Knowledge) -> list[Paragraph]:
    """Those of every topic in its first language (German)."""
    found = []
    for topic in knowledge.topics.values():
        words = topic.words.get("de", next(iter(topic.words.values()), None))
        if words is None:
            continue
        title = clean(words.title)
        answer = [*paragraphs(words.answer), *paragraphs(words.local)]
        for section, texts in [("", answer), *((name, paragraphs(text)) for name, text in words.sections.items())]:
            found += [
                Paragraph(f"{title}. {clean(bare(text))}"[:WHOLE], topic.id, section, at)
                for at, text in enumerate(texts)
            ]
    return found


class Fitting:
    """Knows the vectors of ``learned``, which are learned; without the model (``meaning``) nothing."""

    def __init__(self, learned: Sequence[Paragraph], meaning: Meaning | None) -> None:
        self._rows = meaning.passages([one.text for one in learned]) if meaning else Rows.none(1)
        self._places: dict[str, list[tuple[int, Paragraph]]] = {}
        for row, one in enumerate(learned):
            self._places.setdefault(one.topic, []).append((row, one))

    def part(
        self, topic: str, asking: Vectors | None, shown: Collection[str], *, sections_only: bool = False
    ) -> Part | None:
        """What of ``topic`` is nearest to a question (its vector), but for ``shown``: sections, and by their number
        paragraphs of the answer that were shown alone. None where nothing is left."""
        places = self._places.get(topic)
        if asking is None or not places:
            return None
        near = self._rows.some([row for row, _ in places]).cosines(asking[None])[0]
        parts = [Part(float(cosine), one.section, one.at) for cosine, (_, one) in zip(near, places, strict=True)]
        left = [part for part in parts if (part.section or not sections_only) and part.name not in shown]
        return max(left, default=None)
