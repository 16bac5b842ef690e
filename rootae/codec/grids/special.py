"""A grid with codes of their own for values that matter as they are: constants, sentinels, spikes.

Any other value has the code that another grid gives it, shifted by one for each special code that
stands before it: codes stay in the order of values, but inside a step of that grid, and nearly as
far apart.
"""

from __future__ import annotations

import functools
import itertools
import math
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Literal

import numpy as np

from rootae.codec.grids.absolute import AbsGrid
from rootae.codec.grids.grid import Tableless
from rootae.codec.grids.relative import RelGrid
from rootae.errors import ArgumentError
from rootae.kernels import gather
from rootae.kernels.lut import Indexed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from rootae.codec.grids.grid import Grid

__all__ = ["SPECIAL_AT_MOST", "SpecialGrid", "changed"]

SPECIAL_AT_MOST = 16  # they are compared one by one
_ROWS = 16_384  # at a time: intermediate results stay near the processor
_FARTHEST = 2**62  # codes of ordinary values are below


@dataclass(frozen=True)
class SpecialGrid(Tableless):
    """Another grid, but for a few values that come back bit for bit.

    Arguments:
        base: the grid of all other values.
        values: the special ones, in the column's unit: finite, of its dtype, ascending, where -0.0
            comes before 0.0.
        codes: theirs, ascending.

    Raises:
        ArgumentError: the values or the codes are not so.

    Example:
        >>> grid = SpecialGrid(AbsGrid("float32", 0.7), (-999.0, 0.5), (-1427, 2))
        >>> codes = grid.forward(np.array([-999, -1, 0.5, 0.6, 1], "f4"))
        >>> codes.tolist()
        [-1427, 0, 2, 3, 3]
        >>> grid.inverse(codes).tolist()[:3]
        [-999.0, -0.699999988079071, 0.5]
    """

    is_exact: ClassVar[bool] = False
    has_metric: ClassVar[bool] = True
    base: AbsGrid | RelGrid
    values: tuple[float, ...]
    codes: tuple[int, ...]
    kind: Literal["special"] = "special"

    def __post_init__(self) -> None:
        """Refuse what no column has."""
        count = len(self.values)
        _hold(1 <= count <= SPECIAL_AT_MOST, f"there are {count}, not 1 to {SPECIAL_AT_MOST}")
        _hold(len(self.codes) == count, f"{count} have {len(self.codes)} codes")
        _hold(all(map(math.isfinite, self.values)), "one is not finite")
        with np.errstate(over="ignore"):
            held = [float(np.dtype(self.dtype).type(v)) == v for v in self.values]
        _hold(all(held), f"one is no {self.dtype}")
        order = [(v, math.copysign(1.0, v)) for v in self.values]
        _hold(_ascend(order), "they do not ascend")
        _hold(_ascend(self.codes), "their codes do not ascend")
        _hold(-_FARTHEST <= self.codes[0] <= self.codes[-1] <= _FARTHEST, "a code is too far out")

    @property
    def dtype(self) -> str:
        """Return the column's dtype."""
        return self.base.dtype

    def forward(self, x: NDArray[Any]) -> NDArray[np.int64]:
        """Map values to codes."""
        q = self.base.forward(x)
        before = np.zeros(len(q), np.uint8)
        for i, code in enumerate(self.codes):
            before += q >= code - i
        q = q + before
        for where, code in zip(self._places(x), self.codes, strict=True):
            q[where] = code
        return q

    def inverse(self, q: NDArray[Any]) -> NDArray[Any]:
        """Map codes to values."""
        span = Indexed(q).span
        if span is not None:
            return gather.look(q, span[0], self._table(*span))
        y = np.empty(len(q), np.dtype(self.dtype))
        for a in range(0, len(q), _ROWS):
            y[a : a + _ROWS] = self._one_by_one(q[a : a + _ROWS])
        return y

    def _one_by_one(self, q: NDArray[Any]) -> NDArray[Any]:
        before = np.zeros(len(q), np.int32)
        for code in self.codes:
            before += q > code
        codes = np.array([*self.codes, self.codes[-1]])  # behind the last one there is none
        own = gather.look(before, 0, codes) == q
        return np.where(own, gather.look(before, 0, self._stored), self.base.inverse(q - before))

    def _table(self, low: int, high: int) -> NDArray[Any]:
        """Return the values of all codes from one to another: pieces of the other grid between."""
        first, last = bisect_left(self.codes, low), bisect_right(self.codes, high)
        others = self.base.inverse(np.arange(low - first, high - last + 1, dtype=np.int64))
        table = np.empty(high - low + 1, others.dtype)
        start = 0
        for i, code in enumerate(self.codes[first:last]):
            stop = code - low
            table[start:stop] = others[start - i : stop - i]
            table[stop] = self._stored[first + i]
            start = stop + 1
        table[start:] = others[start - (last - first) :]
        return table

    @functools.cached_property
    def _stored(self) -> NDArray[Any]:
        """Return the special values in the column's dtype."""
        return np.array(self.values, np.dtype(self.dtype))

    def _places(self, x: NDArray[Any]) -> Iterator[NDArray[np.bool_]]:
        """Say for each special value where it is, bit for bit."""
        bits = f"u{self._stored.itemsize}"
        mine = x.view(bits)
        return (mine == one for one in self._stored.view(bits))

    def changed(self, x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.bool_]:
        """Say where special values came to be others, or others special."""
        wrong = np.zeros(len(x), np.bool_)
        for before, after in zip(self._places(x), self._places(y), strict=True):
            wrong |= before != after
        return wrong


def changed(grid: Grid, original: NDArray[Any], returned: NDArray[Any]) -> NDArray[np.bool_]:
    """Say where special values came to be others, or others special: a promise of its own.

    Arguments:
        grid: the column's; other grids than those with special values ask for nothing.
        original, returned: shape (rows,), the column's dtype.

    Example:
        >>> grid = SpecialGrid(AbsGrid("float32", 0.7), (0.5,), (1,))
        >>> changed(grid, np.array([0.5, 0.7], "f4"), np.array([0.7, 0.5], "f4")).tolist()
        [True, True]
    """
    if isinstance(grid, SpecialGrid):
        return grid.changed(original, returned)
    return np.zeros(len(original), np.bool_)


def _ascend(items: Iterable[Any]) -> bool:
    return all(a < b for a, b in itertools.pairwise(items))


def _hold(right: bool, otherwise: str) -> None:
    if not right:
        msg = f"special values of a grid: {otherwise}"
        raise ArgumentError(msg)
