"""Section 6: networks, evaluated in numpy with sums in whatever order one asks for.

Slow and plain, from the operators' descriptions at https://onnx.ai/onnx/operators: it shares
nothing with rootae or onnxruntime.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reference.models import read_model
from reference.shapes import check_shapes

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    _Terms = Callable[[int], NDArray[Any]]

__all__ = ["OPERATORS", "ORDERS", "Network"]


def forwards(terms: _Terms, low: int, high: int) -> NDArray[Any]:
    """Add terms one after the other."""
    total = terms(low)
    for k in range(low + 1, high):
        total = total + terms(k)
    return total


def backwards(terms: _Terms, low: int, high: int) -> NDArray[Any]:
    """Add terms one after the other, the last one first."""
    return forwards(lambda k: terms(low + high - 1 - k), low, high)


def pairwise(terms: _Terms, low: int, high: int) -> NDArray[Any]:
    """Add the sums of both halves, and so on down."""
    if high - low == 1:
        return terms(low)
    middle = (low + high) // 2
    total: NDArray[Any] = pairwise(terms, low, middle) + pairwise(terms, middle, high)
    return total


ORDERS = {f.__name__: f for f in (forwards, backwards, pairwise)}


class Network:
    """A network of (inputs, rows) to (outputs, rows).

    Arguments:
        serialised: the ONNX model, from a stranger.
        order: of summation, a name in `ORDERS`.
        dtype: float type to compute in, by default the network's own.
        decoder: it is no encoder, which may hold more operators and is never run.
    """

    def __init__(
        self,
        serialised: bytes,
        order: str = "forwards",
        dtype: str | None = None,
        *,
        decoder: bool = True,
    ) -> None:
        model = read_model(serialised)
        self.work, self.nodes = check_shapes(model, decoder=decoder), len(model.nodes)
        self._input, shape, self.own = model.input
        self._output, last, _ = model.output
        self.inputs, self.outputs = shape[0], last[0]
        self.dtype = np.dtype(dtype or self.own)
        self._nodes, self._add_up = model.nodes, ORDERS[order]
        self._constants = {name: self._typed(array) for name, array in model.constants.items()}

    def _typed(self, array: NDArray[Any]) -> NDArray[Any]:
        return array.astype(self.dtype) if array.dtype.kind == "f" else array

    def __call__(self, x: NDArray[Any]) -> NDArray[Any]:
        """Return the outputs, shape (outputs, rows), for inputs of shape (inputs, rows)."""
        arrays: dict[str, NDArray[Any]] = self._constants | {
            self._input: np.asarray(x).astype(self.dtype)
        }
        with np.errstate(all="ignore"):
            for node in self._nodes:
                given = [arrays[name] if name else None for name in node.inputs]
                arrays[node.output] = OPERATORS[node.operator](self, *given, **node.attributes)
        return arrays[self._output]

    def product(self, a: NDArray[Any], b: NDArray[Any]) -> NDArray[Any]:
        """Multiply matrices, or stacks of them; sums are added up in the order asked for."""
        if not a.shape[-1]:
            nothing: NDArray[Any] = np.matmul(a, b)
            return nothing
        return self._add_up(lambda k: a[..., k, None] * b[..., k, None, :], 0, a.shape[-1])

    def gemm(
        self,
        a: NDArray[Any],
        b: NDArray[Any],
        c: NDArray[Any] | None = None,
        *,
        alpha: float = 1.0,
        beta: float = 1.0,
        transA: int = 0,  # noqa: N803  ONNX's names
        transB: int = 0,  # noqa: N803
    ) -> NDArray[Any]:
        """Return alpha * a @ b + beta * c, either matrix turned over before."""
        y: NDArray[Any] = self.product(a.T if transA else a, b.T if transB else b)
        y = y * self.dtype.type(alpha)
        return y if c is None else y + c * self.dtype.type(beta)


def _clip(
    _: Network, x: NDArray[Any], low: NDArray[Any] | None = None, high: NDArray[Any] | None = None
) -> NDArray[Any]:
    x = x if low is None else np.maximum(x, low)
    return x if high is None else np.minimum(x, high)


def _reshape(_: Network, x: NDArray[Any], shape: NDArray[Any]) -> NDArray[Any]:
    wanted = [x.shape[i] if n == 0 else n for i, n in enumerate(shape.tolist())]
    if -1 in wanted and not x.size:  # no rows
        wanted[wanted.index(-1)] = 0
    return x.reshape(wanted)


OPERATORS: dict[str, Callable[..., NDArray[Any]]] = {
    "Add": lambda _, a, b: a + b,
    "Mul": lambda _, a, b: a * b,
    "Floor": lambda _, x: np.floor(x),
    "Relu": lambda _, x: np.maximum(x, 0),
    "Clip": _clip,
    "Gemm": Network.gemm,
    "MatMul": Network.product,
    "Concat": lambda _, *x, axis: np.concatenate(x, axis=axis),
    "Gather": lambda _, x, index, axis=0: np.take(x, index, axis=axis),
    "Reshape": _reshape,
    "Transpose": lambda _, x, perm=None: x.transpose(perm),
}
