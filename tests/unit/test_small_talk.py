"""Small talk as people write it: pieces in any order; and questions, which it must neither swallow nor shorten.

With the phrases of the knowledge itself, and all of its example questions.
"""

from __future__ import annotations

import re

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.chatter import LENGTH, LONGEST, Chatter
from bot.matching.fold import clean, fold
from tests.conftest import ROOT

GERMANY = ROOT / "knowledge" / "germany"


def phrases(name):
    return yaml.load((GERMANY / f"{name}.yaml").read_bytes(), yaml.CSafeLoader)  # the safe loader, in C


SMALLTALK = phrases("smalltalk")["smalltalk"]
CHATTER = Chatter(SMALLTALK)
FILLERS = {fold(text) for texts in SMALLTALK["filler"].values() for text in texts}
KINDS = [kind for kind in SMALLTALK if kind not in {"filler", "ordinary"}]
PIECES = sorted({(kind, text) for kind in KINDS for texts in SMALLTALK[kind].values() for text in texts})


def questions():
    """The example questions of all topics in all languages."""
    for path in sorted(GERMANY.glob("*/*.yaml")):
        for block in re.findall(
            r"^  questions: \|\n((?:    .+\n|\n)+)", path.read_text(encoding="utf-8"), re.MULTILINE
        ):
            yield from (clean(line) for line in block.splitlines() if line.strip())


QUESTIONS = list(questions())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # thanks, whom they are for, how much, and a blessing or praise
        ("danke dir sehr viel!!! du bist gut", "thanks"),
        ("vielen dank bruder, hast mir sehr geholfen", "thanks"),
        ("thx bro ur the best", "thanks"),
        ("thank you so much sir, god bless you all", "thanks"),
        ("teşekkürler kardeşim allah razı olsun", "thanks"),
        ("cok sagol abi ellerine sağlık", "thanks"),
        ("mersi mult șefu, sunteți foarte amabil", "thanks"),
        ("dziękuję pani bardzo za pomoc", "thanks"),
        ("gracias hermano, dios te bendiga, me ayudaste mucho", "thanks"),
        ("merci frérot t'es le meilleur", "thanks"),
        ("спасибо большое, вы мне очень помогли", "thanks"),
        ("дякую сонечко щиро", "thanks"),
        ("يسلمو خيو الله يعطيك العافية", "thanks"),
        ("شكرًا جزيلاً يا أخي", "thanks"),  # with vowel marks
        ("متشكر اوي يا باشا", "thanks"),  # Egyptian
        ("barak allahu fik khoya", "thanks"),  # Maghrebi
        ("مرسی عزیزم خیلی لطف کردین", "thanks"),
        ("تشکر بیادر جان، خانه تان آباد", "thanks"),  # Dari
        ("ډېره مننه وروره، خدای دې خیر درکړي", "thanks"),
        ("የቐንየለይ ሓወይ ብጣዕሚ ሓጊዝካኒ", "thanks"),
        ("gelek spas hevalê min, mala te ava be", "thanks"),
        ("gelek spas hevale min destxwes", "thanks"),  # without special letters
        ("mahadsanid walaal aad baad ii caawisay", "thanks"),
        ("cảm ơn ad nhiều nha, dễ hiểu lắm", "thanks"),
        # greetings, "how are you", goodbyes
        ("hallo lieber Lotse, wie geht es dir heute", "howareyou"),
        ("slm kanka naber", "howareyou"),
        ("السلام عليكم كيفك اليوم", "howareyou"),
        ("salaan walaal, iska waran", "howareyou"),
        ("ok bis dann, schönen tag noch", "goodbye"),
        ("gute nacht bro", "goodbye"),
        ("cześć wszystkim", "greeting"),
        ("bro", "greeting"),  # a call, when it is all there is
        # what needs a kind word
        ("sorry my german is bad", "sorry"),
        ("przepraszam za błędy", "sorry"),
        ("ببخشید مزاحم شدم", "sorry"),
        ("ramadan kareem to you too", "goodwishes"),
        ("frohe Weihnachten euch", "goodwishes"),
        ("newroz pîroz be heval", "goodwishes"),
        ("ok bro", "ok"),
        ("jajaja vale", "laughter"),
        # who complains is offered a person
        ("you don't understand me", "insult"),
        ("das hilft mir nicht", "insult"),
        ("danke aber das hilft mir nicht", "insult"),
        ("no me entiendes", "insult"),
        ("бред, вы меня не понимаете", "insult"),
    ],
)
def test_pieces_are_small_talk(text, kind):
    assert CHATTER.kind(clean(text)) == kind


@pytest.mark.parametrize(
    ("text", "left"),
    [
        # thanks and greetings go, the question stays
        ("danke, und was kostet es", "und was kostet es"),
        ("bro wo ist das amt", "wo ist das amt"),
        ("Danke bruder, wo ist das Amt?", "wo ist das Amt?"),
        ("спасибо большое, а сколько это стоит", "а сколько это стоит"),
        ("سلام چطور نوبت بگیرم", "چطور نوبت بگیرم"),
        ("xin chào ad ơi, làm hộ chiếu ở đâu", "làm hộ chiếu ở đâu"),
        ("làm hộ chiếu được không ạ cảm ơn", "làm hộ chiếu được không ạ"),
        ("hola ¿dónde pido cita? gracias crack", "¿dónde pido cita?"),
        ("Gut, und was kostet das?", "und was kostet das?"),
        ("Danke § 24 verlängern", "§ 24 verlängern"),
        ("ok und kostet?", "und kostet?"),
        # words of the question
        ("Termin danke", "Termin danke"),
        ("was geht ohne Termin", "was geht ohne Termin"),
        ("Wie lange dauert es im Moment", "Wie lange dauert es im Moment"),
        ("¿Qué pasa con mi cita?", "¿Qué pasa con mi cita?"),
        ("mama beni dövüyor yardım edin", "mama beni dövüyor yardım edin"),
        ("con tôi đi học được", "con tôi đi học được"),
        ("duldunglu çalışsam ne olur", "duldunglu çalışsam ne olur"),
        ("Sozialamt Asyl Geld Höhe", "Sozialamt Asyl Geld Höhe"),  # no laughter
        ("danke bruder nimmt drogen", "bruder nimmt drogen"),  # a brother is whom it is about
        ("kardeşim almanyaya gelmek istiyor", "kardeşim almanyaya gelmek istiyor"),
        ("wo drücken ich? danke", "wo drücken ich?"),  # no phrase goes on in the next sentence
        ("sorry ich hab den Termin verpasst", "sorry ich hab den Termin verpasst"),
        ("wie geht es weiter", "wie geht es weiter"),
        ("anh tôi chào tạm biệt rồi biến mất", "anh tôi chào tạm biệt rồi biến mất"),
        # who wants to die and asks to be forgiven
        ("heute mache ich Schluss, es tut mir leid", "heute mache ich Schluss, es tut mir leid"),
        (
            "die Schlüssel liegen im Briefkasten, danke für alles",
            "die Schlüssel liegen im Briefkasten, danke für alles",
        ),
        ("er sagt dann macht er mich tot", "er sagt dann macht er mich tot"),
    ],
)
def test_a_question_is_neither_swallowed_nor_cut(text, left):
    assert CHATTER.kind(clean(text)) is None
    assert CHATTER.without(clean(text)) == left


LANGUAGES = [
    ("Silav!", "kmr"),
    ("xin chao", "vi"),
    ("Cześć", "pl"),
    ("Hallo", ""),  # Germans say so, and everybody who greets them
    ("silav hallo", ""),  # two phrases are no phrase
    ("Termin", ""),
]


@pytest.mark.parametrize(("text", "language"), LANGUAGES)
def test_a_greeting_of_one_language_tells_it(text, language):
    assert CHATTER.language(clean(text)) == language


@pytest.mark.parametrize("text", ["bruder", "bitte", "sehr viel", "عزیز", "walaalkay fadlan", "und dann noch"])
def test_a_filler_alone_is_nothing(text):
    assert CHATTER.kind(text) is None


def test_who_says_goodbye_and_asks_to_be_forgiven_is_read_for_danger():
    assert CHATTER.kind("danke für alles, tschüss") == "goodbye"
    assert CHATTER.kind("danke für alles, es tut mir leid, tschüss") is None


def test_no_long_message_is_read_by_its_beginning():
    assert CHATTER.kind("danke " * LONGEST) == "thanks"
    assert CHATTER.kind("danke " * LONGEST + "wo ist das Amt") is None
    assert CHATTER.kind("d" + "a" * LENGTH + "nke wo ist das Amt") is None


@given(
    st.lists(st.sampled_from(PIECES), min_size=1, max_size=3),
    st.lists(st.sampled_from(sorted(FILLERS)), max_size=3),
    st.randoms(use_true_random=False),
)
def test_pieces_in_any_order_are_small_talk(pieces, fillers, random):
    mixed = [clean(text) for _, text in pieces] + fillers
    random.shuffle(mixed)
    text = " ".join(mixed)
    farewell = any(kind == "goodbye" for kind, _ in pieces)  # beside "sorry", also inside another piece, it is none
    alone = all(fold(text) in FILLERS for _, text in pieces)
    if len(text) <= LENGTH and len(fold(text).split()) <= LONGEST and not alone and not farewell:
        assert CHATTER.kind(text) is not None


def test_no_question_of_ours_is_small_talk():
    assert len(QUESTIONS) > 20_000
    assert [question for question in QUESTIONS if CHATTER.kind(question) is not None] == []


@pytest.mark.parametrize(("name", "parts"), [("crisis", 1000), ("personal", 100)])
def test_no_danger_and_no_case_is_small_talk(name, parts):
    found = phrases(name)[name]
    texts = [
        text
        for by_language in ([entry["phrases"] for entry in found] if isinstance(found, list) else [found])
        for several in by_language.values()
        for text in several
    ]
    assert len(texts) > parts
    assert [text for text in texts if CHATTER.kind(clean(text)) is not None] == []


AROUND = ["Danke", "bro", "merci beaucoup", "selam naber", "спасибо большое", "سلام", "muchas gracias", "gelek spas"]


@pytest.mark.parametrize("piece", AROUND)
def test_small_talk_beside_a_question_leaves_the_same_question(piece):
    """What is left of one is what is searched for: its topic stays. A form of address in front of a comma may go, too."""
    for question in QUESTIONS[AROUND.index(piece) :: 101]:
        alone = CHATTER.without(question)
        if len(alone.split()) < 2:  # nothing is cut off one word
            continue
        for text in (f"{piece} {question}", f"{question} {piece}", f"{piece}! {question}", f"{question}, {piece}"):
            left = CHATTER.without(text)
            assert left == alone or (alone.endswith(left) and CHATTER.kind("ok " + alone.removesuffix(left))), text


def test_a_question_keeps_its_beginning_and_end():
    """Hardly any example is shorter without small talk; those that are began with a greeting."""
    some = QUESTIONS[::7]
    assert sum(CHATTER.without(question) != question for question in some) < len(some) / 1000


def test_an_edit_of_anything_else_keeps_what_was_learned():
    same = {kind: dict(by_language) for kind, by_language in SMALLTALK.items()}
    assert Chatter.of(same, CHATTER) is CHATTER
    assert Chatter.of({**same, "ok": {"de": ["jo mei"]}}, CHATTER).kind("jo mei") == "ok"
