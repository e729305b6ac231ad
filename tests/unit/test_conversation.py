"""What a message means after what was said before, as turns; and the parts that find it."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest

from bot.conversation.events import Asked, Say
from bot.conversation.hearing import Heard, hear
from bot.conversation.machine import step
from bot.conversation.state import DRAFT_SECONDS, State
from bot.errors import UsageError
from bot.matching.chatter import Chatter
from bot.matching.context import Context
from bot.matching.elsewhere import OtherCities
from bot.matching.match import Choice, Match
from bot.tools import dialogues
from tests.dialogue import Dialogue, verify


@pytest.mark.parametrize(
    ("language", "turns"),
    [
        # a wish for a human, alone and inside other words; the question asked before is what would be sent
        (
            "de",
            [
                ("Termin buchen", "online"),
                ("Ich möchte mit einem Menschen sprechen", ("Ich bin ein Programm", "Integrationsbüro")),
                ("[Meine Frage schreiben]", ("> Termin buchen", "Darf ich senden?")),
            ],
        ),
        ("en", [("I already read that, give me a human", ("I am a program", "not:no sure answer"))]),
        ("de", [("Rufen Sie mich bitte zurück!", ("Anrufen kann ich nicht", "nicht versprechen"))]),
        # the same again never gets the same text again
        (
            "de",
            [("Termin buchen", "Termine gibt es online"), ("Termin vereinbaren", ("not:Termine gibt es online",))],
        ),
        # a section that was read does not come again either
        (
            "de",
            [
                ("Termin buchen", "online"),
                ("und welche Unterlagen", "Pass"),
                ("welche Papiere brauche ich", ("Mehr weiß ich dazu nicht", "not:Aufenthaltstitel")),
            ],
        ),
        # what nobody wrote down is said so, with a person
        ("de", [("Termin buchen", "online"), ("Und was kostet das?", ("steht in meinen Texten nichts", "Kosten"))]),
        # "did you mean" answered in words
        ("de", [("Karte Termin", "Meinen Sie"), ("Das zweite", ("not:Meinen Sie", "not:keine sichere Antwort"))]),
        ("de", [("Karte Termin", "Meinen Sie"), ("nichts davon", "nicht richtig verstanden")]),
        # thanks around a question; small talk alone, in any order
        ("de", [("Danke! Wie bekomme ich einen Termin?", "Termine gibt es online")]),
        ("de", [("Hallo, danke!", "Gern")]),
        ("de", [("Termin buchen", "online"), ("ja", "Gut!")]),  # "did this help?" in words
        # danger first; who then wants a person gets the helplines, and the office when they ask again
        (
            "de",
            [
                ("Mein Mann atmet nicht mehr!!", "112"),
                ("Ich möchte mit einem Menschen sprechen", ("nicht allein", "not:> Mein Mann")),
                ("[Trotzdem ans Büro schreiben]", "Darf ich senden?"),
            ],
        ),
        # another city: nothing of ours, also one tap later; who lives here says so
        (
            "de",
            [
                ("Wie bekomme ich in Leipzig einen Termin?", ("Ich kenne nur Musterstadt", "Leipzig", "not:buero@")),
                ("[Ich wohne in Musterstadt]", ("In Musterstadt:", "buero@example.org")),
            ],
        ),
        # what nobody understands after an answer may still be about it: its sections are one tap away
        (
            "de",
            [
                ("Termin buchen", "Termine gibt es online"),
                ("Zebrastreifen Giraffe", ("not:Termine gibt es", "not:Pass")),
                ("[Unterlagen]", "Pass"),
            ],
        ),
        # a file says what to do with a letter, and a person is one tap away
        ("de", [("<file>", ("Brief vom Amt", "Beratungsstelle")), ("[Einen Menschen fragen]", "in einer Nachricht")]),
        ("de", [("/menu", "Wählen Sie"), ("[Einen Menschen fragen]", "in einer Nachricht")]),
    ],
)
def test_conversations(small, catalogues, language, turns):
    verify(small, catalogues, language, turns)


def test_the_context_is_forgotten_with_the_draft(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.turn("Termin buchen")
    assert State.from_json(dialogue.state.to_json()) == dialogue.state
    dialogue.now += DRAFT_SECONDS + 1
    assert "Pass" not in dialogue.turn("und welche Unterlagen")


def test_the_same_words_edited_are_silence_and_the_preview_stays_good(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.turn("Fahrräder reparieren")
    dialogue.turn("[Einen Menschen fragen]")
    number = dialogue.state.draft.number
    event = Asked("Fahrräder reparieren", Match("handover"), "de", edited=True)
    state, effects = step(dialogue.state, event, small, dialogue.now)
    assert effects == []
    assert state.draft.number == number


def test_the_rest_of_a_message_that_the_app_cut_joins_the_draft(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.turn("/ask")
    first = "Mein Vermieter schreibt mir. " * 140
    dialogue.turn(first[:4_096])
    heard = dialogue.turn("Was soll ich tun?")
    assert "Was soll ich tun?" in heard
    assert dialogue.state.draft.question == first[:4_096] + "Was soll ich tun?"


def test_who_asks_the_same_an_hour_later_reads_it_again(small, catalogues):
    dialogue = Dialogue(small, catalogues, "de")
    assert "Termine gibt es online" in dialogue.turn("Termin buchen")
    dialogue.now += 3_600
    assert "Termine gibt es online" in dialogue.turn("Termin buchen")
    assert "Termine gibt es online" not in dialogue.turn("Termin vereinbaren")  # and at once not


# What was spoken so far, the message with the language it is taken for, and the language of the answer.
SPOKEN = [
    ("fa", "merci", "fr", "thanks", "fa"),  # many languages say so
    ("kmr", "ok danke", "de", "thanks", "kmr"),  # as people do who learn German
    ("", "merci", "fr", "thanks", "fr"),  # nothing was said before: it is all there is
    ("fa", "merci beaucoup et bonne journée", "fr", "thanks", "fr"),  # a sentence is meant so
    ("fa", "carte perdue", "fr", None, "fr"),  # and so is a question
]


@pytest.mark.parametrize(("spoken", "message", "taken_for", "smalltalk", "language"), SPOKEN)
def test_a_word_of_thanks_does_not_change_the_language(small, spoken, message, taken_for, smalltalk, language):
    reader = SimpleNamespace(match=lambda *_: Match("clarify", smalltalk=smalltalk, language=taken_for))
    assert hear(Heard(message, "de"), State(spoken=spoken), reader, small, 0.0).language == language


def test_another_language_is_answered_in_it_and_the_offer_to_stay_comes_once(small):
    event = Asked(
        "How do I get an appointment?", Match("answer", (Choice("appointment-book", 0.99),), language="en"), "en"
    )
    labels = []
    state = State(language="de")
    for _ in range(2):
        state, (say,) = step(state, event, small, 1.0)
        assert isinstance(say, Say)
        assert say.language == "en"
        labels.append([button.label for row in say.buttons for button in row])
    assert "stay:en" in labels[0]
    assert "stay:en" not in labels[1]
    assert state.language == "de"


def test_pictures_of_one_album_get_one_word(small):
    from bot.conversation.events import SentOther

    state, first = step(State(), SentOther("file", album="7"), small, 1.0)
    _, second = step(state, SentOther("file", album="7"), small, 2.0)
    assert len(first) == 1
    assert second == []


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("selam naber", "howareyou"),  # two phrases of one language
        ("Hallo danke tschüss", "goodbye"),
        ("dankeeee!!", "thanks"),  # stretched
        ("hahahaha", "laughter"),
        ("ههههه", "laughter"),
        ("👍", "ok"),
        ("Hallo Termin", None),
        ("😀", None),
    ],
)
def test_small_talk_is_made_of_its_phrases(text, kind):
    chatter = Chatter(
        {
            "greeting": {"tr": ["selam"], "de": ["Hallo"]},
            "howareyou": {"tr": ["naber"]},
            "thanks": {"de": ["Danke"]},
            "goodbye": {"de": ["Tschüss"]},
        }
    )
    assert chatter.kind(text) == kind
    assert chatter.without("Danke! Wo ist das Amt? Danke") == "Wo ist das Amt?"


@pytest.mark.parametrize(
    ("text", "city"),
    [
        ("Wo ist das Amt in Leipzig?", "Leipzig"),
        ("leipzig ausländerbehörde", "Leipzig"),
        ("Де установа у Лейпцигу?", "Leipzig"),  # with an ending
        ("أين الدائرة بلايبزيغ", "Leipzig"),  # "in" is a letter in front
        ("urząd w Lipsku", "Leipzig"),
        ("Leipzig'de nerede", "Leipzig"),
        ("Ich ziehe von Leipzig nach Musterstadt", ""),  # ours after all
        ("Ich ziehe von Musterstadt nach Leipzig", "Leipzig"),
        ("Was gibt es zu essen?", ""),
        ("das Amt in Essen", "Essen"),
        ("ausländerbehörde halle saale", "Halle (Saale)"),  # "halle" alone may be a hall
        ("die ganze halle war voll", ""),
    ],
)
def test_which_other_city_is_named(small, text, city):
    assert (
        OtherCities(
            {**small.cities, "Leipzig": ["Lipsk", "Lipsku", *small.cities["Leipzig"]], "Halle (Saale)": ["Halle"]},
            "Musterstadt",
        ).named(text)
        == city
    )


def test_a_dialogue_file_is_read_and_its_faults_named():
    (turn,) = dialogues.read_lines(
        "id\tlanguage\tturn\tmessage\texpected\na1\tde\t1\tHallo\tperson|kita-place#cost\n", "d.tsv"
    )
    assert turn.right == ("person", "kita-place#cost")
    with pytest.raises(UsageError, match="expected five columns"):
        dialogues.read_lines("a1\tde\tHallo\n", "d.tsv")


def test_nothing_delicate_is_offered_when_it_is_unlikely(small):
    from bot.conversation.answering import worth_naming

    topic = next(iter(small.topics.values()))
    delicate = replace(topic, flags=frozenset({"delicate"}))
    knowledge = replace(small, topics={**small.topics, topic.id: delicate})
    assert worth_naming(Match("clarify", (Choice(topic.id, 0.2),)), small) == (topic.id,)
    assert worth_naming(Match("clarify", (Choice(topic.id, 0.2),)), knowledge) == ()


def test_a_context_without_anything_is_none():
    assert not Context(danger="x")
    assert Context(topic="x")


@pytest.mark.parametrize(("sure", "offered"), [(0.6, True), (0.2, False)])
def test_below_a_section_stands_what_the_words_alone_would_have_meant(small, catalogues, sure, offered):
    """Not of "how long does that take?", which alone sounds a little like several topics."""
    dialogue = Dialogue(small, catalogues, "de")
    dialogue.turn("Termin buchen")
    asked = Match(
        "answer", (Choice("appointment-book", 0.9), Choice("lost-card", sure)), section="steps", role="section"
    )
    _, effects = step(dialogue.state, Asked("Karte weg, und jetzt", asked, "de"), small, dialogue.now)
    (say,) = effects
    assert ([button.label for button in say.buttons[0]] == ["topic:lost-card"]) is offered


@pytest.mark.parametrize(
    ("city", "where"),
    [
        ("", ("13\u00a0€", "not:Leipzig")),
        ("Leipzig", ("Ich kenne nur Musterstadt", "Leipzig")),  # nothing of ours in another topic either
    ],
)
def test_a_section_that_another_topic_holds(small, catalogues, city, where):
    """What it costs stands with the lost card, and what holds elsewhere is said of that, too."""
    topics = {**small.topics, "appointment-book": replace(small.topics["appointment-book"], see={"cost": "lost-card"})}
    knowledge = replace(small, topics=topics)
    begin = f"Wie bekomme ich in {city} einen Termin?" if city else "Wie bekomme ich einen Termin?"
    verify(knowledge, catalogues, "de", [(begin, "Termin"), ("Und was kostet das?", where)])


@pytest.mark.parametrize(
    ("sure", "role", "offered"),
    [
        (0.97, None, []),  # nothing else is meant
        (0.8, None, ["kita-place"]),  # not quite sure: what it may be otherwise is one tap away
        (0.8, "both", ["kita-place", "duldung"]),  # read together with what was talked about: that, too
        (0.97, "both", ["duldung"]),
    ],
)
def test_below_an_answer_that_is_not_quite_sure_stands_what_may_be_meant_otherwise(small, sure, role, offered):
    match = Match("answer", (Choice("appointment-book", sure), Choice("kita-place", 0.15)), role=role)
    state = State(language="de", context=Context(topic="duldung", shown=("",), question="Duldung", at=0.0))
    _, effects = step(state, Asked("und der Platz, geht das", match, "de"), small, 1.0)
    say = next(effect for effect in effects if isinstance(effect, Say))
    topics = [button.action.argument for row in say.buttons for button in row if button.action.verb == "topic"]
    assert topics[: len(offered)] == offered
    assert ("kita-place" in topics) == ("kita-place" in offered)


@pytest.mark.parametrize(("words", "offered"), [(12, True), (20, False)])
def test_a_longer_message_that_nobody_understood_keeps_the_way_back(small, words, offered):
    state = State(language="de", context=Context(topic="duldung", shown=("",), question="Duldung", at=0.0))
    _, effects = step(state, Asked("wort " * words, Match("handover"), "de"), small, 1.0)
    say = next(effect for effect in effects if isinstance(effect, Say))
    assert any(button.action.argument == "duldung" for row in say.buttons for button in row) == offered
