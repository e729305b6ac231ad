"""More than one wish in a message: what is answered, and what comes first."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.matching.match import Choice, Match
from bot.matching.wishes import beside_danger, with_second

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


VIOLENCE = "violence-against-women"
REGISTER = ("answer", (Choice("address-registration", 0.9),))
# What the whole message would get, and its parts; what is answered below the notice.
BESIDE = {
    "both are told": (Match("answer", (Choice(VIOLENCE, 0.9),)), REGISTER, [VIOLENCE, "address-registration"]),
    "also where the whole is neither": (
        Match("clarify", (Choice("address-registration", 0.5), Choice(VIOLENCE, 0.4))),
        REGISTER,
        [VIOLENCE, "address-registration"],
    ),
    "nothing that the part is not sure of": (
        Match("answer", (Choice(VIOLENCE, 0.9),)),
        ("answer", (Choice("address-registration", 0.6),)),
        [VIOLENCE],
    ),
    "nor what helps against danger, twice": (
        Match("answer", (Choice(VIOLENCE, 0.9),)),
        ("answer", (Choice("police-emergency", 0.9),)),
        [VIOLENCE],
    ),
    "and where nothing can be decided, the notice is all": (
        Match("handover"),
        ("handover", ()),
        [],
    ),
    "what is answered already stays": (Match("answer", (Choice("kita-place", 0.9),)), REGISTER, ["kita-place"]),
}


@pytest.mark.parametrize("text", ["he beats me, where do I register", "he beats me. where do I register"])
@pytest.mark.parametrize(("whole", "part", "answered"), BESIDE.values(), ids=BESIDE)
def test_what_is_asked_beside_danger(text, whole, part, answered):
    found = beside_danger(
        replace(whole, emergency=VIOLENCE),
        text,
        ANSWER,
        lambda said: part if "register" in said else ("handover", (Choice("kita-place", 0.1),)),
        {VIOLENCE, "police-emergency"},
    )
    assert [topic for topic in (found.topic, found.also) if topic] == answered
    assert found.emergency == VIOLENCE
