"""What a message is about after an answer, of which the parts are given: the match alone, and of both messages."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.matching.context import Context
from bot.matching.in_context import resolve
from bot.matching.match import Choice, Match
from bot.matching.turns import Turn, Turns

KITA = Context(topic="kita-place", shown=("",), question="Kita-Platz für meine Tochter")
HOLDERS = {"documents": {"what-to-bring"}}
REPLIES = {
    "none": {"de": ("nein", "nee", "nichts davon", "nichts von denen")},
    "correction": {"de": ("nein, ich meinte", "ich meinte", "nein, es geht um")},
    "not": {"de": ("nicht", "keine")},
    "unclear": {"de": ("verstehe ich nicht",)},
    "lead": {"de": ("und", "was ist mit")},
    "pointing": {"de": ("das",)},
}


@pytest.fixture(scope="module")
def turns(small):
    return Turns(replace(small, replies=REPLIES))


def match(outcome="handover", section=None, **choices):
    """Topics with underscores for hyphens."""
    found = [Choice(topic.replace("_", "-"), sure) for topic, sure in choices.items()]
    return Match(outcome, tuple(found), section=section)


@pytest.mark.parametrize(
    ("alone", "turn", "both", "outcome", "first", "section"),
    [
        # "Can somebody help me move?": both messages together are about the kita, for one of them is
        (match("clarify", social=0.73), Turn(), match("answer", kita_place=0.9), "clarify", "social", None),
        # "are you open on Saturday?": together they sound like something that neither says
        (match("clarify", hours=0.63), Turn(), match("answer", emergency=0.85), "clarify", "hours", None),
        # "and for my son?": it names no subject, so it is about the kita
        (match("clarify", aid=0.55), Turn(points=True), match("answer", kita_place=0.9), "answer", "kita-place", None),
        # "no, not the kita, the after-school club": what is denied is not meant, and stays in reach
        (
            match("clarify", day_care=0.45),
            Turn(denies=True),
            match("answer", kita_place=0.9, day_care=0.1),
            "clarify",
            "day-care",
            None,
        ),
        # "which papers should I think of?": the topic that holds them for many others is no subject of its own
        (
            match("answer", what_to_bring=0.95),
            Turn(perhaps="documents", perhaps_odds=0.0),
            match(),
            "answer",
            "kita-place",
            "documents",
        ),
        (
            match("answer", debts=0.95),  # but this one is
            Turn(perhaps="documents", perhaps_odds=0.0),
            match(),
            "answer",
            "debts",
            None,
        ),
        # "and does the kita charge?": the topic answered last is named, and a section of it is asked for
        (
            match("answer", kita_place=0.99),
            Turn(perhaps="cost", perhaps_odds=0.0),
            match(),
            "answer",
            "kita-place",
            "cost",
        ),
        # words that could stand after any answer, but together they name something else beyond doubt
        (
            match("answer", extension=0.98),
            Turn(points=True, bare=True),
            match("answer", kita_place=0.9),
            "answer",
            "extension",
            None,
        ),
        # "what do I owe them for it?" sounds like debts, and points to what was answered
        (match("answer", "cost", debts=0.94), Turn("cost", refers=True), match(), "answer", "kita-place", "cost"),
        # "what does that Deutschlandticket cost?" points, too, and names another subject beyond doubt
        (match("answer", "cost", ticket=0.99), Turn("cost", refers=True), match(), "answer", "ticket", None),
    ],
)
def test_after_the_answer_on_a_kita(alone, turn, both, outcome, first, section):
    found = resolve(alone, turn, "was auch immer", KITA, lambda _: both, HOLDERS)
    assert (found.outcome, found.choices[0].topic, found.section) == (outcome, first, section)
    if outcome == "clarify":
        assert "kita-place" in [choice.topic for choice in found.choices]


@pytest.mark.parametrize(
    ("alone", "turn", "near", "first", "role"),
    [
        # "the landlord gives me no paper": sounds a little like arrears, and a paragraph of the answer speaks of it
        (match("clarify", arrears=0.7), Turn(), (), "kita-place", "detail"),
        (match(arrears=0.1), Turn(), (), "kita-place", "detail"),
        # "and what else?" asks for notes: what fits is nearer than the section of that name
        (match(section="notes"), Turn("notes", bare=True), (), "kita-place", "detail"),
        (match(section="cost"), Turn("cost", bare=True), (), "kita-place", "section"),  # but not than another
        # "everything is full" after an appointment: the topic beside it is likely enough
        (match("clarify", arrears=0.55), Turn(), ("arrears",), "arrears", None),
        (match("clarify", arrears=0.45), Turn(), ("arrears",), "kita-place", "detail"),
        (match("clarify", arrears=0.55), Turn(bare=True), ("arrears",), "kita-place", "detail"),
        # "no, not that": it is not about the answer
        (match("clarify", arrears=0.7), Turn(denies=True), (), "arrears", "both"),
        # sure of another topic, which has nothing to do with this one
        (match("answer", arrears=0.9), Turn(), (), "kita-place", "detail"),
        (match("answer", arrears=0.9), Turn(), ("arrears",), "arrears", None),  # which has
        (match("answer", arrears=0.98), Turn(), (), "arrears", None),  # beyond doubt
    ],
)
def test_what_a_part_of_the_answer_answers(alone, turn, near, first, role):
    found = resolve(
        alone,
        turn,
        "was auch immer",
        KITA,
        lambda _: match("answer", kita_place=0.95),
        HOLDERS,
        near=near,
        fitting=True,
    )
    assert (found.choices[0].topic, found.role) == (first, role)


def test_a_danger_is_no_stray_word():
    """ "My husband beats me" after a kita is sure enough, whatever both messages together sound like."""
    alone = replace(match("answer", violence=0.9), worry="violence")
    found = resolve(alone, Turn(), "er schlägt mich", KITA, lambda _: match("answer", kita_place=0.95), HOLDERS)
    assert found.topic == "violence"


@pytest.mark.parametrize(
    ("rest", "first"),
    [
        ("answer", "extension"),  # what stands behind the comma is sure
        ("handover", "lost-document"),
    ],
)
def test_no_not_this_but_that(rest, first):
    context = Context(topic="lost-document", shown=("",), question="Karte verloren")
    texts = {"sie ist abgelaufen": match(rest, extension=0.9)}
    alone = match("clarify", lost_document=0.6)
    found = resolve(
        alone,
        Turn(denies=True),
        "nein nicht verloren, sie ist abgelaufen",
        context,
        lambda text: texts.get(text.strip(), alone),
        {},
    )
    assert found.choices[0].topic == first


@pytest.mark.parametrize(
    ("text", "rest"),
    [
        ("nein, ich meinte den Pass", "den Pass"),
        ("nee ich meinte den Pass", "den Pass"),  # each "no" with each way to go on
        ("nein nein, ich meinte den Pass", "den Pass"),
        ("ich meinte den Pass", "den Pass"),
        ("nein, es geht um den Pass", "den Pass"),
        ("es geht um den Pass", None),  # a question, and no correction
        ("nein", None),
    ],
)
def test_a_correction_begins_in_many_ways(turns, text, rest):
    assert turns.read(text, None).rest == rest


@pytest.mark.parametrize(
    ("text", "declines"),
    [
        ("nichts von denen", True),
        ("nein, nichts von denen da", True),  # with a word more
        ("nichts von denen passt für meinen Sohn", False),
        ("von denen", False),
    ],
)
def test_none_of_these(turns, text, declines):
    assert turns.read(text, None).declines is declines


@pytest.mark.parametrize(
    ("text", "points", "denies"),
    [
        ("was ist mit meinem Sohn", True, False),  # "what about": several words
        ("und mein Sohn", True, False),
        ("undichte Fenster", False, False),
        ("nein, abgelaufen", False, True),
        ("nein", False, False),
    ],
)
def test_how_a_message_begins(turns, text, points, denies):
    turn = turns.read(text, None)
    assert (turn.points, turn.denies) == (points, denies)


@pytest.mark.parametrize(
    ("shown", "asked", "role", "section", "again"),
    [
        (("", "cost"), None, "section", "cost", True),  # "no, for my son" after the cost
        (("", "cost"), "documents", "section", "documents", False),  # "the same papers for my son?"
        (("", "2"), None, "detail", None, False),  # after a paragraph of the answer
        (("",), None, "detail", None, False),
    ],
)
def test_the_same_for_somebody_else(shown, asked, role, section, again):
    found = resolve(
        match(section=asked), Turn(whom=True), "für meinen Sohn", replace(KITA, shown=shown), lambda _: match(), {}
    )
    assert (found.topic, found.role, found.section, found.nearest) == ("kita-place", role, section, again)


@pytest.mark.parametrize(
    ("text", "denied", "rest"),
    [
        ("nein nicht der Pass, die Karte", "der pass", "die Karte"),
        ("nee, nein. keine Kita, ein Hort", "kita", "ein Hort"),
        ("nein der Pass nicht, die Karte", "der pass", "die Karte"),  # as in Turkish
        ("nichts davon, die Karte", "", "die Karte"),
        ("nein, die Karte, nicht der Pass", None, None),  # what is meant comes first
        ("nicht der Pass, die Karte", None, None),  # no denial: "not found a doctor, what now?"
        ("nein nicht der Pass", None, None),
    ],
)
def test_what_a_correction_denies(turns, text, denied, rest):
    found = turns.read(text, None)
    assert (found.denied, found.rest) == (denied, rest)


@pytest.mark.parametrize(
    ("denied", "then"),
    [
        ("der hort", "answer"),  # a topic, not the one that was answered: that may be meant
        ("kita plätze", "handover"),  # words of the question before: not the one that was answered
    ],
)
def test_only_what_is_denied_is_not_meant(denied, then):
    asked = {denied: match("answer", day_care=0.9) if "hort" in denied else match()}
    turn = Turn(denies=True, denied=denied, rest="näher")
    found = resolve(match(), turn, "", KITA, lambda text: asked.get(text, match("answer", kita_place=0.9)), HOLDERS)
    assert (found.topic, found.outcome) == ("kita-place" if then == "answer" else None, then)


@pytest.mark.parametrize(
    ("context", "outcome"), [(KITA, "answer"), (Context(question="Kita?", offered=("a", "b")), "handover")]
)
def test_not_understood(turns, context, outcome):
    turn = turns.read("das verstehe ich nicht", None)
    found = resolve(replace(match("answer", letters=0.9), worry="crisis"), turn, "", context, match, HOLDERS)
    assert (found.role, found.outcome, found.worry) == ("unclear", outcome, None)
