"""One tree of an input file as uproot reads it: its columns, and their values by block."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.errors import RootaeError, UnreadableError, said
from rootae.rootio.branch_values import read
from rootae.rootio.numbers import read_numbers
from rootae.schema.column import branch_of
from rootae.schema.values import Values
from rootae.source.rntuple import NTuple, describe_fields
from rootae.source.ttree import describe

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.schema.column import Column
    from rootae.schema.tree import TreeSchema

__all__ = ["BYTES_AT_MOST", "ROWS_AT_MOST", "SourceTree"]

ROWS_AT_MOST = 1 << 20  # in a block's largest group
BYTES_AT_MOST = 1 << 26  # of a block's decoded columns
_COUNTS_AT_ONCE = 200_000
_BYTES_AT_ONCE = 2 * BYTES_AT_MOST  # of decompressed columns, unless a single block has more


class SourceTree:
    """One tree of an input file.

    Arguments:
        tree: the uproot tree.
        where: file and tree, for messages.
        path: the tree's path in its file.
        aside: branches that uproot cannot read.
        schema: what the tree holds, if that is known already.
    """

    ends: NDArray[np.int64] | None = None  # where blocks had better end, if they can

    def __init__(
        self,
        tree: Any,
        where: str,
        path: str,
        aside: frozenset[str] = frozenset(),
        schema: TreeSchema | None = None,
    ) -> None:
        self.tree = tree
        self.where = where
        modern = isinstance(tree, NTuple)
        if schema is None:
            schema = describe_fields(tree, path) if modern else describe(tree, path, aside)
        self.schema = schema
        self.entries = int(tree.num_entries)

    @property
    def is_verbatim(self) -> bool:
        """Say whether the tree's branches are those of a file, with their bytes."""
        return not isinstance(self.tree, NTuple)

    def values(
        self, start: int, stop: int, names: Collection[str] | None = None
    ) -> dict[str, Values]:
        """Read columns over a range of entries.

        Returns:
            Values by column; sizes of vectors are columns of their own.

        Raises:
            UnreadableError: a branch cannot be read, or its lengths are not its counter's.
        """
        columns = self._columns(names)
        found = {c.name: v for c in columns if (v := self._numbers(c, start, stop)) is not None}
        others = [c for c in columns if c.name not in found]
        arrays = self.arrays(start, stop, list(dict.fromkeys(branch_of(c.name) for c in others)))
        found |= {c.name: Values.from_array(arrays[branch_of(c.name)], c) for c in others}
        for column in columns:
            self._hold_lengths(column, found)
        return found

    def _columns(self, names: Collection[str] | None) -> list[Column]:
        """Return columns by their names, all by default."""
        wanted = None if names is None else set(names)
        return [c for c in self.schema.columns if wanted is None or c.name in wanted]

    def _numbers(self, column: Column, start: int, stop: int) -> Values | None:
        """Return a column's values if they are simple and sound: else uproot says what is wrong."""
        if not self.is_verbatim or not column.has_branch:
            return None
        if column.is_nested or column.inner_shape:
            return None
        try:
            read = read_numbers(self.tree[column.name], start, stop)
        except Exception:  # a damaged basket, or one as nobody foresaw
            return None
        if read is None or (read[1] is None) != (column.counter is None):
            return None
        return Values(read[0], read[1]) if read[0].dtype == np.dtype(column.dtype) else None

    def _hold_lengths(self, column: Column, found: Mapping[str, Values]) -> None:
        """Hold the lengths of a column's lists, as its baskets have them, against its counter."""
        counts, counter = found[column.name].counts, found.get(str(column.counter))
        if counts is None or counter is None or counter.counts is not None:
            return
        if not np.array_equal(counts, counter.flat.astype(np.int64)):
            msg = f"{self.where}: branch {column.name} holds other lengths than {column.counter}"
            raise UnreadableError(msg, self.schema.path, column.name)

    def parts(
        self, blocks: Iterable[tuple[int, int]], names: Collection[str] | None = None
    ) -> Iterator[tuple[int, int, dict[str, Values]]]:
        """Read columns block by block.

        Neighbouring blocks are read at once as far as memory allows: a basket may hold several
        blocks, and would be decompressed for each of them.

        Arguments:
            blocks: entry ranges, in order.
            names: the columns, all by default.

        Yields:
            Start and stop of each block, and its values by column.
        """
        for together in self._neighbours(blocks, names):
            first = together[0][0]
            whole = self.values(first, together[-1][1], names)
            for start, stop in together:
                part = {n: v.part(start - first, stop - first) for n, v in whole.items()}
                yield start, stop, part

    def _neighbours(
        self, blocks: Iterable[tuple[int, int]], names: Collection[str] | None
    ) -> Iterator[list[tuple[int, int]]]:
        """Group blocks that can be read at once."""
        sizes = [
            (c.counter is None, np.dtype(c.dtype).itemsize * c.lanes) for c in self._columns(names)
        ]
        flat, jagged = (sum(n for kind, n in sizes if kind == is_flat) for is_flat in (True, False))
        group: list[tuple[int, int]] = []
        for block in blocks:
            entries = block[1] - group[0][0] if group else 0
            blocks_then = len(group) + 1
            most = flat * entries + jagged * ROWS_AT_MOST * blocks_then
            nbytes = min(most, BYTES_AT_MOST * blocks_then)
            if group and (group[-1][1] != block[0] or nbytes > _BYTES_AT_ONCE):
                yield group
                group = []
            group.append(block)
        if group:
            yield group

    def arrays(self, start: int, stop: int, names: Sequence[str]) -> dict[str, Any]:
        """Read branches as awkward arrays.

        Raises:
            UnreadableError: a basket is damaged, or laid out as uproot cannot read it.
        """
        out = {}
        for name in names:
            try:
                out[name] = read(self.tree[name], start, stop)
            except RootaeError:
                raise
            except Exception as error:
                what = f"branch {name}, entries {start}-{stop}"
                msg = f"{self.where}: {what}, cannot be read: {said(error)}"
                raise UnreadableError(msg, self.schema.path, name) from error
        return out

    def blocks(
        self, rows: int | None = None, nbytes: int | None = None, width: int = 1
    ) -> Iterator[tuple[int, int]]:
        """Yield the entry ranges of blocks: as many entries as keep them small enough.

        Arguments:
            rows: at most so many in any group, `ROWS_AT_MOST` by default.
            nbytes: at most so many of decoded columns, `BYTES_AT_MOST` by default.
            width: bytes that a value counts for at least.
        """
        limits = rows or ROWS_AT_MOST, nbytes or BYTES_AT_MOST
        start = 0
        while start < self.entries:
            begin, end = start, min(start + _COUNTS_AT_ONCE, self.entries)
            taken = self._taken(begin, end, width)
            while start < end:
                stop = start + _fitting([x[start - begin :] for x in taken], limits)
                if stop >= end and end < self.entries and start > begin:
                    break  # there may be more that fits
                stop = self._at_end(start, stop)
                yield start, stop
                start = stop

    def _at_end(self, start: int, stop: int) -> int:
        """Return where a block ends that may end somewhere: where it had better, if it can."""
        if self.ends is None:
            return stop
        last = int(np.searchsorted(self.ends, stop, side="right")) - 1
        return int(self.ends[last]) if last >= 0 and self.ends[last] > start else stop

    def _taken(
        self, start: int, stop: int, width: int
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return upper bounds of each entry's rows in any group, and of its columns' bytes."""
        sizes: dict[str | None, int] = {}
        for c in self.schema.columns:
            lanes = max(np.dtype(c.dtype).itemsize, width) * c.lanes
            sizes[c.counter] = sizes.get(c.counter, 0) + lanes
        counters = sorted(c for c in sizes if c is not None)
        arrays = self.arrays(start, stop, list(dict.fromkeys(map(branch_of, counters))))
        rows = np.ones(stop - start, np.int64)
        nbytes = np.full(stop - start, sizes.get(None, 0), np.int64)
        for name in counters:
            array = arrays[branch_of(name)]
            if name != branch_of(name):
                array = Values.lengths(array, name).sums()
            counts = ak.to_numpy(array).astype(np.int64)
            rows = np.maximum(rows, counts)
            nbytes += counts * sizes[name]
        return rows, nbytes


def _fitting(taken: Sequence[NDArray[np.int64]], limits: Sequence[int]) -> int:
    """Return how many entries fit into a block, at least one."""
    fit = (
        np.searchsorted(np.cumsum(x), y, side="right") for x, y in zip(taken, limits, strict=True)
    )
    return max(int(min(fit)), 1)
