"""What is remembered of one person between two messages."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass

from bot.conversation.events import Draft

DRAFT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class State:
    """``language`` is "" until chosen; until then ``spoken`` is the one last written in.

    ``writing``: the next text is a question for a person, not for the matcher; it belongs to the question number
    ``joining``, or to none (0). ``topic`` is the one last answered: "and what does it cost?" is about that.
    ``counsellor``: what they forward is a client's question.
    """

    language: str = ""
    spoken: str = ""
    draft: Draft | None = None
    drafts: int = 0
    writing: bool = False
    topic: str = ""
    joining: int = 0
    counsellor: bool = False

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> State:
        """Raises ValueError or KeyError on text that ``to_json`` did not write."""
        raw = json.loads(text)
        draft = raw.get("draft")
        return cls(
            language=raw["language"],
            spoken=raw.get("spoken", ""),  # what an older version wrote does not have it
            draft=Draft(**{**draft, "topics": tuple(draft["topics"])}) if draft else None,
            drafts=raw["drafts"],
            writing=raw["writing"],
            topic=raw.get("topic", ""),
            joining=raw.get("joining", 0),
            counsellor=raw.get("counsellor", False),
        )
