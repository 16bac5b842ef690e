"""Whether a tree and its blocks belong together, and whether entries lie where their blocks say."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.container.side_tree import BLOCK, ENTRY, MODULUS
from rootae.errors import CorruptError
from rootae.rootio.baskets import basket_ends, read_branches

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from numpy.typing import NDArray

    from rootae.container.blocks import StoredTree

__all__ = ["Places", "check_whole"]


def check_whole(
    stored: StoredTree, entries: int, expected: int | None, names: Collection[str]
) -> None:
    """Hold a tree's blocks against the tree.

    Arguments:
        stored: the blocks.
        entries: of the tree.
        expected: how many were written, where that is known.
        names: the columns whose carriers the tree has.

    Raises:
        CorruptError: tree and blocks do not belong together.
    """
    if entries != stored.total or expected not in (None, entries):
        msg = (
            f"{stored.where} has {entries} entries, its coded columns {stored.total}"
            f" (written: {expected}): it was merged with a file of other coded columns or a "
            "plain one, or cut by Snapshot or CopyTree; merge the originals with "
            "rootae merge, cut them with rootae skim"
        )
        raise CorruptError(msg)
    odd = {n for plan in stored.plans for n in set(names).symmetric_difference(plan.carried)}
    if odd:
        msg = (
            f"{stored.where}: the tree and its blocks do not code the same columns "
            f"({', '.join(sorted(odd)[:5])}, ...): files of different coded columns were "
            "merged; merge the originals with rootae merge"
        )
        raise CorruptError(msg)
    for name in names if len(stored.plans) > 1 else ():
        kinds = [p.column(name) for p in stored.plans]
        if len({(c.dtype, c.inner_shape, c.counter) for c in kinds}) > 1:
            msg = (
                f"{stored.where}: column {name} has several types: "
                f"{', '.join(dict.fromkeys(c.typename for c in kinds))}; files of different "
                "types were merged; read them one by one"
            )
            raise CorruptError(msg)


class Places:
    """The entries' own record of their blocks.

    Arguments:
        stored: the blocks.
        hidden: the tree's bookkeeping branches by name.
    """

    def __init__(self, stored: StoredTree, hidden: Mapping[str, Any]) -> None:
        self._stored = stored
        self._hidden = hidden
        self._checked: set[int] = set()
        self._recorded: tuple[int, int, list[NDArray[Any]]] = 0, 0, []

    def check(self, blocks: Sequence[int]) -> None:
        """Hold the record of blocks' entries against the blocks, each once.

        Arguments:
            blocks: their numbers, one after the other: their record is read at one go.

        Raises:
            CorruptError: entries were skimmed, swapped or reordered.
        """
        starts = self._stored.starts
        waiting = [b for b in blocks if b not in self._checked]
        if waiting:
            self._read(int(starts[waiting[0]]), int(starts[waiting[-1] + 1]))
        for block in waiting:
            self._check(block)
            self._checked.add(block)

    def _read(self, start: int, stop: int) -> None:
        """Read the record of some entries; the baskets that hold them are kept."""
        if BLOCK not in self._hidden or ENTRY not in self._hidden:
            msg = (
                f"{self._stored.where}, entries {start}-{stop}: branch {BLOCK} or {ENTRY} is gone: "
                "go back to the full file"
            )
            raise CorruptError(msg)
        branches = [self._hidden[n] for n in (BLOCK, ENTRY)]
        first, last = start, stop
        for ends in map(basket_ends, branches):
            first = min(first, int(ends[np.searchsorted(ends, start, "right") - 1]))
            last = max(last, int(ends[min(int(np.searchsorted(ends, stop)), len(ends) - 1)]))
        if self._recorded[:2] != (first, last):
            self._recorded = first, last, read_branches(branches, first, last)

    def _check(self, block: int) -> None:
        stored = self._stored
        start, stop = int(stored.starts[block]), int(stored.starts[block + 1])
        where = f"{stored.where}, entries {start}-{stop}"
        first, _, kept = self._recorded
        ids, index = (x[start - first : stop - first] for x in kept)
        right = np.resize(np.arange(MODULUS, dtype=np.uint8), stop - start)
        if not (np.array_equal(index, right) and (ids == stored.ids[block]).all()):
            msg = (
                f"{where} do not belong to block {block}: entries were skimmed, swapped or "
                "reordered; go back to the full file and use rootae skim"
            )
            raise CorruptError(msg)
