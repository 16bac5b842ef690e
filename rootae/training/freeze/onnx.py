"""Networks as ONNX models, built node by node: stable bytes, and no operator that is not meant."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from onnx import TensorProto, checker, helper, numpy_helper

if TYPE_CHECKING:
    from rootae.training.family import TrainedEncoder
    from rootae.training.freeze.quantise import IntegerNetwork, Layer

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

    def constant(self, value: Any, dtype: str = "") -> str:
        name = f"c{len(self.constants)}"
        array = np.asarray(value, np.dtype(dtype or self.dtype))
        self.constants.append(numpy_helper.from_array(array, name))
        return name

    def add(self, operator: str, *inputs: str, **attributes: int) -> None:
        output = f"t{len(self.nodes)}"
        self.nodes.append(helper.make_node(operator, [*inputs], [output], **attributes))
        self.top = output

    def sums(self, layer: Layer, inputs: int, factor: float = 1.0) -> None:
        """Add the sums of a layer, all times a factor."""
        weight = self.constant(layer.weight * factor)
        bias = layer.bias[:, None] * factor
        if layer.taps is None:
            self.add("Gemm", weight, self.top, self.constant(bias))
            return
        if (layer.taps == inputs).any():
            self._append_zeros()
        self.add("Gather", self.top, self.constant(layer.taps, "int64"), axis=0)
        self.add("MatMul", weight, self.top)
        self.add("Reshape", self.top, self.constant([len(bias), -1], "int64"))
        self.add("Add", self.top, self.constant(bias))

    def _append_zeros(self) -> None:
        """Add one more row, of zeros: what taps see where there is no input."""
        whole = self.top
        self.add("Gather", whole, self.constant([0], "int64"), axis=0)
        self.add("Mul", self.top, self.constant(0.0))
        self.add("Concat", whole, self.top, axis=0)

    def choices(self, trained: TrainedEncoder) -> None:
        """Clip the first outputs and turn the others, scores, into numbers of the largest."""
        outputs, n = self.top, trained.latents - trained.discrete
        scores = np.arange(n, n + trained.discrete * trained.categories)
        self.add("Gather", outputs, self.constant(scores.reshape(-1, trained.categories), "int64"))
        self.add("ArgMax", self.top, axis=1, keepdims=0)
        self.add("Cast", self.top, to=_TYPES[self.dtype])
        chosen = self.top
        self.add("Gather", outputs, self.constant(np.arange(n), "int64"))
        self.add("Clip", self.top, self.constant(0.0), self.constant(trained.top))
        self.add("Concat", self.top, chosen, axis=0)

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
    """Export a certified integer network, (inputs, rows) to (outputs, rows).

    A convolution becomes Gather and MatMul: a Conv node may run through transforms whose middle
    values are not whole.
    """
    graph = _Graph(network.dtype)
    units = inputs = len(network.inputs)
    for layer in network.layers:
        # the factor is folded into the weights: sums stay exact multiples of it
        graph.sums(layer.layer, units, 2.0**-layer.shift)
        units = len(layer.layer.bias)
        if layer.shift:
            graph.add("Floor", graph.top)
        if layer.top is None:
            graph.add("Relu", graph.top)
        else:
            graph.add("Clip", graph.top, graph.constant(0.0), graph.constant(layer.top))
    return graph.model(inputs, units)


def encoder_onnx(trained: TrainedEncoder, mean: Any, spread: Any) -> bytes:
    """Export an encoder in float32; of its outputs, latents are clipped to 0 .. top.

    Arguments:
        trained: the encoder; of a discrete latent the number of the largest score comes out.
        mean, spread: the inputs' normalisation, folded into the first layer.
    """
    graph = _Graph("float32")
    units = len(mean)
    for i, layer in enumerate(trained.layers):
        if i:
            graph.add("Relu", graph.top)
        graph.sums(layer if i else layer.normalised(mean, spread), units)
        units = len(layer.bias)
    if trained.discrete:
        graph.choices(trained)
    else:
        graph.add("Clip", graph.top, graph.constant(0.0), graph.constant(trained.top))
    return graph.model(len(mean), trained.latents)
