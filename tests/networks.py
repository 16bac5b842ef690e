"""Small codecs with hand-made networks: contexts without any training."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from rootae.codec.codec import Codec
from rootae.codec.plan.contexts import (
    Edges,
    Encoder,
    Feature,
    OfLane,
    OfLatent,
    Raw,
    Stage,
    Target,
)
from rootae.codec.plan.plan import Plan
from rootae.planner.survey import survey

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from onnx import NodeProto

    from rootae.schema.tree import TreeSchema
    from rootae.schema.values import Values


def model(
    nodes: Sequence[NodeProto],
    weights: Mapping[str, Any],
    inputs: int,
    outputs: int,
    opset: int = 17,
    whole: Mapping[str, Any] | None = None,
    **graph: Any,
) -> bytes:
    """Serialise a network of (inputs, rows) to (outputs, rows); `whole` are int64 constants."""
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [inputs, None])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [outputs, None])
    tensors = [numpy_helper.from_array(np.asarray(w, "f4"), n) for n, w in weights.items()]
    tensors += [numpy_helper.from_array(np.asarray(w, "i8"), n) for n, w in (whole or {}).items()]
    made = helper.make_graph(nodes, "net", [x], [y], tensors)
    opsets = [helper.make_opsetid("", opset)]
    whole_model = helper.make_model(made, opset_imports=opsets, ir_version=8, **graph)
    return bytes(whole_model.SerializeToString())


def linear(matrix: Any) -> bytes:
    """Return the network y = W x."""
    matrix = np.asarray(matrix, "f4")
    node = helper.make_node("MatMul", ["W", "x"], ["y"])
    return model([node], {"W": matrix}, matrix.shape[1], matrix.shape[0])


def layer(rng: np.random.Generator, inputs: int, outputs: int) -> NDArray[np.float32]:
    return rng.integers(-99, 99, (outputs, inputs)).astype("f4")


def every_operator() -> bytes:
    """Return a network of 5 inputs and 4 outputs by every operator of decoders."""
    rng = np.random.default_rng(0)
    node = helper.make_node
    nodes = [
        node("MatMul", ["a", "x"], ["1"]),
        node("Add", ["1", "b"], ["2"]),
        node("Relu", ["2"], ["3"]),
        node("Mul", ["3", "eighth"], ["4"]),
        node("Floor", ["4"], ["5"]),
        node("Gemm", ["w", "5", "c"], ["6"], transA=1, alpha=2.0, beta=0.5),
        node("Clip", ["6", "low", "high"], ["7"]),
        node("Concat", ["7", "5"], ["8"], axis=0),
        node("Gather", ["8", "which"], ["9"], axis=0),
        node("Transpose", ["9"], ["10"], perm=[1, 0]),
        node("Transpose", ["10"], ["11"]),
        node("Reshape", ["11", "shape"], ["12"]),
        node("Reshape", ["12", "back"], ["y"]),
    ]
    weights = {
        "a": layer(rng, 5, 7), "b": layer(rng, 1, 7), "w": layer(rng, 4, 7), "c": layer(rng, 1, 4),
        "eighth": np.array(0.125), "low": np.array(-50.0), "high": np.array(900.0),
    }  # fmt: skip
    whole = {"which": [10, 0, 3, 3], "shape": [0, 1, -1], "back": [4, -1]}
    return model(nodes, weights, 5, 4, whole=whole)


def operators_of(serialised: bytes) -> set[str]:
    """List a model's operators with the onnx package."""
    return {node.op_type for node in onnx.load_from_string(serialised).graph.node}


def contexts_codec(
    schema: TreeSchema,
    values: Mapping[str, Values],
    parent: str,
    child: str,
    *,
    latent: bool = False,
) -> Codec:
    """Return a codec whose column `child` takes its contexts from `parent`, or from a latent."""
    tables: list[NDArray[np.int64]] = []
    plan = survey(schema, values, tables=tables, derive=False)
    edges = len(tables)
    tables += [np.arange(1, 16), np.zeros(0, np.int64)]
    group = plan.groups[0]
    where = {lane.column: i for i, lane in enumerate(group.lanes)}
    seen = Feature(OfLane(where[parent]), Edges(edges))
    encoder, networks = None, [linear([[1], [0]])]
    if latent:
        encoder = Encoder(1, (seen,), 1)
        networks.append(linear([[1]]))
        seen = Feature(OfLatent(0), Raw())
    stage = Stage(0, (seen,), (Target(where[child], edges, edges + 1),))
    lanes = tuple(
        dataclasses.replace(x, contexts=0 if x.column == child else None) for x in group.lanes
    )
    group = dataclasses.replace(
        group, lanes=lanes, contexts=(stage,), encoder=encoder, family="hand-made"
    )
    plan = dataclasses.replace(plan, groups=(group, *plan.groups[1:]))
    return Codec(Plan((plan,)), tables, networks)
