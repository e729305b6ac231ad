"""One question in several messages, corrected messages, and previews above each other: what is written together goes
together, and every preview on the screen can be sent, exactly as it stands there."""

from __future__ import annotations

import pytest

from bot.conversation.events import Asked, Draft, Preview, Question, Say, Sentence, SentOther
from bot.conversation.machine import step
from bot.conversation.state import DRAFT_SECONDS, State
from bot.matching.match import Choice, Match
from tests.dialogue import Dialogue, verify

SEND = "[Ja, so senden]"
LETTER = "Meine Vermieterin hat mir wieder geschrieben, und ich verstehe den Brief nicht. "


@pytest.fixture
def dialogue(small, catalogues):
    return Dialogue(small, catalogues, "de")


def press(dialogue, labels, button):
    dialogue.labels = labels
    return dialogue.turn(button)


def test_lines_one_after_the_other_are_one_question(dialogue):
    dialogue.turn("/ask")
    dialogue.turn("meine Tochter ist 5")
    dialogue.turn("sie soll in die Schule")
    shown = dialogue.turn("welches Amt prüft das?")
    assert "> meine Tochter ist 5\n| > sie soll in die Schule\n| > welches Amt prüft das?" in shown
    dialogue.turn(SEND)
    assert dialogue.sent() == ["meine Tochter ist 5\nsie soll in die Schule\nwelches Amt prüft das?"]


def test_each_preview_above_can_be_sent_and_the_rest_goes_as_an_addition(dialogue):
    dialogue.turn("/ask")
    previews = []
    for line in ("Mein Kind ist krank", "Ich heiße Muster, mein Pass ist FE123456", "Muss ich trotzdem kommen?"):
        dialogue.turn(line)
        previews.append(dict(dialogue.labels))
    assert "Gesendet" in press(dialogue, previews[0], SEND)
    assert "Frage 1" in press(dialogue, previews[1], SEND)
    assert "schon gesendet" in press(dialogue, previews[0], SEND)
    press(dialogue, previews[2], SEND)
    # each word once, and none that its preview did not show
    assert dialogue.sent() == [
        "Mein Kind ist krank",
        "1: Ich heiße Muster, mein Pass ist ••••••••",
        "1: Muss ich trotzdem kommen?",
    ]


def test_what_was_sent_with_its_numbers_is_not_sent_again(dialogue):
    dialogue.turn("/ask")
    dialogue.turn("Mein Pass ist FE123456")
    dialogue.turn("Gilt er noch?")
    last = dict(dialogue.labels)
    dialogue.turn("[Mit den Nummern senden]")
    dialogue.turn(SEND)
    assert dialogue.sent() == ["Mein Pass ist FE123456\nGilt er noch?"]
    assert "schon gesendet" in press(dialogue, last, SEND)


def test_numbers_that_were_shown_go_with_the_rest_when_the_beginning_was_sent_alone(dialogue):
    dialogue.turn("/ask")
    dialogue.turn("Mein Kind ist krank")
    first = dict(dialogue.labels)
    dialogue.turn("Mein Pass ist FE123456")
    dialogue.turn("[Mit den Nummern senden]")
    shown = dict(dialogue.labels)
    press(dialogue, first, SEND)
    press(dialogue, shown, SEND)
    assert dialogue.sent() == ["Mein Kind ist krank", "1: Mein Pass ist FE123456"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ((), ("/ask", "Etwas anderes")),  # the next question was begun below it
        (("/ask", "Etwas anderes"), ()),  # it stands above another preview already
    ],
)
def test_a_preview_with_its_numbers_can_be_sent_whatever_else_is_written(dialogue, before, after):
    dialogue.turn("/ask")
    dialogue.turn("Mein Pass ist FE123456")
    masked = dict(dialogue.labels)
    for said in before:
        dialogue.turn(said)
    press(dialogue, masked, "[Mit den Nummern senden]")
    shown = dict(dialogue.labels)
    for said in after:
        dialogue.turn(said)
    press(dialogue, shown, SEND)
    assert dialogue.sent() == ["Mein Pass ist FE123456"]


def test_the_whole_goes_where_the_beginning_is_not_open_any_more(dialogue):
    dialogue.turn("/ask")
    dialogue.turn("Mein Kind ist krank")
    first = dict(dialogue.labels)
    dialogue.turn("Muss ich trotzdem kommen?")
    last = dict(dialogue.labels)
    press(dialogue, first, SEND)
    dialogue.questions = []  # withdrawn
    press(dialogue, last, SEND)
    assert dialogue.sent()[1] == "Mein Kind ist krank\nMuss ich trotzdem kommen?"


def test_a_long_message_comes_in_pieces(dialogue):
    long = LETTER * 130  # over two cuts
    dialogue.turn("/ask")
    for start in range(0, len(long), 4_096):
        dialogue.now -= 10  # all in one second
        dialogue.turn(long[start : start + 4_096])
    dialogue.turn(SEND)
    assert dialogue.sent() == [long]


def test_an_additions_preview_can_be_sent_whatever_else_is_written(dialogue):
    dialogue.questions = [Question(7, "2026-11-20", "Mein Kind ist krank")]
    dialogue.turn("Fahrräder reparieren")
    dialogue.turn("[Zu meiner Frage 7 hinzufügen]")
    shown = dict(dialogue.labels)
    dialogue.turn("/ask")
    dialogue.turn("Etwas anderes")
    press(dialogue, shown, SEND)
    assert dialogue.sent() == ["7: Fahrräder reparieren"]


def test_thanks_at_the_end_of_a_long_message_are_part_of_it(small):
    """Also where its beginning has got an answer: who then wants a person sends all of it."""
    long = (LETTER * 60)[:4_096]
    answer = Match("answer", (Choice("appointment-book", 0.99),))
    state, _ = step(State(language="de"), Asked(long, answer, "de", post="1"), small, 1.0)
    thanks = Asked("Danke!", Match("handover", smalltalk="thanks"), "de", post="2")
    state, effects = step(state, thanks, small, 2.0)
    assert [part.key for say in effects for part in say.parts] == ["rest-added"]
    assert state.draft.question == f"{long}Danke!"


def test_danger_in_the_rest_of_a_long_message_is_seen_first(dialogue):
    dialogue.turn("/ask")
    dialogue.turn((LETTER * 60)[:4_096])
    heard = dialogue.turn("Er atmet nicht mehr!!")
    assert heard.index("112") < heard.index("> ")
    assert "Er atmet nicht mehr" in dialogue.state.draft.question


def test_lines_that_nobody_answered_are_one_question_once_a_person_is_asked(dialogue):
    dialogue.turn("Fahrräder reparieren")
    assert "keine sichere Antwort" in dialogue.turn("Rennräder lackieren")
    assert "> Fahrräder reparieren\n| > Rennräder lackieren" in dialogue.turn("[Einen Menschen fragen]")


def test_an_hour_later_it_is_another_question(dialogue):
    dialogue.turn("/ask")
    dialogue.turn("Mein Kind ist krank")
    first = dict(dialogue.labels)
    dialogue.now += 3_600
    assert "Termine gibt es online" in dialogue.turn("Termin buchen")
    press(dialogue, first, SEND)
    assert dialogue.sent() == ["Mein Kind ist krank"]


@pytest.mark.parametrize("between", ["/menu", "[Anders schreiben]"])
def test_who_turned_to_something_else_goes_on_with_nothing(dialogue, between):
    dialogue.turn("/ask")
    dialogue.turn("Mein Kind ist krank")
    first = dict(dialogue.labels)
    dialogue.turn(between)
    dialogue.turn("Fahrräder reparieren")
    assert dialogue.state.draft.question == "Fahrräder reparieren"
    press(dialogue, first, SEND)
    assert dialogue.sent() == ["Mein Kind ist krank"]


def test_the_word_yes_sends_nothing_and_shows_the_buttons_again(dialogue):
    dialogue.turn("/ask")
    dialogue.turn("Mein Kind ist krank")
    assert "Darf ich senden?" in dialogue.turn("ja")
    assert dialogue.sent() == []
    dialogue.turn(SEND)
    assert dialogue.sent() == ["Mein Kind ist krank"]


def test_do_not_send_is_about_its_own_preview(dialogue):
    dialogue.turn("/ask")
    dialogue.turn("Mein Kind ist krank")
    first = dict(dialogue.labels)
    dialogue.turn("Muss ich trotzdem kommen?")
    dialogue.turn("[Nicht senden]")
    press(dialogue, first, SEND)
    assert dialogue.sent() == ["Mein Kind ist krank"]


def test_a_preview_with_other_topics_is_another_preview(small):
    """The topics stand in the mail: they are part of what was shown."""
    state = State(language="de", writing=True)
    state, _ = step(state, Asked("Mein Kind ist krank", Match("handover"), "de"), small, 1.0)
    from bot.conversation.actions import Action
    from bot.conversation.events import HandOver, Pressed

    number = state.draft.number
    state, (say,) = step(state, Pressed(Action("person", "appointment-book", "office")), small, 2.0)
    assert next(part for part in say.parts if isinstance(part, Preview)).draft.topics == ("appointment-book",)
    _, effects = step(state, Pressed(Action("send", str(number))), small, 3.0)
    assert [effect.draft.topics for effect in effects if isinstance(effect, HandOver)] == [()]


# What Telegram calls edited


def test_nothing_changed_so_nothing_is_said(dialogue):
    dialogue.turn("Termin buchen")
    dialogue.turn("Karte verloren")
    dialogue.turn("/ask")
    dialogue.turn("Mein Kind ist krank")
    shown = dict(dialogue.labels)
    for same in ("✎1 Termin buchen", "✎2 Karte verloren", "✎3 Mein Kind ist krank"):
        assert dialogue.turn(same) == ""
    press(dialogue, shown, SEND)
    assert dialogue.sent() == ["Mein Kind ist krank"]


def test_an_old_message_that_was_changed_is_not_what_is_awaited(dialogue):
    dialogue.turn("Termin")
    dialogue.turn("/ask")
    assert "Termine gibt es online" in dialogue.turn("✎1 Termin buchen")
    assert "Darf ich senden?" in dialogue.turn("Mein Kind ist krank")
    dialogue.turn(SEND)
    assert dialogue.sent() == ["Mein Kind ist krank"]


def test_an_old_message_that_was_changed_leaves_the_preview_good(dialogue):
    dialogue.turn("Fahrräder reparieren")
    dialogue.turn("/ask")
    dialogue.turn("Mein Kind ist krank")
    shown = dict(dialogue.labels)
    assert "Termine gibt es online" in dialogue.turn("✎1 Termin buchen")
    press(dialogue, shown, SEND)
    assert dialogue.sent() == ["Mein Kind ist krank"]


def test_a_corrected_line_of_the_question_is_previewed_anew(dialogue):
    dialogue.turn("/ask")
    dialogue.turn("Mein Kind ist 4")
    before = dict(dialogue.labels)
    dialogue.turn("Darf es in die Schule?")
    shown = dialogue.turn("✎1 Mein Kind ist 5")
    assert "> Mein Kind ist 5\n| > Darf es in die Schule?" in shown
    dialogue.turn(SEND)
    press(dialogue, before, SEND)
    assert dialogue.sent() == ["Mein Kind ist 5\nDarf es in die Schule?", "Mein Kind ist 4"]


# Pictures


def captioned(album, words="Was steht in diesem Brief?"):
    return Asked(words, Match("handover"), "de", file=True, album=album)


@pytest.mark.parametrize("first", [captioned("77"), SentOther("file", album="77")])
def test_an_album_is_told_once_that_pictures_are_not_read(small, first):
    events = [first, *[SentOther("file", album="77")] * 3, captioned("77"), SentOther("file", album="78")]
    state, said = State(language="de"), []
    for event in events[:5]:
        state, effects = step(state, event, small, 1.0)
        said += [part.key for say in effects for part in say.parts if isinstance(part, Sentence)]
    assert said.count("sent-file") == 1
    _, (say,) = step(state, events[5], small, 2.0)  # another album
    assert Sentence("sent-file") in say.parts


def test_a_question_below_pictures_says_that_they_do_not_go_with_it(small):
    state, effects = step(State(language="de", writing=True), captioned("77"), small, 1.0)
    keys = [part.key for say in effects for part in say.parts if isinstance(part, Sentence)]
    assert keys[:2] == ["sent-file", "preview"]
    state, effects = step(state, SentOther("file", album="77"), small, 1.1)
    assert effects == []
    state, effects = step(state, Asked("Bis wann muss ich antworten?", Match("handover"), "de"), small, 9.0)
    assert state.draft.question == "Was steht in diesem Brief?\nBis wann muss ich antworten?"


# A counsellor forwards several clients' questions at once


def test_each_of_several_clients_keeps_their_own_button(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.turn("/start invite_good")
    buttons = []
    for words in ("» Do you repair bicycles?", "» And do you repair cars?"):
        dialogue.turn(words)
        buttons.append(dict(dialogue.labels))
    assert "> Do you repair bicycles?" in press(dialogue, buttons[0], "[Ich]")
    dialogue.turn(SEND)
    assert "> And do you repair cars?" in press(dialogue, buttons[1], "[Ich]")
    dialogue.turn(SEND)
    assert dialogue.sent() == ["Do you repair bicycles?", "And do you repair cars?"]


# What is kept


def test_what_is_too_old_goes_whichever_preview_it_stands_in(dialogue):
    dialogue.turn("/ask")
    dialogue.turn("Mein Kind ist krank")
    first = dict(dialogue.labels)
    dialogue.turn("Muss ich trotzdem kommen?")
    state = dialogue.state
    assert State.from_json(state.to_json()) == state
    assert state.words_since == state.previews[0].at
    later = state.fresh(dialogue.now + DRAFT_SECONDS + 1)
    assert (later.draft, later.previews, later.texts) == (None, (), ())
    dialogue.now += DRAFT_SECONDS
    assert "nicht mehr da" in press(dialogue, first, SEND)


def test_a_preview_can_be_sent_for_a_whole_day():
    old, young = (Draft(number, "?", "de", (), at) for number, at in ((1, 0.0), (2, 10.0)))
    state = State(previews=(old, young)).fresh(10.0 + DRAFT_SECONDS)
    assert state.previews == (young,)


def test_no_more_than_some_are_kept(dialogue):
    for number in range(40):
        dialogue.turn("/ask")
        dialogue.turn(f"Frage Nummer {number} über Fahrräder")
    assert len(dialogue.state.previews) == 6
    assert len(dialogue.state.texts) == 30


def test_an_answered_question_takes_no_line_from_the_next(small):
    answer = Match("answer", (Choice("appointment-book", 0.99),))
    state, _ = step(State(language="de"), Asked("Termin?", answer, "de"), small, 1.0)
    state, (say,) = step(state, Asked("Fahrräder reparieren", Match("handover"), "de"), small, 5.0)
    assert isinstance(say, Say)
    assert state.draft.question == "Fahrräder reparieren"


def test_in_an_older_version_nothing_of_this_was_stored(small, catalogues):
    old = '{"language": "de", "draft": {"number": 3, "question": "Eins", "language": "de", "topics": [], "at": 5.0}, '
    state = State.from_json(old + '"drafts": 3, "writing": false}')
    assert state.draft.pieces == ()
    dialogue = verify(small, catalogues, "de", [])
    dialogue.state, dialogue.now = state, 6.0
    dialogue.labels = {"send": "c:3"}
    dialogue.turn("[send]")
    assert dialogue.sent() == ["Eins"]
