"""The dialogue, as people have it: turns in several languages."""

from __future__ import annotations

from dataclasses import fields, replace

import pytest

from bot.conversation.actions import CODES, Action, decode
from bot.conversation.events import (
    Answer,
    Asked,
    Commanded,
    Draft,
    Forget,
    HandOver,
    Moved,
    PlaceCard,
    Pressed,
    Question,
    Say,
    Sentence,
    Withdraw,
)
from bot.conversation.machine import step
from bot.conversation.state import DRAFT_SECONDS, State
from bot.matching.context import Context
from bot.matching.match import Match
from bot.presentation.compose import Composer
from bot.presentation.render import plain
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
                ("[English]", ("I am a program", "/delete", "Integrationsbüro *Musterstadt*")),
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
                (WHAT_IS_NOT_OURS, ("keine sichere Antwort", "Integrationsbüro *Musterstadt*")),
                ("[Einen Menschen fragen]", (WHAT_IS_NOT_OURS, "Sprache der Frage: Deutsch", "Darf ich senden?")),
                ("[Ja, so senden]", ("Gesendet", "3 Arbeitstagen")),
                ("/status", "Eine Frage von Ihnen ist offen"),
            ],
        ),
        # the same in English, and the asker thinks better of it
        (
            "en",
            [
                ("Do you repair bicycles, too?", "no sure answer"),
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
        ("de", [("😀😀", "keinen Text"), ("???", "keinen Text"), ("<other>", "nur Text lesen")]),
        # asking a person straight away
        ("de", [("/ask", "in einer Nachricht"), ("Ich möchte mit jemandem reden", ("> Ich möchte mit", "Darf ich"))]),
        # what is no text gets a word about itself
        ("de", [("<file>", "Bilder und Dokumente"), ("<voice>", "Sprachnachrichten"), ("<personal>", "Standorte")]),
        # a place on the map
        (
            "de",
            [("Termin buchen", "online"), ("[📍 Integrationsbüro *Musterstadt*]", "[map of Integrationsbüro *Muster")],
        ),
        # a postcard's link is answered at once, in the language it names, or in the app's
        ("", [("/start topic_appointment-book", ("Termine gibt es online", "not:In welcher Sprache"))]),
        (
            "",
            [
                ("/start lang_en__topic_appointment-book", ("Appointments are online", "not:Which language")),
                ("And which papers do I need?", "Passport"),
            ],
        ),
        ("", [("/start place_integration-office", ("Marktplatz 1", "Telefon", "Stand: November 2026"))]),
        ("", [("/start lang_en", "I am a program")]),
        ("", [("/start lang_xx__topic_gone__whatever", "In welcher Sprache")]),  # a very old postcard
        (
            "",
            [("/start topic_kita-place", "Kind"), ("[Sprache wechseln]", "welcher Sprache"), ("[English]", "I answer")],
        ),
        # /status: which, since when, and withdrawing; the old button says that it is too late
        (
            "de",
            [
                ("/ask", "in einer Nachricht"),
                ("Darf mein Hund mit ins Amt?", "Darf ich senden?"),
                ("[Ja, so senden]", "Gesendet"),
                ("/status", ("Frage 1, 20. November 2026", "Arbeitstage bis zur Antwort, meist: 3", "mein Hund")),
                ("[Frage 1 zurückziehen]", ("Frage 1 ist zurückgezogen", "keine Antwort mehr nötig")),
                ("/status", "keine offene Frage"),
            ],
        ),
        # a further message joins the open question
        (
            "de",
            [
                ("/ask", "in einer Nachricht"),
                ("Darf mein Hund mit ins Amt?", ("Darf ich senden?", "hat Lotse etwas gefragt")),
                ("[Ja, so senden]", "Gesendet"),
                (WHAT_IS_NOT_OURS, "keine sichere Antwort"),
                ("[Zu meiner Frage 1 hinzufügen]", ("Frage 1 gestellt hat", f"> {WHAT_IS_NOT_OURS}")),
                ("[Ja, so senden]", "gehört jetzt zu Ihrer Frage 1"),
            ],
        ),
        # numbers that tell who somebody is are hidden, unless the asker wants them sent
        (
            "de",
            [
                ("/ask", "in einer Nachricht"),
                (
                    "Wo ist mein Pass FE123456? Rufen Sie 0361 655-1234 an",
                    ("Pass ••••••••? Rufen Sie •••• •••-•••• an", "not:FE123456", "not:655", "mit ••• verdeckt"),
                ),
                ("[Mit den Nummern senden]", ("> Wo ist mein Pass FE123456?", "Die Nummern werden mitgesendet")),
                ("[Ja, so senden]", "Gesendet"),
                ("/status", "FE123456"),
            ],
        ),
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


def test_the_language_of_the_app_is_the_first_guess(small, catalogues):
    dialogue = Dialogue(small, catalogues, hint="en")
    assert "Which language" in dialogue.turn("/start")
    assert list(dialogue.labels) == ["English", "Deutsch"]
    assert "Appointments are online" in dialogue.turn("/start topic_appointment-book")
    assert dialogue.state.language == ""  # guessed, not chosen


def test_the_masked_preview_cannot_send_the_numbers(small, catalogues):
    """Consent is for what was shown: each preview's buttons send what stood above them."""
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.turn("/ask")
    dialogue.turn("Mein Pass ist FE123456")
    masked, shown = dict(dialogue.labels), dialogue.turn("[Mit den Nummern senden]")
    assert "FE123456" in shown
    with_numbers, dialogue.labels = dialogue.labels, masked
    dialogue.turn("[Ja, so senden]")
    assert dialogue.sent() == ["Mein Pass ist ••••••••"]
    dialogue.labels = with_numbers  # the same question, sent once
    assert "schon gesendet" in dialogue.turn("[Ja, so senden]")
    assert len(dialogue.sent()) == 1


@pytest.mark.parametrize("data", ["z:1", "j:1", "z:x", "j:99"])  # withdrawn already, or never theirs
def test_a_button_of_a_question_that_is_not_open(small, catalogues, data):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.questions = [Question(1, "2026-11-20", "Eins", open=False)]
    dialogue.labels = {"old": data}
    assert "nicht mehr offen" in dialogue.turn("[old]")
    assert not any(isinstance(effect, Withdraw) for effect in dialogue.effects)


def test_asking_again_after_an_answer_joins_the_same_question(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.questions = [Question(4, "2026-11-20", "Eins", open=False)]
    dialogue.labels = {"again": "a:4"}
    assert "in einer Nachricht" in dialogue.turn("[again]")
    assert "Frage 4 gestellt hat" in dialogue.turn("Und wann?")
    dialogue.turn("[Ja, so senden]")
    (sent,) = [effect.draft for effect in dialogue.effects if isinstance(effect, HandOver)]
    assert (sent.joins, sent.shown) == (4, "Und wann?")


def test_an_addition_to_what_was_withdrawn_meanwhile_becomes_a_question(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.questions = [Question(4, "2026-11-20", "Eins")]
    dialogue.turn(WHAT_IS_NOT_OURS)
    dialogue.turn("[Zu meiner Frage 4 hinzufügen]")
    dialogue.questions = []
    text = dialogue.turn("[Ja, so senden]")
    assert "nicht mehr offen" in text
    assert "hat Lotse etwas gefragt" in text
    assert "Gesendet" in dialogue.turn("[Ja, so senden]")


def test_consent_is_for_what_was_shown(small, catalogues):
    """A newer question was not shown by the older preview: its button does not send it, but what it showed."""
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.turn(WHAT_IS_NOT_OURS)
    dialogue.turn("[Einen Menschen fragen]")
    old = dict(dialogue.labels)
    dialogue.now += 600
    dialogue.turn("Und verkaufen Sie auch Brot?")
    newer, dialogue.labels = dialogue.labels, old
    assert "Gesendet" in dialogue.turn("[Ja, so senden]")
    assert dialogue.sent() == [WHAT_IS_NOT_OURS]
    dialogue.labels = newer
    assert "> Und verkaufen Sie auch Brot?" in dialogue.turn("[Nichts davon: Mensch fragen]")


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
    dialogue.questions = [Question(1, "2026-11-20", "Eins"), Question(2, "2026-11-20", "Zwei")]
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
    ("data", "action"),
    [
        ("l:uk", Action("language", "uk")),
        ("o", Action("languages")),
        ("m", Action("menu")),
        ("g:family", Action("group", "family")),
        ("t:kita-place", Action("topic", "kita-place")),
        ("t:kita-place:back", Action("topic", "kita-place", "back")),
        ("s:kita-place:cost", Action("section", "kita-place", "cost")),
        ("v:office", Action("pin", "office")),
        ("y:kita-place", Action("helped", "kita-place")),
        ("p:kita-place", Action("person", "kita-place")),
        ("c:3", Action("send", "3")),
        ("x:3", Action("cancel", "3")),
        ("n:3", Action("numbers", "3")),
        ("i:3", Action("mine", "3")),
        ("w", Action("rewrite")),
        ("j:7:3", Action("join", "7", "3")),
        ("a:7", Action("again", "7")),
        ("z:7", Action("withdraw", "7")),
        ("d", Action("delete")),
        ("k", Action("keep")),
    ],
)
def test_a_button_in_an_old_message_means_what_it_meant(data, action):
    """They stand in people's chats for years, so these letters never change."""
    assert decode(data) == action
    assert action.encode() == data


def test_a_topic_whose_id_no_button_can_carry_is_said_so():
    with pytest.raises(ValueError, match="over 64 bytes"):
        Action("section", "residence-permit-" * 4, "documents").encode()


def test_all_buttons_have_their_letter_in_that_table():
    assert len(set(CODES.values())) == len(CODES) == 19


@pytest.mark.parametrize(
    "text",
    [
        "",  # nothing
        "q:what",  # a letter that no version has used
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
    draft = Draft(3, "Ist das neu?", "ar", ("kita-place",), 5.0, pieces=(("8", "Ist das neu?"),))
    context = Context(
        "kita-place", ("", "cost"), "Kita?", ("kita-place", "duldung"), "medical-emergency", 6.0, "Leipzig"
    )
    state = State(
        "ar",
        "de",
        draft,
        4,
        writing=True,
        joining=7,
        counsellor=True,
        context=context,
        offered=("de", "en"),
        album="77",
        previews=(replace(draft, number=2), replace(draft, number=1, client=True)),
        growing=True,
        wrote=9.0,
        texts=(("8", 123), ("9", 456)),
    )
    assert all(getattr(state, each.name) != getattr(State(), each.name) for each in fields(State))
    assert State.from_json(state.to_json()) == state


@pytest.mark.parametrize(
    ("language", "turns"),
    [
        # an invitation, then a client's question: in the client's language, and below it in German
        (
            "de",
            [
                ("/start invite_good", ("Sie können mir jetzt Fragen", "Menschen weiterleiten")),
                ("» I lost my card", ("not legal advice", "Auf Deutsch:", "keine Rechtsberatung")),
            ],
        ),
        # its sections and the related topics, too, while the buttons stay the counsellor's
        (
            "de",
            [
                ("/start invite_good", "weiterleiten"),
                (
                    "» How do I get an appointment?",
                    ("Appointments are online", "Auf Deutsch:", "Termine gibt es online"),
                ),
                ("[Schritte]", ("Auf Deutsch:", "1. Öffnen Sie das Formular.")),
                ("[Das hat geholfen]", "Das freut mich"),
            ],
        ),
        # a client who writes German, and a topic that has German words alone: once is enough
        (
            "en",
            [
                ("/start invite_good", "forward"),
                (
                    "» Wie bekomme ich einen Termin?",
                    ("Termine gibt es online", "not:In German", "not:Appointments are"),
                ),
                ("» Duldung", ("Eine Duldung ist kein Aufenthaltstitel", "not:In German")),
            ],
        ),
        # danger comes in both
        ("de", [("/start invite_good", ""), ("» help my baby is not breathing", ("ambulance", "Rettungsdienst"))]),
        # the counsellor's own messages are anybody's, also right after a client's
        (
            "de",
            [
                ("/start invite_good", "weiterleiten"),
                ("» I lost my card", "Auf Deutsch:"),
                ("Termin buchen", ("Termine gibt es online", "not:Auf Deutsch:")),
                ("[Schritte]", "not:Auf Deutsch:"),
                (WHAT_IS_NOT_OURS, ("keine sichere Antwort", "not:Wer soll die Antwort")),
                ("[Einen Menschen fragen]", ("eine Person in Musterstadt", "not:Wer soll die Antwort")),
            ],
        ),
        # what anybody else forwards is a question like any other
        ("de", [("» I lost my card", ("Melden Sie es sofort", "not:Auf Deutsch:"))]),
        # no answer: who gets the reply? Then preview and consent as ever
        (
            "de",
            [
                ("/start invite_good", "weiterleiten"),
                ("» Do you repair bicycles, too?", ("keine sichere Antwort", "Wer soll die Antwort")),
                ("[Ich]", ("eine Beratungsstelle in Musterstadt", "> Do you repair", "Englisch", "Darf ich senden?")),
                ("[Ja, so senden]", "Gesendet"),
                ("/status", "Eine Frage von Ihnen ist offen"),
            ],
        ),
        # nobody: nothing is sent, and the old button does nothing any more
        (
            "de",
            [
                ("/start invite_good", "weiterleiten"),
                ("» Do you repair bicycles, too?", "Wer soll die Antwort"),
                ("[Niemand: Ich wollte es nur wissen]", "ich sende nichts"),
                ("/status", "keine offene Frage"),
            ],
        ),
        # an answer that did not help asks the same, and so does what was forwarded after /ask
        (
            "de",
            [
                ("/start invite_good", "weiterleiten"),
                ("» I lost my card", "Auf Deutsch:"),
                ("[Nein, einen Menschen fragen]", ("Wer soll die Antwort", "not:Darf ich senden?")),
                ("/ask", "in einer Nachricht"),
                ("» Mein Termin fiel aus, und niemand ruft zurück.", "Wer soll die Antwort"),
                ("[Ich]", "> Mein Termin fiel aus"),
            ],
        ),
        # used, too old or made up; questions are welcome all the same
        (
            "de",
            [
                ("/start invite_used", ("schon benutzt oder ist abgelaufen", "not:weiterleiten")),
                ("» I lost my card", "not:Auf Deutsch:"),
            ],
        ),
        # the same person opens the link again; deleting takes the permission away
        (
            "de",
            [
                ("/start invite_good", "weiterleiten"),
                ("/start invite_used", "weiterleiten"),
                ("/delete", "alles löschen"),
                ("[Ja, alles löschen]", "Alles ist gelöscht"),
                ("» I lost my card", "not:Auf Deutsch:"),
            ],
        ),
        # nothing chosen yet: the languages come with it
        ("", [("/start invite_good", "weiterleiten"), ("[English]", "I am a program")]),
    ],
)
def test_counsellors(small, catalogues, language, turns):
    verify(small, catalogues, language, turns)


def test_what_a_client_reads_is_a_message_of_its_own(small, catalogues):
    """A counsellor forwards it as it is: no German in it, none of Lotse's words to the counsellor, no buttons."""
    composer = Composer(small, catalogues)
    say = Say((Answer("lost-card"), Sentence("person-recommended")), (), client="en")
    to_forward, mine = (message.blocks for message in composer.messages(say, "de", now=0.0))
    assert plain(to_forward) == plain(composer.compose(Say((Answer("lost-card"),)), "en", now=0.0).blocks)
    assert plain(mine).startswith("Auf Deutsch:")
    assert "Hier hilft oft ein Mensch" in plain(mine)
    (only,) = composer.messages(replace(say, client="de"), "de", now=0.0)  # nothing to forward in another language
    assert "Auf Deutsch" not in plain(only.blocks)
    pressed = replace(say, edit=True)
    assert [message.edit for message in composer.messages(pressed, "de", now=0.0)] == [False, False]


def test_a_button_who_gets_the_reply_belongs_to_its_question(small, catalogues):
    dialogue = verify(
        small,
        catalogues,
        "de",
        [("/start invite_good", ""), ("» Do you repair bicycles, too?", "Wer soll die Antwort")],
    )
    old = dict(dialogue.labels)
    dialogue.turn("» And do you repair cars?")
    newer, dialogue.labels = dialogue.labels, old
    assert "> Do you repair bicycles, too?" in dialogue.turn("[Ich]")
    dialogue.turn("[Ja, so senden]")
    dialogue.labels = newer
    assert "> And do you repair cars?" in dialogue.turn("[Ich]")
    assert dialogue.sent() == ["Do you repair bicycles, too?"]


def test_what_an_older_version_wrote_is_no_counsellors_state():
    assert State.from_json('{"language": "de", "drafts": 1, "writing": false}').counsellor is False
    assert State.from_json(State(language="de", counsellor=True).to_json()).counsellor is True


# What came from the browser


@pytest.mark.parametrize(
    ("language", "event", "then", "said"),
    [
        ("", Moved(valid=True, language="ar"), "ar", "moved-here"),  # the language chosen there is spoken here
        ("uk", Moved(valid=True, language="ar"), "uk", "moved-here"),  # who has chosen here keeps it
        ("uk", Moved(valid=False, language="ar"), "uk", "moved-invalid"),  # an old link, or somebody else's
    ],
)
def test_a_link_from_the_browser(small, language, event, then, said):
    state, (say,) = step(State(language, writing=True, joining=7, counsellor=True), event, small, 1.0)
    assert state == State(then, counsellor=True)  # what is said next is no words for the office
    assert say.parts == (Sentence(said),)


# What stands on the buttons


@pytest.mark.parametrize("amount", [1, 2, 3, 17])
def test_every_language_can_be_chosen(small, amount):
    codes = ["de", "en", "uk", "ru", "ar", "fa", "tr", "fr", "vi", "es", "ro", "pl", "ps", "ti", "kmr", "so", "sq"][
        :amount
    ]
    words = small.topics["kita-place"].words["de"]
    topics = {id_: replace(topic, words=dict.fromkeys(codes, words)) for id_, topic in small.topics.items()}
    knowledge = replace(small, topics=topics, city=replace_city(small, codes))
    _, (say,) = step(State(), Commanded("language", codes[-1]), knowledge, 1.0)
    offered = [button.action.argument for row in say.buttons for button in row]
    assert offered == [codes[-1], *codes[:-1]]  # that of the app first
    assert max(map(len, say.buttons)) <= 2  # long names need their place


def replace_city(knowledge, codes):
    return knowledge.city.model_copy(update={"languages": tuple(codes)})


def test_where_a_topics_places_are(small):
    """The topic has no words on the way there; its office has an address and a place on the map."""
    state, _ = step(State("de"), Pressed(Action("topic", "appointment-book")), small, 1.0)
    topic = small.topics["appointment-book"]
    assert topic.places
    where = Asked("Und wo ist das?", Match("answer", role="detail", section="where"), "de")
    _, (say,) = step(state, where, small, 2.0)
    assert say.parts == tuple(PlaceCard(place) for place in topic.places)
    assert [button.label for button in say.buttons[0]] == [f"pin:{topic.places[0]}"]


def test_who_wants_a_person_about_an_emergency_gets_the_helplines_first(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.labels = {"ask": "p:medical-emergency"}
    heard = dialogue.turn("[ask]")
    assert "nicht allein" in heard
    assert "112" in heard
    assert "Schreiben Sie" in dialogue.turn("[Trotzdem ans Büro schreiben]")


def test_an_addition_that_is_worded_anew_stays_one(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.questions = [Question(7, "2026-11-20", "Mein Kind ist krank")]
    dialogue.turn(WHAT_IS_NOT_OURS)
    dialogue.turn("[Zu meiner Frage 7 hinzufügen]")
    dialogue.turn("[Anders schreiben]")
    dialogue.turn("Es hat Fieber")
    dialogue.turn("[Ja, so senden]")
    assert dialogue.sent() == ["7: Es hat Fieber"]


def test_what_was_asked_before_did_you_mean_goes_with_the_next_words(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.turn("Karte Termin")
    dialogue.turn("[Karte verloren]")
    more = Asked("Und für mein Kind?", Match("handover", role="both"), "de", post="9")
    state, _ = step(dialogue.state, more, small, dialogue.now + 60)
    assert state.draft.question == "Karte Termin\nUnd für mein Kind?"
