"""Signal and background densities of a fit, normalised on the fit's window."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rootae.evaluation.extras import needed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Density = Callable[..., Array]

__all__ = ["BACKGROUNDS", "SIGNALS", "Signal", "crystal_ball", "gauss", "normalised", "voigt"]

_NODES = 801  # of the grid on which a density's integral is taken
_GAUSS = 2 * np.sqrt(2 * np.log(2.0))


def gauss(x: Array, mass: float, width: float) -> Array:
    """Return a Gaussian of standard deviation `width`, with maximum 1.

    Example:
        >>> gauss(np.array([91.0]), 91.0, 2.5)
        array([1.])
    """
    return np.asarray(np.exp(-0.5 * ((x - mass) / width) ** 2))


def voigt(x: Array, mass: float, width: float, gamma: float) -> Array:
    """Return a Breit-Wigner of full width `gamma`, convolved with a Gaussian of `width`.

    The non-relativistic form: gamma is a few per cent of the mass, and a fit's window is narrow.
    """
    special = needed("scipy.special")
    return np.asarray(special.voigt_profile(x - mass, width, gamma / 2))


def crystal_ball(
    x: Array, mass: float, width: float, left: float, right: float, power: float = 3.0
) -> Array:
    """Return a Gaussian core with a power law on either side, with maximum 1.

    Arguments:
        x: where.
        mass, width: of the core.
        left, right: where the tails begin, in widths from the maximum.
        power: of the tails.

    References:
        Oreglia, PhD thesis, SLAC-R-236 (1980), appendix D; a tail on either side as in
        ATLAS, arXiv:1407.6583.
    """
    t = (x - mass) / width
    side = np.where(t < 0, left, right)
    t = np.abs(t)
    far = np.maximum(t, side)
    tail = (power / side) ** power * np.exp(-0.5 * side**2)
    tail = tail * (power / side - side + far) ** -power
    return np.asarray(np.where(t <= side, np.exp(-0.5 * np.minimum(t, side) ** 2), tail))


def _exponential(x: Array, low: float, high: float, slope: float) -> Array:
    return np.asarray(np.exp(-slope * (x - low) / (high - low)))


def _polynomial(x: Array, low: float, high: float, *weights: float) -> Array:
    """Return a sum of Bernstein polynomials, positive where its weights are; the first is 1."""
    t, n = (x - low) / (high - low), len(weights)
    terms = [_binomial(n, k) * t**k * (1 - t) ** (n - k) for k in range(n + 1)]
    return np.asarray(sum(w * b for w, b in zip((1.0, *weights), terms, strict=True)))


@functools.cache
def _binomial(n: int, k: int) -> int:
    return 1 if k in (0, n) else _binomial(n - 1, k - 1) + _binomial(n - 1, k)


@dataclass(frozen=True)
class Signal:
    """A peak's shape.

    Arguments:
        density: of x, mass, width and the other parameters.
        others: starts and limits of the parameters beyond mass and width.
        fwhm: its full width at half maximum over `width`, for a first guess.
    """

    density: Density
    others: dict[str, tuple[float, float, float]]
    fwhm: float = _GAUSS


@dataclass(frozen=True)
class Background:
    """What lies under a peak: a density of x, the window and parameters from their limits."""

    density: Density
    others: dict[str, tuple[float, float, float]]


_TAILS = {"left": (1.5, 0.3, 5.0), "right": (1.5, 0.3, 5.0)}

SIGNALS: dict[str, Callable[[float], Signal]] = {
    "gauss": lambda _: Signal(gauss, {}),
    "voigt": lambda gamma: Signal(lambda x, m, w: voigt(x, m, w, gamma), {}),
    "crystal_ball": lambda _: Signal(crystal_ball, _TAILS),
}
BACKGROUNDS: dict[str, Background] = {
    "exponential": Background(_exponential, {"slope": (1.0, -50.0, 50.0)}),
    "linear": Background(_polynomial, {"b1": (1.0, 0.0, 1e3)}),
    "quadratic": Background(_polynomial, {"b1": (1.0, 0.0, 1e3), "b2": (1.0, 0.0, 1e3)}),
    "cubic": Background(_polynomial, {f"b{i}": (1.0, 0.0, 1e3) for i in (1, 2, 3)}),
}


def normalised(density: Density, low: float, high: float) -> Density:
    """Return a density whose integral over the window is 1.

    Example:
        >>> flat = normalised(lambda x: np.ones_like(x), 0.0, 4.0)
        >>> flat(np.array([1.0])).item()
        0.25
    """
    nodes = np.linspace(low, high, _NODES)

    def scaled(x: Array, *parameters: float) -> Array:
        total = float(np.trapezoid(density(nodes, *parameters), nodes))
        return np.asarray(density(x, *parameters) / max(total, 1e-300))

    return scaled


def window(low: float, high: float, values: Sequence[float] | Array) -> Array:
    """Return the values that lie in a window."""
    x = np.asarray(values, np.float64)
    return x[(x >= low) & (x < high)]
