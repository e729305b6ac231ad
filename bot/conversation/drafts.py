"""Questions that may be handed over: written in one message or in several, corrected, previewed, sent.

A preview's button sends what that preview showed. So a draft that was previewed keeps its number and its words until
it is sent, dropped, or a day old; what is written or corrected after it makes a new draft, with its own preview.
"""

from __future__ import annotations

import zlib
from collections.abc import Callable, Sequence
from dataclasses import replace

from bot.conversation.events import Asked, Draft, Pieces, Question
from bot.conversation.state import State
from bot.matching.context import REMEMBERED

CUT_AT = 4_096  # UTF-16 units: an app cuts a longer message there, or at the last space before, which it leaves out
SPLIT_FROM = 4_000
SPLIT_SECONDS = 15
LINE_SECONDS = 30  # between the lines of one question, as people write them in a chat
PREVIEW_SECONDS = 120  # so long what follows the preview of a question written for a person belongs to it
PREVIEWS = 6  # so many undecided ones are kept
TEXTS = 30  # of so many messages it is known whether an edit has changed a word
TOPICS = 4  # that the clerk reads of


def named(state: State, number: str) -> Draft | None:
    """The draft on a button; None when it was sent or dropped, or is too old."""
    return next((draft for draft in (state.draft, *state.previews) if draft and str(draft.number) == number), None)


def begun(state: State, draft: Draft) -> State:
    """``draft`` under a new number takes the place of the one before."""
    draft = replace(draft, number=state.drafts + 1)
    return replace(put_away(state), draft=draft, drafts=draft.number)


def put_away(state: State) -> State:
    """No draft; one whose preview is on the screen can be sent all the same."""
    draft = state.draft
    if draft is not None and draft.offered:
        state = replace(state, previews=(*state.previews, draft)[-PREVIEWS:])
    return replace(state, draft=None)


def shown_anew(state: State, draft: Draft) -> tuple[State, Draft]:
    """A changed draft gets a new number: the old preview's buttons must not send what it did not show."""
    fresh = replace(draft, number=state.drafts + 1, offered=True)
    if state.draft is None or state.draft.number == draft.number:
        return begun(state, fresh), fresh
    return replace(state, previews=(*state.previews, fresh)[-PREVIEWS:], drafts=fresh.number), fresh


def dropped(state: State, draft: Draft) -> State:
    """Without ``draft``, whether with its numbers or without."""
    return _each(state, lambda other: None if other.question == draft.question else other)


def sent(state: State, draft: Draft) -> State:
    """``draft`` is on its way: neither it nor what it grew from is sent again, and of what grew from it the rest."""

    def left(other: Draft) -> Draft | None:
        if draft.question.startswith(other.question):
            return None
        return replace(other, sent=len(draft.question)) if other.question.startswith(draft.question) else other

    return replace(_each(state, left), writing=False)


def unsent(draft: Draft, questions: Sequence[Question]) -> Draft:
    """What of ``draft`` is not at the office yet: an addition to the open question that holds its beginning."""
    if draft.sent:
        beginnings = {_squeezed(text[: draft.sent]) for text in (draft.question, draft.shown)}
        for question in questions:
            if question.open and _squeezed(question.text) in beginnings:
                return replace(
                    draft, question=draft.shown[draft.sent :].strip(), numbers=True, joins=question.number, pieces=()
                )
    return draft


def from_words(state: State, event: Asked, topics: tuple[str, ...], now: float, since: float, *, client: bool) -> State:
    """The message as a draft: in the place of what it corrects, below the lines just before that nobody has answered,
    or below the question before where it says nothing alone. ``since``: seconds since their last message."""
    draft, context = state.draft, state.context
    piece = (event.post, event.text)
    fresh = Draft(0, event.text, event.match.language or event.language, topics, now, client=client, pieces=(piece,))
    if draft is not None and corrects(state, event):
        pieces = tuple(piece if old[0] == event.post else old for old in draft.pieces)
        fresh = replace(draft, question=_joined(pieces), topics=topics, pieces=pieces, offered=False, sent=0)
    elif event.match.role is not None and context.question and not state.writing:
        pieces = (("", context.question), piece)
        fresh = replace(fresh, question=_joined(pieces), pieces=pieces, at=min(context.at, now))
    elif draft is not None and not client and _goes_on(state, draft, event, since):
        fresh = _longer(draft, event, topics)
    return begun(state, replace(fresh, offered=False))


def grown(state: State, draft: Draft, event: Asked, topics: tuple[str, ...]) -> State:
    """``draft`` with the words of the message below it."""
    return begun(state, _longer(draft, event, topics))


def is_cut(state: State, event: Asked, since: float, *, client: bool) -> bool:
    """Whether the message is the rest of a longer one that the app has cut."""
    draft = state.draft
    if draft is None or event.edited or not draft.pieces or client is not draft.client:
        return False
    return len(draft.pieces[-1][1]) >= SPLIT_FROM and since <= SPLIT_SECONDS


def belongs(state: State, event: Asked, since: float, *, client: bool) -> bool:
    """Whether the message goes on with a question for a person that was just previewed."""
    draft = state.draft
    if draft is None or not draft.offered or not state.growing or event.edited or client or draft.client:
        return False
    return event.number in {0, draft.joins} and since <= PREVIEW_SECONDS


def corrects(state: State, event: Asked) -> bool:
    """Whether the message is a new wording of one that the draft was made of."""
    posts = {post for post, _ in state.draft.pieces} if state.draft else set()
    return event.edited and event.post != "" and event.post in posts


def is_unchanged(state: State, event: Asked) -> bool:
    """Telegram also calls a message edited when it only got a reaction or a link's preview."""
    if not event.edited:
        return False
    known = dict(state.texts).get(event.post)
    if known is not None:
        return known == _checksum(event.text)
    draft = state.draft
    if draft is not None and (draft.question == event.text or draft.question.endswith(f"\n{event.text}")):
        return True
    return state.context.question == event.text[:REMEMBERED]


def remembered(state: State, event: Asked, now: float) -> State:
    """That the message came, and what tells whether an edit of it changes anything."""
    texts = tuple(entry for entry in state.texts if entry[0] != event.post)
    texts = (*texts, (event.post, _checksum(event.text)))[-TEXTS:] if event.post else state.texts
    return replace(state, texts=texts, wrote=state.wrote if event.edited else now)


def _goes_on(state: State, draft: Draft, event: Asked, since: float) -> bool:
    """Whether the message is the next line of a question that has no answer yet."""
    unanswered = bool(state.context.question) and not state.context.topic
    ready = unanswered and not (draft.client or draft.joins or event.edited or event.number or state.writing)
    return ready and since <= LINE_SECONDS


def _longer(draft: Draft, event: Asked, topics: tuple[str, ...]) -> Draft:
    pieces = (*(draft.pieces or (("", draft.question),)), (event.post, event.text))
    language = event.match.language if len(event.text) > len(draft.question) else ""
    topics = tuple(dict.fromkeys((*draft.topics, *topics)))[:TOPICS]
    return replace(draft, question=_joined(pieces), language=language or draft.language, topics=topics, pieces=pieces)


def _joined(pieces: Pieces) -> str:
    text = last = ""
    for _, words in pieces:
        cut = last[-1:].isspace() or len(last.encode("utf-16-le", "replace")) // 2 >= CUT_AT
        between = "" if cut or not text else "\n"
        text, last = f"{text}{between}{words}", words
    return text


def _each(state: State, change: Callable[[Draft], Draft | None]) -> State:
    """The state with every draft as ``change`` makes it."""
    previews = tuple(left for left in map(change, state.previews) if left)
    return replace(state, draft=change(state.draft) if state.draft else None, previews=previews)


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _checksum(text: str) -> int:
    """Tells one's words from other words; they cannot be read out of it."""
    return zlib.crc32(text.encode())
