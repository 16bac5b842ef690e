"""Invertible maps from a column's values onto integers, one step of which honours the bound.

Both directions use only comparisons, table look-ups, integer arithmetic, IEEE operations and
`ldexp`, so that decoded values, and the codes that centres give, are the same bits everywhere.
A grid is an offer, not a promise: the codec compares `inverse(forward(x))` with the bound and
stores what breaks it verbatim, as SZ3's quantiser does (Liang et al., IEEE TBD 2022).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from rootae.arithmetic import wide
from rootae.errors import FormatError
from rootae.exactgrid import ExactFloat, ExactInteger, Grid
from rootae.indexed import through_table
from rootae.relgrid import POINTS_AT_MOST, RelGrid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.bounds import Bound

__all__ = [
    "AbsGrid",
    "ExactFloat",
    "ExactInteger",
    "Grid",
    "RankGrid",
    "RelGrid",
    "grid_for",
    "grid_from_json",
    "grid_to_json",
]

_TOP = 2.0**62
_LARGEST_STEP = 2.0**1000
_FLOATS = ("float32", "float64")
_INTEGERS = ("bool", *(f"{sign}int{bits}" for sign in ("", "u") for bits in (8, 16, 32, 64)))


@dataclass(frozen=True)
class AbsGrid:
    """Multiples of a step, for an absolute bound.

    Arguments:
        dtype: the column's dtype.
        step: distance of two points, in the branch's unit; at most twice the bound.
    """

    kind: ClassVar[str] = "abs"
    dtype: str
    step: float

    @classmethod
    def for_bound(cls, dtype: str, error: float, scale: float) -> AbsGrid:
        """Choose the step so that values up to `scale` stay within `error` after rounding.

        The output's own rounding (half a unit in the last place) is taken off the bound, but
        never more than a tenth of it: what lies beyond is escaped.
        """
        with np.errstate(over="ignore"):
            rounding = float(np.spacing(np.dtype(dtype).type(max(scale, 0.0)))) / 2
        margin = min(rounding if math.isfinite(rounding) else math.inf, error / 10)
        return cls(dtype, min(2 * (error - margin) * (1 - 2.0**-40), _LARGEST_STEP))

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        with np.errstate(invalid="ignore", over="ignore"):
            q = np.rint(x.astype(np.float64) / self.step)
        return np.where(np.abs(q) < _TOP, q, 0.0).astype(np.int64)

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values."""
        return through_table(self._evaluate, q)

    def _evaluate(self, q: NDArray[np.int64]) -> NDArray[Any]:
        with np.errstate(over="ignore"):
            return (q.astype(np.float64) * self.step).astype(np.dtype(self.dtype))


@dataclass(frozen=True, eq=False)
class RankGrid:
    """Bins and one point in each, for columns without a bound.

    Arguments:
        dtype: the column's dtype.
        edges: float64 upper ends of all bins but the last.
        points: float64 value of each bin, one more than edges.
    """

    kind: ClassVar[str] = "rank"
    dtype: str
    edges: NDArray[np.float64]
    points: NDArray[np.float64]

    @classmethod
    def fit(cls, x: NDArray[Any], bins: int = 1024) -> RankGrid:
        """Take points from a sample: all its values if they are few.

        Else half of the points hold as many values each; the other half are as dense as the cube
        root of the values' density, which makes the squared error least (Panter and Dite 1951), so
        that rare large values come back too.
        """
        finite = np.sort(wide(x)[np.isfinite(x)])
        if not len(finite):
            finite = np.zeros(1)
        points = np.unique(finite)
        if len(points) > bins:
            at = np.linspace(0, len(finite) - 1, 4 * bins)
            value = finite[np.rint(at).astype(np.int64)]
            root = np.diff(value / np.abs(value).max()) ** (2 / 3)
            share = np.cumsum(1 / len(root) + root / root.sum())
            taken = np.interp(np.linspace(0, share[-1], bins), [0, *share], at)
            points = np.unique(finite[np.rint(taken).astype(np.int64)])
        return cls(x.dtype.name, points[:-1] / 2 + points[1:] / 2, points)

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        return np.searchsorted(self.edges, wide(x)).clip(0, len(self.points) - 1)

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values."""
        index = np.clip(q.astype(np.int64), 0, len(self.points) - 1)
        return self.points[index].astype(np.dtype(self.dtype))


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
