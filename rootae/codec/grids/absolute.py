"""A grid of equal steps, for an absolute bound."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from rootae.codec.grids.grid import FLOATS, Tableless, require
from rootae.kernels.lut import through_table

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["AbsGrid"]

_TOP = 2.0**62
_LARGEST_STEP = 2.0**1000


@dataclass(frozen=True)
class AbsGrid(Tableless):
    """Multiples of a step, for an absolute bound.

    Arguments:
        dtype: the column's dtype.
        step: distance of two points, in the branch's unit; at most twice the bound.
    """

    is_exact: ClassVar[bool] = False
    has_metric: ClassVar[bool] = True
    dtype: str
    step: float
    kind: Literal["abs"] = "abs"

    def __post_init__(self) -> None:
        """Refuse what no column has."""
        require(self.dtype in FLOATS and 0 < self.step < math.inf, self)

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
