"""Float layers to integer layers, proved to give the same bits in every order of summation.

Whole numbers are exact in float32 below 2^24 and in float64 below 2^53. A layer is certified if
`sum |w| * max|a| + |b|` stays below that for every unit: then no partial sum can round, in
whatever order a machine adds (Balle, Johnston and Minnen, *Integer networks for data compression
with latent-variable models*, ICLR 2019).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

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
    """A layer of sums: dense, or a convolution written as one product at every position.

    Arguments:
        weight: shape (out, in); (out, taps) for a convolution, whose positions share it; or
            (positions, out, taps) where each position has its own.
        bias: shape (units,); a convolution's units are (positions, out) in C order.
        taps: which inputs every position sees, shape (positions, taps); the number of inputs
            stands for one that is not there and counts as zero. None for a dense layer.

    Example:
        >>> taps = np.array([[2, 0], [0, 1]])  # two inputs, each with the one before it
        >>> Layer(np.array([[1.0, 10.0]]), np.zeros(2), taps).sums(np.array([3.0, 4.0]))
        array([30., 43.])
    """

    weight: NDArray[np.float64]
    bias: NDArray[np.float64]
    taps: NDArray[np.int64] | None = None

    def sums(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return all units' sums, shape (inputs, rows) to (units, rows), or of a single row."""
        bias = self.bias if x.ndim == 1 else self.bias[:, None]
        return _product(self.weight, self.taps, x) + bias

    def magnitude(self, largest: NDArray[np.float64], scale: float = 1.0) -> float:
        """Return the largest sum of magnitudes of any unit, however its terms are grouped.

        Arguments:
            largest: the largest value of each input; the least is 0.
            scale: times the bias.
        """
        sums = _product(np.abs(self.weight), self.taps, largest) + np.abs(self.bias) * scale
        return float(sums.max(initial=0.0))

    def seen(self, largest: NDArray[np.float64]) -> float:
        """Return the largest sum of the inputs that one unit sees."""
        if self.taps is None:
            return float(largest.sum())
        return float(np.append(largest, 0.0)[self.taps].sum(axis=1).max())

    def normalised(self, mean: NDArray[Any], spread: NDArray[Any]) -> Layer:
        """Return the layer for inputs that are not normalised; a convolution shares no more."""
        bias = self.bias - _product(self.weight, self.taps, mean / spread)
        if self.taps is None:
            return Layer(self.weight / spread, bias)
        return Layer(self.weight / np.append(spread, 1.0)[self.taps][:, None], bias, self.taps)

    def whole(self, weight: float, bias: float) -> Layer:
        """Return the layer in whole numbers, after scaling its weights and its bias."""
        return Layer(np.rint(self.weight * weight), np.rint(self.bias * bias), self.taps)


def _product(
    weight: NDArray[np.float64], taps: NDArray[np.int64] | None, x: NDArray[Any]
) -> NDArray[np.float64]:
    """Multiply inputs by weights, or what every position sees of them."""
    if taps is None:
        found: NDArray[np.float64] = weight @ x
        return found
    padded = np.concatenate([x, np.zeros_like(x[:1])])
    units: NDArray[np.float64] = weight @ padded[taps].reshape(*taps.shape, -1)
    return units.reshape(-1, *x.shape[1:])


@dataclass(frozen=True)
class IntegerLayer:
    """Sums of whole numbers, then `Relu`, or `floor(y * 2^-shift)` clipped to 0 .. top.

    Arguments:
        layer: weights and biases, all whole.
        shift: how many low bits are dropped; 0 for none.
        top: upper end of the clip, or None for `Relu` alone.
    """

    layer: Layer
    shift: int = 0
    top: float | None = None

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate in numpy, shape (inputs, rows) to (units, rows)."""
        y = np.floor(self.layer.sums(x) * 2.0**-self.shift)
        clipped: NDArray[np.float64] = np.clip(y, 0, np.inf if self.top is None else self.top)
        return clipped

    def largest(self, largest: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the largest value of each unit after its activation, for inputs 0 .. largest."""
        weight, bias = np.maximum(self.layer.weight, 0), np.maximum(self.layer.bias, 0)
        highest = Layer(weight, bias, self.layer.taps).sums(largest)
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
            most = max(most, layer.layer.magnitude(largest))
            largest = layer.largest(largest)
        for dtype, limit in _LIMITS.items():
            if most < limit:
                return cls(tuple(layers), dtype, inputs)
        msg = f"an integer network's sums reach {most:.3g}, beyond float64: report this as a bug"
        raise RootaeError(msg)

    def __call__(self, x: NDArray[np.float64]) -> NDArray[np.float64]:
        """Evaluate in numpy, shape (inputs, rows) to (outputs, rows)."""
        for layer in self.layers:
            x = layer(x)
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
    first = layers[0].normalised(mean, spread)
    chain, done, scale, bound = [first, *layers[1:-1]], list[IntegerLayer](), 1.0, largest
    for layer in chain if len(layers) > 1 else ():
        step = _step(layer, scale, bound, _LIMITS[dtype])
        whole = layer.whole(step, step * scale)
        reach = IntegerLayer(whole).largest(bound).max(initial=1.0)
        shift = max(int(np.ceil(np.log2(max(reach, 1.0)))) - hidden_bits, 0)
        done.append(IntegerLayer(whole, shift, 2.0**hidden_bits - 1))
        scale *= step / 2.0**shift
        bound = done[-1].largest(bound)
    last = layers[-1] if len(layers) > 1 else first
    return IntegerNetwork.certified([*done, _last(last, scale, bound, _LIMITS[dtype])], largest)


def _step(layer: Layer, scale: float, bound: NDArray[np.float64], limit: float) -> float:
    """Return the largest power of two by which weights can be multiplied."""
    most = max(layer.magnitude(bound, scale), 1e-9)
    rounding = layer.seen(bound) / 2 + 1  # what rounding the weights can add
    return float(2.0 ** np.floor(np.log2(max(limit - rounding, 1.0) / most)))


def _last(layer: Layer, scale: float, bound: NDArray[np.float64], limit: float) -> IntegerLayer:
    """Make outputs steps of location (even units) and of scale (odd units), 0 .. 1023."""
    unit = np.resize([LOCATION_STEP, SCALE_STEP], len(layer.bias))
    rows = unit[: layer.weight.shape[-2]]  # of a convolution: those of one position
    fine = Layer(layer.weight * rows[:, None], layer.bias * unit + MIDDLE, layer.taps)
    step = min(_step(fine, scale, bound, limit), 2.0**16 / scale)
    factor = step * scale
    if factor < 1:  # no fraction is left to drop: outputs come out in whole steps at least
        step, factor = 1 / scale, 1.0
    return IntegerLayer(fine.whole(step, factor), round(np.log2(factor)), TOP)
