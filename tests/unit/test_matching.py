"""Folding, language, letters, danger and deciding; all without the model."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz import fuzz
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from bot.matching import wishes
from bot.matching.danger import SENTENCES, WordOdds, sentences
from bot.matching.decide import Calibration, Signals, combine, decide
from bot.matching.detector import ALIKE, MIN_FUZZY, Detector
from bot.matching.fitting import fit
from bot.matching.fold import MAX_CHARACTERS, clean, fold, fold_phrase, has_words, romanised, script, shorten
from bot.matching.language import LanguageDetector
from bot.matching.lexical import BestOf, LexicalIndex
from bot.matching.matcher import SURE, Matcher
from bot.matching.ngrams import Postings
from bot.matching.passages import LENGTH, Passage, cut, passages_of
from bot.matching.phrases import OUTSIDE, Phrase, phrases_of
from bot.matching.respell import Respeller, Respelt
from bot.matching.rows import Rows, most
from bot.matching.space import Space
from tests.dialogue import NoCache


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("  Wo \n\t ist  das? ", "Wo ist das?"),
        ("Ter\u200bmin", "Ter min"),  # zero-width space separates
        ("\u202eTermin\u202c", "Termin"),  # bidi controls
        ("a\x00b\x07c", "abc"),  # control characters
        ("\ud800Termin", "Termin"),  # a lone surrogate
        ("\ufeffTermin", "Termin"),  # byte order mark
        ("Termin", "Termin"),  # full-width letters
        ("می‌خواهم", "می خواهم"),  # Persian writes with a zero-width non-joiner
        ("\ue000x", "x"),  # private use
        ("", ""),
    ],
)
def test_clean(text, cleaned):
    assert clean(text) == cleaned


@given(st.text(st.characters(exclude_categories=()), max_size=300))
def test_cleaned_text_can_go_anywhere(text):
    cleaned = clean(text)
    cleaned.encode("utf-8")
    assert "\x00" not in cleaned
    assert clean(cleaned) == cleaned
    assert len(shorten(cleaned)) <= MAX_CHARACTERS + 1
    fold(cleaned)
    romanised(cleaned)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ausländerbehörde", "auslaenderbehoerde"),  # no umlauts on the keyboard
        ("Ausländerbehörde", "AUSLANDERBEHORDE"),
        ("Straße", "strasse"),
        ("được", "duoc"),  # Vietnamese without its marks
        ("kłopot", "klopot"),
        ("Über-Prüfung!", "uber prufung"),
    ],
)
def test_folded_alike(one, other):
    assert fold(one) == fold(other)


def test_romanised_cyrillic_meets_what_people_type():
    assert romanised("Де знаходиться офіс?").split()[0] == "de"


@pytest.mark.parametrize(
    ("text", "name"), [("Termin", "LATIN"), ("офіс", "CYRILLIC"), ("مكتب", "ARABIC"), ("ኣድራሻ", "ETHIOPIC"), ("123", "")]
)
def test_script(text, name):
    assert script(text) == name


@pytest.mark.parametrize(("text", "words"), [("😀", False), ("?!", False), ("", False), ("5", True), ("مرحبا", True)])
def test_has_words(text, words):
    assert has_words(text) is words


def test_of_a_long_story_the_question_is_kept():
    story = "Ich bin vor zwei Jahren gekommen. " * 30
    assert shorten(f"{story} Wie verlängere ich meine Karte? {story}") == "Wie verlängere ich meine Karte?"
    assert len(shorten("x" * 100_000)) <= MAX_CHARACTERS + 1


@pytest.fixture(scope="module")
def detector():
    return LanguageDetector()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("Wie kann ich meine Aufenthaltserlaubnis verlängern?", "de"),
        ("How can I extend my residence permit please?", "en"),
        ("Як мені продовжити дозвіл на проживання?", "uk"),
        ("Как мне продлить вид на жительство? Это срочно", "ru"),
        ("كيف يمكنني تمديد تصريح الإقامة الخاص بي؟", "ar"),
        ("چطور می‌توانم اجازه اقامت خود را تمدید کنم؟", "fa"),
        ("زه څنګه کولی شم خپل د اوسیدو جواز وغځوم؟", "ps"),
        ("Oturma iznimi nasıl uzatabilirim acaba?", "tr"),
        ("Comment puis-je prolonger mon titre de séjour ?", "fr"),
        ("Làm thế nào để gia hạn giấy phép cư trú?", "vi"),
        ("¿Cómo puedo prorrogar mi permiso de residencia?", "es"),
        ("Cum îmi pot prelungi permisul de ședere?", "ro"),
        ("Jak mogę przedłużyć zezwolenie na pobyt?", "pl"),
        ("ፍቓድ መንበሪ ከመይ ጌረ ከናውሕ ይኽእል?", "ti"),
        # not sure: nothing changes
        ("Termin?", ""),
        ("Fiktionsbescheinigung", ""),
        ("ok", ""),
        ("", ""),
    ],
)
def test_language(detector, text, code):
    assert detector.detect(clean(text)) == code


@given(st.text(st.characters(exclude_categories=()), max_size=100))
def test_any_text_has_a_language_or_none(text):
    assert isinstance(LanguageDetector().detect(clean(text)), str)


PHRASES = [
    Phrase("Termin buchen", "de", "appointment"),
    Phrase("Karte verloren", "de", "card"),
    Phrase("Загубив картку", "uk", "card"),
    Phrase("Wetter morgen", "de", OUTSIDE),
]


@pytest.mark.parametrize(
    ("text", "best"),
    [
        ("termin buchn", 0),  # a typing error
        ("KARTE VERLOREN!!", 1),
        ("загубив картку", 1),
        ("zahubyv kartku", 1),  # Ukrainian in Latin letters
        ("wie wird das wetter", 2),
    ],
)
def test_letters(text, best):
    ngrams, ratios, _, _ = LexicalIndex(PHRASES, PASSAGES, ["appointment", "card"]).scores(clean(text))
    assert ngrams.argmax() == best
    assert ratios.argmax() == best
    assert ngrams.max() <= 1.0001


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Termin buchen", True),
        ("termine buchn", True),  # an ending, a typing error
        ("Termin Tisch", False),  # half of it has nothing to do with appointments
        ("roter Tisch", False),
        ("Ausländerbehörde morgen", True),  # a word so long says enough alone
        ("Onlinetermin buchen", True),  # part of a longer word
        ("Tisch Stuhl Termin", True),  # a longer message is judged by its meaning
    ],
)
def test_of_a_few_words_more_than_half_must_be_the_topics(text, said):
    phrases = [Phrase("Termin buchen", "de", "appointment"), Phrase("Ausländerbehörde", "de", "appointment")]
    assert LexicalIndex(phrases, [], ["appointment"]).says(text, 0) is said


def test_letters_count_only_within_one_script():
    for scores in LexicalIndex(PHRASES, PASSAGES, ["appointment", "card"]).scores("موعد"):
        assert not scores.any()


def test_letters_of_the_answers_count_too():
    _, _, texts, _ = LexicalIndex(PHRASES, PASSAGES, ["appointment", "card"]).scores("fundbüro")
    assert texts.argmax() == 1


PASSAGES = [
    Passage("Termin buchen. Termine gibt es im Internet.", "de", "appointment"),
    Passage("Karte verloren. Fragen Sie im Fundbüro.", "de", "card"),
]


def test_passages_are_short_bare_and_only_german_where_questions_are_enough(small):
    passages = passages_of(small)
    assert all(len(passage.text) <= LENGTH + 100 for passage in passages)
    assert not any("{" in passage.text or "](" in passage.text for passage in passages)
    enough = [topic for topic in small.topics.values() if len(topic.words.get("en", topic.words["de"]).questions) >= 8]
    assert not {(topic.id, "en") for topic in enough} & {(found.topic, found.language) for found in passages}


@given(st.lists(st.text(min_size=1, max_size=30), max_size=60), st.integers(0, 3))
def test_cutting_loses_no_word(words, lines):
    text = ("\n" * lines).join(words)
    assert "".join("".join(cut(text)).split()) == "".join(clean(text).split())


def test_a_space_tells_near_vectors_apart():
    vectors = np.array([[1, 0.1, 0], [1, 0, 0.1], [1, -0.1, -0.1]], dtype=np.float32)
    placed = Space(Rows.of(vectors)).place(vectors)
    assert np.allclose(np.linalg.norm(placed, axis=1), 1)
    assert (placed @ placed.T)[0, 2] < 0 < (vectors @ vectors.T)[0, 2]


def signals(best, second, outside, alike=0.9):
    scores = np.array([best, second, outside], dtype=float)
    return Signals(("a", "b"), scores, np.array([alike, alike / 2, 0.3]), *np.zeros((6, 3)), 5)


CALIBRATION = Calibration(
    logits=1.0,
    ngrams=2.0,
    ratios=1.0,
    similarity=5.0,
    passages=0.0,
    texts=0.0,
    bayes=0.0,
    untaught_passages=0.0,
    untaught_texts=0.0,
    weights=(1.0, 0.6, 0.3, 3.0, 0.0, 1.0, 1.0, -0.3),
    bias=-3.0,
    answer=0.7,
    clarify=0.25,
)


@pytest.mark.parametrize(
    ("found", "outcome"),
    [
        (signals(9, 1, 0), "answer"),  # clearly the first
        (signals(2, 1.9, 1, 0.5), "clarify"),  # two are near
        (signals(0, 0, 8, 0.1), "handover"),  # clearly not ours
    ],
)
def test_outcomes(found, outcome):
    assert decide(found, CALIBRATION)[0] == outcome


@given(*(st.floats(-8, 8) for _ in range(3)), st.floats(0, 1))
def test_choices_are_probabilities_best_first(best, second, outside, alike):
    found = signals(best, second, outside, alike)
    _, choices = decide(found, CALIBRATION)
    confidences = [choice.confidence for choice in choices]
    assert confidences == sorted(confidences, reverse=True)
    assert all(0 <= confidence <= 1 for confidence in confidences)
    assert sum(confidences) <= 1.001
    assert choices[0].topic == found.topics[int(combine(found, CALIBRATION)[:-1].argmax())]


def test_nothing_to_choose_from():
    empty = np.zeros(1)
    assert decide(Signals((), *[empty] * 8, 3), CALIBRATION) == ("handover", ())


@pytest.fixture(scope="module")
def matcher(small):
    return Matcher(small, None, NoCache(), LanguageDetector())


@pytest.mark.parametrize(
    ("text", "emergency"),
    [
        ("Mein Vater atmet nicht mehr", "medical-emergency"),
        ("ER IST BEWUSSTLOS!!!", "medical-emergency"),
        ("Hilfe, starke blutung am Bein", "medical-emergency"),
        ("she had a heart attack", "medical-emergency"),
        ("lang " * 200 + "atmet nicht mehr", "medical-emergency"),  # at the end of a long story
        ("Mein Handy ist tot", None),
        ("Diese Schlange bringt mich um", None),
        ("Termin buchen", None),
    ],
)
def test_danger_by_words(matcher, text, emergency):
    assert matcher.match(text).emergency == emergency


@pytest.mark.parametrize(
    ("text", "kind"),
    [("Hallo!", "greeting"), ("DANKE", "thanks"), ("tschüss", "goodbye"), ("😀", "nothing"), ("Hallo, Termin?", None)],
)
def test_smalltalk_is_the_whole_message_or_nothing(matcher, text, kind):
    assert matcher.match(text).smalltalk == kind


def test_phrases_hold_titles_questions_and_what_is_not_ours(small):
    phrases = phrases_of(small)
    assert Phrase("Termin vereinbaren", "de", "appointment-book") in phrases
    assert Phrase("Erzähl mir einen Witz", "de", OUTSIDE) in phrases
    assert len({(phrase.text, phrase.topic, phrase.language) for phrase in phrases}) == len(phrases)


WORDS = {
    "uk": ["Як продовжити дозвіл на проживання?"],
    "ru": ["Что делать, если я потерял карту?"],
    "ar": ["كيف أجدد الإقامة", "بدي موعد عند البلدية"],
    "fa": ["چطور اقامتم را تمدید کنم", "گواهینامه خود را عوض کنم. کارت کجاست؟ از اداره"],
    "ps": ["زما د پناه کارت څنګه نوی کړم؟"],
    "ti": ["ቤት ጽሕፈት ወጻእተኛታት ኣበይ እዩ ዘሎ"],
    "en": ["How do I renew my permit?"],
    "de": ["Wie verlängere ich meinen Aufenthalt bei der Ausländerbehörde?"],
}


@pytest.mark.parametrize(
    ("text", "respelt", "language"),
    [
        ("yak prodovzhyty dozvil", "як продовжити дозвіл", "uk"),
        ("ya poteryal kartu", "я потерял карту", "ru"),
        ("kif ajadded el 2iqama", "كيف أجدد ال الإقامة", "ar"),  # 2 is a hamza, vowels are heard differently
        ("chetor eghamatam ro tamdid konam", "چطور اقامتم را تمدید کنم", "fa"),
        (
            "govahiname khod ra avaz konam",
            "گواهینامه خود را عوض کنم",
            "fa",
        ),  # the spelling chooses among words of one sound
        (
            "kart eghamatam ro dar Ausländerbehörde",
            "کارت اقامتم را در Ausländerbehörde",
            "fa",
        ),  # an office keeps its name
        ("zma da panah kart sanga nawe kram", "زما د پناه کارت څنګه نوی کړم", "ps"),
        ("bet tsihfet wetsa'etenyatat abey eyu zelo", "ቤት ጽሕፈት ወጻእተኛታት ኣበይ እዩ ዘሎ", "ti"),
    ],
)
def test_latin_letters_are_turned_back(text, respelt, language):
    assert Respeller(WORDS).respell(text) == Respelt(respelt, language)


@pytest.mark.parametrize(
    "text",
    [
        "How do I renew my permit?",
        "wie verlängere ich",
        "Wie verlängre ich meinen Aufenthalt",  # a typing error
        "Як продовжити дозвіл",  # in its own script already
        "dozvil",  # one word is too little
        "tamadad eqam",  # two words' consonants meet some Arabic ones by chance: "crayon soupe" was Ukrainians
        "kif ajadded l'été",  # who spells by sound writes no accents
        "me mata la burocracia",  # short words that Arabic has, too
        "3 7 2 5",
        "",
    ],
)
def test_other_texts_stay_as_they_are(text):
    assert Respeller(WORDS).respell(text) is None


@given(st.text(max_size=60))
def test_respelling_takes_any_text(text):
    found = Respeller(WORDS).respell(clean(text))
    assert found is None or found.text


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        (
            "Ich suche eine Wohnung und brauche einen Deutschkurs",
            ["Ich suche eine Wohnung", "brauche einen Deutschkurs"],
        ),
        ("Я шукаю роботу. Де вчити німецьку?", ["Я шукаю роботу", "Де вчити німецьку"]),
        ("Hund und Katze", []),  # too short to be wishes
        ("Wie bekomme ich einen Termin?", []),
        ("a" + " zwei drei vier und" * 7, []),  # a long story
    ],
)
def test_where_wishes_are_cut(text, parts):
    assert wishes.parts(text) == parts


@pytest.mark.parametrize(
    ("text", "personal"),
    [
        ("Aktenzeichen 33-4711/24, wurde da schon entschieden?", True),
        ("mein Antrag wurde abgelehnt, was jetzt", True),
        ("Was kostet ein Termin?", False),
        ("Ich komme am 12.3. um 10 Uhr", False),
    ],
)
def test_ones_own_case_is_noticed(matcher, text, personal):
    assert matcher.match(text).personal is personal


def test_an_edit_takes_over_what_did_not_change(small):
    before = Matcher(small, None, NoCache(), LanguageDetector())
    after = Matcher(small, None, NoCache(), LanguageDetector(), before)
    for text in ("Termin buchen", "karte verlorn"):
        assert after.match(text) == before.match(text)
    more = LexicalIndex([*PHRASES * 10, Phrase("Hund anmelden", "de", "card")], PASSAGES, ["appointment", "card"])
    again = LexicalIndex(
        [*PHRASES * 10, Phrase("Termin machen", "de", "appointment")], PASSAGES, ["appointment", "card"], more
    )
    assert again.scores("termin machen")[1].argmax() == 0
    assert again.scores("hund anmelden")[1].max() < 0.9  # what is gone is gone


@given(st.text(max_size=200))
def test_a_question_is_weighed_as_the_vectorizer_would(text):
    postings, vectorizer, matrix = _ngrams()
    folded = fold(clean(text))
    expected = (vectorizer.transform([folded]) @ matrix.T).toarray()[0]
    assert np.allclose(postings.cosines(*postings.weigh(folded)), expected, atol=1e-4)


@lru_cache
def _ngrams():
    asked = (
        "Wie bekomme ich einen Termin?",
        "Karte verloren",
        "Kita Platz",
        "a b c",
        "Зал суду",
        "أحتاج إلى موعد",
        "Ja ja",
    )
    texts = [fold(text) for text in asked]
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    return Postings(texts), vectorizer, vectorizer.fit_transform(texts)


@given(st.lists(st.text(max_size=12).map(fold), min_size=1, max_size=8, unique=True))
def test_texts_are_weighed_as_the_vectorizer_would(texts):
    """Also short words, unknown characters, and texts without any n-gram."""
    vectorizer = TfidfVectorizer(analyzer="char_wb", ngram_range=(2, 4), sublinear_tf=True)
    postings = Postings(texts)
    if not any(texts):
        assert not postings.cosines(*postings.weigh("abc")).any()
        return
    matrix = vectorizer.fit_transform(texts)
    for text in texts:
        expected = (vectorizer.transform([text]) @ matrix.T).toarray()[0]
        assert np.allclose(postings.cosines(*postings.weigh(text)), expected, atol=1e-4)


def test_what_is_new_is_weighed_by_what_was_there():
    postings, vectorizer, _ = _ngrams()
    new = ["termin beim amt", "qqq"]
    expected = (vectorizer.transform(["amt termin"]) @ vectorizer.transform(new).T).toarray()[0]
    assert np.allclose(Postings(new, postings).cosines(*postings.weigh("amt termin")), expected, atol=1e-4)


@pytest.mark.parametrize("classes", [2, 3, 7])
def test_weights_are_those_scikit_learn_finds(classes):
    random = np.random.default_rng(classes)
    middles = random.normal(size=(classes, 16))
    targets = random.integers(classes, size=300)
    rows = (middles[targets] + random.normal(size=(300, 16))).astype(np.float32)
    model = LogisticRegression(C=0.5, tol=1e-7, max_iter=2000).fit(rows, targets)
    found = fit(rows, targets, classes, 0.5, np.zeros((classes, 17)))
    theirs, ours = model.predict_proba(rows), np.exp(rows @ found[:, :-1].T + found[:, -1])
    if classes == 2:  # one row of weights, and its opposite
        odds = np.exp(rows @ found[1, :-1] + found[1, -1])
        ours = np.column_stack([np.ones(300), odds])
    assert np.allclose(ours / ours.sum(axis=1, keepdims=True), theirs, atol=0.02)
    again = fit(rows, targets, classes, 0.5, found)
    assert np.array_equal(again, found)  # what is settled stays


def test_bytes_give_nearly_the_same_cosines():
    random = np.random.default_rng(5)
    vectors = random.normal(size=(200, 384)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    asked = vectors[:3] + random.normal(size=(3, 384)).astype(np.float32) / 40
    asked /= np.linalg.norm(asked, axis=1, keepdims=True)
    assert np.abs(Rows.of(vectors).cosines(asked) - asked @ vectors.T).max() < 0.002
    assert Rows.none(384).cosines(asked).shape == (3, 0)
    assert Rows.of(vectors).cosines(asked[:0]).shape == (0, 200)


@given(st.lists(st.tuples(st.integers(0, 5), st.floats(-1, 1, width=32)), max_size=40))
def test_the_best_of_each_owner(scored):
    owners, scores = np.array([owner for owner, _ in scored], dtype=np.int64), np.array([score for _, score in scored])
    best, expected = np.zeros(6), np.zeros(6)
    BestOf(owners).raise_(best, scores)
    for owner, score in scored:
        expected[owner] = max(expected[owner], score)
    assert np.array_equal(best, expected)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("er atmet nicht mehr", "a"),  # the phrase itself
        ("Hilfe, mein Vater: er atmet nicht mehr!!", "a"),  # inside a message
        ("er atmt nicht mehr", "a"),  # a typing error
        ("atmet er", None),  # other words of it
        ("mehr", None),
        ("feuer", "b"),  # a short one, exactly
        ("feuerr", None),  # but no typing errors in short ones
        ("es gibt ein feuer, er atmet nicht mehr", "a"),  # of two, the longer
        ("", None),
    ],
)
def test_phrases_are_noticed_by_their_words(text, kind):
    detector = Detector({"a": ["Er atmet nicht mehr"], "b": ["Feuer"]})
    assert detector.find(text, None, SURE) == kind


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("Er atmet nicht mehr", 1),
        ("er atmt nicht mehr", 1),  # a typing error
        ("Hilfe mein Vater: er atmet nicht mehr, schnell!", 0.5),  # four words of eight
        ("es brennt", None),
    ],
)
def test_how_much_of_a_message_a_phrase_is(text, share):
    said = Detector({"a": ["Er atmet nicht mehr"]}).said(text)
    assert (said.share if said else None) == share


def test_words_speak_for_and_against_danger():
    odds = WordOdds(["he hits me", "he is bleeding"], ["where is the office", "is it open"])
    assert odds.of("He hits!") > odds.of("he is") > 0 > odds.of("where is the office")
    assert odds.of("unknown words") == odds.of("") == 0


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("He hit me. Where can I go?\nThanks a lot", ["He hit me.", "Where can I go?", "Thanks a lot"]),
        ("ضربني. وين روح؟ شكرا كتير", ["ضربني.", "وين روح؟", "شكرا كتير"]),  # "he hit me" is one word
        ("Hi. Dr. Kaya hat mir geholfen. Ok.", []),  # but what is no sentence is left out
        ("He hit me", []),  # the whole message: looked at already
        ("", []),
    ],
)
def test_sentences_of_a_story(text, found):
    assert sentences(text) == found


def test_of_a_long_story_beginning_and_end_are_looked_at():
    found = sentences(" ".join(f"Sentence {n}." for n in range(1000)))
    assert len(found) == SENTENCES
    assert (found[0], found[-1]) == ("Sentence 0.", "Sentence 999.")


def test_what_people_write_is_not_remembered():
    before = fold_phrase.cache_info().currsize
    LexicalIndex([Phrase("Termin", "de", "x")], [], ["x"]).scores("Wort das niemand kennt")
    Detector({"a": ["Er atmet nicht mehr"]}).find("Noch ein Wort das niemand kennt", None, SURE)
    assert fold_phrase.cache_info().currsize <= before + 2


@given(st.lists(st.integers(0, 400), max_size=3000), st.integers(1, 70))
def test_the_highest_scores_are_found(scores, count):
    values = np.array(scores, np.float32) / 7
    found = most(values, count)
    assert len(set(found.tolist())) == min(count, len(values))
    assert sorted(values[found].tolist()) == sorted(values.tolist())[-count:]


@given(st.text("abcdef ", min_size=10, max_size=40), st.integers(0, 39), st.integers(0, 4))
def test_a_typing_error_is_forgiven_in_a_phrase_of_any_length(phrase, place, errors):
    """The same as comparing with all of them."""
    folded = fold(phrase)
    typed = folded[:place] + "x" * errors + folded[place + errors :]
    alike = len(folded) >= MIN_FUZZY and fuzz.ratio(fold(typed), folded) >= ALIKE
    said = Detector({"kind": [phrase]}).said(typed)
    assert (said is not None) == (alike or f" {folded} " in f" {fold(typed)} ")


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("He hits me AND where is the office", "He hits me"),
        ("wann ist offen, er schlägt mich aber ich bleibe", "er schlägt mich"),
        ("زوجي يضربني وأين المكتب", "زوجي يضربني"),  # "and" is a letter of the next word
        ("ninkaygu wuu i garaacaa iyo xaggee xafiisku", "ninkaygu wuu i garaacaa"),  # "i" joins in Polish, not here
        ("he beats me and the children but where do I go", "he beats me and the children"),
    ],
)
def test_what_and_and_but_join_is_looked_at_alone(text, part):
    assert part in wishes.joined(text)


def test_a_long_list_has_few_parts():
    assert len(wishes.joined("eins und zwei und " * 500)) < 100
