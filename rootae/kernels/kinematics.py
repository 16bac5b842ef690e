"""Components of four-vectors by arithmetic that gives the same bits on every machine.

numpy's own `cosh` or `sin` differ between processors in the last bit. Here they are built from
`rootae.kernels.arithmetic` and square roots, which do not: a reader may use the results to say
where a value should lie.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Literal

import numpy as np

from rootae.kernels.arithmetic import exponential, polynomial

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["COMPONENTS", "Component", "component", "cos_sin"]

Component = Literal["px", "py", "pz", "energy"]
COMPONENTS: tuple[Component, ...] = ("px", "py", "pz", "energy")

_HALF_PI_HIGH, _HALF_PI_LOW = 1.5707963267341256, 6.077100506506192e-11
# Taylor's coefficients, highest power first: of cos and sin(r) / r in r^2
_COSINE = [(-1) ** n / math.factorial(2 * n) for n in range(8, -1, -1)]
_SINE = [(-1) ** n / math.factorial(2 * n + 1) for n in range(8, -1, -1)]


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
    cosine, sine = polynomial(r * r, _COSINE), polynomial(r * r, _SINE) * r
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
