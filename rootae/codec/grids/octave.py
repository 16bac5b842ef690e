"""The points of an octave, 2^(i/n), by integer arithmetic: the same float64 on every machine.

FORMAT.md, section 5, has the proof that each is the nearest one, whatever rounding does on the way.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["POINTS_AT_MOST", "octave_points"]

POINTS_AT_MOST = 2048  # an octave; for more nobody has shown that these are the nearest
_BITS = 120  # of the fixed point
_ONE = 1 << _BITS
_LN2 = 0xB17217F7D1CF79ABC9E3B39803F2F6  # the whole part of 2^120 ln 2
_DROPPED = _BITS - 52  # bits of a number in 1 ... 2 that float64 has no room for


@functools.lru_cache(maxsize=32)
def octave_points(n: int) -> NDArray[np.float64]:
    """Return the float64 nearest to 2^(i/n) for i = 0 ... n.

    Arguments:
        n: the number of points, 1 ... 2048.

    Example:
        >>> octave_points(2).tolist()
        [1.0, 1.4142135623730951, 2.0]
    """
    root, half = _root(n), 1 << (_DROPPED - 1)
    point, mantissas = _ONE, []
    for _ in range(n):
        mantissas.append((point + half) >> _DROPPED)
        point = point * root >> _BITS
    return np.array([*mantissas, 1 << 53], np.float64) / 2.0**52


def _root(n: int) -> int:
    """Return 2^(1/n) in units of 2^-120, by the series of the exponential of ln 2 / n."""
    x, term, root, k = _LN2 // n, _ONE, _ONE, 1
    while term:
        term = (term * x >> _BITS) // k
        root += term
        k += 1
    return root
