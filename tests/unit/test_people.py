"""Whom somebody asks for, and what of a message is left without them."""

from __future__ import annotations

import pytest

from bot.matching.context import Context
from bot.matching.match import Choice, Match
from bot.matching.people import People, aside
from bot.matching.turns import Turn

PEOPLE = People(["Frau", "Kind", "Kinder", "son", "my son", "زوجتي", "ሰበይተይ", "vợ tôi"])
PERMIT = Context(topic="residence-permit", question="how do I extend my permit")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("und meine Frau?", "und meine ?"),
        ("gilt das für KINDER", "gilt das für"),
        ("das Kindergeld", None),  # a longer word is another word
        ("sonst noch was", None),  # so short a word has no ending
        ("and for my son too", "and for too"),
        ("ولزوجتي نفس السعر؟", "نفس السعر؟"),  # "and for the" is written in front of it
        ("ንሰበይተይ ከ", "ከ"),
        ("cho vo toi nua", "cho nua"),  # typed without accents
        ("how much is it", None),
    ],
)
def test_a_message_without_its_people(text, left):
    assert PEOPLE.without(text) == left


def test_without_words_it_knows_nobody():
    assert People([]).without("und meine Frau?") is None


def asked(alone, without, text, turn=None):
    """``aside`` after an answer on a residence permit; ``alone``: the message, ``without``: the same without people."""
    turn = turn or Turn(points=True)
    return aside(alone, turn, text, PERMIT, PEOPLE, lambda _: without)


def found(outcome, **topics):
    return Match(outcome, tuple(Choice(topic.replace("_", "-"), sure) for topic, sure in topics.items()))


CHILD = found("answer", child_benefit=0.9)
NOTHING = (found("handover", child_benefit=0.05), Turn(bare=True))


def test_a_topic_that_only_the_people_named_is_none():
    match, turn, text = asked(CHILD, NOTHING, "is it so for my son?")
    assert (match.topic, match.choices[0].confidence, text) == (None, 0.05, "is it so for ?")
    assert turn.points


@pytest.mark.parametrize(
    ("alone", "without", "text"),
    [
        (CHILD, (found("answer", child_benefit=0.8), Turn()), "benefit for my son"),  # named without them, too
        (found("answer", child_benefit=0.98), NOTHING, "is it so for my son?"),  # beyond doubt
        (CHILD, NOTHING, "is it so for him?"),  # no people
        (found("answer", residence_permit=0.9), NOTHING, "my son's permit"),  # the topic answered last
    ],
)
def test_a_subject_stays_a_subject(alone, without, text):
    assert asked(alone, without, text) is None


def test_a_section_is_asked_for_in_words_or_not_at_all():
    guessed = Turn(section="cost", perhaps="cost", bare=True)
    assert asked(CHILD, (found("handover"), guessed), "and my son?")[1].section is None
    said = Turn(section="cost", section_said=True, bare=True)
    assert asked(CHILD, (found("handover"), said), "same price for my son?")[1].section == "cost"


def test_no_i_meant_my_son_corrects_whom_and_not_what():
    text = "no, I meant for my son"
    match, turn, left = asked(CHILD, NOTHING, text, Turn(rest="for my son"))
    assert (match.outcome, turn.rest, turn.whom, left) == ("handover", None, True, text)
    school = asked(CHILD, (found("answer", school=0.9), Turn()), text, Turn(rest="school for my son"))
    assert school is None  # it says what, too


def test_danger_that_the_people_alone_suggested_is_none():
    wife = Match("answer", (Choice("violence", 0.84),), worry="violence")
    assert asked(wife, NOTHING, "and my son")[0].worry is None
    said = Match("answer", (Choice("violence", 0.84),), worry="suicide")
    assert asked(said, NOTHING, "and my son")[0].worry == "suicide"
