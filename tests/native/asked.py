"""Networks that the native core and rootae are asked about, side by side."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import strategies as st
from native.core import surface
from numpy.ctypeslib import ndpointer

onnx = pytest.importorskip("onnx")

from networks import layer, model  # noqa: E402
from onnx import TensorProto, helper, numpy_helper  # noqa: E402
from reference.damage import Damaged  # noqa: E402
from reference.networks import Network as Reference  # noqa: E402

from rootae.codec.contexts.network import Network  # noqa: E402
from rootae.codec.contexts.shapes import ENCODER_OPERATORS  # noqa: E402
from rootae.errors import RootaeError  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from onnx import NodeProto

CORRUPT = 1
node = helper.make_node


def check(data: bytes, *, decoder: bool = True) -> tuple[int, int] | None:
    """Return how many inputs and outputs a network has; None of one that is refused."""
    ends = np.zeros(2, np.uint64)
    how = surface().network_check
    how.argtypes = [ctypes.c_char_p, ctypes.c_size_t, ctypes.c_int, ndpointer(np.uint64)]
    error = how(data, len(data), decoder, ends)
    assert error in (0, CORRUPT)
    return None if error else (int(ends[0]), int(ends[1]))


def run(data: bytes, x: NDArray[Any]) -> NDArray[np.float64]:
    """Return the outputs of a network that is taken."""
    ends = check(data)
    assert ends is not None
    x = np.ascontiguousarray(x, np.float32)
    y = np.empty((ends[1], x.shape[1]))
    how = surface().network_run
    size = ctypes.c_size_t
    how.argtypes = [ctypes.c_char_p, size, ndpointer(np.float32), size, size, ndpointer(np.float64)]
    error = how(data, len(data), x, *x.shape, y)
    if error:
        raise Damaged(str(error))
    return y


def taken(data: bytes, *, decoder: bool) -> tuple[int, int] | None:
    try:
        return Network(data, integer=decoder).ends
    except RootaeError:
        return None


def agreed(data: bytes) -> int:
    """Hold that both take or refuse the bytes, as either kind of network, and say how often."""
    found = 0
    for decoder in (True, False):
        ends = check(data, decoder=decoder)
        assert ends == taken(data, decoder=decoder), data.hex()
        found += ends is not None
    return found


def same(data: bytes, rows: int = 700, seed: int = 0) -> None:
    """Hold that a network's outputs are onnxruntime's and the second reader's."""
    agreed(data)
    net = Network(data)
    x = np.random.default_rng(seed).integers(0, 1000, (net.ends[0], rows))
    found = run(data, x)
    assert (found == net.run(x)).all()
    assert (found == Reference(data)(x)).all()


def made(nodes: Sequence[NodeProto], outputs: int, **whole: Any) -> bytes:
    rng = np.random.default_rng(3)
    weights = {
        "W": layer(rng, 5, 3), "b": layer(rng, 1, 3), "two": np.array(2.0), "row": np.ones((1, 1)),
        "stack": rng.integers(-9, 9, (4, 2, 3)), "V": layer(rng, 3, 5), "u": layer(rng, 3, 3),
        "bias": layer(rng, 1, 3),
    }  # fmt: skip
    return model(nodes, weights, 3, outputs, whole=whole)


CHAINS: dict[str, tuple[list[NodeProto], int, dict[str, Any]]] = {
    "the input itself": ([node("Relu", ["x"], ["y"])], 3, {}),
    "constants of constants": (
        [
            node("MatMul", ["V", "W"], ["a"]),  # V is (5, 3), W (3, 5)
            node("Transpose", ["a"], ["b2"]),
            node("Gather", ["b2", "some"], ["c"], axis=1),
            node("Concat", ["c", "V"], ["d"], axis=1),
            node("Floor", ["d"], ["e"]),
            node("Mul", ["e", "two"], ["f"]),
            node("Gather", ["f", "three"], ["g"], axis=1),
            node("MatMul", ["g", "x"], ["y"]),
        ],
        5,
        {"some": [-1, 0, 2], "three": [5, 1, 3]},
    ),
    "rows by rows": (
        [
            node("Add", ["x", "bias"], ["a"]),
            node("Mul", ["a", "x"], ["c"]),
            node("Add", ["c", "c"], ["d"]),
            node("Add", ["two", "d"], ["y"]),
        ],
        3,
        {},
    ),
    "rows turned": (
        [
            node("Transpose", ["x"], ["t"], perm=[1, 0]),
            node("Gemm", ["t", "u"], ["g"], transB=1, alpha=0.5),
            node("Gemm", ["V", "g"], ["y"], transB=1),
        ],
        5,
        {},
    ),
    "a stack of layers": (
        [
            node("Gather", ["x", "taps"], ["a"], axis=0),
            node("MatMul", ["stack", "a"], ["c"]),
            node("Reshape", ["c", "flat"], ["d"]),
            node("Clip", ["d", "", "two"], ["e"]),
            node("Clip", ["e", "", ""], ["y"]),
        ],
        8,
        {"taps": [[0, 1, 2], [2, -2, 0], [1, 1, 1], [-3, 0, 0]], "flat": [8, -1]},
    ),
    "products of rows": (
        [
            node("Reshape", ["x", "column"], ["a"]),
            node("Transpose", ["a"], ["l"], perm=[2, 0, 1]),
            node("Transpose", ["a"], ["r"], perm=[2, 1, 0]),
            node("MatMul", ["l", "r"], ["p"]),
            node("Transpose", ["p"], ["q"], perm=[2, 1, 0]),
            node("Reshape", ["q", "flat"], ["y"]),
        ],
        9,
        {"column": [3, 1, -1], "flat": [9, -1]},
    ),
    "dead ends": (
        [
            node("Concat", ["x", "x"], ["a"], axis=0),
            node("Gather", ["whole", "whole"], ["n"]),
            node("Concat", ["x", "x"], ["y"], axis=-2),
        ],
        6,
        {"whole": [0, 1]},
    ),
    "no sums": (
        [
            node("Gather", ["x", "none"], ["a"]),
            node("Gather", ["V", "none"], ["v"], axis=1),
            node("MatMul", ["v", "a"], ["s"]),
            node("Add", ["s", "two"], ["y"]),
        ],
        5,
        {"none": np.zeros(0, "i8")},
    ),
}


def double(made: bytes) -> bytes:
    """Return a network of float32 as one of float64."""
    message = onnx.load_from_string(made)
    for tensor in message.graph.initializer:
        if tensor.data_type == TensorProto.FLOAT:
            tensor.CopyFrom(
                numpy_helper.from_array(numpy_helper.to_array(tensor).astype("f8"), tensor.name)
            )
    for end in (message.graph.input[0], message.graph.output[0]):
        end.type.tensor_type.elem_type = TensorProto.DOUBLE
    return bytes(message.SerializeToString())


def choosing() -> bytes:
    """Return an encoder's network, with every operator that only encoders have."""
    nodes = [
        node("Gather", ["x", "pairs"], ["a"]),
        node("ArgMax", ["a"], ["b"], axis=1, keepdims=0),
        node("Cast", ["b"], ["c"], to=1),
        node("ArgMax", ["x"], ["d"], axis=-2),
        node("Cast", ["d"], ["e"], to=1),
        node("Concat", ["c", "e"], ["y"], axis=0),
    ]
    return model(nodes, {}, 4, 3, whole={"pairs": [[0, 1], [2, 3]]})


SHAPES = st.lists(st.integers(-2, 6), max_size=4)
AXES = st.integers(-4, 4)


def of_any_operators(draw: Any) -> bytes:
    """Return a network of a few operators on whatever is there."""
    names, nodes = ["x", "W", "b", "two", "stack", "taps", "flat", "which"], []
    for i in range(draw(st.integers(1, 6))):
        op = draw(st.sampled_from(sorted(ENCODER_OPERATORS)))
        first = names[-1] if draw(st.booleans()) else draw(st.sampled_from(names))
        given = [first, *draw(st.lists(st.sampled_from([*names, ""]), max_size=2))]
        kinds = {
            "axis": AXES, "keepdims": st.integers(0, 2), "to": st.sampled_from([1, 7, 11]),
            "perm": st.permutations(range(draw(st.integers(0, 3)))).map(list),
            "transA": st.integers(0, 1), "transB": st.integers(0, 1), "alpha": st.just(2.0),
        }  # fmt: skip
        wanted = draw(st.sampled_from(ATTRIBUTES.get(op, [()])))
        attributes = {k: draw(kinds[k]) for k in wanted}
        attributes = {k: v for k, v in attributes.items() if v != []}
        names.append(f"n{i}")
        nodes.append(node(op, given, [names[-1]], **attributes))
    nodes[-1].output[0] = "y"
    whole = {"taps": [[0, 1, 2], [2, 0, 0]], "flat": draw(SHAPES), "which": [draw(AXES)]}
    return made(nodes, draw(st.integers(1, 9)), **whole)


ATTRIBUTES: dict[str, list[tuple[str, ...]]] = {
    "ArgMax": [(), ("axis",), ("axis", "keepdims")],
    "Cast": [("to",)],
    "Concat": [("axis",), ()],
    "Gather": [(), ("axis",)],
    "Gemm": [(), ("transA",), ("transB", "alpha"), ("transA", "transB")],
    "Transpose": [(), ("perm",)],
}
