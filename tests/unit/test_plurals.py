"""Which plural form a number takes in each language: checked by the number, not by how many forms there are.

Gettext chooses the form by the formula in a catalogue's header, and translators write the forms in an order they
expect; where the two differ, the right number of forms tells nothing.
"""

from __future__ import annotations

import pytest
from babel import Locale

from bot.presentation.i18n import SOURCE, locale_of
from bot.presentation.sentences import SENTENCES

PAIRS = tuple(key for key, german in SENTENCES.items() if isinstance(german, tuple))

# Words around the number of open questions, and the numbers that take them; both sentences that count them.
OPEN_QUESTIONS = {
    "de": {"Eine Frage von Ihnen ist": (1,), "# Fragen von Ihnen sind": (2, 5, 11, 21, 100, 101)},
    "de-simple": {"Eine Frage von Ihnen ist": (1,), "# Fragen von Ihnen sind": (2, 5, 11, 21, 100, 101)},
    "en": {"One of your questions is": (1,), "# of your questions are": (2, 5, 11, 21, 100, 101)},
    "uk": {
        "# ваше запитання": (1, 21, 31, 101, 121),
        "# ваші запитання": (2, 3, 4, 22, 24, 102),
        "# ваших запитань": (5, 10, 11, 12, 14, 20, 25, 100, 111, 112),
    },
    "ru": {
        "# вопрос без": (1, 21, 31, 101, 121),
        "# вопроса без": (2, 3, 4, 22, 24, 102),
        "# вопросов без": (5, 10, 11, 12, 14, 20, 25, 100, 111, 112),
    },
    "ar": {
        "سؤال واحد مفتوح": (1,),
        "سؤالان مفتوحان": (2,),
        "# أسئلة مفتوحة": (3, 7, 10, 103, 110),
        "# سؤالًا مفتوحًا": (11, 12, 21, 50, 99, 111, 199),  # accusative after 11 to 99
        "# سؤال مفتوح": (100, 101, 102, 200, 1000),  # genitive after the hundreds
    },
    "fa": {"# سؤال از شما": (1, 2, 5, 11, 100)},
    "tr": {"# sorunuz": (1, 2, 5, 11, 100)},
    "fr": {"une question ouverte": (1,), "# questions ouvertes": (2, 5, 11, 21, 100, 101)},
    "vi": {"# câu hỏi của quý vị": (1, 2, 5, 11, 100)},
    "es": {"una pregunta abierta": (1,), "# preguntas abiertas": (2, 5, 11, 21, 100, 101)},
    "ro": {
        "O întrebare a": (1,),
        "# întrebări ale": (2, 5, 11, 19, 101, 102, 119),
        "# de întrebări ale": (20, 21, 35, 99, 100, 120),
    },
    "pl": {
        "Jedno pytanie": (1,),
        "# pytania od": (2, 3, 4, 22, 34, 102),
        "# pytań od": (5, 11, 12, 14, 20, 21, 25, 31, 100, 101, 112),
    },
    "ps": {"یوه پوښتنه": (1,), "# پوښتنې": (2, 5, 11, 21, 100, 101)},
    "ti": {"ሓደ ሕቶኹም": (1,), "# ሕቶታትኩም": (2, 5, 11, 21, 100, 101)},
    "kmr": {"Pirseke we hê": (1,), "# pirsên we hê": (2, 5, 11, 21, 100, 101)},
    "so": {"Hal su'aal": (1,), "# su'aalood": (2, 5, 11, 21, 100, 101)},
}
ROWS = [
    pytest.param(language, number, words, id=f"{language}-{number}")
    for language, forms in OPEN_QUESTIONS.items()
    for words, numbers in forms.items()
    for number in numbers
]


def test_every_language_stands_in_the_table(catalogues):
    assert set(OPEN_QUESTIONS) == set(catalogues.languages)


@pytest.mark.parametrize("key", ["status", "delete-confirm-open"])
@pytest.mark.parametrize(("language", "number", "words"), ROWS)
def test_a_number_takes_its_form(catalogues, language, number, words, key):
    text = catalogues.sentence(language, key, {"count": number})
    assert words.replace("#", str(number)) in text
    others = [other for other in OPEN_QUESTIONS[language] if other != words and words not in other]
    assert not any(other.replace("#", str(number)) in text for other in others)


@pytest.mark.parametrize("key", PAIRS)
@pytest.mark.parametrize("language", list(OPEN_QUESTIONS))
def test_the_forms_divide_the_numbers_as_the_language_does(catalogues, language, key):
    """Numbers of one class of Unicode's rules share a form; two classes may share one (Polish: "2 dni", "5 dni")."""
    locale: Locale = locale_of(language)
    shown: dict[str, set[str]] = {}
    for number in range(1, 131):
        text = catalogues.sentence(language, key, {"count": number, "office": "-"})
        shown.setdefault(locale.plural_form(number), set()).add(text.replace(str(number), "#"))
    assert {name: len(texts) for name, texts in shown.items()} == dict.fromkeys(shown, 1)


@pytest.mark.parametrize("key", PAIRS)
@pytest.mark.parametrize("language", list(OPEN_QUESTIONS))
def test_a_form_without_the_number_means_one_number_only(catalogues, language, key):
    """Else "21" would be told as "one"."""
    numbers = [
        number
        for number in range(1, 131)
        if str(number) not in catalogues.sentence(language, key, {"count": number, "office": "-"})
    ]
    assert numbers in ([], [1], [1, 2]), language  # [1, 2]: the Arabic dual


def test_the_source_needs_no_catalogue(catalogues):
    assert catalogues.choose(SOURCE) == SOURCE
    assert "innerhalb eines Arbeitstags" in catalogues.sentence(SOURCE, "sent", {"count": 1, "office": "-"})
