"""A topic without a section may say in its answer what the section would hold."""

from dataclasses import replace

import pytest

from bot.content.said_inside import paragraph_of, said_of, speaks_of
from bot.conversation.events import Answer, Say
from bot.presentation.compose import Composer
from bot.presentation.render import plain

GERMAN = "Den Antrag stellen Sie bei der Wohngeldstelle.\n\nEs dauert meist viele Monate.\n\nDie Gebühr ist 51 Euro."
ENGLISH = "You apply at the housing benefit office.\n\nIt mostly takes many months.\n\nThe fee is 51 euros."


@pytest.fixture
def topic(small):
    one = small.topics["appointment-book"]
    words = {
        "de": replace(one.words["de"], answer=GERMAN, local="Mit Termin kommen Sie früher dran.", sections={}),
        "en": replace(one.words["de"], answer=ENGLISH, local="", sections={}),
        "tr": replace(one.words["de"], answer="Tek paragraf.", local="", sections={}),
    }
    return replace(one, words=words, see={})


@pytest.mark.parametrize(
    ("section", "german", "english"),
    [
        ("cost", "Die Gebühr ist 51 Euro.", "The fee is 51 euros."),
        ("duration", "Es dauert meist viele Monate.", "It mostly takes many months."),
        ("where", "Den Antrag stellen Sie bei der Wohngeldstelle.", "You apply at the housing benefit office."),
        ("contact", "", ""),  # no telephone, no address
        ("notes", "", ""),  # everything is a note
    ],
)
def test_the_paragraph_that_speaks_of_it(topic, section, german, english):
    assert speaks_of(topic, section) == bool(german)
    assert said_of(topic, topic.words["de"], section)[0] == german
    assert said_of(topic, topic.words["en"], section)[0] == english


@pytest.mark.parametrize(
    ("german", "tells"),
    [
        ("Es dauert meist viele Monate.", True),
        ("Die Wartezeit ist mehrere Monate.", True),
        ("Ein Platz lässt sich bis zu zwei Wochen reservieren.", False),  # how long something is kept,
        ("Melden Sie sich in zwei Wochen an.", False),  # or when to come
        ("Eltern zahlen für die letzten 24 Monate keine Beiträge.", False),
    ],
)
def test_weeks_and_months_alone_do_not_tell_how_long_it_takes(topic, german, tells):
    words = replace(topic.words["de"], answer=german, local="")
    assert speaks_of(replace(topic, words={"de": words}), "duration") is tells


@pytest.mark.parametrize(
    ("german", "tells"),
    [
        ("Melden Sie sich **in zwei Wochen** nach dem Einzug an, nicht vorher.", True),
        ("Melden Sie die neue Wohnung in zwei Wochen an.", True),
        ("Es dauert etwa zwei Wochen.", False),
    ],
)
def test_by_when_something_is_to_be_done(topic, german, tells):
    words = replace(topic.words["de"], answer=german, local="")
    assert speaks_of(replace(topic, words={"de": words}), "deadline") is tells


def test_what_the_city_adds_counts(topic):
    assert said_of(topic, topic.words["de"], "deadline") == ("", "")
    early = replace(topic.words["de"], local="Stellen Sie den Antrag früh.")
    topic = replace(topic, words={**topic.words, "de": early})
    assert said_of(topic, early, "deadline") == ("", "Stellen Sie den Antrag früh.")


def test_paragraphs_that_do_not_stand_one_by_one_come_all(topic):
    assert said_of(topic, topic.words["tr"], "cost")[0] == "Tek paragraf."


@pytest.mark.parametrize(
    ("language", "at", "answer", "local"),
    [
        ("de", 1, "Es dauert meist viele Monate.", ""),
        ("en", 2, "The fee is 51 euros.", ""),
        ("de", 3, "", "Mit Termin kommen Sie früher dran."),  # behind the answer the city's addition
        ("tr", 1, "Tek paragraf.", ""),  # not paragraph by paragraph: all of it
        ("de", 4, "", ""),  # gone since
    ],
)
def test_a_paragraph_by_its_number(topic, language, at, answer, local):
    assert paragraph_of(topic, topic.words[language], at) == (answer, local)


@pytest.mark.parametrize(
    ("at", "shown"), [(0, "Nötig sind:\n\n- ein Pass"), (1, "Nötig sind:\n\n- ein Pass"), (2, "Ende.")]
)
def test_a_list_stays_with_what_stands_above_it(topic, at, shown):
    words = replace(topic.words["de"], answer="Nötig sind:\n\n- ein Pass\n\nEnde.")
    assert paragraph_of(replace(topic, words={"de": words}), words, at)[0] == shown


def test_a_paragraph_is_shown_alone(small, catalogues, topic):
    knowledge = replace(small, topics={**small.topics, topic.id: topic})
    text = plain(Composer(knowledge, catalogues).compose(Say((Answer(topic.id, paragraph=1),)), "en", now=0).blocks)
    assert "many months" in text
    assert "51 euros" not in text


def test_it_is_shown_alone(small, catalogues, topic):
    knowledge = replace(small, topics={**small.topics, topic.id: topic})
    message = Composer(knowledge, catalogues).compose(Say((Answer(topic.id, "cost"),)), "de", now=0)
    text = plain(message.blocks)
    assert "51 Euro" in text
    assert "Wohngeldstelle" not in text
    assert "Kosten" in text  # the heading
