"""From a message's words to the event: the language to answer in, and what they mean after what was said before."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bot.content.model import Knowledge
from bot.conversation.events import Asked
from bot.conversation.state import State
from bot.matching.context import Context
from bot.matching.match import Match

PLAIN = "de-simple"
WORDS = 3  # a shorter message does not change the language that was chosen, nor shorter small talk that spoken so far


class Reader(Protocol):
    """What the matcher is here."""

    def match(self, text: str, context: Context) -> Match: ...


@dataclass(frozen=True)
class Heard:
    """Words as a channel hands them in. ``known``: the language spoken so far, or the app's.

    ``about``: the topic of the message they reply to, "" for none. The rest as in ``Asked``.
    """

    text: str
    known: str
    forwarded: bool = False
    edited: bool = False
    file: bool = False
    number: int = 0
    about: str = ""
    album: str = ""
    post: str = ""


def hear(heard: Heard, state: State, reader: Reader, knowledge: Knowledge, now: float) -> Asked:
    """Match the words after what this person and Lotse said before; takes milliseconds."""
    text = heard.text
    context = state.fresh(now).context
    client = heard.forwarded and state.counsellor
    if client or state.writing:
        context = Context()
    elif heard.about in knowledge.topics and heard.about != context.topic:
        context = Context(topic=heard.about, at=now)
    found = reader.match(text, context)
    written_in = found.language
    language = state.language or ("" if client else written_in) or heard.known
    not_plain = language == "de" and PLAIN in knowledge.languages
    if not_plain and (found.role == "unclear" or heard.known == PLAIN):  # who needed plain words goes on reading them
        language = PLAIN
    if found.smalltalk and state.spoken and len(text.split()) < WORDS:  # Persians and Kurds say "merci", too
        language = state.language or state.spoken
    if _strays(written_in, state.language, text, knowledge) and not client:
        language = written_in
    return Asked(
        text,
        found,
        language,
        forwarded=heard.forwarded,
        edited=heard.edited,
        file=heard.file,
        number=heard.number,
        album=heard.album,
        post=heard.post,
    )


def _strays(written_in: str, chosen: str, text: str, knowledge: Knowledge) -> bool:
    """Whether the message is in another language than the chosen one, for sure."""
    plain = {"de", PLAIN}
    if not written_in or not chosen or written_in == chosen or {written_in, chosen} == plain:
        return False
    return written_in in knowledge.languages and len(text.split()) >= WORDS
