"""Conversations with the real model and Erfurt's knowledge: what a message after an answer leads to."""

from __future__ import annotations

import pytest

from bot.conversation.events import Answer
from bot.tools.dialogues import Talk


def said(current, language, *messages):
    """What the last of ``messages`` means."""
    talk = Talk(current, language)
    for message in messages:
        match, _, _ = talk.hear(message)
    return match


@pytest.mark.parametrize(
    ("language", "first", "then", "words"),
    [
        # the landlord's confirmation stands in the second paragraph of three
        (
            "de",
            "Ich bin umgezogen, wie melde ich mich beim Bürgeramt an?",
            "und wenn der Vermieter den Zettel nicht gibt",
            "Wohnungsgeber",
        ),
        ("tr", "Adres kaydı nasıl yapılır?", "ev sahibi belgeyi vermiyor, ne yapayım", "Wohnungsgeber"),
        # who gets money from the job centre need not pay the fee for radio
        ("en", "letter about radio fee, do I have to pay", "even if the jobcenter pays for me?", "Jobcenter"),
        ("ru", "пришло письмо про радио, надо платить?", "я получаю деньги от джобцентра, мне тоже?", "Jobcenter"),
        # husband or wife are insured with those who work
        ("ar", "كيف أسجل في التأمين الصحي", "وزوجتي؟ هي لا تعمل", "mitversichert"),
        ("es", "cómo me apunto al seguro médico", "¿y mi mujer? no trabaja", "mitversichert"),
    ],
)
def test_the_paragraph_that_answers_it(current, language, first, then, words):
    match = said(current, language, first, then)
    assert match.role == "detail"
    topic = current.knowledge.topics[match.topic].words["de"]
    paragraphs = f"{topic.answer}\n\n{topic.local}".split("\n\n")
    assert words in paragraphs[match.paragraph]


@pytest.mark.parametrize(
    ("language", "messages", "topic"),
    [
        # sounds like a visit, alone, and is about the bank account
        ("uk", ["Хочу відкрити рахунок у банку", "можна щоб мама за мене сходила?"], "bank-account"),
        # a new subject, though it is not quite sure
        ("pl", ["jak zapisać dziecko do przedszkola", "a kurs niemieckiego?"], "german-courses-vhs"),
        # one that stands beside the first is nearer than it
        ("fr", ["rendez-vous à l'Ausländerbehörde", "il n'y a aucun créneau libre"], "appointment-none-available"),
        # a new subject, beyond doubt
        ("vi", ["Đăng ký học tiếng Đức ở đâu", "tôi muốn mở tài khoản ngân hàng"], "bank-account"),
    ],
)
def test_what_it_is_about(current, language, messages, topic):
    assert said(current, language, *messages).topic == topic


@pytest.mark.parametrize(
    ("language", "first", "then"),
    [
        # somebody else, who alone sounds like child benefit, a visa for the family, or violence
        ("de", "Wie verlängere ich meinen Aufenthaltstitel?", "gilt das für meine Kinder genauso?"),
        ("en", "how do I extend my residence permit", "no not for me, for my husband"),
        ("fr", "je veux ouvrir un compte bancaire", "et ma femme, elle peut aussi ?"),
        ("ar", "أريد فتح حساب بنكي", "ولزوجتي نفس الشيء؟"),
        ("uk", "Як записатися на інтеграційний курс?", "а чоловікові теж можна?"),
        ("ru", "как обменять водительские права", "а для мужа так же?"),
        ("tr", "almanca kursu arıyorum", "çocuklarım için de var mı"),
        ("vi", "tôi muốn gia hạn giấy phép cư trú", "không phải tôi, cho con tôi"),
        ("kmr", "ez çawa îqama xwe dirêj bikim", "na na ji bo keça min"),
        ("so", "sideen u helaa koorsada jarmalka", "xaaskayga sidoo kale ma heli kartaa?"),
        ("ti", "ባንክ ሕሳብ ክኸፍት ደልየ", "ንሰበይተይ ከ?"),
        ("ps", "زه غواړم د بانک حساب خلاص کړم", "زما د میرمنې لپاره هم؟"),
        # "no, I meant for the boy": whom, and not what
        ("ar", "كم تكلفة الجنسية", "لا قصدي للولد"),
        ("de", "Wie bekomme ich die Niederlassungserlaubnis?", "nein, ich meine für meine Frau"),
    ],
)
def test_whom_it_is_about_is_not_what_it_is_about(current, language, first, then):
    talk = Talk(current, language)
    before, _, _ = talk.hear(first)
    after, _, _ = talk.hear(then)
    assert after.topic == before.topic is not None
    assert after.worry is None


@pytest.mark.parametrize(
    ("language", "messages"),
    [
        ("ar", ("كيف أمدد الإقامة", "قديش بتكلف", "لا قصدي للولد")),
        ("de", ("wie verlängere ich meinen aufenthalt", "was kostet das", "nein ich meine für die Kleine")),
        ("en", ("how do I extend my residence permit", "how much is it", "no, for my daughter")),
        ("tr", ("oturum iznimi nasıl uzatırım", "ne kadar tutar", "hayır, çocuğum için")),
        ("uk", ("як продовжити посвідку на проживання", "скільки коштує", "ні, для дитини")),
        ("fr", ("comment prolonger mon titre de séjour", "ça coûte combien", "non, pour mon fils")),
    ],
)
def test_the_cost_for_somebody_else_is_a_cost(current, language, messages):
    match = said(current, language, *messages)
    assert (match.topic, match.section) == ("residence-permit-extension", "cost")


def test_who_changes_the_language_reads_the_answer_in_it(current):
    talk = Talk(current, "de")
    talk.hear("wie verlängere ich meinen aufenthalt")
    _, says, language = talk.hear("i can't read german, english please")
    assert (language, says[-1].parts[0]) == ("en", Answer("residence-permit-extension"))


@pytest.mark.parametrize(
    ("language", "first", "then", "topic"),
    [
        ("de", "Wie eröffne ich ein Konto?", "wie melde ich meine Tochter in der Schule an", "school-enrolment"),
        ("en", "how do I open a bank account", "how can I bring my wife to Germany", "family-reunification"),
        ("fr", "Comment prolonger mon titre de séjour ?", "et les allocations pour mes enfants ?", "child-benefit"),
        ("ar", "كيف أمدد الإقامة", "كيف أسجل ابني في الروضة", "kita-place"),
        ("tr", "ehliyetimi nasıl değiştiririm", "eşim hamile, kime danışalım", "pregnancy-counselling"),
        ("en", "how do I open a bank account", "my husband beats me", "violence-against-women"),
    ],
)
def test_a_new_subject_with_people_in_it_is_one(current, language, first, then, topic):
    assert said(current, language, first, then).topic == topic


@pytest.mark.parametrize(
    ("language", "first", "then"),
    [
        ("en", "How do I open a bank account?", "yellow bicycle"),
        ("en", "How do I register my child for school?", "can you write me a poem"),
        ("de", "Wie bekomme ich Kindergeld?", "und wie backt man Brot?"),
    ],
)
def test_no_paragraph_for_words_that_belong_to_nothing(current, language, first, then):
    assert said(current, language, first, then).paragraph is None


def test_the_same_again_gets_no_part_of_the_same_answer(current):
    first, again = "How do I open a bank account?", "What do I do to get a bank account"
    match = said(current, "en", first, again)
    assert (match.topic, match.role, match.paragraph) == ("bank-account", "detail", None)


def test_a_call_at_night_is_about_the_notice(current):
    match = said(current, "de", "ich kann nicht mehr, ich will mich umbringen", "kann man da auch nachts anrufen?")
    assert match.topic == "psychological-help-crisis"


@pytest.mark.parametrize(
    ("language", "message", "danger"),
    [
        ("en", "i give up, give me a real person please", False),
        ("en", "nobody answers me, i want a human", False),
        ("fr", "je n'y comprends rien, je veux parler à quelqu'un", False),
        ("de", "Ich will nicht mehr leben, ich möchte mit einem Menschen sprechen", True),
        ("en", "he will kill me tonight, I want to talk to a person", True),
    ],
)
def test_a_wish_for_a_human_is_no_despair_and_hides_none(current, language, message, danger):
    match = said(current, language, message)
    assert bool(match.emergency or match.worry) is danger
    assert match.person == "person" or danger


@pytest.mark.parametrize(
    "text",
    [
        "Mein Mann schlägt mich und wo melde ich die neue Wohnung an",  # de
        "mann schlagen mich und wo ist kurs für deutsch",  # de-simple
        "my boyfriend hits me and where do I get the form for child benefit",  # en
        "чоловік погрожує мене вбити та де записати дитину в садок",  # uk
        "меня избил муж и как продлить карту на работу",  # ru
        "زوجي هددني بالقتل وأين أسجل العنوان الجديد",  # ar
        "شوهرم کتکم میزنه و کلاس زبان کجاست",  # fa
        "kocam beni dövüyor ve oturum kartımı nerede uzatırım",  # tr
        "mon mari me frappe et comment je change mon adresse",  # fr
        "chồng dọa giết tôi và đăng ký học tiếng Đức ở đâu",  # vi
        "mi novio me pegó y dónde pido el abono de transporte",  # es
        "soțul meu mă bate și unde fac abonamentul de tramvai",  # ro
        "mąż mnie bije i gdzie zapiszę dziecko do szkoły",  # pl
        "زما ورور ما وهي او د ژبې کورس چیرته دی",  # ps
        "ሰብኣየይ ሃሪሙኒ ከምኡውን ኮርስ ጀርመን ኣበይ ኣሎ",  # ti
        "mêrê min li min xist û ez li ku navnîşana xwe qeyd bikim",  # kmr
        "ninkaygu wuu i garaacaa iyo xaggee laga helaa koorsada jarmalka",  # so
        "he beats me but I only have a visa through him, can I still change my job",  # en
        "er hat mich vergewaltigt aber ich wollte nur fragen wann das Amt offen hat",  # de
        "me violaron pero dónde saco el certificado de residencia",  # es
    ],
)
def test_danger_joined_to_an_ordinary_question_comes_first(current, text):
    """By "and" or "but", without a comma: the question would drown it."""
    assert current.matcher.match(text).emergency is not None


@pytest.mark.parametrize(
    "text",
    [
        "my husband beats me, where do I register the flat",
        "mein Mann sperrt mich ein, wie lange gilt meine Karte noch",
        "чоловік мене б'є, де записатися на курс німецької?",
        "муж бьет детей, где получить справку о прописке",
        "بدي موت, وين مركز اللغة",
        "kocam beni tehdit ediyor, çocuk parası nereden alınır?",
        "chồng em đánh em, đăng ký nhà ở đâu",
        "mi esposo me golpea, dónde pido cita",
        "waxaan rabaa inaan is dilo, xafiiska ajaanibta xaggee",
        "mêrê min li min dixe, ez ê kursa almanî li ku bibînim",
    ],
)
def test_danger_told_beside_an_ordinary_question_comes_first(current, text):
    assert current.matcher.match(text).emergency is not None


@pytest.mark.parametrize(
    ("text", "besides"),
    [
        ("my boyfriend hits me, how do I register my new address", "address-registration"),
        ("mein Mann verprügelt mich und ich weiß nicht wie ich mein Kind in der Kita anmelde", "kita-place"),
        ("mi marido me pega, cómo pido cita en extranjería", "appointment-book"),
    ],
)
def test_what_is_asked_besides_is_told_below_the_notice(current, text, besides):
    match = current.matcher.match(text)
    assert match.emergency == "violence-against-women"
    assert besides in {match.topic, match.also}


@pytest.mark.parametrize(
    ("first", "then"),
    [
        ("How do I open a bank account?", "how do I grow tomatoes on the balcony"),
        ("Wie melde ich mein Kind in der Kita an?", "wer hat gestern das Fußballspiel gewonnen"),
    ],
)
def test_what_is_not_ours_gets_no_paragraph(current, first, then):
    match = said(current, "", first, then)
    assert (match.paragraph, match.section) == (None, None)
