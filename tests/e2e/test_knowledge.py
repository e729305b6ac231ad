"""The knowledge we ship: complete, sourced, and read by everybody without a fault."""

from __future__ import annotations

from datetime import date

import pytest
import yaml

from bot.content.load import load
from bot.conversation.actions import Action
from bot.conversation.events import Answer, Say
from bot.knowledge.folder import read_folder
from bot.presentation.compose import Composer
from bot.presentation.render import plain, telegram
from tests.conftest import ROOT

TOPICS = ROOT / "tests" / "fixtures" / "topic_ids.yaml"


@pytest.fixture(scope="module")
def loaded():
    return load(read_folder(ROOT / "knowledge"), "erfurt", "knowledge", date(2026, 11, 21))


@pytest.fixture(scope="module")
def knowledge(loaded):
    assert loaded.knowledge is not None, loaded.errors
    return loaded.knowledge


def test_check_finds_nothing(loaded):
    assert [str(problem) for problem in loaded.problems if problem.severity != "note"] == []


def test_every_topic_is_there_with_its_binding_id(knowledge):
    assert set(knowledge.topics) == set(yaml.safe_load(TOPICS.read_text()))


@pytest.mark.parametrize("language", ["de", "en"])
def test_every_topic_has_words_questions_and_sources(knowledge, language):
    for topic in knowledge.topics.values():
        words = topic.words[language]
        assert len(words.questions) >= 8, topic.id
        assert words.answer, topic.id
        assert topic.sources, topic.id
        assert topic.review_by > date(2026, 11, 21), topic.id


def test_volatile_topics_are_reviewed_within_three_months(knowledge):
    late = [
        topic.id
        for topic in knowledge.topics.values()
        if "volatile" in topic.flags and topic.review_by > date(2027, 2, 28)
    ]
    assert late == []


@pytest.mark.parametrize("language", ["de", "en", "uk", "ar"])
def test_every_answer_and_section_can_be_shown(knowledge, catalogues, language):
    """Also in languages that have no words yet: they get another language, and are told so."""
    composer = Composer(knowledge, catalogues)
    for topic in knowledge.topics.values():
        sections = {name for words in topic.words.values() for name in words.sections}
        for section in ["", *sections]:
            blocks = composer.compose(Say((Answer(topic.id, section),)), language, now=0).blocks
            text = plain(blocks)
            assert "{" not in text, text
            assert "**" not in text, text
            texts = telegram(blocks)
            assert len(texts) == 1, topic.id  # one phone message
            Action("section", topic.id, section or "steps").encode()


def test_danger_and_caution_are_said(knowledge, catalogues):
    composer = Composer(knowledge, catalogues)
    legal = plain(composer.compose(Say((Answer("duldung"),)), "en", now=0).blocks)
    assert "not legal advice" in legal
    assert "not** a residence title" not in legal
    hours = plain(composer.compose(Say((Answer("foreigners-office-location-hours"),)), "de", now=0).blocks)
    assert "konnten wir nicht bestätigen" in hours  # no hours where none are sourced


def test_at_least_150_questions_are_not_ours(knowledge):
    assert sum(len(questions) for questions in knowledge.outside.values()) >= 150


def test_german_and_english_refer_to_the_same_facts(knowledge):
    from bot.content.model import placeholders

    for topic in knowledge.topics.values():
        german, english = topic.words["de"], topic.words["en"]
        assert set(german.sections) == set(english.sections), topic.id
        for name in ("answer", "local"):
            assert set(placeholders(getattr(german, name))) == set(placeholders(getattr(english, name))), topic.id
        for section, text in german.sections.items():
            assert set(placeholders(text)) == set(placeholders(english.sections[section])), (topic.id, section)
