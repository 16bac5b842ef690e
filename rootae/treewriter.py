"""Writing one tree: its blocks, coded several at a time, and everything that passes through."""

from __future__ import annotations

import os
from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import RootaeError
from rootae.passing import passing_branch, passing_names
from rootae.rows import RowBranch, RowWriter
from rootae.sidetree import BLOCK, CARRIER, CARRIER_VALUE, ENTRY, MODULUS, SideTree

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from rootae.codec import Block, Codec
    from rootae.schema import Values
    from rootae.source import SourceTree

__all__ = ["Sizes", "TreeWriter"]

_WORKERS = min(os.cpu_count() or 1, 4)  # blocks coded at a time


@dataclass
class Sizes:
    """What a tree's blocks came to.

    Arguments:
        columns: bytes of each column's blobs.
        latents: bytes of each group's latents.
        errors: the largest error of each column.
        blocks: number of blocks.
        entries: number of entries.
    """

    columns: dict[str, int] = field(default_factory=dict)
    latents: dict[str, int] = field(default_factory=dict)
    errors: dict[str, float] = field(default_factory=dict)
    blocks: int = 0
    entries: int = 0

    def add(self, block: Block, errors: Mapping[str, float]) -> None:
        """Count one block."""
        for name, error in errors.items():
            self.errors[name] = max(self.errors.get(name, 0.0), error)
        for name, blob in block.columns.items():
            self.columns[name] = self.columns.get(name, 0) + len(blob)
        for name, blob in block.latents.items():
            self.latents[name] = self.latents.get(name, 0) + len(blob)
        self.blocks += 1
        self.entries += block.entries

    @property
    def total(self) -> int:
        """Return the bytes of all blobs."""
        return sum(self.columns.values()) + sum(self.latents.values())


class TreeWriter:
    """Writes one tree, with its blocks if a codec is given.

    Arguments:
        file: the uproot file under way.
        tree: the input tree.
        codec: a codec that knows the tree, or None to pass everything through.
    """

    def __init__(self, file: Any, tree: SourceTree, codec: Codec | None) -> None:
        path, schema = tree.schema.path, tree.schema
        self._tree = tree
        self._coder = None if codec is None else codec.tree(path)
        self._side = None if codec is None else SideTree(file, codec, path)
        carried = set(self._coder.plan.carried) if self._coder else set()
        self._carriers = [n + CARRIER for n in schema.order if n in carried]
        self._passing = [n for n in passing_names(schema) if n not in carried]
        branches = []
        for name in schema.order:
            if name in carried:
                branches.append(RowBranch(name + CARRIER, "uint8", bookkeeping=True))
            elif name in self._passing:
                branches.append(passing_branch(schema, name))
        if codec is not None:
            own = {BLOCK: "uint32", ENTRY: "uint8"}
            branches += [RowBranch(n, kind, bookkeeping=True) for n, kind in own.items()]
        self._rows = RowWriter(file, path, schema.title, branches)

    def run(self, advance: Callable[[str, int], None]) -> Sizes:
        """Write all blocks."""
        sizes = Sizes()
        for start, stop, coded in self._coded():
            number = 0
            if coded is not None and self._side is not None:
                sizes.add(*coded)
                number = self._side.add(coded[0])
            self._pass(start, stop, number)
            advance(self._tree.schema.path, stop - start)
        self._rows.flush()
        return sizes

    def _coded(self) -> Iterator[tuple[int, int, tuple[Block, dict[str, float]] | None]]:
        """Yield blocks in order, as many under way at a time as there are workers.

        Reading and writing stay in this thread, uproot's; coding needs neither.
        """
        if self._coder is None:
            yield from ((start, stop, None) for start, stop in self._tree.blocks())
            return
        names = [c.name for c in self._coder.plan.columns]
        waiting: deque[tuple[int, int, Future[tuple[Block, dict[str, float]]]]] = deque()
        with ThreadPoolExecutor(_WORKERS) as pool:
            try:
                for start, stop, values in self._tree.parts(self._tree.blocks(), names):
                    waiting.append((start, stop, pool.submit(self._encode, start, stop, values)))
                    if len(waiting) > _WORKERS:
                        a, b, done = waiting.popleft()
                        yield a, b, done.result()
                while waiting:
                    a, b, done = waiting.popleft()
                    yield a, b, done.result()
            finally:
                pool.shutdown(cancel_futures=True)

    def _encode(
        self, start: int, stop: int, values: dict[str, Values]
    ) -> tuple[Block, dict[str, float]]:
        """Code one block and hold it against its bounds."""
        if self._coder is None:
            msg = f"{self._tree.where} has no coder"
            raise RootaeError(msg)
        block = self._coder.encode(values)
        where = f"{self._tree.where}, entries {start}-{stop}"
        return block, self._coder.verify(block, values, where)

    def _pass(self, start: int, stop: int, number: int) -> None:
        entries = stop - start
        arrays = self._tree.arrays(start, stop, self._passing)
        arrays |= dict.fromkeys(self._carriers, np.full(entries, CARRIER_VALUE, np.uint8))
        if self._side is not None:
            arrays[BLOCK] = np.full(entries, number, np.uint32)
            arrays[ENTRY] = (np.arange(entries) % MODULUS).astype(np.uint8)
        self._rows.add(arrays, entries)
