"""A folder with an official ONNX export (model.onnx, tokenizer.json) as the model, instead of the one Lotse fetches.

Its tokenizer.json is read by the ``tokenizers`` library, which is an extra: pip install 'lotse[export]'.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from hashlib import file_digest
from pathlib import Path
from typing import Any

import numpy as np

from bot.engine.e5 import PREFIX
from bot.engine.runtime import onnxruntime
from bot.matching.embedder import EmbedderUnavailable, Kind
from bot.matching.rows import Vectors

LONGEST = 512  # tokens


class Export:
    """Embeds from any thread with the mean over a text's tokens, as e5 is meant to be used."""

    def __init__(self, folder: Path, processors: int = 1) -> None:
        """Raises EmbedderUnavailable, saying what is wrong with ``folder``."""
        path = folder / "model.onnx"
        try:
            from tokenizers import Tokenizer

            with path.open("rb") as file:
                self.name = f"export-{file_digest(file, 'sha256').hexdigest()[:16]}"
            self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._tokenizer.no_padding()
            self._tokenizer.enable_truncation(LONGEST)
            library = onnxruntime()
            options = library.SessionOptions()
            options.intra_op_num_threads = options.inter_op_num_threads = 1
            options.log_severity_level = 3
            self._session: Any = library.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
            self._inputs = {one.name for one in self._session.get_inputs()}
            if "input_ids" not in self._inputs:
                raise ValueError(f"model.onnx has no input_ids, but {', '.join(sorted(self._inputs))}")
            self.dimension = 0
            self.dimension = len(self._one("?"))
        except ImportError as error:
            raise EmbedderUnavailable(f"{error}: run pip install 'lotse[export]'") from error
        except Exception as error:  # onnxruntime and tokenizers raise what they like
            raise EmbedderUnavailable(
                f"LOTSE_MODEL={folder} cannot be used ({error}): it must hold model.onnx and tokenizer.json"
            ) from error
        self._free = threading.Semaphore(processors)

    def embed(self, texts: Sequence[str], kind: Kind = "query") -> Vectors:
        found = np.zeros((len(texts), self.dimension), dtype=np.float32)
        for row, text in enumerate(texts):
            with self._free:
                found[row] = self._one(PREFIX[kind] + text)
        return found

    def _one(self, text: str) -> Vectors:
        read = np.array([self._tokenizer.encode(text).ids], dtype=np.int64)
        given = {
            "input_ids": read,
            "attention_mask": np.ones_like(read),
            "token_type_ids": np.zeros_like(read),
        }
        states = self._session.run(None, {name: given[name] for name in given if name in self._inputs})[0]
        mean = states[0].mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)
