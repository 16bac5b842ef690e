"""Writing a compressed file: coded trees, trees left as they are, and everything beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import uproot

from rootae.container import write_records
from rootae.errors import ArgumentError, UnsupportedError
from rootae.rows import RowBranch, RowWriter
from rootae.sidetree import BLOCK, CARRIER, CARRIER_VALUE, DIRECTORY, ENTRY, MODULUS, SideTree

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from rootae.codec import Block, Codec
    from rootae.schema import Column, TreeSchema
    from rootae.source import Source, SourceTree

__all__ = [
    "Sizes",
    "compression_of",
    "is_compressed",
    "passing_branch",
    "passing_names",
    "refuse_losses",
    "unsupported",
    "writable",
    "write",
    "write_objects",
]

_ALGORITHMS = {1: uproot.ZLIB, 2: uproot.LZMA, 4: uproot.LZ4, 5: uproot.ZSTD}


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


def compression_of(code: int | None, source: Source) -> Any:
    """Turn ROOT's algorithm * 100 + level into a setting; the input's own where none is given.

    Raises:
        ArgumentError: there is no such setting.
    """
    if code is None:
        return source.compression or uproot.ZSTD(5)
    if code == 0:
        return None
    algorithm = _ALGORITHMS.get(code // 100)
    if algorithm is None or not 1 <= code % 100 <= 9:
        msg = f"compression {code} is unknown: use 101 (ZLIB), 207 (LZMA), 404 (LZ4) or 505 (ZSTD)"
        raise ArgumentError(msg)
    return algorithm(code % 100)


def unsupported(source: Source, coded: Mapping[str, set[str]]) -> list[str]:
    """Name everything of the input that an output written by uproot would lose.

    Arguments:
        source: the input.
        coded: names of coded columns by tree.
    """
    lost = [name for name in source.old_cycles() if name.split(";")[0] not in source.tree_paths()]
    for path in source.tree_paths():
        schema = source.tree(path).schema
        lost += [] if schema.order else [f"{path} (a tree without branches)"]
        lost += [f"{path}:{name} ({kind})" for name, kind in schema.unsupported]
        for c in schema.columns:
            if c.name not in coded.get(path, set()) and not writable(c, schema):
                lost.append(f"{path}:{c.name} ({c.typename})")
        if source.file[path].aliases:
            lost.append(f"{path}: its aliases")
    lost += [f"{n} ({c})" for n, c in source.objects() if "RNTuple" in c]
    return lost


def refuse_losses(source: Source, coded: Mapping[str, set[str]], *, drop: bool) -> None:
    """Stop, with the names, if an output written by uproot would lose anything.

    Raises:
        UnsupportedError: something would be lost, and the user did not agree to that.
    """
    lost = [] if drop else unsupported(source, coded)
    if lost:
        shown = ", ".join(lost[:20]) + (f" and {len(lost) - 20} more" if len(lost) > 20 else "")
        msg = (
            f"{source.path}: uproot cannot write {shown}; "
            "--drop-unsupported leaves these out, by name"
        )
        raise UnsupportedError(msg)


def writable(column: Column, schema: TreeSchema) -> bool:
    """Say whether uproot can write a column as an ordinary branch."""
    if column.counter is None:
        return True
    return (
        not column.inner_shape
        and schema.column(column.counter) is not None
        and (column.counter in schema.order)
    )


def write(
    source: Source,
    target: Path,
    codec: Codec | None,
    provenance: Callable[[dict[str, Sizes]], dict[str, Any]],
    *,
    compression: Any,
    drop_unsupported: bool = False,
    advance: Callable[[str, int], None] = lambda _tree, _entries: None,
) -> dict[str, Sizes]:
    """Write everything of the input, trees that the codec knows as blocks.

    Arguments:
        source: the input.
        target: where to write; it is replaced.
        codec: codes the trees in its plan.
        provenance: makes the file's record from what the blocks came to.
        compression: for everything that passes through.
        drop_unsupported: leave out what cannot be written instead of stopping.
        advance: told the tree and the number of its entries that are done.

    Returns:
        What the blocks came to, by tree.

    Raises:
        UnsupportedError: something would be lost.
    """
    plans = {t.path: t for t in codec.plan.trees} if codec is not None else {}
    refuse_losses(
        source, {p: {c.name for c in t.columns} for p, t in plans.items()}, drop=drop_unsupported
    )
    sizes: dict[str, Sizes] = {}

    def write_tree(path: str) -> None:
        writer = TreeWriter(file, source.tree(path), codec if path in plans else None)
        sizes[path] = writer.run(advance)

    with uproot.recreate(target, compression=compression) as file:
        write_objects(source, file, write_tree)
        if codec is not None:
            write_records(file, codec, provenance(sizes))
    return {p: s for p, s in sizes.items() if p in plans}


def write_objects(source: Source, file: Any, write_tree: Callable[[str], None]) -> None:
    """Write directories, objects and trees, in the input's order.

    Arguments:
        source: the input.
        file: the uproot file under way.
        write_tree: writes the tree of a path.
    """
    directories, trees = set(source.directories()), set(source.tree_paths())
    objects = {n.rsplit(";", 1)[0] for n, c in source.objects() if "RNTuple" not in c}
    names = (key.rsplit(";", 1)[0] for key in source.file.iterkeys(cycle=True))
    for name in dict.fromkeys(names):
        if name in directories:
            file.mkdir(name)
        elif name in trees:
            write_tree(name)
        elif name in objects:
            _copy_object(source, file, name)


def _copy_object(source: Source, file: Any, name: str) -> None:
    parent, _, leaf = name.rpartition("/")
    directory = source.file[parent] if parent else source.top
    target = file[parent] if parent else file
    target.mkdir = lambda *_, **__: target  # copy_from would make a directory of no name
    target.copy_from(directory, filter_name=lambda n: n == leaf)
    del target.mkdir


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
                branches.append(RowBranch(name + CARRIER, "uint8"))
            elif name in self._passing:
                branches.append(passing_branch(schema, name))
        if codec is not None:
            branches += [RowBranch(BLOCK, "uint32"), RowBranch(ENTRY, "uint8")]
        self._rows = RowWriter(file, path, schema.title, branches)

    def run(self, advance: Callable[[str, int], None]) -> Sizes:
        """Write all blocks."""
        sizes = Sizes()
        for start, stop in self._tree.blocks():
            number = 0
            if self._coder is not None and self._side is not None:
                names = [c.name for c in self._coder.plan.columns]
                values = self._tree.values(start, stop, names)
                block = self._coder.encode(values)
                where = f"{self._tree.where}, entries {start}-{stop}"
                sizes.add(block, self._coder.verify(block, values, where))
                number = self._side.add(block)
            self._pass(start, stop, number)
            advance(self._tree.schema.path, stop - start)
        self._rows.flush()
        return sizes

    def _pass(self, start: int, stop: int, number: int) -> None:
        entries = stop - start
        arrays = self._tree.arrays(start, stop, self._passing)
        arrays |= dict.fromkeys(self._carriers, np.full(entries, CARRIER_VALUE, np.uint8))
        if self._side is not None:
            arrays[BLOCK] = np.full(entries, number, np.uint32)
            arrays[ENTRY] = (np.arange(entries) % MODULUS).astype(np.uint8)
        self._rows.add(arrays, entries)


def passing_names(schema: TreeSchema) -> list[str]:
    """Return the branches that uproot can write, in the tree's order."""
    columns = [c.name for c in schema.columns if writable(c, schema)]
    known = set(columns) | {b.name for b in schema.passing}
    return [n for n in schema.order if n in known]


def passing_branch(schema: TreeSchema, name: str) -> RowBranch:
    """Describe a branch that is written as it was read."""
    column = schema.column(name)
    if column is None:
        title = next(b.title for b in schema.passing if b.name == name)
        return RowBranch(name, "string", title)
    if column.counter is not None:
        kind = ak.types.ListType(ak.types.NumpyType(column.dtype))
        return RowBranch(name, kind, column.title, column.counter)
    if column.is_counter:
        return RowBranch(name, "int32", column.title, counts=column.dtype)
    dtype = np.dtype(column.dtype)
    shaped = np.dtype((dtype, column.inner_shape)) if column.inner_shape else dtype
    return RowBranch(name, shaped, column.title)


def is_compressed(source: Source) -> bool:
    """Say whether the input was written by rootae already."""
    return DIRECTORY in source.file.keys(recursive=False, cycle=False)
