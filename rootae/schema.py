"""The shape of a tree: columns, the groups they form, and the way to (rows, lanes) and back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Branch", "Column", "Group", "TreeSchema", "Values", "groups_of"]

EVENT = ""  # the name of the group of event scalars


@dataclass(frozen=True)
class Column:
    """A numeric branch that can be coded.

    Arguments:
        name: the branch's name.
        dtype: numpy name of the values' type in native byte order, such as ``float32``.
        inner_shape: fixed inner dimensions, ``(3, 3)`` for ``float[3][3]``; each element is a lane.
        counter: the branch that counts the objects of a jagged column, None for one value an entry.
        typename: the type as uproot names it, such as ``float[]``.
        title: the branch's title.
        is_counter: other columns take their lengths from this one.
    """

    name: str
    dtype: str
    inner_shape: tuple[int, ...] = ()
    counter: str | None = None
    typename: str = ""
    title: str = ""
    is_counter: bool = False

    @property
    def lanes(self) -> int:
        """Return how many integer lanes one row of the column makes."""
        return math.prod(self.inner_shape)

    @property
    def group(self) -> str:
        """Return the name of the group: the counter, or empty for event scalars."""
        return EVENT if self.counter is None else self.counter


@dataclass(frozen=True)
class Branch:
    """Any branch of a tree as the output has to show it.

    Arguments:
        name: the branch's name.
        typename: its type as uproot names it.
        title: its title.
        coded: it became a coded column; otherwise it passed through.
        counter: the branch that counts its elements, if any.
    """

    name: str
    typename: str
    title: str
    coded: bool
    counter: str | None = None


@dataclass(frozen=True)
class TreeSchema:
    """A tree's columns that can be coded and its branches that can only pass through.

    Arguments:
        path: the tree's path in the file, without cycle.
        title: the tree's title.
        columns: numeric branches, in the tree's order.
        passing: names of branches that can be rewritten but not coded (strings).
        unsupported: names of branches that could neither be coded nor rewritten, with their type.
        order: names of all branches, in the tree's order.
        needed: columns that count what is unsupported: they stay in the tree with it.
    """

    path: str
    title: str
    columns: tuple[Column, ...]
    passing: tuple[Branch, ...] = ()
    unsupported: tuple[tuple[str, str], ...] = ()
    order: tuple[str, ...] = ()
    needed: frozenset[str] = frozenset()

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)

    def title_of(self, name: str) -> str | None:
        """Return a column's title, or None if there is no such column."""
        column = self.column(name)
        return None if column is None else column.title


@dataclass(frozen=True)
class Group:
    """Columns that share one number of rows an entry: one counter's, or the event's scalars."""

    name: str
    columns: tuple[Column, ...]


def groups_of(columns: tuple[Column, ...]) -> tuple[Group, ...]:
    """Gather columns into groups, event scalars first.

    Example:
        >>> a, b = Column("nJet", "int32"), Column("Jet_pt", "float32", counter="nJet")
        >>> [g.name for g in groups_of((b, a))]
        ['', 'nJet']
    """
    names = sorted({c.group for c in columns}, key=lambda n: (n != EVENT, n))
    return tuple(Group(n, tuple(c for c in columns if c.group == n)) for n in names)


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
        """Take what uproot read: a numpy or an awkward array."""
        if column.counter is None:
            flat = array if isinstance(array, np.ndarray) else ak.to_numpy(array)
            return cls(_native(flat, column))
        counts = ak.to_numpy(ak.num(array, axis=1)).astype(np.int64)
        return cls(_native(ak.to_numpy(ak.flatten(array, axis=1)), column), counts)

    def to_array(self) -> ak.Array:
        """Return an awkward array of the original's form."""
        content: Any = ak.contents.NumpyArray(self.flat)
        if self.counts is None:
            return ak.Array(content)
        if int(self.counts.sum()) != len(self.flat):
            msg = "object counts and values disagree: the block is damaged"
            raise CorruptError(msg)
        offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(self.counts)])
        return ak.Array(ak.contents.ListOffsetArray(ak.index.Index64(offsets), content))

    def part(self, start: int, stop: int) -> Values:
        """Return the values of some entries."""
        if self.counts is None:
            return Values(self.flat[start:stop])
        if start == 0 and stop == len(self.counts):
            return self
        ends = np.cumsum(self.counts[:stop])
        low, high = (int(ends[i - 1]) if i else 0 for i in (start, stop))
        return Values(self.flat[low:high], self.counts[start:stop])


def _native(flat: NDArray[Any], column: Column) -> NDArray[Any]:
    shape = (len(flat), *column.inner_shape)
    return np.ascontiguousarray(flat, dtype=np.dtype(column.dtype)).reshape(shape)
