"""One tree of a compressed file as ordinary branches, the way decompress writes it."""

from __future__ import annotations

import dataclasses
import itertools
import zlib
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.errors import UnsupportedError
from rootae.reader.hook import coded
from rootae.rootio.writable import passing_branch, unused
from rootae.source.tree import SourceTree

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rootae.rootio.sink import RowBranch
    from rootae.schema.column import Column
    from rootae.schema.tree import TreeSchema

__all__ = ["RestoredTree", "checksum"]


class RestoredTree:
    """A tree, coded or not, with the branches that it had before it was compressed.

    Arguments:
        tree: the tree as uproot shows it, decoded columns among its branches.
        where: file and tree, for messages.
        path: the tree's path in its file.

    Raises:
        UnsupportedError: uproot cannot write some of its branches.
    """

    def __init__(self, tree: Any, where: str, path: str) -> None:
        self._plain = SourceTree(tree, where, path)
        self._coded = coded(tree)
        self.entries = self._plain.entries
        plan = self._coded.stored.plans[0] if self._coded is not None else None
        self._carried = set(plan.carried) if plan is not None else set()
        known = {c.name: c for c in self._plain.schema.columns}
        if plan is not None:
            known |= {c.name: c for c in plan.columns if c.name in self._carried}
        self.schema = self._merged(known)
        self._refuse_unwritable()

    def _merged(self, known: dict[str, Column]) -> TreeSchema:
        """Put the plan's columns where their carriers stand; vectors get counters of their own."""
        schema, columns = self._plain.schema, []
        taken = set(schema.order)
        for name in schema.order:
            column = known.get(name)
            if column is not None and column.is_vector:
                column = dataclasses.replace(column, counter=unused(f"n{name}", taken))
            if column is not None:
                columns.append(column)
        lost = tuple((n, t) for n, t in schema.unsupported if n not in known)
        return dataclasses.replace(schema, columns=tuple(columns), unsupported=lost)

    def _refuse_unwritable(self) -> None:
        lost = [f"{name} ({kind})" for name, kind in self.schema.unsupported]
        nested = (c for c in self.schema.columns if c.is_nested or (c.counter and c.inner_shape))
        lost += [f"{c.name} ({c.typename})" for c in nested]
        if lost:
            msg = (
                f"{self._plain.where}: uproot cannot write {', '.join(lost)}; read these "
                "columns with rootae.open, or pip install 'rootae[root]'"
            )
            raise UnsupportedError(msg)

    @property
    def branches(self) -> list[RowBranch]:
        """Return the branches to write, in order."""
        known = {c.name for c in self.schema.columns} | {b.name for b in self.schema.passing}
        return [passing_branch(self.schema, n) for n in self.schema.order if n in known]

    def blocks(self) -> Iterator[tuple[int, int]]:
        """Yield the entry ranges of blocks."""
        if self._coded is None:
            yield from self._plain.blocks()
        else:
            starts = self._coded.stored.starts
            yield from ((int(a), int(b)) for a, b in itertools.pairwise(starts))

    def arrays(self, start: int, stop: int) -> dict[str, Any]:
        """Read all branches over a range of entries, decoded."""
        return self._plain.arrays(start, stop, [b.name for b in self.branches])


def checksum(array: Any) -> int:
    """Return a crc32 of an array's counts and values, in native byte order.

    Example:
        >>> checksum(ak.Array([1, 2])) == checksum(ak.Array([0, 1, 2])[1:])
        True
    """
    _, length, buffers = ak.to_buffers(ak.to_packed(array), byteorder="<")
    crc = zlib.crc32(str(length).encode())
    for name in sorted(buffers):
        crc = zlib.crc32(np.ascontiguousarray(buffers[name]).tobytes(), crc)
    return crc
