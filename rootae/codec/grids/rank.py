"""A grid of the values themselves, by rank."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from rootae.kernels.arithmetic import wide

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["RankGrid"]


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
