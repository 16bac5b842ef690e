"""What may happen to a column's values, and whether it did."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from rootae.errors import ArgumentError, BoundError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.schema.values import Values

__all__ = ["EXACT", "Bound", "deviation", "held"]

Kind = Literal["exact", "abs", "rel", "none"]


@dataclass(frozen=True)
class Bound:
    """The largest change a column's values may suffer, in the branch's own unit.

    Arguments:
        kind: ``exact`` (bit for bit), ``abs`` (|y - x| <= error), ``rel`` (|y - x| <= error |x|)
            or ``none`` (best effort of the latents alone).
        error: the bound of ``abs`` (0 < error < inf) or ``rel`` (0 < error < 1), else 0.

    Raises:
        ArgumentError: the error is out of the kind's range.

    Example:
        >>> Bound.parse("rel:1e-3")
        Bound(kind='rel', error=0.001)
        >>> str(Bound("abs", 0.0005))
        'abs:0.0005'
    """

    kind: Kind
    error: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what no value could satisfy or what means another kind."""
        limits = {"abs": math.inf, "rel": 1.0}
        if self.kind not in ("exact", "abs", "rel", "none"):
            msg = f"unknown bound {self.kind!r}: use exact, abs:E, rel:E or none"
            raise ArgumentError(msg)
        if self.kind in limits and not 0 < self.error < limits[self.kind]:
            top = "1" if self.kind == "rel" else "infinity"
            msg = (
                f"bound {self.kind}:{self.error:g} is out of range: it must be above 0, below {top}"
            )
            raise ArgumentError(msg)
        if self.kind not in limits and self.error:
            msg = f"bound {self.kind} takes no number"
            raise ArgumentError(msg)

    @classmethod
    def parse(cls, text: str) -> Bound:
        """Read ``exact``, ``none``, ``abs:E`` or ``rel:E``."""
        kind, colon, number = text.strip().partition(":")
        if kind not in ("exact", "abs", "rel", "none") or bool(colon) != (kind in ("abs", "rel")):
            msg = f"malformed bound {text!r}: use exact, abs:E, rel:E or none, as in rel:1e-3"
            raise ArgumentError(msg)
        try:
            return cls(kind, float(number) if colon else 0.0)  # type: ignore[arg-type]
        except ValueError as error:
            if isinstance(error, ArgumentError):
                raise
            msg = f"malformed bound {text!r}: {number!r} is not a number"
            raise ArgumentError(msg) from error

    def __str__(self) -> str:
        return f"{self.kind}:{self.error!r}" if self.kind in ("abs", "rel") else self.kind


EXACT = Bound("exact")


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
        >>> x = np.array([1.0, 2.0], "f4")
        >>> deviation(x, x * np.float32(1.0005), Bound("rel", 1e-4))[1]
        array([ True,  True])
    """
    same = _same_bits(original, returned)
    if original.dtype.kind != "f" or bound.kind == "exact":
        wrong = ~same if bound.kind != "none" else np.zeros(same.shape, bool)
        return _largest(original, returned, same), wrong
    with np.errstate(invalid="ignore", over="ignore", divide="ignore"):
        x, y = original.astype(np.float64), returned.astype(np.float64)
        error, scale = np.abs(y - x), np.abs(x)
        limit = {"abs": bound.error, "rel": bound.error * scale}.get(bound.kind, np.inf)
        ordinary = np.isfinite(x) & ~((x == 0) & np.signbit(x))
        fine = same | (ordinary & (error <= limit))
        if bound.kind == "rel":
            error = np.where(scale > 0, error / scale, error)
    error = error[np.isfinite(error)]
    wrong = np.zeros(fine.shape, bool) if bound.kind == "none" else ~fine
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
