"""Invertible maps from a column's values onto integers, one step of which honours the bound.

Both directions use only comparisons, table look-ups, integer arithmetic, IEEE operations and
`ldexp`, so that decoded values, and the codes that centres give, are the same bits everywhere.
A grid is an offer, not a promise: the codec compares `inverse(forward(x))` with the bound and
stores what breaks it verbatim, as SZ3's quantiser does (Liang et al., IEEE TBD 2022).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.exact import ExactFloat, ExactInteger
from rootae.codec.grids.grid import Grid
from rootae.codec.grids.rank import RankGrid, RankTables
from rootae.codec.grids.relative import RelGrid
from rootae.codec.grids.special import SpecialGrid
from rootae.kernels.arithmetic import wide

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from rootae.schema.bounds.bound import Bound

__all__ = ["AnyGrid", "ExactFloat", "ExactInteger", "Grid", "RelGrid", "grid_for"]

# What a plan may hold: a new kind is one file and a row here.
AnyGrid: TypeAlias = ExactInteger | ExactFloat | AbsGrid | RelGrid | RankTables | SpecialGrid

_FOR: dict[str, Callable[[NDArray[Any], float], Grid]] = {
    "exact": lambda sample, _: ExactFloat(sample.dtype.name),
    "abs": lambda sample, error: AbsGrid.for_bound(sample.dtype.name, error, _scale(sample)),
    "rel": lambda sample, error: RelGrid.for_bound(sample.dtype.name, error),
    "none": lambda sample, _: RankGrid.fit(sample),
}  # by a bound's kind


def grid_for(bound: Bound, sample: NDArray[Any]) -> Grid:
    """Choose the grid that a bound asks for.

    Arguments:
        bound: the column's bound.
        sample: some of its values, in the column's dtype; only an absolute bound's margin and the
            bins of `none` depend on them.
    """
    if bound.promises and sample.dtype.kind != "f":
        return ExactInteger(sample.dtype.name)
    return _FOR[bound.kind](sample, bound.error)


def _scale(sample: NDArray[Any]) -> float:
    """Return the magnitude below which nearly all values lie."""
    magnitude = np.abs(wide(sample))
    magnitude = magnitude[np.isfinite(magnitude)]
    return float(np.quantile(magnitude, 0.999)) if len(magnitude) else 0.0
