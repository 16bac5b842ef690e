"""Writing one tree: its blocks, coded several at a time, and everything that passes through."""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np

from rootae.checks.written import Written
from rootae.codec.threads import cores
from rootae.container.side_tree import (
    BLOCK,
    CARRIER,
    CARRIER_VALUE,
    ENTRY,
    MODULUS,
    NOTICE,
    SideTree,
)
from rootae.rootio.branch_sums import Sum, number_of
from rootae.rootio.sink import RowBranch, RowWriter
from rootae.rootio.writable import passing_branch, passing_names, written_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from concurrent.futures import Executor

    from rootae.codec.block import Block
    from rootae.codec.codec import Codec
    from rootae.codec.layout import Layout
    from rootae.codec.tree import TreeCoder
    from rootae.reader.tree import CodedTree
    from rootae.schema.tree import TreeSchema
    from rootae.schema.values import Values
    from rootae.source.tree import SourceTree

__all__ = ["Sizes", "TreeWriter"]

_WORKERS = 4  # at most: blocks coded at a time, and lanes of these
_UNDER_WAY = 1 << 29  # bytes of these, their codes included, unless a single block has more
_CODE = 8  # bytes of a code


@dataclass
class Sizes:
    """What a tree's blocks came to.

    Arguments:
        columns: bytes of each column's blobs.
        latents: bytes of each group's latents.
        errors: the largest error of each column.
        blocks: number of blocks.
        entries: number of entries.
        written: what the second check goes by.
    """

    columns: dict[str, int] = field(default_factory=dict)
    latents: dict[str, int] = field(default_factory=dict)
    errors: dict[str, float] = field(default_factory=dict)
    blocks: int = 0
    entries: int = 0
    written: Written = field(default_factory=Written)

    def add(self, block: Block, layout: Layout, errors: Mapping[str, float]) -> None:
        """Count one block."""
        sizes = [len(b) for b in block.blobs]
        for name, error in errors.items():
            self.errors[name] = max(self.errors.get(name, 0.0), error)
        for name, size in layout.by_column(sizes).items():
            self.columns[name] = self.columns.get(name, 0) + size
        for name, size in layout.by_group(sizes).items():
            self.latents[name] = self.latents.get(name, 0) + size
        self.blocks += 1
        self.entries += block.entries

    @property
    def total(self) -> int:
        """Return the bytes of all blobs."""
        return sum(self.columns.values()) + sum(self.latents.values())


class TreeWriter:
    """Writes one tree, with blocks if a codec is given.

    Arguments:
        file: the uproot file under way.
        tree: the input tree whose branches it gets.
        codec: a codec that knows the tree, or None to pass everything through.
        elsewhere: checksums of branches that something else writes, by ranges of entries.
    """

    def __init__(
        self,
        file: Any,
        tree: SourceTree,
        codec: Codec | None,
        elsewhere: Callable[[int, int], Mapping[int, int]] = lambda _start, _stop: {},
    ) -> None:
        path, schema = tree.schema.path, tree.schema
        self._tree = tree
        self._codec = codec
        self._elsewhere = elsewhere
        self._side = None if codec is None else SideTree(file, codec, path)
        carried = set(codec.tree(path).plan.carried) if codec is not None else set()
        self._carriers = [n + CARRIER for n in schema.order if n in carried]
        self._passing = [n for n in passing_names(schema) if n not in carried]
        self.sizes = Sizes()
        self.entries = 0
        branches = []
        for name in schema.order:
            if name in carried:
                title = schema.title_of(name)
                branches.append(RowBranch(name + CARRIER, "uint8", title, bookkeeping=True))
            elif name in self._passing:
                branches.append(passing_branch(schema, name))
        if codec is not None:
            branches.append(RowBranch(BLOCK, "uint32", NOTICE, bookkeeping=True))
            branches.append(RowBranch(ENTRY, "uint8", bookkeeping=True))
        title = schema.title if codec is None else NOTICE
        self._rows = RowWriter(file, path, title, branches, schema.weight)

    def run(self, advance: Callable[[str, int], None]) -> Sizes:
        """Write all of the tree."""
        self.code(self._tree, self._codec, advance)
        return self.close()

    def code(
        self,
        tree: SourceTree,
        codec: Codec | None,
        advance: Callable[[str, int], None],
        coder: TreeCoder | None = None,
    ) -> None:
        """Add the entries of a tree with the same branches, its columns coded.

        Arguments:
            tree: where the entries come from.
            codec: what a reader will decode them with, or None where nothing is coded.
            advance: told the tree's path and the number of its entries that are done.
            coder: what codes them, if it is not the codec's own.
        """
        if codec is not None and coder is None:
            coder = codec.tree(tree.schema.path)
        for start, stop, coded in _coded(tree, coder):
            number = nbytes = 0
            arrays = tree.arrays(start, stop, self._passing)
            if coded is not None and codec is not None and self._side is not None:
                block, errors, values = coded
                self.sizes.written.add(block, codec.digest, values, errors)
                self.sizes.add(block, codec.tree(tree.schema.path).layout, errors)
                content = {**_sums(tree.schema, arrays), **self._elsewhere(start, stop)}
                number = self._side.add(block, codec.digest, content)
                nbytes = sum(map(len, block.blobs))
            self._pass(arrays, stop - start, number, nbytes)
            advance(tree.schema.path, stop - start)

    def copy(self, tree: SourceTree, coded: CodedTree, advance: Callable[[str, int], None]) -> None:
        """Add all entries of a tree that codes the same columns; its blocks are not decoded.

        Arguments:
            tree: the tree.
            coded: its coded columns.
            advance: told the tree and the number of its entries that are done.

        Raises:
            CorruptError: entries and blocks do not belong together.
        """
        stored = coded.stored
        for block in range(len(stored.entries)):
            coded.check_places(block)
        for block in range(len(stored.entries)):
            start, stop = (int(x) for x in stored.starts[block : block + 2])
            row = stored.row(block)
            if self._side is not None:
                self._side.copy(row)
            self.sizes.blocks += 1
            self.sizes.entries += stop - start
            nbytes = sum(map(len, row.values()))
            arrays = tree.arrays(start, stop, self._passing)
            self._pass(arrays, stop - start, int(stored.ids[block]), nbytes)
            advance(tree.schema.path, stop - start)

    def close(self) -> Sizes:
        """Write what is left; return what the blocks came to."""
        self._rows.close()
        if self._side is not None:
            self._side.close()
        return self.sizes

    def _pass(self, arrays: dict[str, Any], entries: int, number: int, nbytes: int) -> None:
        self.entries += entries
        arrays |= dict.fromkeys(self._carriers, np.full(entries, CARRIER_VALUE, np.uint8))
        if self._side is not None:
            arrays[BLOCK] = np.full(entries, number, np.uint32)
            arrays[ENTRY] = (np.arange(entries) % MODULUS).astype(np.uint8)
        self._rows.add(arrays, entries)
        if self._side is not None:
            self._rows.flush(nbytes)  # baskets and clusters end where blocks do


def _sums(schema: TreeSchema, arrays: Mapping[str, Any]) -> dict[int, int]:
    """Return the checksums of what passes through, by the crc32 of the branches' names."""
    found = {}
    for name, array in arrays.items():
        total = Sum()
        total.add(*written_bytes(schema, name, array))
        found[number_of(name)] = total.value
    return found


Coded: TypeAlias = "tuple[Block, dict[str, float], dict[str, Values]]"


def _coded(tree: SourceTree, coder: TreeCoder | None) -> Iterator[tuple[int, int, Coded | None]]:
    """Yield blocks in order, as many under way at a time as there are workers.

    Reading and writing stay in this thread, uproot's; coding needs neither.
    """
    if coder is None:
        yield from ((start, stop, None) for start, stop in tree.blocks())
        return
    names = [c.name for c in coder.plan.columns]
    waiting: deque[tuple[int, int, Future[Coded]]] = deque()
    sizes: deque[int] = deque()  # bytes of each that waits
    workers = _workers()
    with ThreadPoolExecutor(workers) as pool, ThreadPoolExecutor(workers) as beside:
        later = beside if workers > 1 else None
        try:
            for start, stop, values in tree.parts(tree.blocks(), names):
                where = f"{tree.where}, entries {start}-{stop}"
                sizes.append(sum(v.flat.nbytes + _CODE * v.flat.size for v in values.values()))
                while waiting and (len(waiting) > workers or sum(sizes) > _UNDER_WAY):
                    a, b, done = waiting.popleft()
                    sizes.popleft()
                    yield a, b, done.result()
                waiting.append((start, stop, pool.submit(_encode, coder, values, where, later)))
            while waiting:
                a, b, done = waiting.popleft()
                yield a, b, done.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _workers() -> int:
    return min(cores(), _WORKERS)


def _encode(
    coder: TreeCoder, values: dict[str, Values], where: str, later: Executor | None
) -> Coded:
    """Code one block and hold it against its bounds."""
    block = coder.encode(values, later)
    return block, coder.verify(block, values, where), values
