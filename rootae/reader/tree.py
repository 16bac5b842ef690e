"""The coded columns of an opened tree: which block an entry lies in, whether it belongs there.

Blocks that were decoded are kept for a while, so that columns read one after the other share them.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.contexts.network import usable
from rootae.container.container import Container
from rootae.container.side_tree import BLOCK, ENTRY, MODULUS
from rootae.errors import CorruptError
from rootae.reader.cache import blocks_of
from rootae.rootio.baskets import basket_ends, read_branch
from rootae.schema.values import Values

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from numpy.typing import NDArray

    from rootae.container.blocks import StoredTree
    from rootae.schema.column import Column

__all__ = ["CodedTree", "decode_on"]

_DEVICE = "_rootae_device"
_OFFSET = 8  # bytes of a list's offset in an awkward array


def decode_on(file: Any, device: str) -> None:
    """Have an opened file's trees decoded on ``cpu`` or ``cuda``."""
    file.__dict__[_DEVICE] = device


class CodedTree:
    """The coded columns of one opened tree.

    Arguments:
        tree: the uproot tree.
        names: the columns whose carriers the tree has.
        hidden: its bookkeeping branches by name.
    """

    def __init__(self, tree: Any, names: Collection[str], hidden: Mapping[str, Any]) -> None:
        self._tree = tree
        self._names = frozenset(names)
        self._hidden = hidden
        self._lock = threading.RLock()
        self._number: int | None = None  # of those whose blocks the file keeps
        self._stored: StoredTree | None = None
        self._checked: set[int] = set()
        self._recorded: dict[str, tuple[int, int, NDArray[Any]]] = {}

    def __getstate__(self) -> tuple[Any, ...]:
        """Keep what another process needs to open the blocks anew."""
        return self._tree, self._names, self._hidden

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        self.__init__(*state)  # type: ignore[misc]  # nothing inherits from it

    @property
    def file(self) -> Any:
        """Return the opened file."""
        return self._tree.file

    @property
    def path(self) -> str:
        """Return the tree's path in its file, without cycle."""
        return str(self._tree.object_path).strip("/").rsplit(";", 1)[0]

    @property
    def stored(self) -> StoredTree:
        """Return the tree's blocks, after holding them against the tree.

        Raises:
            CorruptError: tree and blocks do not belong together.
            MissingDependency: ``ROOTAE_DEVICE`` asks for CUDA, which cannot be used.
        """
        with self._lock:
            if self._stored is None:
                file = self._tree.file
                device = file.__dict__.get(_DEVICE) or usable()
                container = Container(file.root_directory, str(file.file_path), device)
                stored = container.stored(self.path)
                self._check_whole(container, stored)
                self._stored = stored
            return self._stored

    def _check_whole(self, container: Container, stored: StoredTree) -> None:
        entries = self.entries
        expected = container.expected_entries(self.path)
        if entries != stored.total or expected not in (None, entries):
            msg = (
                f"{stored.where} has {entries} entries, its coded columns {stored.total}"
                f" (written: {expected}): it was merged with a file of other coded columns or a "
                "plain one, or cut by Snapshot or CopyTree; merge the originals with "
                "rootae merge, cut them with rootae skim"
            )
            raise CorruptError(msg)
        odd = {n for plan in stored.plans for n in self._names.symmetric_difference(plan.carried)}
        if odd:
            msg = (
                f"{stored.where}: the tree and its blocks do not code the same columns "
                f"({', '.join(sorted(odd)[:5])}, ...): files of different coded columns were "
                "merged; merge the originals with rootae merge"
            )
            raise CorruptError(msg)
        for name in self._names:
            kinds = [p.column(name) for p in stored.plans]
            if len({(c.dtype, c.inner_shape, c.counter) for c in kinds}) > 1:
                msg = (
                    f"{stored.where}: column {name} has several types: "
                    f"{', '.join(dict.fromkeys(c.typename for c in kinds))}; files of different "
                    "types were merged; read them one by one"
                )
                raise CorruptError(msg)

    def column(self, name: str) -> Column:
        """Return a coded column's description."""
        plans = self.stored.plans
        if not plans:
            msg = f"{self.stored.where}: no codec knows this tree: the file is damaged"
            raise CorruptError(msg)
        return plans[0].column(name)

    def check_carrier(self, branch: Any) -> None:
        """Hold a carrier's entries against the tree's: uproot takes its ranges from them.

        Raises:
            CorruptError: they are not those of the tree.
        """
        offsets = basket_ends(branch)
        if offsets[0] != 0 or offsets[-1] != self._tree.num_entries:
            msg = (
                f"{self.stored.where}: the carrier of {branch.name} spans entries {offsets[0]} to "
                f"{offsets[-1]}, not all {self._tree.num_entries}: the file is damaged"
            )
            raise CorruptError(msg)

    @property
    def title(self) -> str:
        """Return the title that the tree had before it was coded."""
        plans = self.stored.plans
        return plans[0].title if plans else ""

    @property
    def entries(self) -> int:
        """Return the number of entries."""
        return int(self._tree.num_entries)

    def named(self, name: str) -> str:
        """Return file, tree and column, for messages about the column."""
        return f"{self._tree.file.file_path}:{self.path}: column {name} is coded by rootae"

    def stored_bytes(self, name: str) -> int:
        """Return the size of a column's blobs."""
        return self.stored.blob_bytes.get(("column", name), 0)

    @property
    def latent_bytes(self) -> int:
        """Return the size of what groups of columns share."""
        return sum(size for (kind, _), size in self.stored.blob_bytes.items() if kind == "group")

    def decoded_bytes(self, name: str) -> int:
        """Return the size of a column's decoded values and of its lists' offsets."""
        column = self.column(name)
        rows = self.stored.rows
        size = np.dtype(column.dtype).itemsize * column.lanes * rows[column.group]
        while column.counter is not None:
            column = self.column(column.counter)
            size += _OFFSET * rows[column.group]
        return size

    def values(self, name: str, start: int, stop: int) -> Values:
        """Return a column over a range of entries, in memory of its own.

        Raises:
            CorruptError: a block is damaged or not in its place.
        """
        wanted = list(self._overlaps(start, stop))
        span = range(wanted[0][0], wanted[-1][0] + 1) if wanted else range(0)
        column = self.column(name)
        if wanted and sum(high - low for _, low, high in wanted) == self._entries(span):
            return self._whole(column, span)
        parts = [self._part(name, *where, span) for where in wanted]
        if not parts:
            flat = np.zeros((0, *column.inner_shape), np.dtype(column.dtype))
            return Values(flat, None if column.counter is None else np.zeros(0, np.int64))
        if len(parts) == 1:  # what the cache keeps may be read again
            return Values(parts[0].flat.copy(), parts[0].counts)
        counts = None
        if column.counter is not None:
            counts = np.concatenate([p.counts for p in parts if p.counts is not None])
        return Values(np.concatenate([p.flat for p in parts]), counts)

    def _entries(self, span: range) -> int:
        """Return the number of entries of some blocks."""
        return int(self.stored.starts[span.stop] - self.stored.starts[span.start])

    def _whole(self, column: Column, span: range) -> Values:
        """Return a column of whole blocks, each of which forgets what no other column needs."""
        rows = [self.stored.rows_of(block, column.group) for block in span]
        flat = np.empty((sum(rows), *column.inner_shape), np.dtype(column.dtype))
        counts, at = [], 0
        for block, some in zip(span, rows, strict=True):
            part = self._decoded(column.name, block, span, keep=False)
            flat[at : at + some] = part.flat
            counts.append(part.counts)
            at += some
        found = [c for c in counts if c is not None]
        return Values(flat, np.concatenate(found) if found else None)

    def _overlaps(self, start: int, stop: int) -> Iterator[tuple[int, int, int]]:
        """Yield block and the range of its entries."""
        starts = self.stored.starts
        first = int(np.searchsorted(starts, start, side="right")) - 1
        for block in range(first, len(starts) - 1):
            if starts[block] >= stop:
                break
            low, high = max(start - starts[block], 0), min(stop, starts[block + 1]) - starts[block]
            if high > low:
                yield block, int(low), int(high)

    def _part(self, name: str, block: int, low: int, high: int, span: range) -> Values:
        return self._decoded(name, block, span, keep=True).part(low, high)

    def _decoded(self, name: str, block: int, span: range, *, keep: bool) -> Values:
        stored = self.stored
        with self._lock:
            self.check_place(block)
            blocks = blocks_of(self.file)
            if self._number is None:
                self._number = blocks.number()
            key = self._number, block
            decoder = blocks.get(key) or stored.decoder(block)
            values = decoder.values(name, keep=keep)
            blocks.keep(key, decoder, span)
            return values

    def check_place(self, block: int) -> None:
        """Hold the entries' own record of their block against the block, once.

        Raises:
            CorruptError: entries were skimmed, swapped or reordered.
        """
        with self._lock:
            if block not in self._checked:
                self._check_place(block)
                self._checked.add(block)

    def _record(self, branch: Any, start: int, stop: int) -> NDArray[Any]:
        """Return some entries of a bookkeeping branch; the baskets that hold them are kept."""
        ends = basket_ends(branch)
        first = int(ends[np.searchsorted(ends, start, "right") - 1])
        last = int(ends[np.searchsorted(ends, stop, "left")])
        name = str(branch.name)
        if self._recorded.get(name, (0, 0))[:2] != (first, last):
            kept = read_branch(branch, first, last)
            self._recorded[name] = first, last, kept
        kept = self._recorded[name][2]
        return kept[start - first : stop - first]

    def _check_place(self, block: int) -> None:
        """Hold the entries' own record of their block against the block."""
        stored = self.stored
        start, stop = int(stored.starts[block]), int(stored.starts[block + 1])
        lookup = self._hidden
        where = f"{stored.where}, entries {start}-{stop}"
        if BLOCK not in lookup or ENTRY not in lookup:
            msg = f"{where}: branch {BLOCK} or {ENTRY} is gone: go back to the full file"
            raise CorruptError(msg)
        ids, index = (self._record(lookup[n], start, stop) for n in (BLOCK, ENTRY))
        right = np.resize(np.arange(MODULUS, dtype=np.uint8), stop - start)
        if (ids != stored.ids[block]).any() or (index != right).any():
            msg = (
                f"{where} do not belong to block {block}: entries were skimmed, swapped or "
                "reordered; go back to the full file and use rootae skim"
            )
            raise CorruptError(msg)
