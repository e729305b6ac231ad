"""The last good knowledge on disk: a start with a mistake in the files, edits one after another, damage to what is kept."""

from __future__ import annotations

import shutil

import pytest

from bot.errors import KnowledgeError, UsageError
from bot.knowledge.last_good import Kept, LastGood
from bot.knowledge.live import LiveKnowledge
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from tests.conftest import SMALL
from tests.integration.test_learning import NoCache

DE, EN = "germany/de/all.yaml", "germany/en/all.yaml"

NEW_TOPIC = """\
new-topic:
  title: Neues
  questions: [Was gibt es Neues?]
  answer: Nichts.
kita-place:"""
NEW_ENTRY = """\
  - id: new-topic
    group: family
    sources: [https://example.org/neu]
    as_of: 2026-11
    review_by: 2027-02-15
  - id: kita-place"""


class ByWords:
    left, stamp = 0, "words"

    def build(self, knowledge):
        return Matcher(knowledge, None, NoCache(), LanguageDetector())

    def learn(self, seconds):
        raise AssertionError


class City:
    """A knowledge folder that somebody edits, and the bots that run on it one after another."""

    def __init__(self, folder, catalogues):
        self.folder, self.catalogues, self.now = folder / "knowledge", catalogues, 1000.0
        shutil.copytree(SMALL, self.folder)
        self.store = LastGood.of(folder / "var", self.folder, "musterstadt")

    def start(self, keeps=True):
        return LiveKnowledge(
            self.folder, "musterstadt", self.catalogues, ByWords(), self.store, keeps=keeps, clock=lambda: self.now
        )

    def edit(self, path, old, new):
        text = (self.folder / path).read_text(encoding="utf-8")
        assert old in text
        (self.folder / path).write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.fixture
def city(tmp_path, catalogues):
    return City(tmp_path, catalogues)


def title(live, topic="lost-card", language="de"):
    return live.current.knowledge.topics[topic].words[language].title


def held(live):
    return [(one.topic, one.language, one.since, one.instead) for one in live.held]


class Watched(ByWords):
    """Notes what people read while a matcher is being made, which takes a second."""

    def __init__(self):
        self.live, self.read_meanwhile = None, []

    def build(self, knowledge):
        if self.live:
            self.read_meanwhile.append(title(self.live, "appointment-book"))
        return super().build(knowledge)


def test_new_words_are_read_before_their_matcher_is_made(city):
    mind = Watched()
    live = mind.live = LiveKnowledge(city.folder, "musterstadt", city.catalogues, mind)
    city.edit(DE, "title: Termin vereinbaren", "title: Termin machen")
    assert live.reload()
    assert mind.read_meanwhile == ["Termin machen"]
    # With other topics or sections the old matcher could find what is not there: then all changes at once.
    city.edit(DE, "title: Termin machen", "title: Termin buchen")
    city.edit(DE, "kita-place:", NEW_TOPIC)
    city.edit("germany/topics.yaml", "  - id: kita-place", NEW_ENTRY)
    assert live.reload()
    assert mind.read_meanwhile[1:] == ["Termin machen"]
    assert live.current.knowledge.topics.keys() == set(live.current.matcher.topics)


def test_a_mistake_does_not_end_the_bot_and_the_next_start_has_its_last_good_words(city):
    live = city.start()
    city.edit(DE, "title: Karte verloren", "title: Karte weg")
    assert live.reload()
    assert (title(live), held(live)) == ("Karte weg", [])
    city.now = 2000.0
    city.edit(DE, "  title: Karte weg", "  titel: Karte futsch")
    assert not live.reload()  # nothing new runs
    assert (title(live), held(live)) == ("Karte weg", [("lost-card", "de", 2000.0, "last words")])
    assert live.held[0].file.endswith(DE)
    assert "Did you mean `title`?" in live.held[0].message
    city.now = 3000.0  # a restart: the same words, and still since then
    live = city.start()
    assert (title(live), held(live)) == ("Karte weg", [("lost-card", "de", 2000.0, "last words")])
    city.edit(DE, "titel: Karte futsch", "title: Karte futsch")
    assert live.reload()
    assert (title(live), held(live)) == ("Karte futsch", [])


def test_while_one_topic_is_held_back_another_goes_on(city):
    """Two mistakes one after the other: of the second topic the words between hold, not the first ones."""
    live = city.start()
    city.edit(DE, "  title: Karte verloren", "  titel: Karte")
    city.edit(DE, "title: Kita-Platz", "title: Platz in der Kita")
    live.reload()
    city.edit(DE, "  title: Platz in der Kita", "  titel: Platz")
    live.reload()
    for running in (live, city.start()):
        assert (title(running), title(running, "kita-place")) == ("Karte verloren", "Platz in der Kita")


def test_the_folder_is_gone(city):
    before = title(city.start())
    shutil.rmtree(city.folder)
    live = city.start()
    assert title(live) == before
    assert [one.message for one in live.held] == [
        f"{city.folder}: is gone or empty. Put the knowledge folder back, or name it: LOTSE_KNOWLEDGE."
    ]


def test_without_anything_kept_a_start_names_the_mistake(city):
    city.edit(DE, "title: Karte verloren", "titel: Karte")
    with pytest.raises(KnowledgeError, match="titel"):
        city.start()
    shutil.rmtree(city.folder)
    with pytest.raises(UsageError, match="no such folder"):
        city.start()


def test_the_second_start_reads_nothing_again(city, monkeypatch):
    first = city.start()
    monkeypatch.setattr("bot.knowledge.live.effective", lambda *_: pytest.fail("read again"))
    second = city.start()
    assert second.current.knowledge == first.current.knowledge
    assert second.problems == first.problems


def test_single_commands_read_what_is_kept_and_write_nothing(city):
    city.start()
    kept = city.store.read()
    city.edit(DE, "title: Karte verloren", "title: Karte weg")
    assert title(city.start(keeps=False)) == "Karte weg"
    assert city.store.read() == kept


@pytest.mark.parametrize("damage", ["file", "sum", "half", "nothing"])
def test_what_is_kept_is_whole_or_an_earlier_one_is_taken(tmp_path, damage):
    store = LastGood(tmp_path / "kept")
    first, second = (Kept({"a.yaml": text}, {"unit": 1.0}) for text in (b"a: 1\n", b"a: 2\n"))
    store.keep(first)
    store.keep(second)
    newest = store.folder / "00000002"
    match damage:
        case "file":
            (newest / "a.yaml").write_bytes(b"a: ")
        case "sum":
            (newest / "sum.json").write_text("[", encoding="utf-8")
        case "half":  # the process ended in the middle of writing: that folder has no name yet
            newest.rename(store.folder / "unfinished-1")
        case "nothing":
            pass
    assert store.read() == (second if damage == "nothing" else first)
    store.keep(Kept({"a.yaml": b"a: 3\n"}, {}))
    assert store.read().files == {"a.yaml": b"a: 3\n"}
    assert len([path for path in store.folder.iterdir() if path.name.isdecimal()]) == 2


def test_a_disk_that_takes_nothing_is_no_reason_to_stop(city, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("pathlib.Path.write_bytes", full)
    assert title(city.start()) == "Karte verloren"
    assert city.store.read() == Kept()
    assert not list(city.store.folder.rglob("*.yaml"))


def test_vectors_are_kept_beside_the_words(tmp_path):
    shipped, store = tmp_path / "vectors", LastGood(tmp_path / "kept")
    (shipped / "classifiers").mkdir(parents=True)
    (shipped / "a.e5").write_bytes(b"1")
    (shipped / "classifiers" / "b.npz").write_bytes(b"2")
    store.keep(Kept({}, {}), shipped)
    (shipped / "a.e5").unlink()
    (shipped / "c.e5").write_bytes(b"3")
    store.keep(Kept({}, {}), shipped)
    assert {path.relative_to(store.vectors).as_posix(): path.read_bytes() for path in store.vectors.rglob("*.*")} == {
        "classifiers/b.npz": b"2",
        "c.e5": b"3",
    }
    shutil.rmtree(shipped)
    store.keep(Kept({}, {}), shipped)
    assert (store.vectors / "c.e5").exists()


def test_two_knowledge_folders_do_not_share_what_is_kept(tmp_path):
    stores = {LastGood.of(tmp_path, tmp_path / name, city).folder for name in "ab" for city in ("erfurt", "landau")}
    assert len(stores) == 4
