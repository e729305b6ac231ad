"""What a link such as t.me/BOT?start=lang_uk__topic_appointment-book asks for.

Telegram carries at most 64 characters of A-Z, a-z, 0-9, _ and -. Parts are joined by ``__``, which no id can hold
(ids are lower-case words joined by single hyphens), and each is ``kind_id``.
"""

from __future__ import annotations

from dataclasses import dataclass

from bot.content.model import Knowledge

MAX_CHARACTERS = 64
_BETWEEN = "__"
_INVITATION = "invite_"
_MOVE = "go_"


@dataclass(frozen=True)
class DeepLink:
    """What of the link this knowledge has; "" for the rest. Nothing at all: an ordinary start."""

    language: str = ""
    topic: str = ""
    place: str = ""

    def encode(self) -> str:
        """The parameter after ``?start=``. Raises ValueError past 64 characters."""
        parts = (("lang", self.language), ("topic", self.topic), ("place", self.place))
        text = _BETWEEN.join(f"{kind}_{id_}" for kind, id_ in parts if id_)
        if len(text) > MAX_CHARACTERS:
            raise ValueError(f"{text}: over {MAX_CHARACTERS} characters. Leave out a part of the link.")
        return text


def invite(code: str) -> str:
    """The parameter of the link that makes whoever opens it a counsellor."""
    return _INVITATION + code


def invitation(parameter: str) -> str:
    """The code of an invitation's link; "" for any other link."""
    return parameter.removeprefix(_INVITATION) if parameter.startswith(_INVITATION) else ""


def move(key: str) -> str:
    """The parameter of the link that brings a chat's questions from the browser to whoever opens it."""
    return _MOVE + key


def moved(parameter: str) -> str:
    """The key of such a link; "" for any other."""
    return parameter.removeprefix(_MOVE) if parameter.startswith(_MOVE) else ""


def read(parameter: str, knowledge: Knowledge) -> DeepLink:
    """The link's known parts; unknown ones, of an old postcard for example, count as not there."""
    found: dict[str, str] = {}
    for part in parameter.split(_BETWEEN):
        kind, _, id_ = part.partition("_")
        found.setdefault(kind, id_)
    language, topic, place = (found.get(kind, "") for kind in ("lang", "topic", "place"))
    return DeepLink(
        language if language in knowledge.languages else "",
        topic if topic in knowledge.topics else "",
        place if place in knowledge.places else "",
    )
