"""What is taken over after an edit is what a fresh start would make: each row is a list of phrases that follows another."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import pytest

from bot.matching import phrases as phrases_module
from bot.matching.language import LANGUAGES, OwnWords
from bot.matching.lexical import LexicalIndex
from bot.matching.passages import Passage
from bot.matching.phrases import Phrase, phrases_of
from bot.matching.respell import Respeller
from bot.matching.words import Stowed

TOPICS = ["appointment", "card"]
MANY = [
    Phrase(f"Frage Nummer {number} zum Termin", "de", "appointment") for number in range(57)
]  # with those below as many as are looked at
CARD = Phrase("Karte verloren", "de", "card")
DOG = Phrase("Hund anmelden", "de", "card")
CYRILLIC = Phrase("загубила картку", "uk", "card")
EDITS = [
    [[*MANY, CARD]],  # nothing
    [[*MANY, CARD, DOG]],  # one more
    [[*MANY, CARD, DOG, CYRILLIC]],  # two, one of them in two scripts
    [[*MANY, DOG]],  # one for another
    [[*MANY, CARD, DOG], [*MANY, CARD, CYRILLIC]],  # one edit after another
    [[*MANY, CARD, DOG], [*MANY, DOG, CARD]],  # another order
    [[CARD, DOG]],  # most are gone
    [[*MANY, *(Phrase(f"Hund {number}", "de", "card") for number in range(30))]],  # so many that all is weighed anew
]
ASKED = ["karte verlorn", "hund", "zahubyla kartku", "загубив картку", "frage 7 termin"]


@pytest.mark.parametrize("edits", EDITS)
def test_letters_find_the_same(edits):
    index = LexicalIndex([*MANY, CARD], [], TOPICS)
    for phrases in edits:
        index = LexicalIndex(phrases, [Passage("Ein Text", "de", "card")], TOPICS, index)
    anew = LexicalIndex(edits[-1], [Passage("Ein Text", "de", "card")], TOPICS)
    for text in ASKED:
        # n-grams keep their weights until much is new, and those of a new text are known as far as they were there
        assert np.allclose(index.scores(text)[1], anew.scores(text)[1])
        weighed, (bayes, held) = index.phrases.shelf.postings.weigh(text), index.phrases.bayes(3)
        assert np.allclose(
            index.bayes.scores(*weighed, held["LATIN"]), bayes.scores(*weighed, held["LATIN"]), atol=1e-4
        )
    said = [(phrase.topic, word) for phrase in edits[-1] for word in phrase.text.split()[:2]]
    assert all(index.says(word, TOPICS.index(topic)) for topic, word in said)


def test_phrases_are_cleaned_once(small, monkeypatch):
    before = phrases_of(small)
    cleaned: list[str] = []
    monkeypatch.setattr(phrases_module, "clean_phrase", lambda text: cleaned.append(text) or text)
    assert list(phrases_of(small, before)) == list(before)
    assert cleaned == []
    topic = next(iter(small.topics.values()))
    german = replace(topic.words["de"], questions=("Neue Frage", "Neue Frage", *topic.words["de"].questions))
    edited = replace(small, topics={**small.topics, topic.id: replace(topic, words={**topic.words, "de": german})})
    after = phrases_of(edited, before)
    assert set(cleaned) == {german.title, german.short, *german.questions}
    assert list(after) == list(phrases_of(edited))
    assert np.array_equal(after.keys, phrases_of(edited).keys)


WORDS = {"de": {"termin": 3, "straße": 1}, "de-simple": {"termin": 2}, "uk": {"термін": 1}, "tr": {"termin": 1}}


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("uk", {"термін": 4, "картка": 1}),  # a new word
        ("de", {"straße": 1}),  # a word less, which others still have
        ("uk", {}),  # which nobody has any more
        ("so", {"waa": 2}),  # a language more
    ],
)
def test_own_words_count_the_same(language, words):
    def of(found, before=None):
        counts = {code: (repr(own).encode(), Stowed(Counter(own))) for code, own in found.items()}
        return OwnWords(counts, before)

    more = {code: {**own, **{f"{code}{number}": 1 for number in range(50)}} for code, own in WORDS.items()}
    edited = {**more, language: words}
    after, anew = of(edited, of(more)), of(edited)
    for text in (["termin"], ["strasse", "термін"], ["картка"], ["waa", "uk7"], ["nobody"]):
        (odds, known), (expected, expected_known) = after.odds(text), anew.odds(text)
        assert known == expected_known
        assert np.allclose(odds, expected), (text, LANGUAGES)
        assert after.german(text[0]) == anew.german(text[0])


def test_latin_words_are_gathered_again_only_where_they_are_others():
    words = {"de": ["Anmeldung im Amt"], "uk": ["де моя картка"]}
    before = Respeller(words)
    same = Respeller({**words, "uk": ["де моя нова картка"]}, before)
    assert same._latin is before._latin
    other = Respeller({**words, "de": ["Abmeldung im Amt"]}, before)
    assert "abmeldung" in other._latin
