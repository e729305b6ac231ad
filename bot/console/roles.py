"""Which role may do what. Pure."""

from __future__ import annotations

from enum import StrEnum


class Role(StrEnum):
    """Of an account; the value is stored."""

    EDITOR = "editor"
    REVIEWER = "reviewer"
    OFFICE = "office"
    FIGURES = "figures"
    ADMINISTRATOR = "administrator"


class May(StrEnum):
    """What a page needs."""

    ENTER = "enter"  # signed in, as whatever
    READ_TOPICS = "read topics"
    EDIT_TOPICS = "edit topics"
    SAVE_TOPICS = "save topics"  # at once, where two pairs of eyes are not asked for; else it waits
    PUBLISH = "publish"  # what others have changed
    ANSWER = "answer"  # read and answer questions of people
    FIGURES = "figures"  # counts, reports; no words of people
    INVITE = "invite"  # counsellors
    PRINT = "print"  # postcards and signs
    SETTINGS = "settings"
    AUDIT = "audit"
    ACCOUNTS = "accounts"


_EVERYBODY = {May.ENTER, May.FIGURES}
_TEXTS = {*_EVERYBODY, May.READ_TOPICS, May.EDIT_TOPICS, May.SAVE_TOPICS, May.PRINT}

ALLOWED: dict[Role, frozenset[May]] = {
    Role.FIGURES: frozenset(_EVERYBODY),
    Role.EDITOR: frozenset(_TEXTS),
    Role.REVIEWER: frozenset({*_TEXTS, May.PUBLISH}),
    Role.OFFICE: frozenset({*_EVERYBODY, May.READ_TOPICS, May.EDIT_TOPICS, May.ANSWER, May.INVITE, May.PRINT}),
    Role.ADMINISTRATOR: frozenset(May),
}


def allowed(role: str, may: May) -> bool:
    """Whether an account of ``role`` (as stored) may; one of a role that there is no more may nothing."""
    return role in set(Role) and may in ALLOWED[Role(role)]
