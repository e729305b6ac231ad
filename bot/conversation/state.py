"""What is remembered of one person between two messages."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.conversation.events import Draft
from bot.matching.context import NOTHING, Context

DRAFT_SECONDS = 24 * 3600


@dataclass(frozen=True)
class State:
    """``language`` is "" until chosen; until then ``spoken`` is the one last written in.

    ``writing``: the next text is a question for a person, not for the matcher; it belongs to the question number
    ``joining``, or to none (0). ``context``: what was talked about; forgotten as the draft is. ``counsellor``: what
    they forward is a client's question. ``offered``: languages that they were offered to stay in. ``album``: the
    pictures that were spoken of last. ``previews``: undecided drafts before the last. ``growing``: what is written next
    belongs to the draft, unless it comes later than ``wrote``, the time of the last words, allows. ``texts``: the
    channel's ids of the last messages, with a checksum each.
    """

    language: str = ""
    spoken: str = ""
    draft: Draft | None = None
    drafts: int = 0
    writing: bool = False
    joining: int = 0
    counsellor: bool = False
    context: Context = NOTHING
    offered: tuple[str, ...] = ()
    album: str = ""
    previews: tuple[Draft, ...] = ()
    growing: bool = False
    wrote: float = 0.0
    texts: tuple[tuple[str, int], ...] = ()

    @property
    def words_since(self) -> float | None:
        """When the oldest words of theirs that are kept here were written; None: there are none."""
        found = [draft.at for draft in (self.draft, *self.previews) if draft]
        return min([*found, self.context.at]) if self.context.question else min(found, default=None)

    def fresh(self, now: float) -> State:
        """The state without what is too old to be kept, or to be spoken of."""
        state = self
        if state.draft is not None and now - state.draft.at > DRAFT_SECONDS:
            state = replace(state, draft=None)
        if any(now - draft.at > DRAFT_SECONDS for draft in state.previews):
            kept = tuple(draft for draft in state.previews if now - draft.at <= DRAFT_SECONDS)
            state = replace(state, previews=kept)
        if now - state.wrote > DRAFT_SECONDS:
            state = replace(state, texts=())
        if now - state.context.at > DRAFT_SECONDS:
            state = replace(state, context=NOTHING)
        return state

    def to_json(self) -> str:
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> State:
        """Raises ValueError, KeyError or TypeError on text that ``to_json`` did not write."""
        raw = json.loads(text)
        draft, context = raw.get("draft"), raw.get("context")
        return cls(
            language=raw["language"],
            spoken=raw.get("spoken", ""),  # what an older version wrote does not have it
            draft=_draft(draft) if draft else None,
            drafts=raw["drafts"],
            writing=raw["writing"],
            joining=raw.get("joining", 0),
            counsellor=raw.get("counsellor", False),
            context=Context(**{**context, "shown": tuple(context["shown"]), "offered": tuple(context["offered"])})
            if context
            else NOTHING,
            offered=tuple(raw.get("offered", ())),
            album=raw.get("album", ""),
            previews=tuple(map(_draft, raw.get("previews", ()))),
            growing=raw.get("growing", False),
            wrote=raw.get("wrote", 0.0),
            texts=tuple((post, checksum) for post, checksum in raw.get("texts", ())),
        )


def _draft(raw: dict[str, Any]) -> Draft:
    pieces = tuple((post, words) for post, words in raw.get("pieces", ()))
    return Draft(**{**raw, "topics": tuple(raw["topics"]), "pieces": pieces})
