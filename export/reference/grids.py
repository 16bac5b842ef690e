"""Section 5: grids, from codes to values and back."""

from __future__ import annotations

import decimal
import functools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from reference.damage import hold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["code_on", "on_grid"]

_Grid = dict[str, Any]  # as the plan has it
_SEGMENTS = 32
_TOP = 2.0**62


def on_grid(grid: _Grid, q: NDArray[Any], tables: Sequence[NDArray[np.int64]]) -> NDArray[Any]:
    """Return the values of codes.

    Arguments:
        grid: the grid.
        q: codes, shape (rows,).
        tables: the codec's.
    """
    dtype = np.dtype(grid["dtype"])
    if grid["kind"] == "integer":
        return q != 0 if dtype.kind == "b" else q.astype(dtype)
    if grid["kind"] == "bits":
        m = q.astype(f"i{dtype.itemsize}")
        return np.where(m >= 0, m, ~m | np.iinfo(m.dtype).min).astype(m.dtype).view(dtype)
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        if grid["kind"] == "abs":
            return (q.astype(np.float64) * float.fromhex(grid["step"])).astype(dtype)
        if grid["kind"] == "rank":
            points = tables[grid["points"]].view(np.float64)
            ranked: NDArray[Any] = points[np.clip(q, 0, len(points) - 1)].astype(dtype)
            return ranked
        hold(grid["kind"] == "rel", f"a grid {grid['kind']!r}")
        points = _points(grid)
        e, i = np.divmod(np.abs(q) - _first(grid, len(points)), len(points))
        value = np.ldexp(points[i], np.clip(e, -1200, 1200).astype(np.int32))
        return np.where(q == 0, 0.0, np.sign(q) * value).astype(dtype)


def code_on(grid: _Grid, x: NDArray[Any], tables: Sequence[NDArray[np.int64]]) -> NDArray[Any]:
    """Return the codes of values.

    Arguments:
        grid: the grid.
        x: values, shape (rows,).
        tables: the codec's.
    """
    if grid["kind"] == "integer":
        return x
    if grid["kind"] == "bits":
        m = x.view(f"i{x.dtype.itemsize}")
        return np.where(m >= 0, m, ~(m & np.iinfo(m.dtype).max)).astype(np.int64)
    x = x.astype(np.float64)
    if grid["kind"] == "abs":
        with np.errstate(over="ignore"):
            y = np.rint(x / float.fromhex(grid["step"]))
        return np.array([int(v) if abs(v) < _TOP else 0 for v in y.tolist()], np.int64)
    if grid["kind"] == "rank":
        edges = tables[grid["edges"]].view(np.float64)
        less = (edges[:, None] < x[None, :]).sum(axis=0)
        return np.where(np.isnan(x), len(edges), less)
    hold(grid["kind"] == "rel", f"a grid {grid['kind']!r}")
    return _relative(grid, x)


def _relative(grid: _Grid, x: NDArray[np.float64]) -> NDArray[np.int64]:
    points = np.append(_points(grid), 2.0)
    per = len(points) - 1
    usable = np.isfinite(x) & (x != 0)
    m, e = np.frexp(np.abs(np.where(usable, x, 1.0)))
    m, e = m * 2, e.astype(np.int64) - 1
    if grid["octave"]:
        i = np.searchsorted((points[:-1] + points[1:]) / 2, m)  # how many are less
    else:
        bases, counts = _segments(grid)
        j = ((m - 1) * _SEGMENTS).astype(np.int64)
        step = (1 / _SEGMENTS) / counts[j]
        i = (np.cumsum(counts) - counts)[j] + np.rint((m - bases[j]) / step).astype(np.int64)
    return np.where(usable, np.where(x < 0, -1, 1) * (per * e + i + _first(grid, per)), 0)


def _first(grid: _Grid, per: int) -> int:
    """Return the code of 1."""
    return 1 + (150 if grid["dtype"] == "float32" else 1075) * per


def _points(grid: _Grid) -> NDArray[np.float64]:
    """Return the points of an octave."""
    if grid["octave"]:
        return _octave(grid["octave"])
    bases, counts = _segments(grid)
    steps = (1 / _SEGMENTS) / counts
    segments = zip(bases, counts, steps, strict=True)
    return np.concatenate([base + np.arange(n) * step for base, n, step in segments])


@functools.cache
def _octave(n: int) -> NDArray[np.float64]:
    with decimal.localcontext(prec=60):
        two = decimal.Decimal(2)
        return np.array([float(two ** (decimal.Decimal(i) / n)) for i in range(n)])


def _segments(grid: _Grid) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return each segment's lower end and how many points it has."""
    bases = 1 + np.arange(_SEGMENTS) / _SEGMENTS
    error = float.fromhex(grid["error"])
    counts = [math.ceil((1 / _SEGMENTS) / ((2 * error) * b)) for b in bases.tolist()]
    return bases, np.array(counts)
