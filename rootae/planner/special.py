"""Which values of a column are special: those that come back again and again, and stand alone."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.codes import codes_of
from rootae.codec.grids.relative import RelGrid
from rootae.codec.grids.special import SPECIAL_AT_MOST, SpecialGrid
from rootae.schema.bounds.deviation import deviation

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.grids.registry import Grid
    from rootae.schema.bounds.bound import Bound

__all__ = ["keeping"]

_ROWS = 1 << 18  # looked at, spread evenly
_SHARE = 0.005  # of the values that are looked at
_TIMES = 10
_ALONE = 0.8  # of the values with the same code: told apart from the others they cost nothing
_MOST = 0.5  # of all values: worth what that costs


def keeping(grid: Grid, bound: Bound, x: NDArray[Any]) -> Grid:
    """Give the values that come back again and again codes of their own, where they stand alone.

    Arguments:
        grid: the grid that the bound asks for.
        bound: the column's bound.
        x: sampled values, shape (rows,).

    Returns:
        The grid with special values, or the grid itself where it loses nothing, promises nothing,
        or gives all such values back bit for bit.

    Values that are one of many in a step of the grid, as those that were rounded to a multiple of
    a tenth of it, are not special: telling them apart is what the bound gave up.

    Example:
        >>> from rootae.codec.grids.registry import grid_for
        >>> from rootae.schema.bounds.bound import Bound
        >>> x = np.append(np.linspace(0, 1, 80), [-999.0] * 20)
        >>> keeping(grid_for(Bound("abs", 0.3), x), Bound("abs", 0.3), x).values
        (-999.0,)
    """
    if not isinstance(grid, AbsGrid | RelGrid):
        return grid
    x = np.ascontiguousarray(x[:: len(x) // _ROWS + 1])
    found, times = _often(x)
    if not len(found):
        return grid
    q, own = codes_of(grid, x), grid.forward(found)
    again = grid.inverse(own)
    escaped = deviation(found, again, bound)[1]
    alone = escaped | (times >= _ALONE * _cells(q, own)) | (times > _MOST * len(x))
    special = alone & np.isfinite(found) & (_bits(again) != _bits(found))
    found = found[special][:SPECIAL_AT_MOST]
    if not len(found):
        return grid
    found = found[np.lexsort((~np.signbit(found), found))]
    is_special = np.isin(_bits(x), _bits(found), kind="sort")  # numpy 2.0 has no tables this large
    ordinary = ~is_special & ~deviation(x, grid.inverse(q), bound)[1]
    kept = q[ordinary] if ordinary.any() else np.zeros(1, np.int64)
    codes = _places(grid, bound, found, kept) + np.arange(len(found))
    return SpecialGrid(grid, tuple(found.tolist()), tuple(codes.tolist()))


def _often(x: NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.intp]]:
    """Return the values that are found often, the most frequent ones first, and how often."""
    bits, times = np.unique(_bits(x), return_counts=True)
    order = np.argsort(-times, kind="stable")
    bits, times = bits[order], times[order]
    often = (times >= _TIMES) & (times >= _SHARE * len(x)) | (times > 1) & (times > _MOST * len(x))
    return bits[often].view(x.dtype), times[often]


def _cells(q: NDArray[np.int64], own: NDArray[np.int64]) -> NDArray[np.intp]:
    """Return how many values have the code of each value that is found often."""
    q = np.sort(q)
    return np.searchsorted(q, own, side="right") - np.searchsorted(q, own, side="left")


def _places(
    grid: Grid, bound: Bound, special: NDArray[Any], kept: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Return before which code of the grid each special value stands.

    What lies beyond the ordinary values' codes, or what the grid cannot keep, stands next to them:
    a sentinel far out would make the range of codes too large for tables.
    """
    own, low, high = grid.forward(special), kept.min(), kept.max() + 1
    far = deviation(special, grid.inverse(own), bound)[1] & (special != 0)
    places = np.where(far, np.where(special < 0, low, high), np.clip(own, low, high))
    return np.maximum.accumulate(places)


def _bits(x: NDArray[Any]) -> NDArray[Any]:
    return x.view(f"u{x.itemsize}")
