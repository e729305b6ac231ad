"""multilingual-e5-small on onnxruntime: an ``Embedder`` (see bot/matching/embedder.py)."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
import structlog

from bot.engine import graph, sealed
from bot.engine.graph import Precision
from bot.engine.model_file import ModelFile
from bot.engine.processor import multiplies_bytes
from bot.engine.runtime import onnxruntime
from bot.engine.sealed import Broken, Bytes
from bot.engine.tokens import Tokenizer, pack
from bot.matching.embedder import EmbedderUnavailable, Kind
from bot.matching.rows import Vectors

log = structlog.get_logger()

# What people write is cut here, not by characters: time grows with the tokens, and Chinese has one a character.
QUESTION_TOKENS = 128
PREFIX: dict[Kind, str] = {"query": "query: ", "passage": "passage: "}


class E5:
    """Embeds from any thread; each call computes on the thread that makes it.

    The weights and the tokenizer are made once from the model file and kept in one of ``folders``: the first in which
    they are is read, the first that can be written to gets them. Without any they are made at every start.
    """

    name = "e5-small-q4"
    dimension = 384

    def __init__(
        self, model: Path, folders: Sequence[Path], precision: Precision | None = None, processors: int = 1
    ) -> None:
        """``precision``: None for what this processor does best. Raises EmbedderUnavailable, saying what to do."""
        self.precision: Precision = precision or ("int8" if multiplies_bytes() else "fp32")
        self._folders = folders
        try:
            self._file = ModelFile(np.memmap(model, np.uint8, "r"))
            shape = self._file.shape
            self.dimension, self._window = shape.hidden, shape.positions - 2
            shipped = files("bot.engine").joinpath("graphs", f"{self.precision}.onnx").read_bytes()
            # Another graph wants other weights: its hash is in their file's name.
            made_with = shipped + (graph.largest() if self.precision == "int8" else b"")
            stored = self._derived(
                f"{self.precision}-{sha256(made_with).hexdigest()[:12]}.weights",
                lambda: graph.weights(self._file, self.precision),
            )
            self.weights = graph.arrays(stored, shape, self.precision)
            self._session: Any = session(shipped, self.weights)
            sealed.let_go(stored)  # onnxruntime has its own copy of the large weights
            self._tokenizer = Tokenizer(self._derived("tokens-1", lambda: [pack(self._file.pieces())]))
        except ImportError as error:
            raise EmbedderUnavailable(f"onnxruntime or marisa-trie is missing ({error}): run `make setup`") from error
        except (OSError, Broken, ValueError, KeyError, RuntimeError) as error:
            raise EmbedderUnavailable(f"the model {model} cannot be used ({error}): run `lotse model fetch`") from error
        self._free = threading.Semaphore(processors)

    def embed(self, texts: Sequence[str], kind: Kind = "query") -> Vectors:
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            found[row] = self._one(self.tokens(text, kind))
        return found

    def _one(self, tokens: list[int]) -> Vectors:
        """Of more than the model reads at once, the mean of its windows' vectors, each as heavy as it is long."""
        if len(tokens) <= self._window:
            return self._run(tokens)
        windows = [tokens[start : start + self._window] for start in range(0, len(tokens), self._window)]
        whole = np.sum([len(window) * self._run(window) for window in windows], axis=0)
        return np.asarray(whole / np.linalg.norm(whole), dtype=np.float32)

    def read(self, tokens: list[int]) -> Vectors:
        """What the graph takes: the tokens' and places' own vectors, (tokens and two marks, hidden)."""
        return self._file.embed(np.array([self._tokenizer.begin, *tokens, self._tokenizer.end], dtype=np.int32))

    def tokens(self, text: str, kind: Kind = "query") -> list[int]:
        """The tokens of ``text``, as many as are read."""
        return self._tokenizer.tokens(PREFIX[kind] + text)[: QUESTION_TOKENS if kind == "query" else None]

    def _run(self, tokens: list[int]) -> Vectors:
        read = self.read(tokens)
        with self._free:
            (vector,) = self._session.run(None, {"tokens": read})
        return np.asarray(vector, dtype=np.float32)

    def _derived(self, name: str, make: Callable[[], Iterable[bytes]]) -> Bytes:
        """What is stored under ``name``; made, and stored where that can be, if it is not there or not whole."""
        for folder in self._folders:
            try:
                return sealed.read(folder / name)
            except FileNotFoundError:
                continue
            except (OSError, Broken) as error:
                log.warning("a file made from the model cannot be used, making it anew", why=str(error))
        parts = list(make())
        for folder in self._folders:
            try:
                sealed.write(folder / name, parts)
                return sealed.read(folder / name)
            except (OSError, Broken):
                continue
        log.warning("what is made from the model cannot be stored: every start makes it again", file=name)
        return np.frombuffer(b"".join(parts), np.uint8)


def session(shipped: bytes, weights: Any) -> Any:
    """onnxruntime's session over the shipped graph; one thread, because calls compute side by side."""
    library = onnxruntime()
    options = library.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    # Else what it computes in keeps a third more than the weights need, for ever.
    options.add_session_config_entry("session.use_device_allocator_for_initializers", "1")
    options.add_external_initializers(
        list(weights), [library.OrtValue.ortvalue_from_numpy(array) for array in weights.values()]
    )
    return library.InferenceSession(shipped, options, providers=["CPUExecutionProvider"])
