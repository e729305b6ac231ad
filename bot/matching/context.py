"""What a conversation was about: all that a message may be read together with."""

from __future__ import annotations

from dataclasses import dataclass

FOLLOW_UP_WORDS = 9  # a longer message stands for itself
SAME_BREATH = 16  # so long is one that is still about the topic before, where nothing else is meant for sure
REMEMBERED = 500  # characters of the last question; so many the matcher reads


@dataclass(frozen=True)
class Context:
    """``topic`` is the one answered last, ``shown`` what of it was read: its sections, "" for the answer itself,
    and the number of a paragraph that was shown alone.

    ``question`` is what was asked then, "" when a button was pressed. ``offered``: the topics of "did you mean",
    as they stood. ``danger``: the topic of an emergency notice after which nobody has asked for a person yet.
    ``at``: when the question was asked, in seconds since the epoch. ``elsewhere``: the other city it named.
    """

    topic: str = ""
    shown: tuple[str, ...] = ()
    question: str = ""
    offered: tuple[str, ...] = ()
    danger: str = ""
    at: float = 0.0
    elsewhere: str = ""

    def __bool__(self) -> bool:
        return bool(self.topic or self.question or self.offered)


NOTHING = Context()
