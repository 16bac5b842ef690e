"""Ordinary branches of one tree under way: rows gathered into baskets, titles and types kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import uproot

from rootae.rootio.clusters import ClusteredTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["RowBranch", "RowWriter", "finish", "joined", "tree_of"]

_FLUSH_BYTES = 32 * 1024 * 1024
_FLUSH_ENTRIES = 1 << 20
_QUICK = uproot.ZSTD(1)


@dataclass(frozen=True)
class RowBranch:
    """A branch that is to be written.

    Arguments:
        name: its name.
        type: its type as uproot's `mktree` takes it.
        title: its title, or None for the one that uproot makes up.
        counter: the branch that counts its elements, if it is jagged.
        counts: the integer type it has if it counts others, which uproot would make int32.
        bookkeeping: it is rootae's own; such branches hold hardly anything and are read often.
    """

    name: str
    type: Any
    title: str | None = None
    counter: str | None = None
    counts: str | None = None
    bookkeeping: bool = False


class RowWriter:
    """Writes rows of ordinary branches; what is flushed at a time is a cluster.

    Arguments:
        file: the uproot file under way.
        path: the tree's path.
        title: the tree's title.
        branches: the branches, in order.
        weight: the tree's weight.
    """

    def __init__(
        self,
        file: Any,
        path: str,
        title: str,
        branches: Sequence[RowBranch],
        weight: float = 1.0,
    ) -> None:
        self._names = [b.name for b in branches]
        self._counting = {b.name for b in branches if b.counts is not None}
        self._tree = None
        if branches:
            self._tree = tree_of(file, path, title, branches, weight)
        self._buffer: list[Mapping[str, Any]] = []
        self._entries = self._bytes = 0
        self._clusters: list[int] = []
        self._beside = 0

    def add(self, arrays: Mapping[str, Any], entries: int) -> None:
        """Add entries: an array for each branch; they are written once they fill a basket."""
        self._buffer.append(arrays)
        self._entries += entries
        different = {id(a): a for a in arrays.values()}  # all carriers are one array
        self._bytes += sum(a.nbytes for a in different.values())
        if self._bytes >= _FLUSH_BYTES or self._entries >= _FLUSH_ENTRIES:
            self.flush()

    def flush(self, beside: int = 0) -> None:
        """Write what was added as a cluster: a basket of each branch.

        Arguments:
            beside: bytes of these entries that lie elsewhere.
        """
        self._beside += beside
        if self._buffer and self._tree is not None:
            shared: dict[tuple[int, ...], Any] = {}
            rows = {}
            for name in self._names:
                parts = [arrays[name] for arrays in self._buffer]
                key = tuple(map(id, parts))
                if key not in shared:
                    shared[key] = joined(parts)
                # uproot compares what counts others with what it counted, in numpy's types only
                rows[name] = np.asarray(shared[key]) if name in self._counting else shared[key]
            self._tree.extend(rows)
            if self._entries:
                self._clusters.append(self._entries)
        self._buffer, self._entries, self._bytes = [], 0, 0

    def close(self) -> None:
        """Write what is left, and what the tree says of itself: it is no tree before."""
        self.flush()
        if self._tree is not None:
            finish(self._tree, self._clusters, self._beside)


def joined(parts: Sequence[Any]) -> Any:
    """Put arrays of successive entries together."""
    if len(parts) == 1:
        return parts[0]
    numpy = all(isinstance(p, np.ndarray) for p in parts)
    return np.concatenate(parts) if numpy else ak.concatenate(list(parts))


def tree_of(
    file: Any, path: str, title: str, branches: Sequence[RowBranch], weight: float = 1.0
) -> Any:
    """Make a tree, with the titles, the weight and the widths of counters that `mktree` lacks.

    uproot keeps these in plain dictionaries until it writes the tree's header, so they are put
    there in between.

    Arguments:
        file: the uproot file under way.
        path: where the tree goes.
        title: its title.
        branches: its branches, in order.
        weight: its weight.

    Returns:
        uproot's tree under way, which is none before `finish`.
    """
    parent, _, leaf = path.rpartition("/")
    directory = file.mkdir(parent) if parent else file
    cascade = directory._cascading

    def add_tree(sink: Any, name: str, title: str, types: Any, *options: Any) -> Any:
        tree = ClusteredTree(cascade, name, title, types, cascade._freesegments, *options)
        _restore(tree, {b.name: b for b in branches})
        tree._metadata["fWeight"] = weight
        tree.nameless = frozenset(b.name for b in branches if b.bookkeeping)
        tree.write_anew(sink)
        return tree

    counters = {b.name: b.counter for b in branches}
    types = {b.name: b.type for b in branches}
    cascade.add_tree = add_tree
    try:
        return directory.mktree(leaf, types, title=title, counter_name=counters.__getitem__)
    finally:
        del cascade.add_tree


def finish(tree: Any, clusters: Sequence[int] = (), beside: int = 0) -> None:
    """Write what a tree says of itself; once more where entries came since.

    Arguments:
        tree: as `tree_of` made it.
        clusters: the entries of each cluster, in order, where they are to be told.
        beside: bytes of these entries that lie elsewhere.
    """
    tree._cascading.finish(tree._file, clusters, beside)


def _restore(tree: ClusteredTree, branches: Mapping[str, RowBranch]) -> None:
    for datum in tree._branch_data:
        branch = branches.get(datum["fName"])
        if branch is not None and branch.title is not None:
            datum["fTitle"] = branch.title
        if branch is not None and branch.counts is not None:
            datum["dtype"] = np.dtype(branch.counts).newbyteorder(">")
        if branch is not None and branch.bookkeeping:
            datum["compression"] = _QUICK
