"""Danger in two levels: certain ones show the notice first, suspected ones a quiet line below the answer."""

import zlib
from dataclasses import replace

import numpy as np
import pytest

from bot.conversation.events import Answer, Asked, Emergency, Say, Sentence
from bot.conversation.machine import step
from bot.conversation.state import State
from bot.matching.danger import Danger, DangerDetector
from bot.matching.embedder import Remembering
from bot.matching.match import Choice, Match
from bot.matching.meaning import Meaning
from bot.matching.phrases import OUTSIDE, Phrase
from tests.dialogue import NoCache

DANGEROUS = {
    "violence": ["he hits me every night", "my husband strangled me", "he beats me and the children"],
    "illness": ["she does not breathe", "he lies on the floor and does not wake up", "my child swallowed a battery"],
}
ORDINARY = ["where is the office", "how do I register my flat", "what does the course cost", "when is it open"]
CALM_STORY = "Where is the office? When is it open? What does the course cost?"
CALM = ["my battery is empty", "he is nine years old", "we are three", "my boss is killing me with these papers"]


class Words:
    """Embeds a text as the sum of its words' directions: alike when they share words."""

    name, dimension = "words", 384

    def embed(self, texts, kind="query"):
        rows = []
        for text in texts:
            row = np.full(self.dimension, 0.02)
            for word in text.casefold().strip(".!?").split():
                row += np.random.default_rng(zlib.crc32(word.encode())).normal(size=self.dimension) / 20
            rows.append(row / np.linalg.norm(row))
        return np.array(rows, dtype=np.float32)


@pytest.fixture(scope="module")
def detector():
    found = DangerDetector(DANGEROUS, CALM)
    embedder = Remembering(Words(), NoCache())
    ordinary = [Phrase(text, "en", "a-topic") for text in ORDINARY]
    for texts in (ORDINARY, CALM, found.texts):
        embedder.embed(texts)
    meaning = Meaning(embedder, ORDINARY)
    found.learn(ordinary, [Phrase(text, "en", OUTSIDE) for text in CALM], meaning, NoCache(), "test")
    return lambda text: found.find(text, meaning.look([text])[0], meaning.look)


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("he hits me every night", Danger("violence", "emergency")),  # word for word
        ("last night he hits me and the children", Danger("violence", "emergency")),  # meant so
        (
            "where is the office, when is it open, he hits me every night, what does the course cost, how do I register",
            Danger("violence", "emergency"),  # word for word between commas
        ),
        ("where is the office and he hits me every night but when is it open", Danger("violence", "emergency")),
        ("my battery is empty, where is the office, when is it open", None),
        ("my husband strangled me with questions there, where is the office, when is it open, what does it cost", None),
        ("Hello. He beats me every night! When is it open?", Danger("violence", "emergency")),  # one sentence of three
        ("The children open the battery. " + CALM_STORY, None),  # alone it would be certain
        ("my battery is empty", None),  # an editor's `calm:`, word for word
        ("We are three!", None),
        ("where is the office please", None),
    ],
)
def test_how_sure_a_danger_is(detector, text, danger):
    assert detector(text) == danger


def test_two_words_are_never_certain_by_meaning_alone(detector):
    """They say too little: "top" and "I marry" lay near despair and violence."""
    found = detector("strangled me")
    assert found is None or found.level == "worry"


def test_words_below_calm_are_no_danger_unless_they_are_a_phrase():
    known = DangerDetector({"illness": ["heart attack"]}, ["heart attack", "my heart beats for you"])
    assert known.find("Heart attack", None, lambda text: np.zeros(3)) == Danger("illness", "emergency")
    assert known.find("my heart beats for you!", None, lambda text: np.zeros(3)) is None


def said(small, match):
    _, effects = step(State(language="de"), Asked("Frage", match, "de"), small, now=0.0)
    return [part for effect in effects if isinstance(effect, Say) for part in effect.parts]


def test_a_suspicion_stands_below_the_answer_and_certainty_above(small):
    answered = Match("answer", (Choice("appointment-book", 0.9),), worry="medical-emergency")
    assert said(small, answered) == [Answer("appointment-book"), Sentence("quiet-line")]
    certain = replace(answered, worry=None, emergency="medical-emergency")
    assert said(small, certain)[:2] == [Emergency(), Answer("medical-emergency")]
    assert Sentence("quiet-line") not in said(small, certain)
    assert Sentence("quiet-line") not in said(small, replace(answered, worry=None))


def test_a_calm_question_about_a_dangerous_topic_gets_its_answer_first(small):
    asked = Match("answer", (Choice("medical-emergency", 0.9),), worry="medical-emergency")
    for match in (asked, replace(asked, worry=None)):  # whether or not the matcher suspects anything
        assert said(small, match) == [Answer("medical-emergency"), Sentence("quiet-line")]
