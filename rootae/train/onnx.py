"""Networks as ONNX models, built node by node: stable bytes, and no operator that is not meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rootae.train.quantise import IntegerNetwork, Layer

__all__ = ["decoder_onnx", "encoder_onnx"]

_OPSET, _IR = 13, 8
_TYPES = {"float32": TensorProto.FLOAT, "float64": TensorProto.DOUBLE}


class _Graph:
    """Collects nodes and constants."""

    def __init__(self, dtype: str) -> None:
        self.dtype = dtype
        self.nodes: list[Any] = []
        self.constants: list[Any] = []
        self.top = "x"

    def constant(self, value: Any) -> str:
        name = f"c{len(self.constants)}"
        array = np.asarray(value, np.dtype(self.dtype))
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def add(self, operator: str, *inputs: str) -> None:
        output = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, [*inputs], [output]))
        self.top = output

    def model(self, inputs: int, outputs: int) -> bytes:
        kind = _TYPES[self.dtype]
        self.nodes[-1].output[0] = "y"
        graph = helper.make_graph(
            self.nodes,
            "rootae",
            [helper.make_tensor_value_info("x", kind, [inputs, "rows"])],
            [helper.make_tensor_value_info("y", kind, [outputs, "rows"])],
            self.constants,
        )
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", _OPSET)])
        model.ir_version = _IR
        model.producer_name = "rootae"
        checker.check_model(model)
        data: bytes = model.SerializeToString(deterministic=True)
        return data


def decoder_onnx(network: IntegerNetwork) -> bytes:
    """Export a certified integer network, (inputs, rows) to (outputs, rows)."""
    graph = _Graph(network.dtype)
    for layer in network.layers:
        factor = 2.0**-layer.shift  # folded into the weights: sums stay exact multiples of it
        weight = graph.constant(layer.weight * factor)
        graph.add("Gemm", weight, graph.top, graph.constant(layer.bias[:, None] * factor))
        if layer.shift:
            graph.add("Floor", graph.top)
        if layer.top is None:
            graph.add("Relu", graph.top)
        else:
            graph.add("Clip", graph.top, graph.constant(0.0), graph.constant(layer.top))
    return graph.model(network.layers[0].weight.shape[1], network.layers[-1].weight.shape[0])


def encoder_onnx(layers: Sequence[Layer], mean: Any, spread: Any, largest: float) -> bytes:
    """Export an encoder in float32; its outputs are clipped to 0 .. largest."""
    graph = _Graph("float32")
    for i, layer in enumerate(layers):
        weight, bias = layer.weight, layer.bias
        if i == 0:
            weight, bias = weight / spread, bias - weight @ (mean / spread)
        graph.add("Gemm", graph.constant(weight), graph.top, graph.constant(bias[:, None]))
        if i < len(layers) - 1:
            graph.add("Relu", graph.top)
    graph.add("Clip", graph.top, graph.constant(0.0), graph.constant(largest))
    return graph.model(layers[0].weight.shape[1], layers[-1].weight.shape[0])
