"""The operators that decoders may hold, in numpy, with sums in whatever order one asks for.

Slow and plain, from the operators' descriptions; it shares nothing with rootae or onnxruntime.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import numpy_helper


def forwards(terms, lo, hi):
    """Add terms one after the other."""
    total = terms(lo)
    for k in range(lo + 1, hi):
        total = total + terms(k)
    return total


def backwards(terms, lo, hi):
    """Add terms one after the other, the last one first."""
    return forwards(lambda k: terms(lo + hi - 1 - k), lo, hi)


def pairwise(terms, lo, hi):
    """Add the sums of both halves, and so on down."""
    if hi - lo == 1:
        return terms(lo)
    middle = (lo + hi) // 2
    return pairwise(terms, lo, middle) + pairwise(terms, middle, hi)


ORDERS = {f.__name__: f for f in (forwards, backwards, pairwise)}


class Network:
    """A decoder network of (inputs, rows) to (outputs, rows).

    Arguments:
        serialised: the ONNX model.
        order: of summation, a name in `ORDERS`.
        dtype: float type to compute in, by default the network's own.
    """

    def __init__(self, serialised, order="forwards", dtype=None):
        graph = onnx.load_from_string(serialised).graph
        (self.input,), (self.output,) = graph.input, graph.output
        kinds = {onnx.TensorProto.FLOAT: np.float32, onnx.TensorProto.DOUBLE: np.float64}
        self.own = np.dtype(kinds[self.input.type.tensor_type.elem_type])
        self.dtype = np.dtype(dtype or self.own)
        self.nodes, self.add_up = list(graph.node), ORDERS[order]
        self.constants = {t.name: self.typed(numpy_helper.to_array(t)) for t in graph.initializer}

    def typed(self, array):
        return array.astype(self.dtype) if array.dtype.kind == "f" else array

    def __call__(self, x):
        named = self.constants | {self.input.name: np.asarray(x).astype(self.dtype)}
        for node in self.nodes:
            settings = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
            given = [named[name] if name else None for name in node.input]
            (named[node.output[0]],) = [OPERATORS[node.op_type](self, *given, **settings)]
        return named[self.output.name]

    def product(self, a, b):
        """Multiply matrices, or stacks of them; sums are added up in the order asked for."""
        assert min(a.ndim, b.ndim) >= 2
        assert a.dtype == b.dtype == self.dtype
        return self.add_up(lambda k: a[..., k, None] * b[..., k, None, :], 0, a.shape[-1])

    def gemm(self, a, b, c=None, *, alpha=1.0, beta=1.0, transA=0, transB=0):  # noqa: N803
        y = self.product(a.T if transA else a, b.T if transB else b) * self.dtype.type(alpha)
        return y if c is None else y + c * self.dtype.type(beta)

    def reshape(self, x, shape, *, allowzero=0):
        assert not allowzero
        return x.reshape([x.shape[i] if n == 0 else n for i, n in enumerate(shape.tolist())])

    def clip(self, x, low=None, high=None):
        x = x if low is None else np.maximum(x, low)
        return x if high is None else np.minimum(x, high)


OPERATORS = {
    "Add": lambda net, a, b: a + b,
    "Mul": lambda net, a, b: a * b,
    "Floor": lambda net, x: np.floor(x),
    "Relu": lambda net, x: np.maximum(x, 0),
    "Clip": Network.clip,
    "Gemm": Network.gemm,
    "MatMul": Network.product,
    "Concat": lambda net, *x, axis: np.concatenate(x, axis=axis),
    "Gather": lambda net, x, index, axis=0: np.take(x, index, axis=axis),
    "Reshape": Network.reshape,
    "Transpose": lambda net, x, perm=None: x.transpose(perm),
}
