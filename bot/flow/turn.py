"""One message on its way through the flow, and what it means to whoever wrote it."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace

from bot.conversation import deep_links
from bot.conversation.actions import decode
from bot.conversation.events import (
    COMMANDS,
    OTHER_KINDS,
    Asked,
    Command,
    Commanded,
    Event,
    Invited,
    Moved,
    OtherKind,
    Pressed,
    SentOther,
)
from bot.conversation.hearing import Heard, hear
from bot.conversation.incoming import Incoming
from bot.flow.states import state_of
from bot.knowledge.beside import processors
from bot.knowledge.live import Current
from bot.storage import queue

# More threads than cores carry nothing more, and each keeps memory of its own.
_MATCHING = ThreadPoolExecutor(processors(), "matching")


@dataclass(frozen=True)
class Turn:
    """One message on its way: its row, what it says, the knowledge that answers it, and the time.

    ``event`` is what it means to somebody whose state was ``before``, ``language`` the one to answer in. ``erased``
    becomes the lanes of the mails about what was erased.
    """

    row: queue.Row
    incoming: Incoming
    current: Current
    now: float
    before: str = ""
    event: Event | None = None
    language: str = ""
    erased: list[str] = field(default_factory=list)

    @property
    def in_danger(self) -> bool:
        return isinstance(self.event, Asked) and self.event.match.emergency is not None


async def heard(turn: Turn, before: str) -> Turn:
    """The turn with the event behind its message, and the language to answer in."""
    incoming, state = turn.incoming, state_of(before)
    known = state.language or state.spoken or incoming.guess
    event: Event
    match incoming.kind:
        case "command" if incoming.text == "start" and deep_links.invitation(incoming.argument):
            event = Invited(False, incoming.guess)  # whether it is good is for the transaction to say
        case "command" if incoming.text == "start" and deep_links.moved(incoming.argument):
            event = Moved(False, incoming.guess)  # the same
        case "command":
            command: Command = next((name for name in COMMANDS if name == incoming.text), "help")
            event = Commanded(command, incoming.guess, incoming.argument)
        case "button":
            event = Pressed(decode(incoming.text))
        case "other":
            kind: OtherKind = next((name for name in OTHER_KINDS if name == incoming.text), "other")
            event = SentOther(kind, incoming.guess, incoming.album)
        case _:
            number, about = _replied(incoming, turn.current)
            said = Heard(
                incoming.text,
                known,
                incoming.forwarded,
                edited=incoming.edited,
                file=incoming.file,
                number=number,
                about=about,
                album=incoming.album,
                post=incoming.post,
            )
            current = turn.current
            # The embedder is native code and takes milliseconds: off the event loop.
            loop = asyncio.get_running_loop()
            event = await loop.run_in_executor(
                _MATCHING, hear, said, state, current.matcher, current.knowledge, turn.now
            )
            known = event.language
    return replace(turn, before=before, event=event, language=known)


def _replied(incoming: Incoming, current: Current) -> tuple[int, str]:
    """What a message replies to: the number of an answered question, and a topic; 0 and "" for none."""
    actions = [action for action in map(decode, incoming.replied_buttons) if action is not None]
    number = next((action.argument for action in actions if action.verb == "again"), "")
    if number.isdecimal():
        return int(number), ""
    topic = next((action.argument for action in actions if action.verb == "helped"), "")
    return 0, topic or current.composer.topic_titled(incoming.replied)


def decision(event: Event | None) -> dict[str, object]:
    """What may be logged of a decision: ids and numbers, never words."""
    if isinstance(event, Asked):
        return {
            "outcome": event.match.outcome,
            "topic": event.match.topic,
            "confidence": round(event.match.confidence, 3),
            "emergency": event.match.emergency,
            "language": event.language,
        }
    if isinstance(event, Commanded):
        return {"command": event.command}
    if isinstance(event, Moved):
        return {"moved": event.valid}
    if isinstance(event, Invited):
        return {"invitation": event.valid}
    return {}
