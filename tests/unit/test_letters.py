"""What a keyboard does to letters is undone in one place, and what is written as it should be stays so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matching.fold import clean, fold
from bot.matching.language import LanguageDetector
from bot.matching.letters import Words
from bot.matching.prepare import Preparer

OWN = {
    "de": "Wie kann ich mich für den Deutschkurs anmelden? Wo ist das Bürgeramt und die Ausländerbehörde? Anmeldung",
    "en": "I need an appointment at the foreigners' office (Ausländerbehörde). How do I get the form (Anmeldung)?",
    "uk": "Як продовжити дозвіл на проживання? Де зробити реєстрацію (Anmeldung)? Дитячий садок, Ausländerbehörde",
    "ru": "Как продлить вид на жительство? Где сделать регистрацию (Anmeldung)? Детский сад, Ausländerbehörde",
    "ar": "كيف أجدد الإقامة على الإنترنت؟ أين أسجل طفلي في المدرسة؟ كم يكلف ذلك؟ Anmeldung Ausländerbehörde",
    "fa": "چگونه کارت اقامت را تمدید کنم؟ برای ثبت نام کودک چه مدارکی لازم است؟ کلاس زبان کجاست؟ Anmeldung",
    "tr": "İkamet iznimi nasıl uzatırım? Çocuğum için anaokulu yeri nasıl bulurum? Kızım için (Anmeldung)",
    "vi": "Tôi muốn đăng ký tạm trú. Gia hạn thẻ cư trú ở đâu? Bao giờ có lịch hẹn? Anmeldung Ausländerbehörde",
    "ro": "Cum pot să îmi prelungesc șederea? Unde mă înscriu la cursul de limbă? Anmeldung Ausländerbehörde",
    "pl": "Gdzie mogę złożyć wniosek o kartę pobytu? Jak zrobić meldunek? Anmeldung Ausländerbehörde",
    "fr": "Comment renouveler mon titre de séjour ? Où s'inscrire à l'école ? Anmeldung Ausländerbehörde",
    "es": "¿Cómo renuevo mi permiso de residencia? ¿Dónde está la oficina de extranjería? Anmeldung",
    "so": "Sidee ayaan u cusboonaysiin karaa sharciga deganaanshaha? Xaggee ayaan iska diiwaan geliyaa",
    "kmr": "Ez çawa dikarim destûra rûniştinê dirêj bikim? Ez dixwazim zarokê xwe li dibistanê qeyd bikim",
    "ps": "زه څنګه د استوګنې کارت نوی کړم؟ ماشوم په ښوونځي کې چېرته شاملوم؟",
    "ti": "ፍቓድ መንበሪ ከመይ ገይረ የሐድሶ? ምዝገባ ኣበይ ይግበር?",
}


@pytest.fixture(scope="module")
def preparer():
    written = {language: [text] * 3 for language, text in OWN.items()}
    return Preparer(Words.of(written), LanguageDetector())


@pytest.mark.parametrize(
    ("typed", "language", "read"),
    [
        ("كيـــف أُجَدِّد الإقامة", "ar", "كيف أجدد الإقامة"),  # drawn out, with vowel marks
        ("کیف أجدد الإقامة علی الإنترنت", "ar", "كيف أجدد الإقامة على الإنترنت"),  # on a Persian keyboard
        ("چگونه كارت اقامت را تمديد كنم", "fa", "چگونه کارت اقامت را تمدید کنم"),  # on an Arabic one
        ("ЯК ПРОДОВЖИТИ ДОЗВІЛ", "uk", "як продовжити дозвіл"),  # capitals throughout
        ("İKAMET İZNİMİ NASIL UZATIRIM", "tr", "ikamet iznimi nasıl uzatırım"),  # I without a dot is ı
        ("GDZIE ZŁOŻYĆ WNIOSEK", "pl", "gdzie złożyć wniosek"),
        ("toi muon dang ky tam tru", "vi", "tôi muốn đăng ký tạm trú"),  # no accents
        ("cocugum icin anaokulu yeri nasil bulurum", "tr", "çocuğum için anaokulu yeri nasıl bulurum"),
        ("Gdzie moge zlozyc wniosek", "pl", "Gdzie mogę złożyć wniosek"),
        ("Cum pot sa imi prelungesc sederea", "ro", "Cum pot să îmi prelungesc șederea"),
        ("Comment renouveler mon titre de sejour", "fr", "Comment renouveler mon titre de séjour"),
        ("wie kann ich mich fuer den Deutschkurs anmelden", "de", "wie kann ich mich für den Deutschkurs anmelden"),
        ("yak prodovzhyty dozvil", "uk", "як продовжити дозвіл"),  # Latin letters
        ("Gia\u00a0hạn\u202fthẻ cư trú", "vi", "Gia hạn thẻ cư trú"),  # spaces that do not break
    ],
)
def test_spellings(preparer, typed, language, read):
    found = preparer.prepare(typed)
    assert (found.language, found.text) == (language, read)


@pytest.mark.parametrize("language", OWN)
def test_what_is_written_as_it_should_be_stays(preparer, language):
    text = clean(OWN[language])
    assert preparer.prepare(text).text == text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Як зробити Anmeldung у Ausländerbehörde?", "uk"),  # the script of the rest
        ("أين أسجل Anmeldung Ausländerbehörde؟", "ar"),
        ("Anmeldung ከመይ ይግበር?", "ti"),
        ("Jak zrobić Anmeldung w Ausländerbehörde?", "pl"),  # the words of the rest
        ("I need a Anmeldung at the Ausländerbehörde", "en"),
        ("Wo ist die Ausländerbehörde?", "de"),
        ("Ez dixwazim zarokê xwe qeyd bikim", "kmr"),
        ("Xaggee ayaan iska diiwaan geliyaa", "so"),
        ("زه څنګه ماشوم شاملوم", "ps"),
        ("Anmeldung", ""),  # a German word alone is in every language
        ("ok", ""),
        ("12345", ""),
    ],
)
def test_language_of_the_rest_counts(preparer, text, language):
    assert preparer.prepare(text).language == language


@given(st.text(max_size=80))
def test_preparing_again_changes_nothing_that_is_folded(preparer, text):
    once = preparer.prepare(text).text
    assert fold(preparer.prepare(once).text) == fold(once)


@pytest.mark.parametrize(("one", "other"), [("كي", "کی"), ("علي", "على"), ("مدرسة", "مدرسه"), ("كيـف", "کیف")])
def test_letters_of_two_keyboards_are_one_when_compared(one, other):
    assert fold(one) == fold(other)
