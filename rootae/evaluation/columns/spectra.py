"""Histograms of a column before and after, and of its errors, for pictures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.schema.bounds.bound import Bound

    Array = NDArray[np.float64]

__all__ = ["Spectrum", "spectrum_of"]

_BINS, _ERROR_BINS = 60, 48
_FARTHEST = 1e300  # where pictures end: widths and distances stay finite
_MARGIN = 1.15  # of the bound, to either side


@dataclass(frozen=True)
class Spectrum:
    """A column's distributions.

    Arguments:
        edges: of the bins of values: from the 0.1% to the 99.9% quantile, or one a whole number.
        before, after: counts.
        outside: the share of values before that lie outside these bins.
        error_edges, errors: bins and counts of y - x, or of (y - x) / |x| if `relative`; empty
            where nothing changed.
        relative: the errors are.
        bound: the largest error that was promised, nan for none.
    """

    edges: Array
    before: Array
    after: Array
    outside: float
    error_edges: Array
    errors: Array
    relative: bool
    bound: float


def spectrum_of(x: Array, y: Array, bound: Bound, *, whole: bool) -> Spectrum:
    """Fill histograms.

    Arguments:
        x, y: finite values before and after.
        bound: what the column was promised.
        whole: they are whole numbers or truth values.
    """
    edges = _edges(x, whole=whole)
    before, after = (np.histogram(v, edges)[0].astype(np.float64) for v in (x, y))
    outside = 1 - before.sum() / max(len(x), 1)
    relative = bound.is_relative
    limit = bound.error if bound.error else np.nan
    error_edges, errors = np.zeros(0), np.zeros(0)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        error = (y - x) / np.abs(x) if relative else y - x
    error = error[np.isfinite(error)]
    if error.any():
        reach = _MARGIN * limit if bound.error else _reach(error)
        error_edges = np.linspace(-reach, reach, _ERROR_BINS + 1)
        errors = np.histogram(np.clip(error, -reach, reach), error_edges)[0].astype(np.float64)
    return Spectrum(edges, before, after, float(outside), error_edges, errors, relative, limit)


def _reach(error: Array) -> float:
    """Return a range for errors without a bound; what lies outside goes to the last bins."""
    size = np.minimum(np.abs(error), _FARTHEST)
    reach = float(np.quantile(size, 0.99)) * 1.2
    return reach or float(size.max())


def _edges(x: Array, *, whole: bool) -> Array:
    if not len(x):
        return np.array([0.0, 1.0])
    x = np.clip(x, -_FARTHEST, _FARTHEST)
    low, high = (float(v) for v in (x.min(), x.max()))
    if whole and high - low <= _BINS:
        return np.arange(low - 0.5, high + 1.0)
    low, high = (float(v) for v in np.quantile(x, [0.001, 0.999]))
    pad = 1e-9 * max(abs(low), abs(high), 1e-30)
    if not high - low > pad:
        low, high = low - max(abs(low), 1.0) / 2, high + max(abs(high), 1.0) / 2
    return np.linspace(low, high, _BINS + 1)
