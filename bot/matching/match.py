"""What the matcher says of a message."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Outcome = Literal["answer", "clarify", "handover"]
Smalltalk = Literal[
    "greeting", "howareyou", "thanks", "goodbye", "ok", "sorry", "goodwishes", "laughter", "insult", "nothing"
]
Wish = Literal["person", "callback"]
Role = Literal["section", "detail", "both", "correction", "choice", "none", "unclear"]
"""What the conversation before had to do with a message: it asked for a section of the topic answered last, or for
more about it; both messages were read together; the second corrects the first; it chose from "did you mean", or
said that it was none of these; or the answer was not understood."""


@dataclass(frozen=True)
class Choice:
    """A topic that may be meant, and the calibrated probability (0..1) that it is."""

    topic: str
    confidence: float


@dataclass(frozen=True)
class Match:
    """``choices`` come best first, at most five. With ``smalltalk`` there was no question in the message
    ("nothing": not even a word).

    ``emergency``: the topic that helps against a certain danger; ``worry``: against one only suspected. ``also``: the
    topic of a second wish in the same message. ``section``: what a message asks that only makes sense after an answer
    ("and what does it cost?"). ``paragraph``: of the topic's answer and then of the city's addition, what fits best,
    counted from 0; ``nearest``: that, or the section, is only the least far off. ``personal``: it is about the asker's
    own running case. ``person``: it asks for a human.
    ``role``: what the context had to do with it, None for a message that stands for itself. ``elsewhere``: another city
    that it names. ``language``: the one it is written in, "" when that is not sure.
    """

    outcome: Outcome
    choices: tuple[Choice, ...] = ()
    emergency: str | None = None
    smalltalk: Smalltalk | None = None
    also: str | None = None
    section: str | None = None
    paragraph: int | None = None
    nearest: bool = False
    personal: bool = False
    worry: str | None = None
    person: Wish | None = None
    role: Role | None = None
    elsewhere: str = ""
    language: str = ""

    @property
    def topic(self) -> str | None:
        """The topic to answer with; None unless the outcome is ``answer``."""
        return self.choices[0].topic if self.outcome == "answer" and self.choices else None

    @property
    def confidence(self) -> float:
        """Probability that the best choice is right; 0.0 without choices."""
        return self.choices[0].confidence if self.choices else 0.0
