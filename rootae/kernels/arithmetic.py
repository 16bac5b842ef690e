"""Arithmetic on columns that gives the same bits on every machine.

numpy's own `exp` differs between processors in the last bit. Here everything is built from IEEE
additions, multiplications, divisions and powers of two, which do not: a reader may use the results
to say where a value should lie. The native core does the same, and has the same bits.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

__all__ = ["add", "by_octave", "exponential", "nearest", "polynomial", "wide"]

_LOG2E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 0.6931471803691238, 1.9082149292705877e-10  # sum to ln 2; high has zeros
_MOST = 700.0  # e^x and its inverse are far from the ends of float64
_TAYLOR = [1 / math.factorial(n) for n in range(13, -1, -1)]  # highest power first


def wide(x: NDArray[Any]) -> NDArray[np.float64]:
    """Return values as float64; a signalling NaN among them is no reason to warn."""
    with np.errstate(invalid="ignore"):
        return x.astype(np.float64)


def add(total: NDArray[Any], column: NDArray[Any], coefficient: float) -> None:
    """Add a multiple of a column to sums, in place.

    Arguments:
        total: float64, rounded after the product and after the sum, or int64, modulo 2^64.
        column: numbers or booleans of the same shape (rows,); integers or booleans where the sums
            are int64.
        coefficient: whole, and below 2^53, where the sums are int64.

    Example:
        >>> total = np.ones(2)
        >>> add(total, np.array([2, 3], np.int32), -1.0)
        >>> total.tolist()
        [-1.0, -2.0]
    """
    with np.errstate(all="ignore"):
        total += column.astype(total.dtype) * total.dtype.type(coefficient)


def polynomial(x: NDArray[np.float64], coefficients: Sequence[float]) -> NDArray[np.float64]:
    """Evaluate by Horner's rule, rounding after each product and each sum.

    Arguments:
        x: float64 of shape (rows,).
        coefficients: highest power first.

    Example:
        >>> polynomial(np.array([2.0]), [1.0, 0.0, 3.0]).tolist()
        [7.0]
    """
    total = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        total *= x
        total += c
    return total


def exponential(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return e^x within a few units in the last place, for |x| <= 700; beyond it saturates.

    Arguments:
        x: float64 of shape (rows,); what is not finite counts as 0.

    Example:
        >>> bool(abs(exponential(np.array([1.0]))[0] - np.e) < 1e-15)
        True
    """
    x = np.clip(np.where(np.isfinite(x), x, 0.0), -_MOST, _MOST)
    k = np.rint(x * _LOG2E)
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    return np.ldexp(polynomial(r, _TAYLOR), k.astype(np.int32))


def by_octave(
    x: NDArray[Any],
    index: Callable[[NDArray[np.float64]], NDArray[Any]],
    points: int,
    first: int,
) -> NDArray[np.int64]:
    """Map values to codes on a grid that has as many points in every octave.

    Arguments:
        x: floats of shape (rows,).
        index: gives the place of mantissas, 1 <= mantissa < 2, among an octave's points.
        points: the points of an octave.
        first: the code of 1.0.

    Returns:
        Codes, negated for negative values; 0 for zeros and what is not finite.

    Example:
        >>> by_octave(np.array([1.0, -2.5, 0.0]), lambda m: (m >= 1.5).astype(int), 2, 10).tolist()
        [10, -12, 0]
    """
    magnitude = np.abs(wide(x))
    usable = np.isfinite(magnitude) & (magnitude > 0)
    mantissa, exponent = np.frexp(np.where(usable, magnitude, 1.0))
    mantissa *= 2
    code = (exponent.astype(np.int64) - 1) * points + index(mantissa).astype(np.int64)
    return np.where(usable, np.where(x < 0, -1, 1) * (code + first), 0)


def nearest(
    x: NDArray[Any],
    below: NDArray[np.int64],
    middle: NDArray[np.float64],
    points: int,
    first: int,
) -> NDArray[np.int64]:
    """Map values to the codes of the points that are nearest, as `by_octave`.

    Arguments:
        x: floats of shape (rows,).
        below: how many boundaries lie below each of equal buckets of an octave, none of which
            holds two.
        middle: the boundaries between an octave's points, and one above all.
        points, first: as in `by_octave`.

    Example:
        >>> halves = np.array([0, 0]), np.array([1.75, np.inf])
        >>> nearest(np.array([1.5, 1.8, -3.6], np.float32), *halves, 1, 7).tolist()
        [7, 8, -9]
    """

    def index(mantissa: NDArray[np.float64]) -> NDArray[np.int64]:
        found = below[((mantissa - 1) * len(below)).astype(np.intp)]
        return found + (middle[found] < mantissa)

    return by_octave(x, index, points, first)
