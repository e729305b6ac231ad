"""What is kept between starts: used while it is true, made anew when it is not, and never in the way."""

from __future__ import annotations

import gc
import gzip
import os
import shutil
import signal
import subprocess
import sys
import textwrap
import weakref
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from bot.config import Settings
from bot.engine import sealed
from bot.engine.e5 import E5
from bot.knowledge import brain, kept
from bot.knowledge.kept import LARGE
from bot.knowledge.vector_cache import VectorCache
from bot.matching.language import LanguageDetector
from bot.matching.matcher import Matcher
from tests.conftest import ROOT, SMALL
from tests.servers.disk import Mounted, small_disk

# What is made of the words: each row is what happened to the file since, and whether it still counts.
KEPT = [
    (lambda path: None, True),
    (lambda path: path.write_bytes(path.read_bytes()[:-1]), False),  # cut by a kill or a full disk
    (lambda path: path.write_bytes(b"x" + path.read_bytes()[1:]), False),  # a bad sector
    (lambda path: path.write_bytes(b""), False),
    (lambda path: path.unlink(), False),
]


@pytest.mark.parametrize(("spoil", "counts"), KEPT)
def test_what_was_made_of_the_words_is_made_once(tmp_path, spoil, counts):
    cache, made = VectorCache(tmp_path), []
    words = lambda: made.append("made") or {"of": ["these", "words"]}  # noqa: E731
    assert cache.kept("letters-here", b"these words", words) == {"of": ["these", "words"]}
    spoil(tmp_path / "letters-here.made")
    assert cache.kept("letters-here", b"these words", words) == {"of": ["these", "words"]}
    assert len(made) == (1 if counts else 2)
    cache.kept("letters-here", b"other words", words)
    assert len(made) == (2 if counts else 3)


def test_large_arrays_are_used_where_they_lie(tmp_path):
    cache, large = VectorCache(tmp_path), np.arange(3 * LARGE, dtype=np.int8).reshape(3, -1)
    make = lambda: {"large": large, "small": large[:1, :4].copy()}  # noqa: E731
    first = cache.kept("letters-here", b"words", make)
    assert not first["large"].flags.owndata  # also by who made them: a first start needs no more than the next
    found = cache.kept("letters-here", b"words", lambda: pytest.fail("made again"))
    assert np.array_equal(found["large"], large)
    assert np.array_equal(found["small"], large[:1, :4])
    assert not found["large"].flags.owndata  # nor may anybody write into the file
    assert not found["large"].flags.writeable
    cache.kept("letters-here", b"other", make)  # another process replaces the file: what was read stays
    assert np.array_equal(found["large"], large)


def test_what_was_made_is_let_go_at_once(tmp_path):
    """Nothing waits for the garbage to be looked for, which is not done while much is made."""
    large = np.arange(3 * LARGE, dtype=np.int8).view(Weak)
    gone = weakref.ref(large)
    made = [large]
    del large
    gc.disable()
    try:
        VectorCache(tmp_path).kept("letters-here", b"words", made.pop)
        assert gone() is None
    finally:
        gc.enable()


class Weak(np.ndarray):
    """An array that says when it is gone."""


def test_another_program_makes_its_own(tmp_path, monkeypatch):
    cache = VectorCache(tmp_path)
    assert cache.kept("letters-here", b"words", lambda: "by this program") == "by this program"
    monkeypatch.setattr("bot.knowledge.kept._program", lambda: b"another")
    assert cache.kept("letters-here", b"words", lambda: "by another") == "by another"


def test_the_weights_belong_to_the_program(tmp_path, monkeypatch):
    """calibration.json lies in the kept matcher: after `calibrate` another is made."""
    room = tmp_path / "matching"
    room.mkdir()
    (room / "decide.py").write_text("")
    (room / "calibration.json").write_text("{}")
    monkeypatch.setattr(kept.matching, "__file__", str(room / "__init__.py"))
    before = kept._program.__wrapped__()
    (room / "calibration.json").write_text('{"answer": 0.8}')
    assert kept._program.__wrapped__() != before


def test_where_nothing_can_be_kept_it_is_made_each_time(tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert VectorCache(tmp_path / "file").kept("letters-here", b"words", lambda: "made") == "made"
    assert "cannot be stored" in capsys.readouterr().out


def test_a_start_with_kept_words_finds_what_the_first_start_found(tmp_path, small):
    cache, questions = (
        VectorCache(tmp_path),
        ["Wo ist die Auslaenderbehoerde?", "de prodovzhyty posvidku", "gia han the"],
    )
    first, second = (Matcher(small, None, cache, LanguageDetector()) for _ in range(2))
    assert [first.match(question) for question in questions] == [second.match(question) for question in questions]
    assert list(tmp_path.glob("words-*.made"))


Started = subprocess.Popen


def counted(words):
    """Long to make, and each time another process is named."""
    sys.stdout.write("a warning of a library\n")
    sys.stdout.flush()
    return {word: os.getpid() for word in words}


def nobody(*_, **__):
    """A machine that starts no more processes."""
    raise OSError


def killed(command, **how):
    child = Started([sys.executable, "-c", "input()"], **how)
    child.kill()
    return child


# Who makes what takes long, by how its process does; each row is what starts it and whether it is another process.
BESIDE = [
    (subprocess.Popen, True),
    (killed, False),  # the machine has no memory left
    (nobody, False),
]


@pytest.mark.parametrize(("start", "another"), BESIDE)
def test_what_takes_long_is_made_beside_the_rest_and_where_it_fails_here(tmp_path, monkeypatch, capfd, start, another):
    monkeypatch.setattr("bot.knowledge.beside.processors", lambda: 2)
    monkeypatch.setattr("bot.knowledge.beside.subprocess.Popen", start)
    cache = VectorCache(tmp_path / "cache")
    made = cache.kept_later("words-here", b"these", counted, ["Frist"], long=True)()
    assert (made["Frist"] != os.getpid()) == another
    assert bool(capfd.readouterr().out) != another  # results alone go to standard output
    again = cache.kept_later("words-here", b"these", pytest.fail, "made again", long=True)
    assert again() == made == cache.kept("words-here", b"these", lambda: pytest.fail("made again"))


def test_where_nothing_can_be_written_nobody_else_makes_it(tmp_path, monkeypatch):
    monkeypatch.setattr("bot.knowledge.vector_cache.begin", lambda *_: pytest.fail("for nothing"))
    (tmp_path / "file").write_text("")
    cache = VectorCache(tmp_path / "file")
    assert cache.kept_later("words-here", b"these", counted, ["Frist"], long=True)() == {"Frist": os.getpid()}


class Part:
    """Something that a kept object uses and that cannot be kept: a model, a socket."""

    def __reduce__(self):
        raise TypeError("cannot be kept")


def test_what_is_kept_finds_its_parts_again(tmp_path):
    part, new = Part(), Part()
    cache = VectorCache(tmp_path)
    made = cache.kept_with("thing", b"key", lambda: {"uses": part}, {"part": part}, lambda _: True)
    assert made["uses"] is part
    found = cache.kept_with("thing", b"key", lambda: pytest.fail("made again"), {"part": new}, lambda _: True)
    assert found["uses"] is new
    other = cache.kept_with("thing", b"other key", lambda: "made", {"part": new}, lambda _: False)
    assert other == "made"  # and not kept: it was not worth it
    assert cache.kept_with("thing", b"key", lambda: pytest.fail("gone"), {"part": new}, lambda _: True)["uses"] is new


# A whole start, with everything that it keeps

QUESTIONS = ["Ich habe meine Karte verloren", "де продовжити дозвіл?", "kita platz", "Erzähl mir einen Witz"]


class Counting:
    """Stands for the model: tells texts apart by their letters."""

    name, dimension = E5.name, E5.dimension

    def embed(self, texts, kind="query"):
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            for place, letter in enumerate(text):
                found[row, (ord(letter) * 7 + place % 3) % self.dimension] += 1
        return found / np.maximum(np.linalg.norm(found, axis=1, keepdims=True), 1e-9)


@pytest.fixture
def started(tmp_path, monkeypatch):
    """Starts Lotse as `lotse run` does, and asks."""
    monkeypatch.setattr(brain, "load_model", lambda settings: Counting())

    def start(knowledge=SMALL, var="var", cache=None):
        settings = Settings(knowledge=knowledge, var=tmp_path / var, cache=cache, city="musterstadt", _env_file=None)
        live, _ = brain.load_live(settings, keeps=True)
        return [live.current.matcher.match(question) for question in QUESTIONS]

    return start


def _with_a_bit_changed(content):
    return content[:-40] + bytes([content[-40] ^ 1]) + content[-39:]


# What happened to every file since.
SPOILT = {
    "half": lambda path: path.write_bytes(path.read_bytes()[: path.stat().st_size // 2]),
    "empty": lambda path: path.write_bytes(b""),
    "a bit": lambda path: path.write_bytes(_with_a_bit_changed(path.read_bytes())),
    "another's": lambda path: path.write_bytes(b"PK\x03\x04" * 40),
    "sealed, and no object": lambda path: sealed.write(path, [sealed.read(path)[:32].tobytes(), b"\xff" * 64]),
}


@pytest.mark.parametrize("how", SPOILT)
def test_whatever_is_spoilt_is_made_anew_and_a_line_says_so(started, tmp_path, capsys, how):
    started()  # learns; its matcher is not kept, for the next one knows more
    wanted = started()
    files = sorted((tmp_path / "var").rglob("*.made"))
    assert [path.name.partition("-")[0] for path in files] == [
        "learned",
        "matcher",
        "spelt",
        "words",
        "misled",
        "read",
    ]
    for path in files:
        SPOILT[how](path)
    capsys.readouterr()
    assert started() == wanted
    assert capsys.readouterr().out.count("making it anew") == len(files)
    assert started() == wanted
    assert "making it anew" not in capsys.readouterr().out
    assert not list((tmp_path / "var").rglob("*.tmp"))


def bake(var, folder):
    """As the Dockerfile does it."""
    folder.mkdir()
    for path in [
        *var.rglob("words-*.made"),
        *var.rglob("spelt-*.made"),
        *var.rglob("read-*.made"),
        *var.rglob("misled-*.made"),
    ]:
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes()))


def test_a_first_start_takes_what_an_image_brings(started, tmp_path, monkeypatch):
    """Also of knowledge that is mounted in its place, as long as it is the same."""
    shutil.copytree(SMALL, knowledge := tmp_path / "knowledge")
    wanted = started(knowledge)
    bake(tmp_path / "var", baked := tmp_path / "baked")
    monkeypatch.setattr("bot.knowledge.live.effective", lambda *_: pytest.fail("read again"))
    monkeypatch.setattr("bot.matching.matcher.Spelt", lambda *_: pytest.fail("spelt again"))
    shutil.rmtree(knowledge)
    shutil.copytree(SMALL, knowledge)
    assert started(knowledge, "fresh", baked) == wanted


def test_what_was_made_of_an_edit_is_there_at_the_next_start(started, tmp_path, monkeypatch):
    shutil.copytree(SMALL, knowledge := tmp_path / "knowledge")
    started(knowledge)
    settings = Settings(knowledge=knowledge, var=tmp_path / "var", city="musterstadt", _env_file=None)
    running, _ = brain.load_live(settings, keeps=True)
    file = knowledge / "germany" / "de" / "all.yaml"
    file.write_text(file.read_text("utf-8").replace("Karte", "Plastikkarte"), "utf-8")
    assert running.reload()
    wanted = [running.current.matcher.match(question) for question in QUESTIONS]
    assert not running.reload()  # an editor may go on in a moment
    monkeypatch.setattr("bot.knowledge.live.REST_SECONDS", 0.0)
    made = running.current.matcher
    assert not running.reload()
    assert running.current.matcher is not made  # from now on it is the one that lies in the file
    assert [running.current.matcher.match(question) for question in QUESTIONS] == wanted
    monkeypatch.setattr("bot.knowledge.live.effective", lambda *_: pytest.fail("read again"))
    monkeypatch.setattr("bot.knowledge.brain.Matcher", lambda *_: pytest.fail("made again"))
    assert started(knowledge) == wanted


@pytest.mark.parametrize("how", ["half", "empty", "a bit"])
def test_what_an_image_brings_is_left_aside_where_it_is_spoilt(started, tmp_path, capsys, how):
    wanted = started()
    bake(tmp_path / "var", baked := tmp_path / "baked")
    for path in (files := list(baked.iterdir())):
        SPOILT[how](path)
    assert started(var="fresh", cache=baked) == wanted
    assert capsys.readouterr().out.count("making it anew") == len(files)


def ask(var, **environment):
    """A process of its own; by words alone, so that it takes a second."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LOTSE_")}
    return subprocess.run(
        [sys.executable, "-m", "bot", "ask", "Ich habe meine Karte verloren"],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
        env={**clean, "LOTSE_VAR": str(var), "LOTSE_KNOWLEDGE": str(SMALL), "LOTSE_MODEL": "none", **environment},
    )  # fmt: skip


def test_two_first_starts_at_once(tmp_path):
    with ThreadPoolExecutor(2) as both:
        one, other = both.map(lambda _: ask(tmp_path), range(2))
    assert one.returncode == other.returncode == 0
    assert one.stdout == other.stdout != ""
    assert "anew" not in ask(tmp_path).stderr
    assert not list(tmp_path.rglob("*.tmp"))


@pytest.fixture
def disk(tmp_path):
    found = small_disk(tmp_path / "disk")
    yield found
    found.close()


@pytest.mark.parametrize("state", ["full", "read-only"])
def test_a_disk_that_takes_nothing_costs_time_and_no_answer(disk, tmp_path, state):
    if not isinstance(disk, Mounted):
        pytest.skip("only root may mount a disk")
    wanted = ask(tmp_path / "other").stdout
    if state == "full":
        disk.fill()
    else:
        subprocess.run(["mount", "-o", "remount,ro", str(disk.folder)], check=True)
    done = ask(disk.folder)
    assert (done.returncode, done.stdout) == (0, wanted)
    assert "what was made cannot be stored" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list(disk.folder.rglob("*.tmp"))


def test_killed_while_something_is_kept(tmp_path):
    """What it had begun is left aside, and goes when nobody can be writing it any more."""
    code = """
        import sys, time
        from pathlib import Path
        from bot.knowledge.vector_cache import VectorCache

        class Slow:
            def __reduce__(self):
                print("begun", flush=True)
                time.sleep(60)

        VectorCache(Path(sys.argv[1])).kept("thing", b"key", Slow)
    """
    process = subprocess.Popen(
        [sys.executable, "-c", textwrap.dedent(code), str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
    )
    assert process.stdout.readline() == b"begun\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    (unfinished,) = tmp_path.iterdir()
    assert VectorCache(tmp_path).kept("thing", b"key", lambda: "whole") == "whole"
    assert unfinished.exists()  # it might be another process's, who is just writing
    os.utime(unfinished, (0, 0))
    assert VectorCache(tmp_path).kept("thing", b"another key", lambda: "whole") == "whole"
    assert [path.name for path in tmp_path.iterdir()] == ["thing.made"]
