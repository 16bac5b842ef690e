"""The grid of a relative bound: points that lie as densely in every octave."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from rootae.codec.grids.exact import ExactFloat
from rootae.codec.grids.grid import FLOATS, Tableless, require
from rootae.codec.grids.octave import POINTS_AT_MOST, octave_points
from rootae.kernels import gather
from rootae.kernels.arithmetic import by_octave, nearest
from rootae.kernels.lut import through_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["RelGrid"]

_SEGMENTS = 32  # with more points than tables have, equal steps in each lose under 0.02 bits
_FAR = 2**62  # beyond all codes of finite values
_LEAST_ERROR = 2.0**-52  # codes of segments stay below 2^62
_TABLED = 512  # points an octave; beyond it a table of all values is too large to be quick
_BUCKETS = 4096  # of an octave; none holds two boundaries of the densest grid


@functools.lru_cache(maxsize=32)
def _boundaries(n: int) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return how many boundaries lie below each bucket of an octave, and the boundaries."""
    points = octave_points(n)
    middle = (points[:-1] + points[1:]) / 2
    below = np.searchsorted(middle, 1 + np.arange(_BUCKETS) / _BUCKETS)
    return below.astype(np.int64), np.append(middle, np.inf)


@dataclass(frozen=True)
class RelGrid(Tableless):
    """Points that lie as densely in every octave, for a relative bound.

    Up to 2048 points an octave they are 2^(i/n); for tighter bounds an octave is cut into 32
    segments of equally spaced points. Zero is code 0; a negative value has the negated code.

    Arguments:
        dtype: the column's dtype.
        error: the relative bound less the output's own rounding.
        octave: n where the points are 2^(i/n), 0 where they lie in segments.

    Example:
        >>> grid = RelGrid.for_bound("float32", 1e-3)
        >>> grid.points
        347
        >>> grid.inverse(grid.forward(np.array([1.0, -2.0, 0.0], "f4"))).tolist()
        [1.0, -2.0, 0.0]
    """

    is_exact: ClassVar[bool] = False
    has_metric: ClassVar[bool] = True
    dtype: str
    error: float
    octave: int
    kind: Literal["rel"] = "rel"

    def __post_init__(self) -> None:
        """Refuse what no column has."""
        whole = 0 <= self.octave <= POINTS_AT_MOST
        least = 0.0 if self.octave else _LEAST_ERROR
        require(self.dtype in FLOATS and whole and 0 < self.error < 1, self)
        require(self.error >= least, self)

    @classmethod
    def for_bound(cls, dtype: str, error: float) -> RelGrid | ExactFloat:
        """Choose the grid of a bound; exact where no coarser grid exists."""
        left = error - float(np.finfo(np.dtype(dtype)).eps) / 2
        if left <= float(np.finfo(np.dtype(dtype)).eps):
            return ExactFloat(dtype)
        octave = math.ceil(math.log(2) / (2 * math.log1p(left)))
        return cls(dtype, left, octave if octave <= POINTS_AT_MOST else 0)

    @functools.cached_property
    def _segments(self) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return each segment's first index (and the total), lower end and step."""
        base = 1 + np.arange(_SEGMENTS) / _SEGMENTS
        count = np.ceil((1 / _SEGMENTS) / (2 * self.error * base))
        starts = np.concatenate([np.zeros(1), np.cumsum(count)]).astype(np.int64)
        return starts, base, (1 / _SEGMENTS) / count

    @property
    def points(self) -> int:
        """Return the number of points an octave."""
        return self.octave or int(self._segments[0][-1])

    @property
    def _first(self) -> int:
        """Return the code of magnitude 2^0: codes of magnitudes start at 1."""
        info = np.finfo(np.dtype(self.dtype))
        return 1 - (int(info.minexp) - int(info.nmant) - 1) * self.points

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        if self.octave:
            return nearest(x, *_boundaries(self.points), self.points, self._first)
        return by_octave(x, self._nearest_in_segments, self.points, self._first)

    def _nearest_in_segments(self, mantissa: NDArray[np.float64]) -> NDArray[Any]:
        """Return the nearest points of an octave, 1 <= mantissa < 2."""
        starts, base, step = self._segments
        segment = np.floor((mantissa - 1) * _SEGMENTS).astype(np.int64)
        return starts[segment] + np.rint((mantissa - base[segment]) / step[segment])

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values."""
        table = _every_value(self)
        if table is None or not len(q) or max(-int(q.min()), int(q.max())) > len(table) // 2:
            return through_table(self.evaluate, q)
        return gather.look(q, -(len(table) // 2), table)

    def evaluate(self, q: NDArray[np.int64]) -> NDArray[Any]:
        """Map codes to values by arithmetic, one by one."""
        magnitude = np.abs(np.clip(q, -_FAR, _FAR))
        exponent, index = np.divmod(magnitude - self._first, self.points)
        if self.octave:
            mantissa = octave_points(self.points)[index]
        else:
            starts, base, step = self._segments
            segment = np.searchsorted(starts, index, side="right") - 1
            mantissa = base[segment] + (index - starts[segment]) * step[segment]
        exponent = np.clip(exponent, -1200, 1200).astype(np.int32)
        with np.errstate(over="ignore", under="ignore"):
            y = np.ldexp(mantissa, exponent) * np.sign(q)
            return y.astype(np.dtype(self.dtype))


@functools.lru_cache(maxsize=8)
def _every_value(grid: RelGrid) -> NDArray[Any] | None:
    """Return the values of all codes of a coarse float32 grid, the least code's first."""
    if grid.dtype != "float32" or not 0 < grid.octave <= _TABLED:
        return None
    octaves = int(np.finfo(np.float32).maxexp) - int(np.finfo(np.float32).minexp) + 25
    above = grid.evaluate(np.arange(1, octaves * grid.octave + 2))
    return np.concatenate([-above[::-1], np.zeros(1, np.float32), above])
