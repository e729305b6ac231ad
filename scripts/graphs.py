"""Make bot/engine/graphs/*.onnx: the encoder in standard operators, without its weights. ``make graphs``.

The weights are no part of it: whoever opens a graph hands them over by name (bot/engine/e5.py). Beside them
largest.npz, what bot.engine.graph.largest gives: seen while the exact graph reads a part of the knowledge.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper

from bot.config import load_settings
from bot.engine.e5 import E5, session
from bot.engine.graph import EVENED, Precision, shapes
from bot.engine.model_file import Shape
from bot.knowledge import brain, models
from bot.matching.embedder import Text

FOLDER = Path(__file__).parent.parent / "bot" / "engine" / "graphs"
SHAPE = Shape(hidden=384, layers=12, heads=12, inner=1536, words=250_037, positions=512, epsilon=1e-12)
OPSET, IR = 20, 10
EACH = 20  # of so many texts of the knowledge one is read for largest.npz


class _Graph:
    """Collects nodes and constants."""

    def __init__(self, shape: Shape, precision: Precision) -> None:
        self.shape, self.precision = shape, precision
        self.nodes: list[onnx.NodeProto] = []
        self.constants: list[onnx.TensorProto] = [self._outside(*one) for one in shapes(shape, precision)]

    @staticmethod
    def _outside(name: str, kind: type[Any], size: tuple[int, ...]) -> onnx.TensorProto:
        number = TensorProto.INT8 if kind is np.int8 else TensorProto.FLOAT
        tensor = TensorProto(name=name, data_type=number, dims=size, data_location=TensorProto.EXTERNAL)
        tensor.external_data.add(key="location", value="weights")
        return tensor

    def add(self, operator: str, *inputs: str, out: str | None = None, **attributes: Any) -> str:
        name = out or f"{operator}{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, inputs, [name], **attributes))
        return name

    def split(self, value: str) -> tuple[str, str, str]:
        names = (f"q{len(self.nodes)}", f"k{len(self.nodes)}", f"v{len(self.nodes)}")
        self.nodes.append(helper.make_node("Split", [value], names, axis=-1, num_outputs=3))
        return names

    def constant(self, name: str, value: np.ndarray[Any, Any]) -> str:
        self.constants.append(onnx.numpy_helper.from_array(value, name))
        return name

    def norm(self, value: str, name: str) -> str:
        inputs = (value, f"{name}.w", f"{name}.b")
        return self.add("LayerNormalization", *inputs, epsilon=self.shape.epsilon)

    def linear(self, value: str, name: str) -> str:
        """``value`` times the matrix ``name``, plus its bias."""
        if self.precision == "fp32":
            found = self.add("MatMul", value, f"{name}.w")
        else:
            if name.endswith(EVENED):
                value = self.add("Div", value, f"{name}.d")
            largest = self.add("ReduceMax", self.add("Abs", value), "last", keepdims=1)
            found = self.add("Mul", self.product(self.whole(self.add("Div", value, largest)), name), largest)
        return self.add("Add", found, f"{name}.b")

    def whole(self, value: str) -> tuple[str, str, str]:
        """``value`` in bytes, their scale and their zero."""
        names = (f"whole{len(self.nodes)}", f"scale{len(self.nodes)}", f"zero{len(self.nodes)}")
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [value], names))
        return names

    def product(self, whole: tuple[str, str, str], name: str) -> str:
        value, scale, zero = whole
        found = self.add("Cast", self.add("MatMulInteger", value, f"{name}.w", zero), to=TensorProto.FLOAT)
        return self.add("Mul", found, self.add("Mul", scale, f"{name}.s"))

    def heads(self, value: str, order: list[int]) -> str:
        return self.add("Transpose", self.add("Reshape", value, "heads"), perm=order)


def build(shape: Shape, precision: Precision) -> onnx.ModelProto:
    """A BERT encoder: (tokens, hidden) in, the mean over tokens as a unit vector out."""
    graph = _Graph(shape, precision)
    wide = shape.hidden // shape.heads
    graph.constant("last", np.array([-1], np.int64))
    graph.constant("first", np.array([0], np.int64))
    graph.constant("heads", np.array([-1, shape.heads, wide], np.int64))
    graph.constant("flat", np.array([-1, shape.hidden], np.int64))
    graph.constant("narrow", np.float32(wide**-0.5).reshape(()))
    state = graph.norm("tokens", "emb.ln")
    for layer in range(shape.layers):
        name = f"l{layer}"
        query, key, value = graph.split(graph.linear(state, f"{name}.qkv"))
        query = graph.add("Mul", graph.heads(query, [1, 0, 2]), "narrow")
        key, value = graph.heads(key, [1, 2, 0]), graph.heads(value, [1, 0, 2])
        seen = graph.add("Softmax", graph.add("MatMul", query, key), axis=-1)
        found = graph.add("Transpose", graph.add("MatMul", seen, value), perm=[1, 0, 2])
        found = graph.linear(graph.add("Reshape", found, "flat"), f"{name}.ao")
        state = graph.norm(graph.add("Add", state, found), f"{name}.aln")
        found = graph.linear(graph.add("Gelu", graph.linear(state, f"{name}.fi")), f"{name}.fo")
        state = graph.norm(graph.add("Add", state, found), f"{name}.oln")
    mean = graph.add("ReduceMean", state, "first", keepdims=0)
    graph.add("LpNormalization", mean, out="vector", axis=0, p=2)
    floats = TensorProto.FLOAT
    made = helper.make_graph(
        graph.nodes,
        f"e5-{precision}",
        [helper.make_tensor_value_info("tokens", floats, ["tokens", shape.hidden])],
        [helper.make_tensor_value_info("vector", floats, [shape.hidden])],
        graph.constants,
    )
    return helper.make_model(made, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)


def largest(model: onnx.ModelProto, embedder: E5, texts: Iterable[Text]) -> dict[str, np.ndarray[Any, Any]]:
    """The largest number that each channel of each part in ``EVENED`` reads."""
    reads = {
        node.input[1].removesuffix(".w"): node.input[0]
        for node in model.graph.node
        if node.op_type == "MatMul" and node.input[1].rpartition(".")[0].endswith(EVENED)
    }
    for name in dict.fromkeys(reads.values()):
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    seen = session(model.SerializeToString(), embedder.weights)
    found = {part: np.zeros(SHAPE.hidden, np.float32) for part in reads}
    for text in texts:
        values = seen.run(
            list(reads.values()),
            {"tokens": embedder.read(embedder.tokens(text.words, text.kind)[: SHAPE.positions - 4])},
        )
        for part, value in zip(found, values, strict=True):
            found[part] = np.maximum(found[part], np.abs(value).max(axis=0))
    return found


def main() -> None:
    """Write both graphs, and the largest numbers."""
    FOLDER.mkdir(exist_ok=True)
    for precision in ("fp32", "int8"):
        path = FOLDER / f"{precision}.onnx"
        path.write_bytes(build(SHAPE, precision).SerializeToString(deterministic=True))
        print(f"{path}: {path.stat().st_size} bytes")
    settings = load_settings().model_copy(update={"precision": "fp32"})
    embedder = models.load_model(settings)
    assert isinstance(embedder, E5)
    texts = list(brain.load_current(settings).matcher.texts)[::EACH]
    np.savez(FOLDER / "largest.npz", **largest(build(SHAPE, "fp32"), embedder, texts))


if __name__ == "__main__":
    main()
