"""A button's text is one line of a phone: how wide it is, and what stands there."""

import pytest

from bot.content.widths import BUTTON, button_text, columns


@pytest.mark.parametrize(
    ("narrow", "wide"),
    [
        ("illi", "mmmm"),
        ("Termin", "Термін шс"),
        ("e\u0301te\u0301", "été!"),  # an accent of its own takes no room
        ("می\u200cشود", "می شودم"),  # nor does a non-joiner
        ("ab", "ሰላ"),  # Ethiopic is wide
    ],
)
def test_columns(narrow, wide):
    assert columns(narrow) < columns(wide)


def test_a_column_is_the_average_letter():
    assert columns("the quick brown fox jumps over it") == pytest.approx(33, rel=0.1)


@pytest.mark.parametrize(
    ("title", "short", "shown"),
    [
        ("Kindergeld", "", "Kindergeld"),
        ("Kindergeld", "Geld", "Kindergeld"),  # the title where it fits
        ("Termin bei der Ausländerbehörde vereinbaren", "Termin vereinbaren", "Termin vereinbaren"),
        ("Titre de voyage pour réfugiés (Reiseausweis)", "", "Titre de voyage pour réfugiés"),
        ("اعتراف به پدری در اداره (Vaterschaftsanerkennung)", "", "اعتراف به پدری در اداره"),
        ("(" + "x" * BUTTON + ")", "", "(" + "x" * BUTTON + ")"),  # never nothing
    ],
)
def test_what_stands_on_a_button(title, short, shown):
    assert button_text(title, short) == shown
