"""The dialogue, as people have it: turns in several languages."""

from __future__ import annotations

import pytest

from bot.conversation.actions import CODES, Action, decode
from bot.conversation.events import Forget, HandOver, Say
from bot.conversation.state import DRAFT_SECONDS, State
from tests.dialogue import Dialogue, verify

WHAT_IS_NOT_OURS = "Fahrräder reparieren"


@pytest.mark.parametrize(
    ("language", "turns"),
    [
        # first contact: choose, read three sentences, ask
        (
            "",
            [
                ("/start", "In welcher Sprache"),
                ("[English]", ("I answer questions", "/delete", "Integrationsbüro *Musterstadt*")),
                ("How do I get an appointment?", ("Book an appointment", "Appointments are online")),
            ],
        ),
        # an answer, a section of it and back again
        (
            "de",
            [
                ("Wie bekomme ich einen Termin?", ("Termine gibt es online", "In Musterstadt:", "buero@example.org")),
                ("[Schritte]", ("1. Öffnen Sie das Formular.", "not:In Musterstadt:")),
                ("[Unterlagen]", "• Pass"),
                ("[Zurück]", "Termine gibt es online"),
                ("[Das hat geholfen]", "Das freut mich"),
            ],
        ),
        # from an answer to the related topic; facts are written as the language writes them
        (
            "de",
            [
                ("Termin buchen", "online"),
                ("[Karte verloren]", ("13\u00a0€", "1. Mai 2025", "110", "keine Rechtsberatung")),
            ],
        ),
        ("en", [("I lost my card", ("€13", "1 May 2025", "not legal advice", "Translated by machine"))]),
        # a question that has no answer: offer, preview, consent
        (
            "de",
            [
                (WHAT_IS_NOT_OURS, ("keine geprüfte Antwort", "Integrationsbüro *Musterstadt*")),
                ("[Einen Menschen fragen]", (WHAT_IS_NOT_OURS, "Sprache der Frage: Deutsch", "Darf ich senden?")),
                ("[Ja, so senden]", ("Gesendet", "3 Arbeitstagen")),
                ("/status", "Eine Frage von Ihnen ist offen"),
            ],
        ),
        # the same in English, and the asker thinks better of it
        (
            "en",
            [
                ("Do you repair bicycles, too?", "no checked answer"),
                ("[Ask a person]", "Do you repair bicycles, too?"),
                ("[Do not send]", "not sending anything"),
                ("/status", "You have no open question"),
            ],
        ),
        # an answer that did not help leads to a person, with the question that was asked
        (
            "de",
            [
                ("Termin buchen", "online"),
                ("[Nein, einen Menschen fragen]", ("> Termin buchen", "- Termin vereinbaren")),
                ("[Anders schreiben]", "in einer Nachricht"),
                ("Mein Termin fiel aus, und niemand ruft zurück.", ("> Mein Termin fiel aus", "Darf ich senden?")),
            ],
        ),
        # no topic fits for sure: did you mean, and none of these
        (
            "de",
            [
                ("Karte Termin", ("Meinen Sie eines davon?",)),
                ("[Karte verloren]", "Melden Sie es sofort"),
            ],
        ),
        # "and which papers?" is about the topic answered last; what it has no section for is a question like any other
        (
            "de",
            [
                ("Termin buchen", "online"),
                ("Und welche Unterlagen?", ("Pass", "Aufenthaltstitel", "not:Öffnen Sie das Formular")),
                ("und wie mache ich das", "Öffnen Sie das Formular"),
                ("Karte verloren", "Melden Sie es sofort"),
                ("und welche Unterlagen", "not:Pass"),
            ],
        ),
        ("de", [("und welche Unterlagen", ("not:Öffnen Sie", "not:online"))]),  # nothing was answered before
        # two wishes, two answers
        (
            "de",
            [("Ich habe meine Karte verloren und wie bekomme ich einen Termin?", ("Melden Sie es sofort", "online"))],
        ),
        # one's own case: the general answer, and a person
        ("de", [("Termin buchen, Aktenzeichen 33-4711/24", ("online", "Hier hilft oft ein Mensch"))]),
        ("de", [("Termin buchen", ("online", "not:Hier hilft oft ein Mensch"))]),
        # danger first, whatever else is in the message
        ("de", [("Mein Mann atmet nicht mehr!!", ("112", "110", "Rufen Sie 112 an"))]),
        ("en", [("help my baby is not breathing", ("112", "ambulance"))]),
        # topics that a person handles best offer one at once
        ("de", [("Meine Duldung läuft ab", ("kein Aufenthaltstitel", "Hier hilft oft ein Mensch"))]),
        # a topic without words in the asker's language comes in German, and says so
        ("en", [("Duldung", ("not exist in your language yet", "German", "Eine Duldung ist kein Aufenthaltstitel"))]),
        # the menu, by groups
        ("de", [("/menu", "Wählen Sie ein Thema"), ("[Termine]", "Worum geht es"), ("[Termin vereinbaren]", "online")]),
        # no question in it
        ("de", [("Hallo", "Guten Tag"), ("Danke", "Gern"), ("Tschüss", "Wiedersehen")]),
        ("en", [("hello!", "Hello!"), ("thank you", "welcome")]),
        ("de", [("😀😀", "keinen Text"), ("???", "keinen Text"), ("<photo>", "nur Text lesen")]),
        # asking a person straight away
        ("de", [("/ask", "in einer Nachricht"), ("Ich möchte mit jemandem reden", ("> Ich möchte mit", "Darf ich"))]),
        # deleting
        ("de", [("/delete", "Soll ich alles löschen"), ("[Nein, behalten]", "bleibt alles")]),
        ("de", [("/delete", "Soll ich"), ("[Ja, alles löschen]", "Alles ist gelöscht")]),
        # help, privacy, language
        (
            "de",
            [("/help", ("/menu", "110", "112")), ("/privacy", "höchstens einen Tag"), ("/language", "welcher Sprache")],
        ),
    ],
)
def test_dialogues(small, catalogues, language, turns):
    verify(small, catalogues, language, turns)


def test_consent_is_for_what_was_shown(small, catalogues):
    """A newer question was never shown: the old button does not send it."""
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.turn(WHAT_IS_NOT_OURS)
    dialogue.turn("[Einen Menschen fragen]")
    old = dict(dialogue.labels)
    dialogue.turn("Und verkaufen Sie auch Brot?")
    dialogue.labels = old
    assert "schon gesendet oder nicht mehr da" in dialogue.turn("[Ja, so senden]")
    assert not any(isinstance(effect, HandOver) for effect in dialogue.effects)


def test_sending_twice_sends_once(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.turn(WHAT_IS_NOT_OURS)
    dialogue.turn("[Einen Menschen fragen]")
    labels = dict(dialogue.labels)
    dialogue.turn("[Ja, so senden]")
    dialogue.labels = labels
    dialogue.turn("[Ja, so senden]")
    assert sum(isinstance(effect, HandOver) for effect in dialogue.effects) == 1


def test_a_draft_lasts_a_day(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.turn(WHAT_IS_NOT_OURS)
    dialogue.turn("[Einen Menschen fragen]")
    dialogue.now += DRAFT_SECONDS
    assert "nicht mehr da" in dialogue.turn("[Ja, so senden]")


def test_deleting_forgets_first_and_says_so(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.open_questions = 2
    assert "2 Fragen von Ihnen sind noch offen" in dialogue.turn("/delete")
    dialogue.turn("[Ja, alles löschen]")
    assert isinstance(dialogue.effects[-2], Forget)
    assert isinstance(dialogue.effects[-1], Say)
    assert dialogue.state == State()


def test_every_button_fits_telegram_and_survives_the_journey(small, catalogues):
    for verb in CODES:
        action = Action(verb, "residence-permit-first-application", "documents")
        assert decode(action.encode()) == action
        assert len(action.encode()) <= 64


@pytest.mark.parametrize(
    "text",
    [
        "",  # nothing
        "z:what",  # a letter that no version has used
        "t:../../etc/passwd",  # somebody plays
        "t:a b",  # spaces
        "\ud800",  # a lone surrogate
    ],
)
def test_foreign_button_data_is_no_action(text):
    assert decode(text) is None


def test_a_button_of_a_topic_that_is_gone(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    for data in ("t:gone-topic", "s:gone-topic:steps", "g:gone-group", "l:xx", "q:1"):
        dialogue.labels = {"old": data}
        assert "kenne ich nicht mehr" in dialogue.turn("[old]")


def test_state_survives_storing():
    dialogue_state = State("ar", "de", None, 3, writing=True)
    assert State.from_json(dialogue_state.to_json()) == dialogue_state
