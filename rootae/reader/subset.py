"""Some entries and branches of a tree, as a tree of their own: what skim writes."""

from __future__ import annotations

import dataclasses
import itertools
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.reader.decoded import blocks_of, coded_of
from rootae.rootio.sink import joined
from rootae.source.tree import SourceTree

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from rootae.schema.tree import TreeSchema

__all__ = ["SelectedTree", "narrowed"]


def narrowed(schema: TreeSchema, names: Iterable[str], carried: Sequence[str]) -> TreeSchema:
    """Keep some branches of a tree, and the counters that these need.

    Arguments:
        schema: the tree's branches.
        names: those to keep.
        carried: coded columns, which stay counters even if nothing is left to count.
    """
    kept = set(names)
    counters = schema.counters_of(kept)
    kept |= counters
    columns = (
        c if c.name in carried or c.name in counters else dataclasses.replace(c, is_counter=False)
        for c in schema.columns
        if c.name in kept
    )
    return dataclasses.replace(
        schema,
        columns=tuple(columns),
        passing=tuple(b for b in schema.passing if b.name in kept),
        unsupported=tuple(p for p in schema.unsupported if p[0] in kept),
        order=tuple(n for n in schema.order if n in kept),
    )


class SelectedTree(SourceTree):
    """Some entries and branches of a tree; it is read in the blocks of the whole one.

    Arguments:
        whole: the tree.
        schema: the branches that are left.
        at: the entries that are left, in order.
    """

    def __init__(self, whole: SourceTree, schema: TreeSchema, at: NDArray[np.int64]) -> None:
        self.tree = whole.tree
        self.where = whole.where
        self.schema = schema
        self.entries = len(at)
        self._whole = whole
        self._at = at
        self._edges = np.array([0, *(stop for _, stop in blocks_of(whole))], np.int64)

    @property
    def is_verbatim(self) -> bool:
        """Say that the branches are in no file."""
        return False

    def arrays(self, start: int, stop: int, names: Sequence[str]) -> dict[str, Any]:
        """Read branches over some of the selected entries.

        Raises:
            FormatError: a basket is damaged.
        """
        at = self._at[start:stop]
        parts: dict[str, list[Any]] = {n: [] for n in names}
        for low, high in self._ranges(at) if names else ():
            here = at[np.searchsorted(at, low) : np.searchsorted(at, high)] - low
            found = self._whole.arrays(low, high, names)
            for name in names:
                parts[name].append(ak.to_packed(found[name][here]))
        return {n: joined(p) for n, p in parts.items()}

    def _ranges(self, at: NDArray[np.int64]) -> list[tuple[int, int]]:
        """Return the whole tree's ranges that hold some entries, an empty one if there are none."""
        if not len(at):
            return [(0, 0)]
        edges = self._edges
        blocks = np.unique(np.searchsorted(edges, at, side="right")) - 1
        limits = int(at[0]), int(at[-1]) + 1
        pairs = ((max(int(edges[b]), limits[0]), min(int(edges[b + 1]), limits[1])) for b in blocks)
        return list(pairs)

    def runs(self) -> list[tuple[bytes, SelectedTree]]:
        """Return the tree in pieces whose entries come from blocks of one codec, and its id."""
        mine = coded_of(self._whole)
        if mine is None:
            return []
        digests = [mine.stored.codec_of(b).digest for b in range(len(mine.stored.entries))]
        changes = [i for i in range(1, len(digests)) if digests[i] != digests[i - 1]]
        edges = [0, *changes, len(digests)]
        runs = []
        for first, last in itertools.pairwise(edges):
            low, high = np.searchsorted(self._at, mine.stored.starts[[first, last]])
            if high > low:
                part = SelectedTree(self._whole, self.schema, self._at[low:high])
                runs.append((digests[first], part))
        return runs
