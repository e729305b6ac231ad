"""`lotse vectors`: what is written beside the knowledge, and what is said to be missing."""

from __future__ import annotations

import numpy as np
import pytest

from bot.config import Settings
from bot.engine.e5 import E5
from bot.knowledge import brain
from bot.knowledge.vector_cache import SHIPPED, VectorCache
from bot.tools import vectors


class Counting:
    """Stands for the model: tells texts apart by their letters, and counts them."""

    name, dimension = E5.name, E5.dimension

    def __init__(self):
        self.texts = []

    def embed(self, texts, kind="query"):
        self.texts += texts
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for place, letter in enumerate(text):
                found[row, (ord(letter) * 7 + place % 3) % self.dimension] += 1
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


@pytest.fixture
def model(monkeypatch):
    found = Counting()
    monkeypatch.setattr(brain, "load_model", lambda settings: found)
    return found


@pytest.fixture
def settings(tmp_path, small_files):
    for name, content in small_files.items():
        (tmp_path / "knowledge" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "knowledge" / name).write_bytes(content)
    return Settings(knowledge=tmp_path / "knowledge", var=tmp_path / "var", city="musterstadt", _env_file=None)


def files(settings):
    folder = settings.knowledge / SHIPPED
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_whoever_starts_next_learns_nothing(settings, model, tmp_path):
    count, new, _ = vectors.make(settings)
    assert count == new == len(model.texts)
    assert vectors.missing(settings) == (count, 0)
    model.texts.clear()
    other = settings.model_copy(update={"var": tmp_path / "elsewhere"})
    live, mind = brain.load_live(other, patience=0)
    assert model.texts == []
    assert mind.left == 0
    assert live.current.matcher.match("Ich habe meine Karte verloren").choices[0].topic == "lost-card"
    made = sorted(path.name for path in (tmp_path / "elsewhere" / "cache").iterdir())
    # nor was anything fitted
    assert [name.partition("-")[0] for name in made] == ["learned", "matcher", "spelt", "words"]


def test_whoever_waits_gets_all_whatever_another_start_kept(settings, model):
    _, hurried = brain.load_live(settings, patience=0)
    assert hurried.left > 0
    _, patient = brain.load_live(settings)
    assert patient.left == 0
    assert len(model.texts) == len(set(model.texts)) > 0


def test_made_twice_nothing_changes(settings, model):
    vectors.make(settings)
    before = files(settings)
    assert f"lost-card.{E5.name}" in before
    assert "classifiers/topics-musterstadt.npz" in before
    _, new, written = vectors.make(settings)
    assert (new, written) == (0, [])
    assert files(settings) == before


def test_an_edit_changes_the_file_of_its_topic_by_one_record(settings, model):
    vectors.make(settings)
    before = files(settings)
    (path,) = [one for one in settings.knowledge.glob("germany/de/*.yaml") if "lost-card:" in one.read_text("utf-8")]
    text = path.read_text(encoding="utf-8")
    question = "    - Ich habe meine Karte verloren"
    path.write_text(text.replace(question, f"    - Plastikding futsch\n{question}", 1), encoding="utf-8")
    assert vectors.missing(settings)[1] == 1
    model.texts.clear()
    assert vectors.make(settings)[1] == 1
    assert len(model.texts) == 1
    changed = {name for name, content in files(settings).items() if before.get(name) != content}
    assert {name for name in changed if not name.startswith("classifiers/")} == {f"lost-card.{E5.name}"}
    one = f"lost-card.{E5.name}"
    assert len(files(settings)[one]) - len(before[one]) == 408


def test_what_is_gone_goes(settings, model):
    vectors.make(settings)
    (settings.knowledge / SHIPPED / f"old-topic.{E5.name}").write_bytes(b"")
    VectorCache(settings.knowledge / SHIPPED / "classifiers").save("topics-nowhere", {b"0" * 16: np.zeros(3)})
    vectors.make(settings)
    assert not {f"old-topic.{E5.name}", "classifiers/topics-nowhere.npz"} & set(files(settings))
