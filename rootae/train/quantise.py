"""Float layers to integer layers, proved to give the same bits in every order of summation.

Whole numbers are exact in float32 below 2^24 and in float64 below 2^53. A layer is certified if
`sum |w| * max|a| + |b|` stays below that for every unit: then no partial sum can round, in
whatever order a machine adds (Balle, Johnston and Minnen, *Integer networks for data compression
with latent-variable models*, ICLR 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rootae.errors import RootaeError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["IntegerLayer", "IntegerNetwork", "Layer", "quantise"]

LOCATION_STEP, SCALE_STEP = 32, 16  # outputs: 32 steps a logit, 16 steps an e-fold
TOP, MIDDLE = 1023, 512  # what an output can be, and where location 0 and scale 1 lie
_LIMITS = {"float32": 2.0**24, "float64": 2.0**53}


@dataclass(frozen=True)
class Layer:
    """A dense layer in float: `weight @ x + bias`, shapes (out, in) and (out,)."""

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]


@dataclass(frozen=True)
class IntegerLayer:
    """A dense layer of whole numbers, then `Relu`, or `floor(y * 2^-shift)` clipped to 0 .. top.

    Arguments:
        weight: whole numbers, shape (out, in).
        bias: whole numbers, shape (out,).
        shift: how many low bits are dropped; 0 for none.
        top: upper end of the clip, or None for `Relu` alone.
    """

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    shift: int = 0
    top: float | None = None

    def bound(self, largest: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the largest absolute sum of each unit, for inputs in 0 .. largest."""
        return np.abs(self.weight) @ largest + np.abs(self.bias)

    def largest(self, largest: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the largest value of each unit after its activation."""
        highest = np.maximum(self.weight, 0) @ largest + np.maximum(self.bias, 0)
        highest = np.floor(highest / 2.0**self.shift)
        return highest if self.top is None else np.minimum(highest, self.top)


@dataclass(frozen=True)
class IntegerNetwork:
    """A certified chain of integer layers.

    Arguments:
        layers: the layers.
        dtype: ``float32`` or ``float64``, the narrowest in which the certificate holds.
        inputs: the largest value of each input; the least is 0.
    """

    layers: tuple[IntegerLayer, ...]
    dtype: str
    inputs: NDArray[np.float64]

    @classmethod
    def certified(
        cls, layers: Sequence[IntegerLayer], inputs: NDArray[np.float64]
    ) -> IntegerNetwork:
        """Choose the narrowest float type that the certificate allows.

        Raises:
            RootaeError: not even float64 will do.
        """
        most, largest = 0.0, inputs
        for layer in layers:
            most = max(most, float(layer.bound(largest).max()))
            largest = layer.largest(largest)
        for dtype, limit in _LIMITS.items():
            if most < limit:
                return cls(tuple(layers), dtype, inputs)
        msg = f"an integer network's sums reach {most:.3g}, beyond float64: report this as a bug"
        raise RootaeError(msg)

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate in numpy, shape (inputs, rows) to (outputs, rows)."""
        for layer in self.layers:
            x = layer.weight @ x + layer.bias[:, None]
            x = np.floor(x * 2.0**-layer.shift)
            x = np.clip(x, 0, np.inf if layer.top is None else layer.top)
        return x


def quantise(
    layers: Sequence[Layer],
    mean: NDArray[np.float64],
    spread: NDArray[np.float64],
    largest: NDArray[np.float64],
    *,
    dtype: str = "float32",
    hidden_bits: int = 12,
) -> IntegerNetwork:
    """Turn a trained float network into a certified integer one.

    Every layer's weights are scaled by the largest power of two that the certificate allows, so
    that all bits of the float type are used.

    Arguments:
        layers: the float layers on normalised inputs; the last gives location and log-scale in
            turn, in logits and e-folds.
        mean, spread: the inputs' normalisation, folded into the first layer.
        largest: the largest value of each input; the least is 0.
        dtype: the float type to certify for.
        hidden_bits: bits that hidden units keep.
    """
    first = Layer(layers[0].weight / spread, layers[0].bias - layers[0].weight @ (mean / spread))
    chain, done, scale, bound = [first, *layers[1:-1]], list[IntegerLayer](), 1.0, largest
    for layer in chain if len(layers) > 1 else ():
        step = _step(layer, scale, bound, _LIMITS[dtype])
        weight, bias = np.rint(layer.weight * step), np.rint(layer.bias * step * scale)
        reach = IntegerLayer(weight, bias).largest(bound).max(initial=1.0)
        shift = max(int(np.ceil(np.log2(max(reach, 1.0)))) - hidden_bits, 0)
        done.append(IntegerLayer(weight, bias, shift, 2.0**hidden_bits - 1))
        scale *= step / 2.0**shift
        bound = done[-1].largest(bound)
    last = layers[-1] if len(layers) > 1 else first
    return IntegerNetwork.certified([*done, _last(last, scale, bound, _LIMITS[dtype])], largest)


def _step(layer: Layer, scale: float, bound: NDArray[np.float64], limit: float) -> float:
    """Return the largest power of two by which weights can be multiplied."""
    most = float((np.abs(layer.weight) @ bound + np.abs(layer.bias) * scale).max(initial=1e-9))
    rounding = float(bound.sum()) / 2 + 1  # what rounding the weights can add
    return float(2.0 ** np.floor(np.log2(max(limit - rounding, 1.0) / most)))


def _last(layer: Layer, scale: float, bound: NDArray[np.float64], limit: float) -> IntegerLayer:
    """Make outputs steps of location (even rows) and of scale (odd rows), 0 .. 1023."""
    even = np.arange(len(layer.bias)) % 2 == 0
    unit = np.where(even, LOCATION_STEP, SCALE_STEP)
    whole = Layer(layer.weight * unit[:, None], layer.bias * unit + MIDDLE)
    step = min(_step(whole, scale, bound, limit), 2.0**16 / scale)
    factor = step * scale
    if factor < 1:  # no fraction is left to drop: outputs come out in whole steps at least
        step, factor = 1 / scale, 1.0
    weight, bias = np.rint(whole.weight * step), np.rint(whole.bias * factor)
    return IntegerLayer(weight, bias, round(np.log2(factor)), TOP)
