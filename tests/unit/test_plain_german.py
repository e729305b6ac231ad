"""Plain German is called Einfache Sprache; once a group has tested a topic's words, that topic is Leichte Sprache."""

from __future__ import annotations

from datetime import date

import pytest

from bot.content.load import load
from bot.content.progress import overview
from bot.content.scopes import read_scope
from bot.content.stamping import stamp
from bot.conversation.events import Answer, Say
from bot.errors import UsageError
from bot.presentation.compose import Composer
from bot.presentation.i18n import name_in, own_name
from bot.presentation.render import plain

TODAY = date(2026, 11, 30)
WORDS = "germany/de-simple/all.yaml"
STATUS = "germany/de-simple/status.yaml"
LOST = """lost-card:
  title: Karte weg
  answer: |
    Die Karte ist weg? Sagen Sie es dem Amt. Das kostet {fee}, seit {since}.
"""


@pytest.fixture
def files(small_files):
    return {**small_files, WORDS: LOST.encode()}


def stamped(files, topic="lost-card", by="", tested="", language="de-simple", city=""):
    made = stamp(files, language, topic, by, TODAY, tested, city)
    return {**files, **{path: text.encode() for path, text in made.items()}}


def shown(files, catalogues):
    knowledge = load(files, "musterstadt", "knowledge", TODAY).knowledge
    assert knowledge is not None
    return plain(Composer(knowledge, catalogues).compose(Say((Answer("lost-card"),)), "de-simple", now=0).blocks)


def warnings(files):
    problems = load(files, "musterstadt", "knowledge", TODAY).problems
    return [str(problem) for problem in problems if "de-simple/" in str(problem)]


def test_people_read_deutsch_einfach():
    assert own_name("de-simple") == name_in("de", "de-simple") == name_in("ar", "de-simple") == "Deutsch (einfach)"


def test_a_text_is_leichte_sprache_when_a_group_has_tested_it(files, catalogues):
    for known in (stamped(files), stamped(files, by="A. Muster")):
        assert "Leichte Sprache" not in shown(known, catalogues)
    tested = stamped(files, by="A. Muster", tested="Prüfgruppe Musterstadt")
    assert "Das ist Leichte Sprache. Geprüft haben es: Prüfgruppe Musterstadt" in shown(tested, catalogues)
    assert [text for text in warnings(tested) if "Leichte Sprache" in text or "stamp" in text] == []
    entry = read_scope(tested, "germany", "", []).status["de-simple", "lost-card"]
    assert (entry.state, entry.by, entry.tested_by, entry.tested_on) == (
        "reviewed",
        "A. Muster",
        "Prüfgruppe Musterstadt",
        "2026-11-30",
    )


def test_a_test_may_come_after_the_reading(files, catalogues):
    tested = stamped(stamped(files, by="A. Muster"), tested="Gruppe B")
    assert "Geprüft haben es: Gruppe B" in shown(tested, catalogues)
    assert read_scope(tested, "germany", "", []).status["de-simple", "lost-card"].by == "A. Muster"


def test_another_stamp_keeps_the_test_of_the_same_words(files, catalogues):
    tested = stamped(files, by="A. Muster", tested="Gruppe B")
    assert "Gruppe B" in shown(stamped(tested, by="C. Muster"), catalogues)
    assert stamp(tested, "de-simple", "all", "", TODAY) == {}


def test_new_words_have_not_been_tested(files, catalogues):
    tested = stamped(files, by="A. Muster", tested="Gruppe B")
    edited = {**tested, WORDS: LOST.replace("Die Karte ist weg?", "Haben Sie die Karte verloren?").encode()}
    assert "Leichte Sprache" not in shown(edited, catalogues)
    assert [text for text in warnings(edited) if "lost-card is not called Leichte Sprache any more: Gruppe B" in text]
    again = stamped(edited, by="A. Muster")
    assert "tested" not in again[STATUS].decode()


def test_a_machines_text_is_not_leichte_sprache_even_when_tested(files, catalogues):
    tested = stamped(files, by="A. Muster", tested="Gruppe B")
    assert "Leichte Sprache" not in shown(stamped(tested), catalogues)


def test_the_citys_words_must_have_been_tested_too(files, catalogues):
    tested = stamped(files, by="A. Muster", tested="Gruppe B")
    own = {"musterstadt/de-simple/all.yaml": b"lost-card:\n  local: In Musterstadt gehen Sie zum Amt.\n"}
    german = files["musterstadt/de/all.yaml"] + b"lost-card:\n  local: Gehen Sie in Musterstadt zum Amt.\n"
    city = {**tested, **own, "musterstadt/de/all.yaml": german}
    assert "Leichte Sprache" not in shown(city, catalogues)
    assert "lost-card" not in overview(city, ["musterstadt"], "", TODAY).tested
    both = stamped(city, by="A. Muster", tested="Gruppe B", city="musterstadt")
    assert "Geprüft haben es: Gruppe B" in shown(both, catalogues)
    assert "lost-card" in overview(both, ["musterstadt"], "", TODAY).tested


def test_status_counts_tested_topics(files):
    tested = stamped(files, by="A. Muster", tested="Gruppe B")
    totals = overview(tested, ["musterstadt"], "", TODAY).totals()
    assert (totals["de-simple"]["tested"], totals["en"]["tested"]) == (1, 0)


@pytest.mark.parametrize(
    ("language", "topic", "by", "message"),
    [
        ("en", "lost-card", "A. Muster", "lotse stamp de-simple TOPIC --tested-by GROUP"),
        ("de-simple", "all", "", "A group tests one topic"),
        ("de-simple", "lost-card", "", "nobody has read the de-simple text"),  # a machine's
    ],
)
def test_a_test_that_cannot_be_noted(files, language, topic, by, message):
    with pytest.raises(UsageError, match=message):
        stamp(stamped(files), language, topic, by, TODAY, "Gruppe B")


def test_a_test_of_another_language_is_an_error(files):
    status = (
        files["germany/en/status.yaml"]
        + b"lost-card: {translated_from: a, state: machine, by: '', 'on': '2026-11-30', tested_by: X}\n"
    )
    problems = load({**files, "germany/en/status.yaml": status}, "musterstadt", "knowledge", TODAY).errors
    assert [text for text in map(str, problems) if "`tested_by` is only for de-simple" in text]
