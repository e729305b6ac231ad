"""The README's picture shows what the bot says today.

The page keeps what the matcher found for its questions, so that neither the model nor Chromium is needed here.
"""

from __future__ import annotations

import pytest

from bot.content.load import load
from bot.knowledge.folder import read_folder
from bot.presentation import compose
from bot.presentation.compose import Composer
from scripts import picture
from tests.conftest import ROOT


@pytest.fixture(scope="module")
def composer(catalogues):
    knowledge = load(read_folder(ROOT / "knowledge"), picture.CITY).knowledge
    assert knowledge is not None
    return Composer(knowledge, catalogues)


@pytest.fixture(scope="module")
def drawn():
    return picture.PAGE.read_text(encoding="utf-8")


def test_the_picture_is_what_the_bot_says_today(composer, drawn):
    """Run `make picture` when this fails, look at the picture, and commit it."""
    assert picture.page(composer, picture.recorded(drawn)).splitlines() == drawn.splitlines()


@pytest.mark.parametrize(
    "shown",
    [
        '<div class="phone" lang="ar" dir="rtl">',
        "<b>Kein Termin frei</b>",
        '<a href="https://',
        "<button>Schritte</button>",
        "<blockquote>-- Bitte über dieser Zeile antworten --",  # the mail, before the asker agrees
        "<button>نعم، أرسل هكذا</button>",
    ],
)
def test_it_shows_answers_buttons_and_consent(drawn, shown):
    assert shown in drawn


def test_a_changed_sentence_would_be_noticed(composer, drawn, monkeypatch):
    monkeypatch.setattr(compose, "button_text", lambda title, short: "another title")
    assert picture.page(composer, picture.recorded(drawn)) != drawn


def test_the_picture_is_small_enough_for_a_readme():
    content = picture.PICTURE.read_bytes()
    assert content.startswith(b"\x89PNG")
    assert len(content) < 500_000
