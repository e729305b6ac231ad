"""What the matcher says of a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["answer", "clarify", "handover"]
Smalltalk = Literal["greeting", "thanks", "goodbye", "nothing"]


@dataclass(frozen=True)
class Choice:
    """A topic that may be meant, and the calibrated probability (0..1) that it is."""

    topic: str
    confidence: float


@dataclass(frozen=True)
class Match:
    """``choices`` come best first, at most five. With ``smalltalk`` there was no question in the message
    ("nothing": not even a word).

    ``also``: the topic of a second wish in the same message. ``section``: what a message asks that only makes sense
    after an answer ("and what does it cost?"). ``personal``: it is about the asker's own running case.
    """

    outcome: Outcome
    choices: tuple[Choice, ...] = ()
    emergency: str | None = None
    smalltalk: Smalltalk | None = None
    also: str | None = None
    section: str | None = None
    personal: bool = False

    @property
    def topic(self) -> str | None:
        """The topic to answer with; None unless the outcome is ``answer``."""
        return self.choices[0].topic if self.outcome == "answer" and self.choices else None

    @property
    def confidence(self) -> float:
        """Probability that the best choice is right; 0.0 without choices."""
        return self.choices[0].confidence if self.choices else 0.0
