"""Writing a compressed file: coded trees, trees left as they are, and everything beside them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import uproot

from rootae.container import (
    BLOCK,
    CARRIER,
    CARRIER_VALUE,
    DIRECTORY,
    ENTRY,
    MODULUS,
    SideTree,
    write_records,
)
from rootae.errors import ArgumentError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from rootae.codec import Block, Codec
    from rootae.schema import Column, TreeSchema
    from rootae.source import Source, SourceTree

__all__ = ["Sizes", "compression_of", "unsupported", "write"]

_FLUSH_BYTES = 32 * 1024 * 1024
_FLUSH_ENTRIES = 1 << 20
_CARRIER_BYTES = 6
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
        lost += [f"{path}:{name} ({kind})" for name, kind in schema.unsupported]
        for c in schema.columns:
            if c.name not in coded.get(path, set()) and not _writable(c, schema):
                lost.append(f"{path}:{c.name} ({c.typename})")
        if source.file[path].aliases:
            lost.append(f"{path}: its aliases")
    lost += [f"{n} ({c})" for n, c in source.objects() if "RNTuple" in c]
    return lost


def _writable(column: Column, schema: TreeSchema) -> bool:
    if column.counter is None:
        return True
    return not column.inner_shape and schema.column(column.counter) is not None and (
        column.counter in schema.order
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
    coded = {p: {c.name for c in t.columns} for p, t in plans.items()}
    lost = unsupported(source, coded)
    if lost and not drop_unsupported:
        shown = ", ".join(lost[:20]) + (f" and {len(lost) - 20} more" if len(lost) > 20 else "")
        msg = (
            f"{source.path}: uproot cannot write {shown}; "
            "--drop-unsupported leaves these out, by name"
        )
        raise UnsupportedError(msg)
    sizes: dict[str, Sizes] = {}
    with uproot.recreate(target, compression=compression) as file:
        for path in source.directories():
            file.mkdir(path)
        _copy_objects(source, file)
        for path in source.tree_paths():
            tree = source.tree(path)
            writer = TreeWriter(file, tree, codec if path in plans else None)
            sizes[path] = writer.run(advance)
        if codec is not None:
            write_records(file, codec, provenance(sizes))
    return {p: s for p, s in sizes.items() if p in plans}


def _copy_objects(source: Source, file: Any) -> None:
    newest = {n.rsplit(";", 1)[0] for n, c in source.objects() if "RNTuple" not in c}
    for name in newest:
        parent, _, leaf = name.rpartition("/")
        directory = source.file[parent] if parent else source.file
        target = file[parent] if parent else file
        target.copy_from(directory, filter_name=leaf)


class TreeWriter:
    """Writes one tree, with its blocks if a codec is given.

    Arguments:
        file: the uproot file under way.
        tree: the input tree.
        codec: a codec that knows the tree, or None to pass everything through.
    """

    def __init__(self, file: Any, tree: SourceTree, codec: Codec | None) -> None:
        path = tree.schema.path
        self._tree = tree
        self._coder = None if codec is None else codec.tree(path)
        self._side = None if codec is None else SideTree(file, codec, path)
        plan = self._coder.plan if self._coder else None
        carried = set(plan.carried) if plan else set()
        self._carriers = [n + CARRIER for n in tree.schema.order if n in carried]
        self._passing = [n for n in passing_names(tree.schema) if n not in carried]
        types: dict[str, Any] = {}
        for name in tree.schema.order:
            if name in carried:
                types[name + CARRIER] = "uint8"
            elif name in self._passing:
                types[name] = passing_type(tree.schema, name)
        if codec is not None:
            types |= {BLOCK: "uint32", ENTRY: "uint8"}
        counters = {c.name: c.counter for c in tree.schema.columns}
        self._out = file.mktree(
            path, types, title=tree.schema.title, counter_name=lambda n: counters[n]
        ) if types else None
        self._buffer: list[dict[str, Any]] = []
        self._marks: list[tuple[int, int]] = []
        self._bytes = 0

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
        self._flush()
        return sizes

    def _pass(self, start: int, stop: int, number: int) -> None:
        arrays = self._tree.arrays(start, stop, self._passing)
        self._buffer.append(arrays)
        self._marks.append((number, stop - start))
        self._bytes += sum(a.nbytes for a in arrays.values()) + _CARRIER_BYTES * (stop - start)
        if self._bytes >= _FLUSH_BYTES or sum(n for _, n in self._marks) >= _FLUSH_ENTRIES:
            self._flush()

    def _flush(self) -> None:
        if not self._marks or self._out is None:
            return
        entries = sum(n for _, n in self._marks)
        rows: dict[str, Any] = {n: _joined([b[n] for b in self._buffer]) for n in self._passing}
        constant = np.full(entries, CARRIER_VALUE, np.uint8)
        rows |= dict.fromkeys(self._carriers, constant)
        if self._side is not None:
            rows[BLOCK] = np.concatenate([np.full(n, i, np.uint32) for i, n in self._marks])
            index = [np.arange(n) % MODULUS for _, n in self._marks]
            rows[ENTRY] = np.concatenate(index).astype(np.uint8)
        self._out.extend(rows)
        self._buffer, self._marks, self._bytes = [], [], 0


def passing_names(schema: TreeSchema) -> list[str]:
    """Return the branches that uproot can write, in the tree's order."""
    columns = [c.name for c in schema.columns if _writable(c, schema)]
    known = set(columns) | {b.name for b in schema.passing}
    return [n for n in schema.order if n in known]


def passing_type(schema: TreeSchema, name: str) -> Any:
    """Return the type that uproot's mktree wants for a branch."""
    column = schema.column(name)
    if column is None:
        return "string"
    if column.counter is not None:
        return f"var * {column.dtype}"
    dtype = np.dtype("int32") if column.is_counter else np.dtype(column.dtype)
    return np.dtype((dtype, column.inner_shape)) if column.inner_shape else dtype


def _joined(parts: Sequence[Any]) -> Any:
    import awkward as ak

    return parts[0] if len(parts) == 1 else ak.concatenate(list(parts))


def is_compressed(source: Source) -> bool:
    """Say whether the input was written by rootae already."""
    return DIRECTORY in source.file.keys(recursive=False, cycle=False)
