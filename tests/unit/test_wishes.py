"""More than one wish in a message: what is answered, and what comes first."""

from __future__ import annotations

import pytest

from bot.matching.match import Choice, Match
from bot.matching.wishes import with_second

ANSWER = 0.5
# What each part of a message would get by itself, and what the whole is about, by its likelihood; what is answered then.
TOLD = {
    "two wishes, as they were said": (
        ["kita", "flat"],
        {"kita": 0.5, "flat": 0.5},
        ["kita", "flat"],
    ),
    "a story begins with what was, and ends with what is asked": (
        ["integration-course", "vocational-course"],
        {"vocational-course": 0.7, "integration-course": 0.2},
        ["vocational-course", "integration-course"],
    ),
    "one that the whole does not even think of": (
        ["doctor", "guarantee"],
        {"visa": 0.4, "guarantee": 0.3},
        ["guarantee", "doctor"],
    ),
    "one wish said twice": (["kita", "kita"], {"kita": 0.5}, ["kita"]),
    "three are a story, which is asked as a whole": (["kita", "flat", "doctor"], {"kita": 0.5}, ["kita"]),
}


@pytest.mark.parametrize(("parts", "whole", "answered"), TOLD.values(), ids=TOLD)
def test_two_wishes(parts, whole, answered):
    alone = iter(parts)
    found = with_second(
        Match("answer", tuple(Choice(topic, chance) for topic, chance in whole.items())),
        ". ".join("diese Worte fragen etwas" for _ in parts),
        ANSWER,
        lambda _: ("answer", (Choice(next(alone), 0.9),)),
    )
    assert [topic for topic in (found.topic, found.also) if topic] == answered
