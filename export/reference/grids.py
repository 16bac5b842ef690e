"""Section 5: grids, from codes to values and back."""

from __future__ import annotations

import functools
import itertools
import math
from typing import TYPE_CHECKING, Any

import numpy as np

from reference.damage import hold

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["check_grid", "code_on", "on_grid", "type_of"]

_Grid = dict[str, Any]  # as the plan has it
_SEGMENTS = 32
_SPECIAL_AT_MOST = 16
_FINEST = 2.0**-52  # error of segments
_FARTHEST = 2**62
_LN2, _ONE = 0xB17217F7D1CF79ABC9E3B39803F2F6, 1 << 120


def type_of(grid: _Grid) -> np.dtype[Any]:
    """Return the type of a grid's values."""
    name: str = (grid["base"] if grid["kind"] == "special" else grid)["dtype"]
    return np.dtype(name)


def check_grid(grid: _Grid, tables: Sequence[NDArray[np.int64]]) -> None:
    """Hold a grid against what the plan's grammar alone does not say."""
    if grid["kind"] == "special":
        _check_special(grid)
        grid = grid["base"]
    if grid["kind"] == "rel":
        fine = grid["octave"] or float.fromhex(grid["error"]) >= _FINEST
        hold(fine, "a grid whose codes leave 62 bits")
    if grid["kind"] == "rank":
        known = max(grid["edges"], grid["points"]) < len(tables)
        hold(known, "a grid by a table that is not there")
        points = tables[grid["points"]].view(np.float64)
        hold(len(points) and np.isfinite(points).all(), "a grid of ranks without points")


def _check_special(grid: _Grid) -> None:
    values, codes = [float.fromhex(v) for v in grid["values"]], grid["codes"]
    hold(1 <= len(values) <= _SPECIAL_AT_MOST, f"{len(values)} special values")
    hold(len(codes) == len(values), f"{len(values)} special values of {len(codes)} codes")
    with np.errstate(over="ignore"):
        own = np.array(values).astype(type_of(grid)).tolist() == values
    hold(own and all(map(math.isfinite, values)), "a special value that is none of the type")
    order = [(v, math.copysign(1.0, v)) for v in values]
    hold(all(a < b for a, b in itertools.pairwise(order)), "special values do not ascend")
    hold(all(a < b for a, b in itertools.pairwise(codes)), "special codes do not ascend")


def on_grid(grid: _Grid, q: NDArray[Any], tables: Sequence[NDArray[np.int64]]) -> NDArray[Any]:
    """Return the values of codes.

    Arguments:
        grid: the grid.
        q: codes, shape (rows,).
        tables: the codec's.
    """
    dtype = type_of(grid)
    if grid["kind"] == "special":
        return _special(grid, q, tables)
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
            return _rounded(points[np.clip(q, 0, len(points) - 1)], dtype)
        hold(grid["kind"] == "rel", f"a grid {grid['kind']!r}")
        per = _per(grid)
        magnitude = np.abs(np.clip(q, -_FARTHEST, _FARTHEST))
        e, i = np.divmod(magnitude - _first(grid, per), per)
        value = np.ldexp(_points(grid, i), np.clip(e, -1200, 1200).astype(np.int32))
        return np.where(q == 0, 0.0, np.sign(q) * value).astype(dtype)


def code_on(grid: _Grid, x: NDArray[Any], tables: Sequence[NDArray[np.int64]]) -> NDArray[Any]:
    """Return the codes of values.

    Arguments:
        grid: the grid.
        x: values, shape (rows,).
        tables: the codec's.
    """
    if grid["kind"] == "special":
        return _special_codes(grid, x, tables)
    if grid["kind"] == "integer":
        return x
    if grid["kind"] == "bits":
        m = x.view(f"i{x.dtype.itemsize}")
        return np.where(m >= 0, m, ~(m & np.iinfo(m.dtype).max)).astype(np.int64)
    x = x.astype(np.float64)
    if grid["kind"] == "abs":
        with np.errstate(over="ignore"):
            y = np.rint(x / float.fromhex(grid["step"]))
        return np.array([int(v) if abs(v) < _FARTHEST else 0 for v in y.tolist()], np.int64)
    if grid["kind"] == "rank":
        edges = tables[grid["edges"]].view(np.float64)
        less = (edges[:, None] < x[None, :]).sum(axis=0)
        return np.where(np.isnan(x), len(edges), less)
    hold(grid["kind"] == "rel", f"a grid {grid['kind']!r}")
    return _relative(grid, x)


def _special(grid: _Grid, q: NDArray[Any], tables: Sequence[NDArray[np.int64]]) -> NDArray[Any]:
    codes = grid["codes"]
    before = np.searchsorted(np.array(codes), q)  # how many are less
    y = on_grid(grid["base"], q - before, tables)
    for code, value in zip(codes, map(float.fromhex, grid["values"]), strict=True):
        y[q == code] = value
    return y


def _special_codes(
    grid: _Grid, x: NDArray[Any], tables: Sequence[NDArray[np.int64]]
) -> NDArray[np.int64]:
    codes = np.array(grid["codes"], np.int64)
    of_base = code_on(grid["base"], x, tables)
    q = of_base + np.searchsorted(codes - np.arange(len(codes)), of_base, side="right")
    special = np.array([float.fromhex(v) for v in grid["values"]], x.dtype)
    for code, value in zip(codes, special, strict=True):
        q[x.view(f"u{x.itemsize}") == value.view(f"u{x.itemsize}")] = code
    return q


def _rounded(values: NDArray[np.float64], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Return points in a column's type: whole numbers towards zero, inside its range."""
    if dtype.kind not in "iu":
        found: NDArray[Any] = values.astype(dtype)
        return found
    info = np.iinfo(dtype)
    end = math.nextafter(float(info.max), 0) if info.bits == 64 else float(info.max)
    return np.array([int(min(max(v, float(info.min)), end)) for v in values.tolist()], dtype)


def _relative(grid: _Grid, x: NDArray[np.float64]) -> NDArray[np.int64]:
    per = _per(grid)
    usable = np.isfinite(x) & (x != 0)
    m, e = np.frexp(np.abs(np.where(usable, x, 1.0)))
    m, e = m * 2, e.astype(np.int64) - 1
    if grid["octave"]:
        points = np.append(_octave(per), 2.0)
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


def _per(grid: _Grid) -> int:
    """Return how many points an octave has."""
    return int(grid["octave"] or _segments(grid)[1].sum())


def _points(grid: _Grid, i: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return points of an octave, by their numbers."""
    if grid["octave"]:
        return _octave(grid["octave"])[i]
    bases, counts = _segments(grid)
    ends = np.cumsum(counts)
    j = np.searchsorted(ends, i, side="right")
    found: NDArray[np.float64] = bases[j] + (i - (ends - counts)[j]) * ((1 / _SEGMENTS) / counts[j])
    return found


@functools.cache
def _octave(n: int) -> NDArray[np.float64]:
    x, t, root, k = _LN2 // n, _ONE, _ONE, 0
    while t:
        k += 1
        t = t * x // _ONE // k
        root += t
    p = [_ONE]
    while len(p) < n:
        p.append(p[-1] * root // _ONE)
    return np.array([math.ldexp((v + (1 << 67)) // (1 << 68), -52) for v in p])


def _segments(grid: _Grid) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return each segment's lower end and how many points it has."""
    bases = 1 + np.arange(_SEGMENTS) / _SEGMENTS
    error = float.fromhex(grid["error"])
    counts = [math.ceil((1 / _SEGMENTS) / ((2 * error) * b)) for b in bases.tolist()]
    return bases, np.array(counts)
