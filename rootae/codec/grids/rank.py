"""A grid of the values themselves, by rank."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from rootae.codec.grids.grid import FLOATS, INTEGERS, require
from rootae.codec.indices import TableIndex
from rootae.errors import CorruptError
from rootae.kernels.arithmetic import wide

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


__all__ = ["RankGrid", "RankTables"]


@dataclass(frozen=True)
class RankTables:
    """A grid of ranks as a plan holds it.

    Arguments:
        dtype: the column's dtype.
        edges, points: tables of float64, as bits.
    """

    is_exact: ClassVar[bool] = False
    has_metric: ClassVar[bool] = False
    dtype: str
    edges: TableIndex
    points: TableIndex
    kind: Literal["rank"] = "rank"

    def __post_init__(self) -> None:
        """Refuse what no column has."""
        require(self.dtype in FLOATS + INTEGERS, self)

    def with_tables(self, tables: Sequence[NDArray[np.int64]]) -> RankGrid:
        """Return what maps values."""
        edges, points = (tables[i].view(np.float64) for i in (self.edges, self.points))
        if not len(points) or not np.isfinite(points).all():
            msg = "a grid of ranks has no points or infinite ones: the codec's plan is damaged"
            raise CorruptError(msg)
        return RankGrid(self.dtype, edges, points)


@dataclass(frozen=True, eq=False)
class RankGrid:
    """Bins and one point in each, for columns without a bound.

    Arguments:
        dtype: the column's dtype.
        edges: float64 upper ends of all bins but the last.
        points: float64 value of each bin, one more than edges.
    """

    is_exact: ClassVar[bool] = False
    has_metric: ClassVar[bool] = False
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

    def planned(self, tables: list[NDArray[np.int64]]) -> RankTables:
        """Return the grid as a plan holds it, its tables behind those that are there."""
        first = len(tables)
        tables += [self.edges.view(np.int64), self.points.view(np.int64)]
        return RankTables(self.dtype, first, first + 1)

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        return np.searchsorted(self.edges, wide(x)).clip(0, len(self.points) - 1)

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values."""
        index = np.clip(q.astype(np.int64), 0, len(self.points) - 1)
        return self._values[index]

    @functools.cached_property
    def _values(self) -> NDArray[Any]:
        """Return the points in the column's dtype, inside its range: C says nothing beyond it."""
        dtype = np.dtype(self.dtype)
        if dtype.kind not in "iu":
            with np.errstate(over="ignore"):
                return self.points.astype(dtype)
        low, high = float(np.iinfo(dtype).min), float(np.iinfo(dtype).max)
        if high > np.iinfo(dtype).max:  # of 64 bits: it was rounded up
            high = math.nextafter(high, 0.0)
        return np.clip(self.points, low, high).astype(dtype)
