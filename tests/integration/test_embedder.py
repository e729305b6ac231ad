"""The real model: its input, its cache, its threads, and what happens when it is missing."""

from __future__ import annotations

import numpy as np
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.config import Settings
from bot.content.load import load
from bot.knowledge.models import load_model
from bot.matching.danger import DangerDetector
from bot.matching.detector import Detector
from bot.matching.embedder import Remembering
from bot.matching.fold import clean, shorten
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from bot.matching.meaning import Meaning
from bot.matching.phrases import OUTSIDE, Phrase, phrases_of
from tests.conftest import ROOT
from tests.dialogue import NoCache


@pytest.fixture(scope="module")
def model():
    return load_model(Settings(_env_file=None))


@pytest.fixture(scope="module")
def matcher(small, model):
    return Matcher(small, Remembering(model, NoCache()), NoCache(), LanguageDetector())


def test_after_an_edit_the_matcher_answers_as_one_built_anew(small_files, matcher, model):
    (name,) = [path for path, text in small_files.items() if path.startswith("germany/de/") and b"lost-card:" in text]
    question = "    - Mein Ausweisding ist futsch\n    - Ich habe meine Karte verloren"
    text = small_files[name].decode().replace("    - Ich habe meine Karte verloren", question, 1)
    edited = load({**small_files, name: text.encode()}, "musterstadt").knowledge
    embedder = Remembering(model, NoCache())
    live = Matcher(edited, embedder, NoCache(), LanguageDetector(), before=matcher)
    anew = Matcher(edited, embedder, NoCache(), LanguageDetector())
    assert live.match("Mein Ausweisding ist futsch").choices[0].topic == "lost-card"
    for asked in ("Mein Ausweisding ist futsch", "Wie bekomme ich einen Termin?", "lost my card", "er ist bewusstlos"):
        one, other = live.match(asked), anew.match(asked)
        assert (one.outcome, one.emergency) == (other.outcome, other.emergency)
        assert [choice.topic for choice in one.choices][:1] == [choice.topic for choice in other.choices][:1]
        assert one.confidence == pytest.approx(other.confidence, abs=0.02)


@pytest.mark.parametrize(
    ("topic", "same"),
    [
        ("lost-card", True),  # one topic's new question: danger is told apart as well as before
        (OUTSIDE, False),  # what an editor says is harmless counts at once
    ],
)
def test_an_edit_teaches_a_detector_only_what_concerns_it(model, topic, same):
    ordinary = [Phrase(f"Frage {n} zum Termin", "de", "appointment-book") for n in range(100)]
    embedder = Remembering(model, NoCache())
    embedder.embed(["er atmet nicht", "starke Blutung", "ich sterbe vor Langeweile"])
    embedder.embed([phrase.text for phrase in ordinary])
    meaning = Meaning(embedder, [phrase.text for phrase in ordinary])

    def learnt(phrases, before=None):
        detector = Detector({"medical-emergency": ["er atmet nicht", "starke Blutung"]})
        detector.learn(phrases, meaning, NoCache(), "crisis", before)
        return detector

    before = learnt(ordinary)
    after = learnt([*ordinary, Phrase("ich sterbe vor Langeweile", "de", topic)], before)
    assert (after.classifier is before.classifier) is same


def test_vectors_are_unit_and_near_for_the_same_meaning(model):
    card, lost, weather = model.embed(["I lost my card", "Ich habe meine Karte verloren", "Wie wird das Wetter?"])
    assert np.allclose([np.linalg.norm(card), np.linalg.norm(lost)], 1, atol=1e-3)
    assert card @ lost > card @ weather


@settings(max_examples=60, deadline=None)
@given(st.text(st.characters(exclude_categories=()), max_size=800))
def test_any_cleaned_text_can_be_embedded(model, text):
    vectors = model.embed([shorten(clean(text)) or "x"])
    assert np.isfinite(vectors).all()


class Counting:
    """Counts what is really embedded."""

    name, dimension = "counting", 4

    def __init__(self):
        self.texts = []

    def embed(self, texts, kind="query"):
        self.texts += texts
        return np.array([[len(text), 1, 0, 0] for text in texts], dtype=np.float32)


def test_a_question_word_for_word_in_the_knowledge_is_not_embedded_again():
    inner = Counting()
    model = Remembering(inner, NoCache())
    vectors = model.embed(["a", "bb"])
    assert np.array_equal(model.embed_once(["bb"]), vectors[1:])
    assert model.embed_once(["ccc", "bb"])[:, 0].tolist() == pytest.approx([3, 2])
    assert inner.texts == ["a", "bb", "ccc"]


@pytest.mark.parametrize(
    ("question", "topic"),
    [
        ("Jemand hat mir das Portemonnaie mit dem Ausweis geklaut", "lost-card"),
        ("Somebody took my wallet, my residence card was in it", "lost-card"),
        ("Мені потрібно записатися на прийом", "appointment-book"),  # no Ukrainian words in this knowledge
        ("أحتاج إلى مكان في الحضانة لابنتي", "kita-place"),  # nor Arabic
    ],
)
def test_meaning_is_found_across_languages(matcher, question, topic):
    assert matcher.match(question).choices[0].topic == topic


@pytest.mark.parametrize(
    "question", ["Wie wird morgen das Wetter in Rom?", "Tell me something funny", "asdf qwer yxcv"]
)
def test_what_is_not_ours_is_not_answered(matcher, question):
    assert matcher.match(question).outcome != "answer"


@pytest.fixture(scope="module")
def danger(small, model):
    """The real English phrases of danger beside a small knowledge."""
    file = yaml.safe_load((ROOT / "knowledge" / "germany" / "crisis.yaml").read_text(encoding="utf-8"))
    ordinary = phrases_of(small)
    embedder = Remembering(model, NoCache())
    embedder.embed([phrase.text for phrase in ordinary])
    meaning = Meaning(embedder, [phrase.text for phrase in ordinary])
    detector = DangerDetector({entry["topic"]: entry["phrases"]["en"] for entry in file["crisis"]})
    calm = [Phrase(clean(text), "en", OUTSIDE) for text in file["calm"]["en"]]
    embedder.embed([*detector.texts, *(phrase.text for phrase in calm)])
    detector.learn(ordinary, calm, meaning, NoCache(), "danger")

    def find(text):
        return detector.find(text, meaning.look([text])[0], meaning.look)

    return find


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("my grandpa talks funny and one arm just hangs down", "medical-emergency"),  # in no phrase's words
        ("soon you will all be rid of me, I'm only a burden", "psychological-help-crisis"),
        ("he hid my keys and my phone so I can't go out", "violence-against-women"),
        ("not breathing", "medical-emergency"),  # nothing but a phrase
        ("Hello. Is the town hall open? He is not breathing. Thank you.", "medical-emergency"),  # in a long story
        ("my fridge died, who takes the old one away?", None),
        ("how do I get a disability card after the stroke I had in 2015?", None),  # a phrase, but more is said
        ("The office is closed. I came twice. When can I pick up my card?", None),
    ],
)
def test_danger_is_what_is_meant_and_not_the_words(danger, text, kind):
    found = danger(text)
    assert (found.kind if found else None) == kind
