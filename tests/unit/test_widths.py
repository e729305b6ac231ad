"""A button's text is one line of a phone: how wide it is, and what stands there."""

import pytest

from bot.content.widths import BUTTON, button_text, columns
from bot.presentation.i18n import own_name
from bot.presentation.message import Label, in_rows
from bot.presentation.sentences import SENTENCES


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


NO_BUTTONS = {"button-unknown"}  # a sentence about one
BUTTONS = [key for key in SENTENCES if key.startswith(("button-", "section-", "group-")) and key not in NO_BUTTONS]


@pytest.mark.parametrize("key", BUTTONS)
def test_the_bots_own_buttons_fit_one_line_in_every_language(key, catalogues):
    widest = max(map(own_name, catalogues.languages), key=columns)
    values = {"city": "Frankfurt am Main", "number": "9999", "name": widest}
    texts = {code: catalogues.sentence(code, key, values) for code in catalogues.languages}
    assert {code: text for code, text in texts.items() if columns(text) > BUTTON} == {}


@pytest.mark.parametrize(
    ("row", "shown"),
    [
        (["Kosten", "Dauer"], [["Kosten", "Dauer"]]),
        (["Costes", "¿Quién es competente?"], [["Costes"], ["¿Quién es competente?"]]),  # half a line is too narrow
        (["Term", "Dauer", "Frist", "Orte"], [["Term", "Dauer", "Frist", "Orte"]]),
        (["Wer ist zuständig und wo finde ich das Amt?"], [["Wer ist zuständig und wo finde ich das Amt?"]]),
        ([], [[]]),
    ],
)
def test_buttons_stand_side_by_side_where_none_is_cut(row, shown):
    assert [[label.text for label in found] for found in in_rows([Label(text, "") for text in row])] == shown
