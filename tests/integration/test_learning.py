"""What was learned: over starts, kills, full disks and two processes; and what happens until all is learned."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import numpy as np
import pytest

from bot.config import Settings
from bot.knowledge.brain import Brain
from bot.knowledge.live import LiveKnowledge
from bot.knowledge.vector_cache import VectorCache, record
from bot.matching.classifier import Classifier
from bot.matching.embedder import CHUNK, Remembering, Text
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from bot.matching.rows import Rows
from tests.conftest import ROOT
from tests.dialogue import NoCache

SIZE = record(4).itemsize


class Counting:
    """Counts what is really embedded."""

    name, dimension = "counting", 4

    def __init__(self):
        self.texts = []

    def embed(self, texts, kind="query"):
        self.texts += texts
        return np.array([[len(text), 1, 0, 0] for text in texts], dtype=np.float32)


def learn(cache, texts):
    """The texts that had to be embedded."""
    inner = Counting()
    Remembering(inner, cache).embed(texts)
    return inner.texts


def test_a_text_is_embedded_once_also_over_starts(tmp_path):
    assert learn(VectorCache(tmp_path), ["a", "bb", "a"]) == ["a", "bb"]
    assert learn(VectorCache(tmp_path), ["bb", "ccc", "a"]) == ["ccc"]
    model = Remembering(Counting(), VectorCache(tmp_path))
    assert model.embed(["bb", "ccc", "a"])[:, 0].tolist() == pytest.approx([2, 3, 1])


def test_what_is_learned_is_saved_as_it_is_learned(tmp_path):
    texts = [Text(f"text {number}") for number in range(3 * CHUNK)]
    steps = Remembering(Counting(), VectorCache(tmp_path)).learn(texts)
    assert next(steps) == CHUNK
    steps.close()  # no more
    assert len(learn(VectorCache(tmp_path), [text.words for text in texts])) == 2 * CHUNK


@pytest.mark.parametrize(
    ("spoil", "lost"),
    [
        (lambda content: content[: -SIZE // 2], 1),  # a write that was cut off
        (lambda content: content[:-1], 1),
        (lambda content: b"", 3),
        (lambda content: content[:SIZE] + b"\xff" * 8 + content[SIZE + 8 :], 1),  # a bad sector
        (lambda content: b"PK\x03\x04" + content[4:], 1),
        (lambda content: b"no vectors at all", 3),
    ],
)
def test_only_what_is_spoilt_is_learned_again(tmp_path, capsys, spoil, lost):
    texts = ["a", "bb", "ccc"]
    learn(VectorCache(tmp_path), texts)
    (path,) = tmp_path.iterdir()
    path.write_bytes(spoil(path.read_bytes()))
    assert len(learn(VectorCache(tmp_path), texts)) == lost
    assert ("vectors are spoilt" in capsys.readouterr().out) == bool(spoil(b"x" * 3 * SIZE))
    assert learn(VectorCache(tmp_path), texts) == []  # what was learned anew stands right behind the torn end


def test_where_nothing_can_be_written_it_still_learns(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert learn(VectorCache(tmp_path / "file"), ["a"]) == ["a"]
    assert "cannot be stored" in capsys.readouterr().out


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_stops_nothing(tmp_path, capsys):
    (tmp_path / "counting.vectors").symlink_to("/dev/full")
    model = Remembering(Counting(), NoCache())
    model._cache = VectorCache(tmp_path)
    assert model.embed(["a", "bb"])[:, 0].tolist() == pytest.approx([1, 2])
    assert "No space left" in capsys.readouterr().out


def test_what_was_baked_or_shipped_is_read_and_not_written(tmp_path):
    baked = VectorCache(tmp_path / "baked")
    learn(baked, ["a"])
    (tmp_path / "shipped").mkdir()
    (tmp_path / "baked" / "counting.vectors").rename(tmp_path / "shipped" / "some-topic.counting")
    learn(baked, ["bb"])
    before = [(path, path.read_bytes()) for path in tmp_path.rglob("*counting*")]
    both = VectorCache(tmp_path / "own", tmp_path / "baked", tmp_path / "shipped")
    assert learn(both, ["a", "bb", "ccc"]) == ["ccc"]
    assert [(path, path.read_bytes()) for path, _ in before] == before


def test_what_is_not_needed_any_more_goes_when_it_is_much(tmp_path):
    cache = VectorCache(tmp_path)
    learn(cache, [f"{number}" for number in range(50)])
    cache.keep("counting", 4, [Text("7").key], spare=100)
    assert len(cache.learned("counting", 4).keys) == 50  # not much
    cache.keep("counting", 4, [Text("7").key], spare=10)
    assert learn(cache, ["7", "8"]) == ["8"]


LEARNER = """
    import sys, time
    import numpy as np
    from pathlib import Path
    from bot.knowledge.vector_cache import VectorCache
    from bot.matching.embedder import Remembering, Text

    class Slow:
        name, dimension = "counting", 4
        def embed(self, texts, kind="query"):
            time.sleep(0.002)
            return np.array([[len(text), 1, 0, 0] for text in texts], dtype=np.float32)

    model = Remembering(Slow(), VectorCache(Path(sys.argv[1])))
    texts = [Text(f"{sys.argv[2]} {number}") for number in range(int(sys.argv[3]))]
    for done in model.learn(model.missing(texts)):
        print(done, flush=True)
"""


def learner(folder, name, count):
    code = textwrap.dedent(LEARNER)
    return subprocess.Popen(
        [sys.executable, "-c", code, str(folder), name, str(count)], stdout=subprocess.PIPE, cwd=ROOT, text=True
    )


def test_killed_while_learning_it_continues_where_it_was(tmp_path):
    count = 100 * CHUNK
    first = learner(tmp_path, "x", count)
    for _ in range(3):
        done = int(first.stdout.readline())
    first.send_signal(signal.SIGKILL)
    first.communicate()
    left = len(Remembering(Counting(), VectorCache(tmp_path)).missing([Text(f"x {n}") for n in range(count)]))
    assert 0 < left <= count - done


def test_two_processes_may_learn_at_once(tmp_path):
    both = [learner(tmp_path, name, 40 * CHUNK) for name in ("x", "y")]
    for one in both:
        one.communicate(timeout=120)
    assert [one.returncode for one in both] == [0, 0]
    texts = [f"{name} {number}" for name in "xy" for number in range(40 * CHUNK)]
    assert learn(VectorCache(tmp_path), texts) == []


# Classifiers


def classifier(cache, vectors, labels):
    return Classifier(bytes(range(len(labels))), labels, sorted(set(labels)), lambda: Rows.of(vectors), cache, "t")


def test_the_same_phrases_are_not_fitted_again(tmp_path):
    vectors = np.eye(4, dtype=np.float32)
    cache = VectorCache(tmp_path)
    first = classifier(cache, vectors, ["x", "x", "y", "z"])
    second = classifier(cache, None, ["x", "x", "y", "z"])  # its vectors are not even asked for
    assert np.allclose(first.logits(vectors[0]), second.logits(vectors[0]), atol=1e-3)
    assert first.logits(vectors[0]).argmax() == 0
    assert len(classifier(cache, vectors, ["x", "x", "y", "new"]).classes) == 3


@pytest.mark.parametrize("content", [b"", b"no archive", b"PK\x03\x04broken"])
def test_spoilt_weights_are_fitted_anew(tmp_path, capsys, content):
    (tmp_path / "t.npz").write_bytes(content)
    found = classifier(VectorCache(tmp_path), np.eye(3, dtype=np.float32), ["x", "y", "y"])
    assert found.logits(np.array([1, 0, 0], np.float32)).argmax() == 0
    assert "fitting anew" in capsys.readouterr().out
    assert classifier(VectorCache(tmp_path), None, ["x", "y", "y"]).classes == ("x", "y")


# Until all is learned


class Learning:
    """A Brain whose model knows one word from another."""

    stamp = ""

    def __init__(self, cache, patience):
        self.inner = ByWords()
        self.embedder, self.cache, self.patience = Remembering(self.inner, cache), cache, patience
        self.left = 0

    def build(self, knowledge):
        found = Matcher(knowledge, self.embedder, self.cache, LanguageDetector(), None, self.patience)
        self.missing = found.missing
        self.left = len(found.missing)
        return found

    def learn(self, seconds):
        for _ in self.embedder.learn(self.embedder.missing(self.missing)):
            pass
        self.left = 0


class ByWords:
    name, dimension = "words", 384

    def __init__(self):
        self.count = 0

    def embed(self, texts, kind="query"):
        self.count += len(texts)
        found = np.full((len(texts), self.dimension), 0.01, dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.casefold().split():
                found[row, hash(word) % self.dimension] += 1
        return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_until_it_is_learned_a_topic_is_found_by_words(tmp_path, small_files, catalogues):
    for name, content in small_files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    mind = Learning(NoCache(), patience=5)
    live = LiveKnowledge(tmp_path, "musterstadt", catalogues, mind)
    assert mind.left > 100
    assert mind.inner.count == 0  # nobody waited
    assert live.current.matcher.match("Ich habe meine Karte verloren").choices[0].topic == "lost-card"
    assert live.reload()  # in the background
    assert mind.left == 0
    assert live.current.matcher.missing == []
    assert live.current.matcher.match("Ich habe meine Karte verloren").choices[0].topic == "lost-card"
    assert not live.reload()
    (name,) = [path for path, text in small_files.items() if path.startswith("germany/de/") and b"lost-card:" in text]
    text = (tmp_path / name).read_text(encoding="utf-8")
    (tmp_path / name).write_text(
        text.replace(
            "    - Ich habe meine Karte verloren", "    - Plastikding futsch\n    - Ich habe meine Karte verloren", 1
        ),
        encoding="utf-8",
    )
    before = mind.inner.count
    assert live.reload()
    assert mind.inner.count == before + 1  # an edit is learned at once, and nothing else
    assert live.current.matcher.match("Plastikding futsch").choices[0].topic == "lost-card"


def test_until_all_is_learned_nothing_is_fitted_again(tmp_path):
    cache, vectors = VectorCache(tmp_path), np.eye(4, dtype=np.float32)
    labels, classes = ["x", "x", "y", ""], ["x", "y", ""]
    fitted = Classifier(b"abcd", labels, classes, lambda: Rows.of(vectors), cache, "t")
    later = Classifier(b"abc", labels[:3], ["x", "y", "new", ""], None, cache, "t", complete=False)
    assert later.classes == ("x", "y", "")
    assert np.allclose(later.logits(vectors[2]), fitted.logits(vectors[2]))
    other = VectorCache(tmp_path / "n")
    fresh = Classifier(b"abcd", labels, classes, lambda: Rows.of(vectors), other, "t", complete=False)
    assert fresh.classes == ("x", "y", "")  # where nothing was fitted before, it is


def test_a_trial_leaves_no_trace(tmp_path, small_files, catalogues, monkeypatch):
    """A draft's new words are learned for it alone: neither in memory nor on disk does anything change."""
    inner = ByWords()
    monkeypatch.setattr("bot.knowledge.brain.load_model", lambda _: inner)
    folder, var = tmp_path / "knowledge", tmp_path / "var"
    for name, content in small_files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(content)
    mind = Brain(Settings(_env_file=None, knowledge=folder, var=var))
    live = LiveKnowledge(folder, "musterstadt", catalogues, mind)

    def on_disk():
        """All but what the first question in a strange language reads, and keeps."""
        found = [path for path in var.rglob("*") if path.is_file() and path.name != "langid.made"]
        return {path: path.read_bytes() for path in found}

    before = on_disk()
    current, learned = live.current, mind.stamp
    (name,) = [path for path, text in small_files.items() if path.startswith("germany/de/") and b"lost-card:" in text]
    old = b"    - Ich habe meine Karte verloren"
    draft = small_files[name].replace(old, b"    - Plastikding futsch\n" + old, 1)
    count = inner.count
    tried = live.trial({**small_files, name: draft})
    assert tried.matcher.match("Plastikding futsch").topic == "lost-card"
    assert inner.count > count  # it was learned
    assert (live.current, mind.stamp, mind.left) == (current, learned, 0)
    assert on_disk() == before
    assert live.current.matcher.match("Plastikding futsch").topic != "lost-card"
    assert live.trial(small_files) is current  # the same words need no matcher of their own
