"""What the database knows of a person: where their conversation is, and which language they read."""

from __future__ import annotations

import structlog

from bot.conversation.state import State
from bot.storage import tickets

log = structlog.get_logger()


def language_of(ticket: tickets.StoredTicket) -> str:
    """What whoever asked reads; German where nothing is known, as in the conversation."""
    state = state_of(ticket.person_state)
    return state.language or state.spoken or ticket.language or "de"


def state_of(text: str) -> State:
    """A person's state; one that cannot be read any more begins anew rather than blocking the person."""
    try:
        return State.from_json(text) if text else State()
    except (ValueError, KeyError, TypeError):
        log.warning("state of a person cannot be read, beginning anew")
        return State()
