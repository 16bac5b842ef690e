"""Codes as places in tables over their own range, worked out once for many maps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import CorruptError
from rootae.kernels import gather

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["Indexed", "through_table"]

_COMPARED = 64  # edges; among more a search is quicker
_LOOKUP = 1 << 20  # codes spanning no more than that many values are read through a table


class Indexed:
    """Codes, and where each lies in a table over the codes' range if such a table is small.

    Arguments:
        codes: signed integers of shape (rows,).

    Example:
        >>> Indexed(np.array([3, 9, 5])).count(np.array([4, 6])).tolist()
        [0, 2, 1]
    """

    def __init__(self, codes: NDArray[Any]) -> None:
        self._codes = codes
        self._tabled = False
        if len(codes):
            self._low, self._high = int(codes.min()), int(codes.max())
            self._tabled = self._high - self._low < min(_LOOKUP, 2 * codes.size)

    @property
    def span(self) -> tuple[int, int] | None:
        """Return the least and the greatest code if a table of all between them is small."""
        return (self._low, self._high) if self._tabled else None

    def through(self, values: Callable[[NDArray[np.int64]], NDArray[Any]]) -> NDArray[Any]:
        """Evaluate a map of codes, once per code in their range where that is less work."""
        if not self._tabled:
            return np.asarray(values(self._codes.astype(np.int64)))
        return self._look(np.asarray(values(np.arange(self._high - self._low + 1) + self._low)))

    def count(self, edges: NDArray[np.int64], dtype: type[Any] = np.intp) -> NDArray[Any]:
        """Count the edges at or below each code.

        Raises:
            CorruptError: the edges do not ascend.
        """
        if not self._tabled:
            return self._compared(edges).astype(dtype, copy=False)
        # counted from the lowest code: one above the highest may be beyond 64 bits
        ends = np.zeros(len(edges) + 2, np.int64)
        ends[1:-1] = np.clip(edges, self._low, self._high) - self._low + (edges > self._high)
        ends[-1] = self._high - self._low + 1
        widths = np.diff(ends)
        if (widths < 0).any():
            msg = "a table of edges does not ascend: the codec is damaged"
            raise CorruptError(msg)
        return self._look(np.repeat(np.arange(len(edges) + 1, dtype=dtype), widths))

    def _compared(self, edges: NDArray[np.int64]) -> NDArray[Any]:
        """Count by comparing with each edge in turn: numpy does many at a time, a search does one.

        Codes are the smaller the quicker, and their lowest and highest are known.
        """
        if not len(self._codes) or len(edges) > _COMPARED:
            return np.searchsorted(edges, self._codes, side="right")
        below = int(np.searchsorted(edges, self._low, side="right"))
        inside = edges[below : int(np.searchsorted(edges, self._high, side="right"))]
        narrow = self._low >= -(2**31) and self._high < 2**31
        codes = self._codes.astype(np.int32 if narrow else np.int64, copy=False)
        found = np.full(len(codes), below, np.uint8)
        for edge in inside.tolist():
            found += codes >= edge
        return found

    def _look(self, table: NDArray[Any]) -> NDArray[Any]:
        return gather.look(self._codes, self._low, table)


def through_table(
    values: Callable[[NDArray[np.int64]], NDArray[Any]], q: NDArray[Any]
) -> NDArray[Any]:
    """Evaluate a map of codes once per code in their range where that is less work."""
    return Indexed(q).through(values)
