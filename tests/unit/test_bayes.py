"""What the n-grams of all phrases of a topic say together: each row is a message and the topic it is about."""

from __future__ import annotations

import numpy as np
import pytest

from bot.matching.lexical import LexicalIndex
from bot.matching.phrases import Phrase

TOPICS = ["rent", "school"]
PHRASES = [
    Phrase("Der Vermieter kündigt mir", "de", "rent"),
    Phrase("Miete nicht bezahlt", "de", "rent"),
    Phrase("Räumung der Wohnung", "de", "rent"),
    Phrase("господар виганяє з квартири", "uk", "rent"),
    Phrase("Wie melde ich mein Kind in der Schule an", "de", "school"),
    Phrase("Der Lehrer schreibt mir", "de", "school"),
    Phrase("Pizza bestellen", "de", ""),
]
STORY = "der lehrer kennt es, seit mai habe ich die miete nicht gezahlt, jetzt schreibt mir der vermieter von räumung"


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("Vermieter Räumung Miete", 0),  # a word from each phrase
        (STORY, 0),  # most of it
        ("lehrer in der schule", 1),
        ("hospodar vyhaniaie", 0),  # in Latin letters
        ("pizza", 2),  # not ours
    ],
)
def test_words_of_many_phrases_count_together(text, best):
    bayes = LexicalIndex(PHRASES, [], TOPICS).scores(text)[-1]
    assert bayes.argmax() == best
    assert bayes.mean() == pytest.approx(0)


def test_a_story_may_be_nearer_to_a_phrase_of_another_topic():
    ngrams, *_, bayes = LexicalIndex(PHRASES, [], TOPICS).scores(
        "der lehrer schreibt mir. und der vermieter: miete, räumung, wohnung"
    )
    assert (ngrams.argmax(), bayes.argmax()) == (1, 0)


def test_another_script_and_unknown_letters_say_nothing():
    index = LexicalIndex(PHRASES, [], TOPICS)
    for text in ("موعد", "?!", ""):
        assert not index.scores(text)[-1].any()


def test_a_phrase_that_an_edit_took_away_says_nothing():
    many = [Phrase(f"Frage Nummer {number} zur Schule", "de", "school") for number in range(60)]
    index = LexicalIndex([*many, *PHRASES], [], TOPICS)
    without = [*many, *(phrase for phrase in PHRASES if "Räumung" not in phrase.text)]
    moved = [*without, Phrase("Räumung der Wohnung", "de", "school")]
    before, gone, elsewhere = (
        LexicalIndex(phrases, [], TOPICS, index).scores("räumung")[-1]
        for phrases in ([*many, *PHRASES], without, moved)
    )
    assert before[0] > gone[0]
    assert elsewhere[1] > gone[1]


def test_a_knowledge_without_phrases():
    assert np.array_equal(LexicalIndex([], [], TOPICS).scores("miete")[-1], np.zeros(3))
