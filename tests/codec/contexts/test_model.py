"""A stored network that reaches beyond itself, or is larger than its bytes say, is not run."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np
import pytest

onnx = pytest.importorskip("onnx")

from networks import linear, model, operators_of  # noqa: E402
from onnx import TensorProto, helper  # noqa: E402

from rootae.codec.contexts import shapes  # noqa: E402
from rootae.codec.contexts.model import Model  # noqa: E402
from rootae.codec.contexts.network import Network  # noqa: E402
from rootae.codec.contexts.shapes import DECODER_OPERATORS, ENCODER_OPERATORS  # noqa: E402
from rootae.errors import CorruptError  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from onnx import ModelProto, NodeProto, TensorShapeProto

node = helper.make_node


def changed(change: Callable[[ModelProto], object], made: bytes | None = None) -> bytes:
    """Return a model after something was done to its message."""
    message = onnx.load_from_string(made or linear([[1, 2]]))
    change(message)
    return bytes(message.SerializeToString())


def refused(made: bytes, match: str) -> None:
    with pytest.raises(CorruptError, match=match):
        Network(made)
    with pytest.raises(CorruptError, match=match):
        Network(made, integer=False)


def test_a_model_is_read_as_onnx_reads_it() -> None:
    nodes = [
        node("MatMul", ["W", "x"], ["a"]),
        node("Gather", ["a", "which"], ["b"], axis=0),
        node("Gemm", ["V", "b"], ["y"], alpha=0.5, transA=1),
    ]
    made = model(nodes, {"W": np.ones((3, 2)), "V": np.ones((2, 4))}, 2, 4, whole={"which": [2, 0]})
    found = Model.read(made)
    assert found.operators == operators_of(made) == {"MatMul", "Gather", "Gemm"}
    assert found.nodes[2].attributes == {"alpha": 0.5, "transA": 1}
    data = found.constants["which"].data
    assert data is not None
    assert data.tolist() == [2, 0]
    assert found.input[1].shape == (2, -1)
    assert shapes.check(found, DECODER_OPERATORS) == (4, 23, 3)


@pytest.mark.parametrize("operator", ["Exp", "Tanh", "Loop", "If", "Scan", "ConstantOfShape"])
def test_forbidden_operators_are_refused_in_every_network(operator: str) -> None:
    refused(model([node(operator, ["x"], ["y"])], {}, 2, 2), operator)


def test_no_allowed_operator_divides_or_is_transcendental() -> None:
    other = {"Div", "Exp", "Log", "Conv", "Softmax", "Pow", "Sqrt", "Reciprocal"}
    assert not ENCODER_OPERATORS & other
    assert DECODER_OPERATORS < ENCODER_OPERATORS


def test_subgraphs_are_refused() -> None:
    x = helper.make_tensor_value_info("z", TensorProto.FLOAT, [2, None])
    branch = helper.make_graph([node("Relu", ["x"], ["z"])], "b", [], [x])
    hidden = node("Relu", ["x"], ["y"], then_branch=branch)
    refused(model([hidden], {}, 2, 2), "a subgraph in a message attribute")


def test_domains_functions_and_metadata_are_refused() -> None:
    made = model([node("Relu", ["x"], ["y"], domain="com.microsoft")], {}, 2, 2)
    refused(made, "a domain in a message node")
    inner = [node("Exp", ["a"], ["b"])]
    function = helper.make_function("m", "Relu", ["a"], ["b"], inner, [helper.make_opsetid("", 17)])
    made = model([node("Relu", ["x"], ["y"])], {}, 2, 2, functions=[function])
    refused(made, "functions in a message model")
    refused(changed(lambda m: m.opset_import.add(domain="ai.onnx.ml", version=1)), "opset twice")
    refused(changed(lambda m: setattr(m.opset_import[0], "domain", "me")), "version of ONNX")
    refused(changed(lambda m: setattr(m.opset_import[0], "version", 99)), "version of ONNX")
    refused(changed(lambda m: setattr(m, "ir_version", 11)), "version of ONNX")
    refused(changed(lambda m: m.training_info.add()), "training in a message model")


def test_external_data_is_refused() -> None:
    def external(message: ModelProto, *, location: str | None = None) -> None:
        tensor = message.graph.initializer[0]
        raw, tensor.data_location = tensor.raw_data, TensorProto.EXTERNAL
        tensor.ClearField("raw_data")
        if location:
            tensor.external_data.add(key="location", value=location)
        assert raw

    refused(changed(lambda m: external(m, location="secret.bin")), "external data")
    refused(changed(external), "a place of its data")


def test_constants_are_as_long_as_they_say() -> None:
    def grow(message: ModelProto) -> None:
        message.graph.initializer[0].dims[1] = 1 << 40

    refused(changed(grow), "another length than its shape")
    refused(changed(lambda m: m.graph.initializer[0].dims.append(-1)), "another type")
    refused(changed(lambda m: m.graph.initializer.append(m.graph.initializer[0])), "of one name")


def test_dimensions_are_one_thing_and_not_negative() -> None:
    def of(message: ModelProto) -> Sequence[TensorShapeProto.Dimension]:
        dims: Sequence[TensorShapeProto.Dimension]
        dims = message.graph.input[0].type.tensor_type.shape.dim
        return dims

    def both(message: ModelProto) -> None:  # onnx itself keeps one of the two
        of(message)[1].dim_param = "rows"

    twofold = changed(both)
    assert twofold.count(b"\n\x06\x12\x04rows") == 1
    Network(twofold)
    refused(twofold.replace(b"\x12\x04rows", b"\x08\x03\x12\x02ro"), "two things, or negative")
    refused(changed(lambda m: setattr(of(m)[1], "dim_value", -1)), "two things, or negative")


@pytest.mark.parametrize("number", [7, 8])  # the graph, the operators' version
def test_a_message_that_comes_twice_is_refused(number: int) -> None:
    twice = onnx.load_from_string(linear([[1, 2]]))
    part = (twice.graph if number == 7 else twice.opset_import[0]).SerializeToString()
    tag = bytes([number << 3 | 2, len(part) & 0x7F | (0x80 if len(part) > 127 else 0)])
    tag += bytes([len(part) >> 7]) if len(part) > 127 else b""
    refused(twice.SerializeToString() + tag + part, "twice in one message")


def doubling(times: int, first: str = "x") -> list[NodeProto]:
    chain = [first, *(f"d{i}" for i in range(times - 1)), "y"]
    pairs = itertools.pairwise(chain)
    return [node("Concat", [a, a], [b], axis=0) for a, b in pairs]


def test_arrays_that_grow_without_bound_are_refused() -> None:
    assert Network(model(doubling(5), {}, 1, 32)).run(np.ones((1, 3))).shape == (32, 3)
    for times in (17, 28, 60):
        refused(model(doubling(times), {}, 1, 2**times), "the size of what it makes")
    grown = doubling(40, "w")
    grown[-1].output[0] = "z"
    ending = [node("Mul", ["z", "x"], ["y"])]
    refused(model(grown + ending, {"w": np.ones((1, 1))}, 1, 1), "the size of what it makes")


def test_work_without_bound_is_refused() -> None:
    wide = [node("MatMul", ["W", "x"], ["a0"])]
    wide += [node("MatMul", ["V", f"a{i}"], [f"a{i + 1}"]) for i in range(200)]
    wide += [node("MatMul", ["U", "a200"], ["y"])]
    weights = {"W": np.ones((512, 1)), "V": np.eye(512), "U": np.ones((1, 512))}
    refused(model(wide, weights, 1, 1), "the size of what it makes")
    long = [node("Relu", ["x"], ["a0"])]
    long += [node("Relu", [f"a{i}"], [f"a{i + 1}"]) for i in range(5000)]
    long += [node("Relu", ["a5000"], ["y"])]
    refused(model(long, {}, 2, 2), "more than 4096 nodes")


@pytest.mark.parametrize(
    ("nodes", "outputs"),
    [
        ([node("Relu", ["nothing"], ["y"])], 2),
        ([node("Relu", ["x"], ["x"])], 2),
        ([node("Relu", ["x"], ["W"])], 2),
        ([node("Add", ["x"], ["y"])], 2),
        ([node("Add", ["x", "x", "x"], ["y"])], 2),
        ([node("Add", ["x", "W"], ["y"])], 2),
        ([node("Relu", ["x"], ["y"], axis=1)], 2),
        ([node("Concat", ["x", "x"], ["y"])], 4),
        ([node("Concat", ["x", "x"], ["y"], axis=1)], 2),
        ([node("Gather", ["x", "which"], ["y"], axis=1)], 2),
        ([node("Gather", ["x", "beyond"], ["y"], axis=0)], 2),
        ([node("MatMul", ["x", "x"], ["y"])], 2),
        ([node("Transpose", ["x"], ["t"]), node("MatMul", ["t", "x"], ["y"])], 2),
        ([node("Transpose", ["x"], ["y"])], 2),
        ([node("Reshape", ["x", "which"], ["y"])], 2),
        ([node("Transpose", ["x"], ["t"]), node("Reshape", ["t", "mixed"], ["y"])], 2),
        ([node("Clip", ["", "high"], ["y"])], 2),
        ([node("Relu", ["x"], ["z"])], 2),
        ([node("Relu", ["x"], ["y"])], 3),
    ],
)
def test_what_does_not_fit_together_is_refused(nodes: list[NodeProto], outputs: int) -> None:
    constants = {"W": np.ones((5, 3)), "high": np.ones(())}
    whole = {"which": [0, 1], "beyond": [2], "mixed": [2, -1]}
    made = model(nodes, constants, 2, outputs, whole=whole)
    refused(made, "does not fit together")


@pytest.mark.parametrize(("times", "taken"), [(6, True), (7, False)])
def test_arrays_of_over_eight_dimensions_are_refused(times: int, taken: bool) -> None:
    chain = ["x", *(f"g{i}" for i in range(times))]
    nodes = [node("Gather", [a, "one"], [b], axis=0) for a, b in itertools.pairwise(chain)]
    nodes.append(node("Reshape", [chain[-1], "back"], ["y"]))
    made = model(nodes, {}, 1, 1, whole={"one": [[0]], "back": [1, -1]})
    if taken:
        assert Network(made).run(np.ones((1, 3))).tolist() == [[1, 1, 1]]
    else:
        refused(made, "the dimensions of what it makes")


def test_a_dimension_of_any_length_is_refused_though_nothing_is_in_it() -> None:
    refused(
        model([node("Relu", ["x"], ["y"])], {"W": np.ones((0, 2**24 + 1))}, 1, 1),
        "the length of an array",
    )
