"""What a column's sampled values have in common, as far as a bound depends on it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Look", "look", "trailing_zeros"]

_MOST = 0.5


@dataclass(frozen=True)
class Look:
    """What was seen of a column of floating point; a column without values shows nothing.

    Arguments:
        zeros: low mantissa bits that are zero in every value.
        mantissa: mantissa bits that the type has.
        is_whole: whether all values, or all of one element of a fixed array that varies, are
            whole numbers.
        most: the share of the values that are equal to the most frequent one, 0 up to a half.
    """

    zeros: int = 0
    mantissa: int = 0
    is_whole: bool = False
    most: float = 0.0


def look(x: NDArray[Any]) -> Look:
    """Look at a column's values.

    Arguments:
        x: sampled values, shape (rows, inner dimensions), any dtype.

    Example:
        >>> look(np.array([7.0, 7.0, 8.0]))
        Look(zeros=50, mantissa=52, is_whole=True, most=0.6666666666666666)
        >>> look(np.array([0.1, 0.3], "f4"))
        Look(zeros=0, mantissa=23, is_whole=False, most=0.0)
    """
    if x.dtype.kind != "f" or not x.size:
        return Look()
    mantissa = int(np.finfo(x.dtype).nmant)
    with np.errstate(invalid="ignore"):  # signalling NaN
        whole, most = _is_whole(x.reshape(len(x), -1)), _share_of_most(x)
    return Look(trailing_zeros(x), mantissa, whole, most)


def trailing_zeros(x: NDArray[Any]) -> int:
    """Count the low mantissa bits that are zero in every value (0 for integers).

    Example:
        >>> trailing_zeros(np.array([1.0, 1.5], "f4"))
        22
    """
    if x.dtype.kind != "f" or not len(x):
        return 0
    bits = x.view(np.dtype(f"u{x.dtype.itemsize}"))[np.isfinite(x) & (x != 0)]
    used = int(np.bitwise_or.reduce(bits, axis=None)) if bits.size else 0
    mantissa = np.finfo(x.dtype).nmant
    return min((used & -used).bit_length() - 1, mantissa) if used else 0


def _is_whole(x: NDArray[Any]) -> bool:
    finite = np.isfinite(x)
    whole = ((x == np.rint(x)) | ~finite).all(0) & finite.any(0)
    varies = (x != x[0]).any(0)
    return bool(whole.all() or (whole & varies).any())


def _share_of_most(x: NDArray[Any]) -> float:
    """Return how often the most frequent value occurs, if that is more than half of the time.

    It is the median then, in whatever order. All NaN count as one value, and -0.0 as 0.0.
    """
    alike = np.where(np.isnan(x), np.nan, np.where(x == 0, 0, x)).astype(x.dtype)
    bits = alike.view(np.dtype(f"u{x.dtype.itemsize}")).ravel()
    middle = np.partition(bits, len(bits) // 2)[len(bits) // 2]
    share = float(np.count_nonzero(bits == middle)) / len(bits)
    return share if share > _MOST else 0.0
