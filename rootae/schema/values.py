"""Values of a column: flat, with the length of each list; awkward arrays in and out."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.errors import CorruptError
from rootae.schema.column import INNER, Column

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["Values", "entries_of"]


@dataclass(frozen=True)
class Values:
    """One column's values over a range of entries.

    Arguments:
        flat: values, shape (rows, *inner_shape), the column's dtype.
        counts: objects an entry for a jagged column, int64 of shape (entries,), else None.
    """

    flat: NDArray[Any]
    counts: NDArray[np.int64] | None = None

    @classmethod
    def from_array(cls, array: Any, column: Column) -> Values:
        """Take what uproot read: a numpy or an awkward array.

        Values of a vector of vectors are counted all together. For a column of sizes, the array
        is that of the vectors.
        """
        if not column.has_branch:
            return cls.lengths(array, column.name)
        if column.counter is None:
            flat = array if isinstance(array, np.ndarray) else ak.to_numpy(array)
            return cls(_native(flat, column))
        if column.is_nested:
            lengths = cls.lengths(array, str(column.counter))
            content = ak.to_numpy(ak.flatten(ak.flatten(array, axis=1), axis=1))
            return cls(_native(content, column), lengths.sums())
        counts = ak.to_numpy(ak.num(array, axis=1)).astype(np.int64)
        return cls(_native(ak.to_numpy(ak.flatten(array, axis=1)), column), counts)

    @classmethod
    def lengths(cls, array: Any, name: str) -> Values:
        """Return the sizes of a vector, or of the vectors in it, by the name of their column."""
        outer = ak.to_numpy(ak.num(array, axis=1)).astype(np.int64)
        if not name.endswith(INNER):
            return cls(outer)
        inner = ak.to_numpy(ak.flatten(ak.num(array, axis=2), axis=1)).astype(np.int64)
        return cls(inner, outer)

    def sums(self) -> NDArray[np.int64]:
        """Return the sum of each entry's values, int64 of shape (entries,)."""
        if self.counts is None:
            return self.flat.astype(np.int64)
        total = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.flat, dtype=np.int64)])
        ends = np.cumsum(self.counts)
        summed: NDArray[np.int64] = total[ends] - total[ends - self.counts]
        return summed

    def to_array(self, inner: Values | None = None) -> ak.Array:
        """Return an awkward array of the original's form.

        Arguments:
            inner: of a vector of vectors, the sizes of these.

        Raises:
            CorruptError: counts and values disagree.
        """
        content: Any = ak.contents.NumpyArray(self.flat)
        if self.counts is None:
            return ak.Array(content)
        if inner is not None and inner.counts is not None:
            content = _lists(inner.flat, content)
            return ak.Array(_lists(inner.counts, content))
        return ak.Array(_lists(self.counts, content))

    def lane(self, element: int) -> NDArray[Any]:
        """Return one lane of the column, shape (rows,)."""
        flat = self.flat
        if flat.ndim == 1:
            return flat
        return np.ascontiguousarray(flat.reshape(len(flat), math.prod(flat.shape[1:]))[:, element])

    @classmethod
    def none(cls, column: Column) -> Values:
        """Return no entries of a column."""
        flat = np.zeros((0, *column.inner_shape), np.dtype(column.dtype))
        return cls(flat, None if column.counter is None else np.zeros(0, np.int64))

    @classmethod
    def joined(cls, parts: Sequence[Values]) -> Values:
        """Put parts of a column, at least one, behind one another."""
        if len(parts) == 1:
            return parts[0]
        counts = [p.counts for p in parts if p.counts is not None]
        flat = np.concatenate([p.flat for p in parts])
        return cls(flat, np.concatenate(counts) if counts else None)

    def part(self, start: int, stop: int) -> Values:
        """Return the values of some entries."""
        if self.counts is None:
            return Values(self.flat[start:stop])
        if start == 0 and stop == len(self.counts):
            return self
        ends = np.cumsum(self.counts[:stop])
        low, high = (int(ends[i - 1]) if i else 0 for i in (start, stop))
        return Values(self.flat[low:high], self.counts[start:stop])


def _lists(counts: NDArray[np.int64], content: Any) -> Any:
    if int(counts.sum()) != len(content):
        msg = "object counts and values disagree: the block is damaged"
        raise CorruptError(msg)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return ak.contents.ListOffsetArray(ak.index.Index64(offsets), content)


def _native(flat: NDArray[Any], column: Column) -> NDArray[Any]:
    shape = (len(flat), *column.inner_shape)
    return np.ascontiguousarray(flat, dtype=np.dtype(column.dtype)).reshape(shape)


def entries_of(data: Mapping[str, Values]) -> int:
    """Return the number of entries that columns span."""
    for values in data.values():
        return len(values.flat) if values.counts is None else len(values.counts)
    return 0
