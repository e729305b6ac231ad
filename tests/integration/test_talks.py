"""Conversations with the real model and Erfurt's knowledge, by kind: not understood, corrected, asked for somebody else,
a subject named by its name, a wish for a person."""

from __future__ import annotations

import pytest

from bot.conversation.events import Answer, Sentence
from bot.tools.dialogues import Talk


def told(current, language, *messages):
    """What the last of ``messages`` means, the parts of what is said then, and in which language."""
    talk = Talk(current, language)
    for message in messages:
        match, says, spoken = talk.hear(message)
    return match, [part for say in says for part in say.parts], spoken


# ---- "I don't understand"


@pytest.mark.parametrize(
    ("language", "first", "then"),
    [
        ("ar", "كيف أمدد الإقامة", "والله مو فاهمة شي"),
        ("en", "how do I register my address", "hm i dont get it"),
        ("fr", "comment inscrire mon fils à l'école", "j'ai rien compris mdr"),
        ("uk", "як отримати кіндергельд", "ой, нічого не зрозуміло"),
        ("ru", "как обменять водительские права", "можно попроще?"),
        ("tr", "oturum iznimi nasıl uzatırım", "hiçbir şey anlamadım ya"),
        ("vi", "em muốn gia hạn giấy cư trú", "khó hiểu quá ạ"),
        ("kmr", "ez çawa îqama xwe dirêj bikim", "min fêm nekir"),
        ("ti", "ባንክ ሕሳብ ክኸፍት ደልየ", "ኣይተረድኣንን"),
        ("so", "sideen u helaa koorsada jarmalka", "waxba kama fahmin"),
    ],
)
def test_who_does_not_understand_finds_a_person(current, language, first, then):
    match, parts, _ = told(current, language, first, then)
    assert match.role == "unclear"
    assert parts[0] == Sentence("not-clear")
    assert match.worry is None


@pytest.mark.parametrize("then", ["hä versteh ich nicht", "geht das auch einfacher?", "zu kompliziert"])
def test_in_german_it_is_said_in_plain_words_first(current, then):
    first = "wie krieg ich ne wohnung"
    match, parts, spoken = told(current, "de", first, "was kostet das", then)
    assert (match.role, parts, spoken) == ("unclear", [Answer("flat-search")], "de-simple")
    match, parts, spoken = told(current, "de", first, "was kostet das", then, "kapier ich nicht")
    assert (parts[0], spoken) == (Sentence("not-clear"), "de-simple")
    _, parts, spoken = told(current, "de", first, then, "und welche papiere brauch ich")
    assert (parts, spoken) == ([Answer("flat-search", "documents")], "de-simple")


@pytest.mark.parametrize(
    ("language", "message", "topic"),
    [
        ("de", "ich verstehe nicht was in dem brief steht", "forms-languages-easy-language"),
        ("en", "i don't understand the letter from the jobcenter", "jobcenter-benefits"),
    ],
)
def test_a_letter_that_is_not_understood_is_a_question(current, language, message, topic):
    match, _, _ = told(current, language, "", message)
    assert (match.topic, match.role) == (topic, None)


# ---- corrections


@pytest.mark.parametrize(
    ("language", "first", "then", "topic"),
    [
        # what is not meant, then what is: a topic, or words of the question before
        ("de", "wie verlängere ich meinen aufenthaltstitel", "nein nicht verlängern, zum ersten mal beantragen", "residence-permit-first-application"),
        ("de", "ich hab post vom jobcenter, was nun", "nein, kein jobcenter, die krankenkasse schreibt mir", "health-insurance"),
        ("en", "how do I get a kita place", "no not kita, school", "school-enrolment"),
        ("fr", "comment prolonger mon titre de séjour", "non pas le titre, le passeport est perdu", "lost-document"),
        ("tr", "oturum iznimi nasıl uzatırım", "hayır uzatma değil, vatandaşlık istiyorum", "naturalisation-apply"),
        ("ru", "курсы немецкого", "нет не курсы немецкого, мне нужен переводчик", "interpreters"),
        ("es", "cómo renuevo mi permiso de residencia", "no, no el permiso, el carnet de conducir", "driving-licence"),
        ("ar", "كيف أمدد الإقامة", "لا مو الإقامة، رخصة السواقة", "driving-licence"),
        ("vi", "em muốn gia hạn giấy cư trú", "không, không phải giấy cư trú, em muốn đổi bằng lái xe", "driving-licence"),
        ("kmr", "ez çawa îqama xwe dirêj bikim", "na ne îqame, ehliyeta ajotinê", "driving-licence"),
        # none of it, then what is meant
        ("ro", "cum primesc alocația pentru copil", "nu asta, vreau la grădiniță cu el", "kita-place"),
        ("pl", "jak dostać kindergeld", "nie to, chcę zapisać syna do szkoły", "school-enrolment"),
        # what is denied was never answered: the topic stays
        ("de", "wie beantrage ich die blaue karte", "nein, nicht die niederlassungserlaubnis, die für fachkräfte mit job", "eu-blue-card-skilled-work"),
    ],
)  # fmt: skip
def test_what_a_correction_denies_is_not_meant(current, language, first, then, topic):
    assert told(current, language, first, then)[0].topic == topic


def test_a_denial_of_no_topic_corrects_nothing(current):
    match, _, _ = told(current, "de", "wie bekomme ich kindergeld", "nein, nicht heute, was muss ich mitbringen")
    assert (match.topic, match.section) == ("child-benefit", "documents")


# ---- for somebody else


@pytest.mark.parametrize(
    ("language", "first", "then", "topic"),
    [
        ("en", "need to register my address", "no for my brother", "address-registration"),
        ("de", "wie beantrage ich die blaue karte", "nicht für mich, mein bruder, der wohnt noch in delhi", "eu-blue-card-skilled-work"),
        ("kmr", "ez çawa îqama xwe dirêj bikim", "na ji bo jina min", "residence-permit-extension"),
        ("vi", "em muốn gia hạn giấy cư trú", "ko phải, cho vợ em cơ", "residence-permit-extension"),
        ("uk", "як обміняти водійські права", "ні, не мені, чоловікові", "driving-licence"),
        ("fa", "چطور حساب بانکی باز کنم", "نه برای خواهرم", "bank-account"),
    ],
)  # fmt: skip
def test_the_same_for_somebody_else_is_never_nothing_more(current, language, first, then, topic):
    match, parts, _ = told(current, language, first, then)
    assert (match.topic, match.person) == (topic, None)
    assert any(isinstance(part, Answer) for part in parts)


# ---- a subject that is named


@pytest.mark.parametrize(
    ("language", "first", "then", "topic"),
    [
        ("de", "kita für meinen sohn", "und kindergeld bekomm ich auch wenn er in der kita ist?", "child-benefit"),
        ("en", "how do I open a bank account", "ok and this card thing from the office, the bezahlkarte?", "asylum-benefits"),
        ("pl", "jak zapisać dziecko do szkoły", "a prawo jazdy?", "driving-licence"),
        ("uk", "як отримати кіндергельд", "а якщо ще wohngeld?", "housing-benefit-wbs"),
        ("tr", "çocuğumu okula nasıl yazdırırım", "peki elterngeld", "family-benefits"),
        # hardly anything else is said
        ("de", "wie melde ich mein kind in der kita an", "und kindergeld?", "child-benefit"),
        # a name that the answer itself speaks of is a circumstance
        ("en", "letter about radio fee, do I have to pay", "even if the jobcenter pays for me?", "broadcasting-fee"),
        ("de-simple", "brief wegen rundfunkbeitrag", "ich habe jobcenter, muss ich auch?", "broadcasting-fee"),
    ],
)  # fmt: skip
def test_what_is_named_is_the_subject(current, language, first, then, topic):
    assert told(current, language, first, then)[0].topic == topic


# ---- a section that the topic does not have


def test_nothing_known_shows_what_fits_all_the_same(current):
    _, parts, _ = told(current, "ro", "alocația pentru fetiță", "până la ce vârstă o primesc")
    assert [part.key for part in parts if isinstance(part, Sentence)] == ["nothing-known", "fits-best"]
    assert parts[-1] == Answer("child-benefit", paragraph=0)


# ---- where to go, and a wish for a person, as it is typed


@pytest.mark.parametrize(
    ("language", "first", "then"),
    [
        ("fr", "je veux inscrire mon fils à l'école", "je vais où"),
        ("kmr", "ez dixwazim zarokê xwe li dibistanê tomar bikim", "ez biçim ku"),
        ("vi", "đăng ký cho con đi học", "đi chỗ nào"),
        ("ar", "كيف اسجل ابني بالمدرسة", "لوين روح"),
        ("uk", "як записати дитину до школи", "куди йти то"),
    ],
)
def test_where_to_go(current, language, first, then):
    match, _, _ = told(current, language, first, then)
    assert (match.topic, match.section) == ("school-enrolment", "where")


@pytest.mark.parametrize(
    ("language", "message", "wish"),
    [
        ("fr", "qqn peut m'appeler", "callback"),
        ("fr", "jveux juste parler à qqn", "person"),
        ("de", "sagt mir einfach wen ich anrufen kann, keine maschine", "person"),
        ("en", "can sb call me pls", "callback"),
        ("ar", "ممكن حدا يرن علي", "callback"),
        ("kmr", "bila yek telefonî min bike", "callback"),
        ("ps", "یو څوک چې پښتو ژبه وي راته زنګ ووهي", "callback"),
        ("vi", "cho e gặp tư vấn viên", "person"),
        ("uk", "людина не бот будь ласка", "person"),
        ("so", "mashiin ma rabo, qof ayaan rabaa", "person"),
    ],
)
def test_a_wish_for_a_person_as_it_is_typed(current, language, message, wish):
    match, _, _ = told(current, language, "wie verlängere ich meinen aufenthaltstitel", message)
    assert match.person == wish
