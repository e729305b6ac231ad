"""What of a conversation is counted: dialogues, each line with what it counts. No model, no storage."""

from __future__ import annotations

import pytest

from bot.conversation.actions import Action
from bot.conversation.events import Answer, Asked, Draft, HandOver, Pressed, Say, Sentence
from bot.conversation.outcomes import outcomes
from bot.matching.match import Choice, Match

ASKED = Asked("?", Match("clarify", (Choice("school", 0.4), Choice("kita", 0.3))), "de")


def pressed(verb, argument="", detail=""):
    return Pressed(Action(verb, argument, detail))


@pytest.mark.parametrize(
    ("event", "effects", "counted"),
    [
        (ASKED, [Say((Answer("school"),))], [("answered", "school")]),
        # two wishes in one message
        (ASKED, [Say((Answer("school"),)), Say((Answer("kita"),))], [("answered", "school"), ("answered", "kita")]),
        (ASKED, [Say((Sentence("did-you-mean"),))], [("clarified", "school")]),
        (ASKED, [Say((Sentence("no-answer"),))], [("no-answer", "")]),
        (ASKED, [Say((Sentence("none-of-these"),))], [("no-answer", "")]),
        # a section that a topic does not have
        (ASKED, [Say((Sentence("nothing-known", {"topic": "kita"}),))], [("no-answer", "kita")]),
        # small talk, a wish for a human, a preview: nothing was asked of the knowledge
        (ASKED, [Say((Sentence("smalltalk-thanks"),))], []),
        # a topic chosen from the menu, or from "did you mean"; its sections and the way back are the same answer
        (pressed("topic", "kita"), [Say((Answer("kita"),))], [("answered", "kita")]),
        (pressed("topic", "kita", "back"), [Say((Answer("kita"),))], []),
        (pressed("section", "kita", "cost"), [Say((Answer("kita", "cost"),))], []),
        (pressed("helped", "kita"), [Say((Sentence("glad"),))], []),
        # "I need something else" below an answer; from the menu it says nothing of any answer
        (pressed("person", "kita"), [Say((Sentence("preview"),))], [("did-not-help", "kita")]),
        (pressed("person"), [Say((Sentence("preview"),))], []),
        # the helplines come first: that is no new answer, and "the office all the same" no second complaint
        (pressed("person", "violence"), [Say((Answer("violence"),))], [("did-not-help", "violence")]),
        (pressed("person", "violence", "office"), [Say((Sentence("preview"),))], []),
        # after an answer about school; what a clerk is told may be meant is no topic of anybody's
        (pressed("send", "1"), [HandOver(Draft(1, "?", "de", ("kita", "school"), 0))], [("handed-over", "school")]),
        (pressed("send", "1"), [HandOver(Draft(1, "?", "de", ("kita",), 0))], [("handed-over", "")]),
        # what joins an open question is no question of its own
        (pressed("send", "1"), [HandOver(Draft(1, "?", "de", (), 0, joins=7))], []),
    ],
)
def test_what_is_counted(event, effects, counted):
    assert outcomes(event, effects, about="school") == counted
