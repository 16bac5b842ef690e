"""Components of four-vectors by arithmetic that gives the same bits on every machine.

numpy's own `cosh` or `sin` differ between processors in the last bit. Here everything is built from
IEEE additions, multiplications, divisions, square roots and `ldexp`, which do not: a reader may use
the results to say where a value should lie.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["COMPONENTS", "Component", "component", "cos_sin", "exponential"]

Component = Literal["px", "py", "pz", "energy"]
COMPONENTS: tuple[Component, ...] = ("px", "py", "pz", "energy")

_LOG2E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10  # sum to ln 2; high has zeros
_HALF_PI_HIGH, _HALF_PI_LOW = 1.5707963267341256, 6.077100506506192e-11
# Taylor's coefficients, highest power first: of e^r, and of cos and sin(r) / r in r^2
_EXPONENTIAL = [1 / math.factorial(n) for n in range(13, -1, -1)]
_COSINE = [(-1) ** n / math.factorial(2 * n) for n in range(8, -1, -1)]
_SINE = [(-1) ** n / math.factorial(2 * n + 1) for n in range(8, -1, -1)]


def _polynomial(x: NDArray[np.float64], coefficients: Sequence[float]) -> NDArray[np.float64]:
    """Evaluate by Horner's rule, rounding after each product and each sum."""
    total = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        total *= x
        total += c
    return total


def exponential(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return e^x within a few units in the last place, for |x| <= 700; beyond it saturates.

    Example:
        >>> bool(abs(exponential(np.array([1.0]))[0] - np.e) < 1e-15)
        True
    """
    x = np.clip(np.where(np.isfinite(x), x, 0.0), -700.0, 700.0)
    k = np.rint(x * _LOG2E)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    return np.ldexp(_polynomial(r, _EXPONENTIAL), k.astype(np.int32))


def cos_sin(x: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return cosine and sine within about 1e-15, for |x| <= 1000; beyond it, of 0.

    Example:
        >>> c, s = cos_sin(np.array([2.0]))
        >>> bool(abs(c[0] ** 2 + s[0] ** 2 - 1) < 1e-14)
        True
    """
    x = np.where(np.abs(x) <= 1000.0, x, 0.0)
    k = np.rint(x / (_HALF_PI_HIGH + _HALF_PI_LOW))
    r = (x - k * _HALF_PI_HIGH) - k * _HALF_PI_LOW
    cosine, sine = _polynomial(r * r, _COSINE), _polynomial(r * r, _SINE) * r
    quarter = np.mod(k, 4.0)
    swap = np.mod(quarter, 2.0) == 1
    c, s = np.where(swap, sine, cosine), np.where(swap, cosine, sine)
    c = np.where((quarter == 1) | (quarter == 2), -c, c)
    return c, np.where(quarter >= 2, -s, s)


def component(
    kind: str,
    pt: NDArray[np.float64],
    eta: NDArray[np.float64],
    phi: NDArray[np.float64],
    mass: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return one Cartesian component of four-vectors.

    Arguments:
        kind: ``px``, ``py``, ``pz`` or ``energy``.
        pt, mass: float64 of shape (rows,), in the branch's unit (GeV, as a rule).
        eta, phi: pseudorapidity and azimuth, same shape; those that `kind` has no use for are not
            looked at.

    Returns:
        The component, same shape and unit.
    """
    with np.errstate(all="ignore"):
        if kind in ("px", "py"):
            c, s = cos_sin(phi)
            return pt * (c if kind == "px" else s)
        e = exponential(eta)
        if kind == "pz":
            return pt * ((e - 1.0 / e) * 0.5)
        momentum = pt * ((e + 1.0 / e) * 0.5)
        return np.sqrt(momentum * momentum + mass * mass)
