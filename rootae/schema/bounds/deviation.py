"""Whether values came back within their bound."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import BoundError
from rootae.kernels import lanes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.schema.bounds.bound import Bound
    from rootae.schema.values import Values

__all__ = ["deviation", "held"]


def deviation(
    original: NDArray[Any], returned: NDArray[Any], bound: Bound
) -> tuple[float, NDArray[np.bool_]]:
    """Compare returned values with the original under a bound, in float64.

    Arguments:
        original: values as read from the input, any shape, the branch's dtype and unit.
        returned: values as decoded, same shape and dtype.
        bound: what was promised.

    Returns:
        The largest |y - x| among finite values (relative to |x| under ``rel``), and a mask of the
        values that break the bound. Non-finite values and -0.0 must agree bit for bit under every
        bound but ``none``; so must everything under ``exact``, booleans by their byte.

    Example:
        >>> from rootae.schema.bounds.bound import Bound
        >>> x = np.array([1.0, 2.0], "f4")
        >>> deviation(x, x * np.float32(1.0005), Bound("rel", 1e-4))[1]
        array([ True,  True])
    """
    quick = lanes.differences(original, returned, bound.kind, bound.error)
    if quick is not None:
        return quick
    same = _same_bits(original, returned)
    if original.dtype.kind != "f" or bound.is_exact:
        wrong = ~same if bound.promises else np.zeros(same.shape, bool)
        return _largest(original, returned, same), wrong
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        x, y = original.astype(np.float64), returned.astype(np.float64)
        error, scale = np.abs(y - x), np.abs(x)
        ordinary = np.isfinite(x) & ~((x == 0) & np.signbit(x))
        fine = same | (ordinary & (error <= bound.limit(scale)))
        if bound.is_relative:
            error = np.where(scale > 0, error / scale, error)
    error = error[np.isfinite(error)]
    wrong = ~fine if bound.promises else np.zeros(fine.shape, bool)
    return float(error.max(initial=0.0)), wrong


def _same_bits(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    if a.dtype.kind not in "fb":  # as a boolean every byte but 0 is true
        return np.asarray(a == b)
    view = np.dtype(f"u{a.dtype.itemsize}")
    return np.asarray(np.ascontiguousarray(a).view(view) == np.ascontiguousarray(b).view(view))


def _largest(a: NDArray[Any], b: NDArray[Any], same: NDArray[np.bool_]) -> float:
    if same.all():
        return 0.0
    with np.errstate(invalid="ignore", over="ignore"):
        gap = np.abs(_number(b) - _number(a))[~same]
    gap = gap[np.isfinite(gap)]
    return float(gap.max(initial=0.0))


def _number(x: NDArray[Any]) -> NDArray[np.float64]:
    """Return values as float64, booleans by their byte."""
    return (x.view(np.uint8) if x.dtype.kind == "b" else x).astype(np.float64)


def held(original: Values, returned: Values, bound: Bound, where: tuple[str, str]) -> float:
    """Return the largest error of a column, or raise if a value or a count is off."""
    if original.counts is None or returned.counts is None:
        same_counts = original.counts is returned.counts
    else:
        same_counts = np.array_equal(original.counts, returned.counts)
    if not same_counts or original.flat.shape != returned.flat.shape:
        msg = f"{where[0]}: column {where[1]} came back with other counts; report this as a bug"
        raise BoundError(msg)
    largest, wrong = deviation(original.flat, returned.flat, bound)
    if wrong.any():
        at = np.argwhere(wrong)[0]
        x, y = original.flat[tuple(at)], returned.flat[tuple(at)]
        msg = (
            f"{where[0]}: column {where[1]}: {int(wrong.sum())} values break {bound}, the first "
            f"at row {int(at[0])}: {x!r} came back as {y!r}; report this as a bug"
        )
        raise BoundError(msg)
    return largest
