"""The shape of a tree: columns, the groups they form, and the way to (rows, lanes) and back."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.errors import CorruptError
from rootae.leaf import Leaf

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = [
    "INNER",
    "SIZES",
    "Branch",
    "Column",
    "Group",
    "TreeSchema",
    "Values",
    "branch_of",
    "groups_of",
]

EVENT = ""  # the name of the group of event scalars
SIZES = "@size"  # a vector has no counter: its sizes are a column of that name
INNER = "@inner"  # a vector of vectors is counted by the sizes of these, which its own sizes count


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
        leaf: its leaf, where ROOT would not make the same one of all this.
    """

    name: str
    dtype: str
    inner_shape: tuple[int, ...] = ()
    counter: str | None = None
    typename: str = ""
    title: str = ""
    is_counter: bool = False
    leaf: Leaf | None = None

    @property
    def lanes(self) -> int:
        """Return how many integer lanes one row of the column makes."""
        return math.prod(self.inner_shape)

    @property
    def has_branch(self) -> bool:
        """Say whether the column is a branch, not only the sizes of one."""
        return branch_of(self.name) == self.name

    @property
    def is_vector(self) -> bool:
        """Say whether the column is a vector of numbers, or of arrays of numbers."""
        return self.has_branch and str(self.counter).endswith(SIZES)

    @property
    def is_nested(self) -> bool:
        """Say whether the column is a vector of vectors."""
        return str(self.counter).endswith(INNER)

    def sizes(self) -> tuple[Column, ...]:
        """Return the columns that hold a vector's sizes, and those of its vectors."""
        if self.is_vector:
            return (Column(str(self.counter), "int64"),)
        if self.is_nested:
            outer = f"{self.name}{SIZES}"
            return Column(outer, "int64"), Column(str(self.counter), "int64", counter=outer)
        return ()

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
        weight: the tree's weight.
    """

    path: str
    title: str
    columns: tuple[Column, ...]
    passing: tuple[Branch, ...] = ()
    unsupported: tuple[tuple[str, str], ...] = ()
    order: tuple[str, ...] = ()
    needed: frozenset[str] = frozenset()
    weight: float = 1.0

    def column(self, name: str) -> Column | None:
        """Return the column of that name, or None."""
        return next((c for c in self.columns if c.name == name), None)

    def counters_of(self, names: Iterable[str]) -> set[str]:
        """Return what counts some columns, and what counts that."""
        counters = {c.name: c.counter for c in self.columns}
        found: set[str] = set()
        waiting = list(names)
        while waiting:
            counter = counters.get(waiting.pop())
            if counter is not None and counter not in found:
                found.add(counter)
                waiting.append(counter)
        return found

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

    def part(self, start: int, stop: int) -> Values:
        """Return the values of some entries."""
        if self.counts is None:
            return Values(self.flat[start:stop])
        if start == 0 and stop == len(self.counts):
            return self
        ends = np.cumsum(self.counts[:stop])
        low, high = (int(ends[i - 1]) if i else 0 for i in (start, stop))
        return Values(self.flat[low:high], self.counts[start:stop])


def branch_of(column: str) -> str:
    """Return the branch that a column is of, or is the sizes of.

    Example:
        >>> branch_of("v"), branch_of("v@size"), branch_of("v@inner")
        ('v', 'v', 'v')
    """
    return column.removesuffix(INNER).removesuffix(SIZES)


def _lists(counts: NDArray[np.int64], content: Any) -> Any:
    if int(counts.sum()) != len(content):
        msg = "object counts and values disagree: the block is damaged"
        raise CorruptError(msg)
    offsets = np.concatenate([np.zeros(1, np.int64), np.cumsum(counts)])
    return ak.contents.ListOffsetArray(ak.index.Index64(offsets), content)


def _native(flat: NDArray[Any], column: Column) -> NDArray[Any]:
    shape = (len(flat), *column.inner_shape)
    return np.ascontiguousarray(flat, dtype=np.dtype(column.dtype)).reshape(shape)
