"""Invertible maps from a column's values onto integers, one step of which honours the bound.

Both directions use only comparisons, table look-ups, integer arithmetic, IEEE operations and
`ldexp`, so that decoded values, and the codes that centres give, are the same bits everywhere.
A grid is an offer, not a promise: the codec compares `inverse(forward(x))` with the bound and
stores what breaks it verbatim, as SZ3's quantiser does (Liang et al., IEEE TBD 2022).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.exact import ExactFloat, ExactInteger
from rootae.codec.grids.grid import Grid
from rootae.codec.grids.rank import RankGrid
from rootae.codec.grids.relative import POINTS_AT_MOST, RelGrid
from rootae.errors import FormatError
from rootae.kernels.arithmetic import wide

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.schema.bounds import Bound

__all__ = [
    "ExactFloat",
    "ExactInteger",
    "Grid",
    "RelGrid",
    "grid_for",
    "grid_from_json",
    "grid_to_json",
]

_FLOATS = ("float32", "float64")
_INTEGERS = ("bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))


def grid_for(bound: Bound, sample: NDArray[Any]) -> Grid:
    """Choose the grid that a bound asks for.

    Arguments:
        bound: the column's bound.
        sample: some of its values, in the column's dtype; only an absolute bound's margin and the
            bins of `none` depend on them.
    """
    dtype = sample.dtype.name
    if bound.kind == "none":
        return RankGrid.fit(sample)
    if sample.dtype.kind != "f":
        return ExactInteger(dtype)
    if bound.kind == "rel":
        return RelGrid.for_bound(dtype, bound.error)
    if bound.kind == "abs":
        magnitude = np.abs(wide(sample))
        magnitude = magnitude[np.isfinite(magnitude)]
        scale = float(np.quantile(magnitude, 0.999)) if len(magnitude) else 0.0
        return AbsGrid.for_bound(dtype, bound.error, scale)
    return ExactFloat(dtype)


def grid_to_json(grid: Grid) -> dict[str, Any]:
    """Return a grid as plain JSON values; a rank grid's tables stay outside."""
    config: dict[str, Any] = {"kind": grid.kind, "dtype": grid.dtype}
    if isinstance(grid, AbsGrid):
        config["step"] = grid.step
    if isinstance(grid, RelGrid):
        config |= {"error": grid.error, "octave": grid.octave}
    return config


def grid_from_json(config: dict[str, Any]) -> Grid:
    """Rebuild a grid; a kind that this version does not know is refused."""
    dtype = config.get("dtype")
    match config:
        case {"kind": "integer"} if dtype in _INTEGERS:
            return ExactInteger(dtype)
        case {"kind": "bits"} if dtype in _FLOATS:
            return ExactFloat(dtype)
        case {"kind": "abs", "step": float(step)} if dtype in _FLOATS and 0 < step < math.inf:
            return AbsGrid(dtype, step)
        case {"kind": "rel", "error": float(error), "octave": int(octave)} if (
            dtype in _FLOATS and 0 < error < 1 and 0 <= octave <= POINTS_AT_MOST
        ):
            return RelGrid(dtype, error, octave)
        case {"kind": "rank", "edges": edges, "points": points} if dtype in _FLOATS + _INTEGERS:
            return RankGrid(dtype, np.asarray(edges), np.asarray(points))
    msg = f"unknown grid {config.get('kind')!r} of {dtype!r}: the file needs a newer rootae"
    raise FormatError(msg)
