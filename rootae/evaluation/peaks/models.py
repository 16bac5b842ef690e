"""What is fitted to a distribution of masses: a signal on a background, in a window."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rootae.evaluation.peaks.shapes import BACKGROUNDS, SIGNALS, normalised

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from rootae.evaluation.peaks.shapes import Density

    Array = NDArray[np.float64]

__all__ = ["Model", "curve", "density_of", "limits_of"]


@dataclass(frozen=True)
class Model:
    """What is fitted to a distribution of masses.

    Arguments:
        signal: ``gauss``, ``voigt`` or ``crystal_ball``.
        background: ``exponential``, ``linear``, ``quadratic`` or ``cubic``.
        low, high: the window, in the values' unit.
        gamma: the full width of the Breit-Wigner in a ``voigt``, which is held fixed.
        mass, width: where the fit starts; by default what the values say.
    """

    signal: str
    background: str
    low: float
    high: float
    gamma: float = 0.0
    mass: float | None = None
    width: float | None = None

    @property
    def text(self) -> str:
        """Return the model in words."""
        words = {
            "gauss": "Gaussian",
            "voigt": f"Breit-Wigner (width {self.gamma:g}, fixed) convolved with a Gaussian",
            "crystal_ball": "double-sided Crystal Ball",
        }
        unit = f"{words[self.signal]} on {_ARTICLES[self.background]} background"
        return f"{unit}, {self.low:g} to {self.high:g}"


_ARTICLES = {
    "exponential": "an exponential",
    "linear": "a linear",
    "quadratic": "a quadratic",
    "cubic": "a cubic",
}


def limits_of(
    model: Model, n: int, mass: float, width: float
) -> dict[str, tuple[float, float, float]]:
    """Return start, lower and upper limit of every parameter; a width is positive."""
    span = model.high - model.low
    return {
        "signal": (0.6 * n, 0.0, 2.0 * n),
        "background": (0.4 * n, 0.0, 2.0 * n),
        "mass": (mass, model.low, model.high),
        "width": (width, 1e-4 * span, span),
        **SIGNALS[model.signal](model.gamma).others,
        **BACKGROUNDS[model.background].others,
    }


def density_of(model: Model) -> Density:
    """Return the density of values: of x and the parameters in the order of a fit's."""
    signal, background = SIGNALS[model.signal](model.gamma), BACKGROUNDS[model.background]
    low, high = model.low, model.high
    peak = normalised(signal.density, low, high)
    floor = normalised(lambda x, *p: background.density(x, low, high, *p), low, high)
    shape = 2 + len(signal.others)

    def density(x: Array, *p: float) -> Array:
        return np.asarray(p[0] * peak(x, *p[2 : 2 + shape]) + p[1] * floor(x, *p[2 + shape :]))

    return density


def curve(model: Model, parameters: Mapping[str, float], x: Array, *, signal: bool = True) -> Array:
    """Return the fitted density, or its background alone."""
    numbers = list(parameters.values())
    if not signal:
        numbers[0] = 0.0
    return np.asarray(density_of(model)(x, *numbers))
