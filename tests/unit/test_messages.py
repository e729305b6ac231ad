"""`make messages` leaves every translation as it was, under any version of Babel: `scripts/both_babels.sh` runs this with two.

Versions of Babel write different plural formulas for the same language, in which the forms stand in another order or
are more (`findings/babel-plural-order.sh`).
"""

from __future__ import annotations

import importlib.util
import os
import shutil

import babel
import pytest

from bot.presentation.i18n import Catalogues, _filled
from bot.presentation.sentences import SENTENCES
from tests.conftest import ROOT

LANGUAGES = sorted(path.parts[-3] for path in (ROOT / "translations").glob("*/LC_MESSAGES/lotse.po"))
PAIRS = tuple(key for key, german in SENTENCES.items() if isinstance(german, tuple))
NUMBERS = (*range(131), 1_000, 1_000_000, 2_000_000)

# The header that another Babel writes, with a form more than the translation has words for.
MORE_FORMS = {
    "fr": "nplurals=3; plural=((n==0 || n==1) ? 0 : n!=0 && n%1000000==0 ? 1 : 2);",
    "es": "nplurals=3; plural=(n==1 ? 0 : n!=0 && n%1000000==0 ? 1 : 2);",
    "tr": "nplurals=2; plural=(n != 1);",
    "fa": "nplurals=2; plural=(n > 1);",
}


@pytest.fixture
def messages(tmp_path):
    """scripts/messages.py on a copy of the translations."""
    shutil.copytree(ROOT / "translations", tmp_path / "translations")
    spec = importlib.util.spec_from_file_location("messages", ROOT / "scripts" / "messages.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.ROOT = tmp_path / "translations"
    return module


def po(messages, language):
    return messages.ROOT / language / "LC_MESSAGES" / "lotse.po"


def told(catalogues, language):
    values = {"office": "-"}
    return [catalogues.sentence(language, key, {"count": number, **values}) for key in PAIRS for number in NUMBERS]


def test_this_is_the_babel_that_was_asked_for():
    assert babel.__version__ == os.environ.get("LOTSE_TEST_BABEL", babel.__version__)


def test_what_people_are_told_stays_and_nothing_is_left_to_translate(messages, catalogues, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["messages.py"])
    messages.main()
    assert capsys.readouterr().out.count(": 0 sentence(s) to translate") == len(LANGUAGES)
    after = Catalogues({language: po(messages, language).read_bytes() for language in LANGUAGES})
    for language in LANGUAGES:
        assert told(after, language) == told(catalogues, language), language


@pytest.mark.parametrize("language", MORE_FORMS)
def test_a_form_without_words_is_counted_and_never_told_in_german(messages, language):
    path = po(messages, language)
    before = path.read_text()
    (line,) = (line for line in before.splitlines() if line.startswith('"Plural-Forms'))
    path.write_text(before.replace(line, rf'"Plural-Forms: {MORE_FORMS[language]}\n"'))
    assert messages.missing(messages.update(path, language)) == len(PAIRS)
    catalogues = Catalogues({language: path.read_bytes()})
    german = set(told(catalogues, "de"))
    assert not german & set(told(catalogues, language))


@pytest.mark.parametrize(
    ("forms", "told"),
    [
        (("une question", "{count} questions", ""), ("une question", "{count} questions", "{count} questions")),
        (("une question", "", ""), ("une question", "", "")),  # "5" is rather told in German than as one
        (("{count} soru", ""), ("{count} soru", "{count} soru")),
        (("", ""), ("", "")),
    ],
)
def test_what_stands_in_for_a_form_without_words(forms, told):
    assert _filled(forms) == told


def test_a_new_language_is_counted_whole(messages):
    assert messages.missing(messages.update(po(messages, "cs"), "cs")) == len(SENTENCES)
