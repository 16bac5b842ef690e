"""Decoded files that ROOT puts together: columns under their own types, the rest untouched."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from rootae.container.side_tree import BLOCK, CARRIER, DIRECTORY, ENTRY
from rootae.paths.leftovers import private
from rootae.reader.cache import forget
from rootae.reader.decoded import blocks_of, coded_of
from rootae.rootio.compression import code_of
from rootae.rootio.leaves import element_of, plain_name, usual_element, usual_leaf
from rootae.rootio.process import process
from rootae.rootio.process.job import Job, TreeJob
from rootae.rootio.sink import RowWriter
from rootae.rootio.titles import recreate
from rootae.rootio.writable import passing_branch, unused
from rootae.schema.column import Column
from rootae.schema.tree import TreeSchema
from rootae.schema.values import Values
from rootae.writer.repacked import Repacked

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping
    from pathlib import Path

    from rootae.reader.decoded import DecodedSource
    from rootae.reader.tree import CodedTree
    from rootae.source.tree import SourceTree

__all__ = ["write", "write_tree"]

_CODES = {
    "bool": "O", "int8": "B", "uint8": "b", "int16": "S", "uint16": "s", "int32": "I",
    "uint32": "i", "int64": "L", "uint64": "l", "float32": "F", "float64": "D",
}  # fmt: skip
_LONG, _LONG_CODES = "TLeafG", {"int64": "G", "uint64": "g"}  # of Long_t, not Long64_t
_PACKED_KINDS = ("TLeafD32", "TLeafF16")


def write(
    source: DecodedSource,
    target: Path,
    *,
    compression: Any,
    each: Callable[[str, int, int, dict[str, Any]], None] = lambda *_: None,
) -> dict[str, list[str]]:
    """Write everything of a compressed file, coded columns decoded.

    Arguments:
        source: the compressed file.
        target: where to write; it is replaced.
        compression: for what is decoded; what passed through is copied as it is compressed.
        each: told tree, entry range and decoded columns, block by block.

    Returns:
        By tree, columns of Float16_t or Double32_t that are float or double now, as these types
        cannot hold their values: they are within a bound, or another program packed them.

    Raises:
        MissingDependency: ROOT is not installed.
        UnsupportedError: ROOT could not do it.
        CorruptError: the input is damaged.
    """
    trees = {path: source.tree(path) for path in source.tree_paths()}
    coded = {path: (tree, mine) for path, tree in trees.items() if (mine := coded_of(tree))}
    parts = {path: _Part(*pair) for path, pair in coded.items()}
    _write(source, target, parts, compression, (DIRECTORY,), each)
    return {path: part.unpacked for path, part in parts.items()}


def write_tree(source: DecodedSource, target: Path, path: str, names: Collection[str]) -> None:
    """Write some columns of one coded tree, decoded and not compressed, and nothing else.

    Arguments:
        source: the compressed file.
        target: where to write; it is replaced.
        path: the tree.
        names: which columns, counters of jagged ones among them.

    Raises:
        MissingDependency: ROOT is not installed.
        UnsupportedError: ROOT could not do it.
        CorruptError: the input is damaged.
    """
    tree = source.tree(path)
    mine = coded_of(tree)
    parts = {path: _Part(tree, mine, names)} if mine is not None else {}
    keys = source.file.keys(cycle=False)
    others = (key for key in keys if key != path and not path.startswith(f"{key}/"))
    _write(source, target, parts, None, (DIRECTORY, *others), lambda *_: None)


def _write(
    source: DecodedSource,
    target: Path,
    parts: Mapping[str, _Part],
    compression: Any,
    leave_out: tuple[str, ...],
    each: Callable[[str, int, int, dict[str, Any]], None],
) -> None:
    with private(target) as donor:
        with recreate(donor, compression=compression) as file:
            for part in parts.values():
                part.write(file, each)
        job = Job(
            str(source.path.resolve()),
            str(donor.resolve()),
            str(target.resolve()),
            code_of(compression),
            {path: part.job for path, part in parts.items()},
            leave_out=leave_out,
            kinds=dict(source.kinds),
        )
        process.rewrite(job)


class _Part:
    """The coded columns of one tree as uproot writes them, and what ROOT has to make of them.

    Arguments:
        tree: the tree, with the schema it had.
        mine: its coded columns.
        names: the columns and other branches to keep, all by default.
    """

    def __init__(
        self, tree: SourceTree, mine: CodedTree, names: Collection[str] | None = None
    ) -> None:
        self._tree = tree
        self._mine = mine
        plan = mine.stored.plans[0]
        order = tree.schema.order
        self._left_out = () if names is None else tuple(n for n in order if n not in names)
        self._order = tuple(n for n in order if n not in self._left_out)
        self._every = plan.carried
        self._carried = [n for n in plan.carried if n in self._order]
        self._columns = {n: plan.column(n) for n in self._carried}
        taken = set(tree.schema.order)
        self._written = {n: _flattened(c, taken) for n, c in self._columns.items()}
        nested = [n for n, c in self._columns.items() if c.is_nested]
        self._lengths = {  # branches beside these, and what counts them
            n: (unused(f"{n}_lengths", taken), unused(f"n{n}_lengths", taken)) for n in nested
        }
        self._repacked = Repacked(self._columns.values(), mine.stored.plans)

    @property
    def unpacked(self) -> list[str]:
        """Return the names of columns that cannot be packed again, once all is written."""
        return self._repacked.plain

    @property
    def job(self) -> TreeJob:
        """Return what ROOT has to do, once all is written."""
        own = (BLOCK, ENTRY)
        vectors = {n: _element(c) for n, c in self._columns.items() if c.is_vector}
        nested = {n: (_element(self._columns[n]), at) for n, (at, _) in self._lengths.items()}
        found = {n: _leaves(c) for n, c in self._columns.items() if n not in vectors | nested}
        leaves = {n: text for n, text in found.items() if text is not None} | self._repacked.leaves
        counting = {c.counter for c in self._columns.values()}
        leaves = dict(sorted(leaves.items(), key=lambda pair: pair[0] not in counting))
        remade = {*vectors, *nested, *leaves}
        return TreeJob(
            without=(*(n + CARRIER for n in self._every), *self._left_out, *own),
            adopt=tuple(n for n in self._carried if n not in remade),
            vectors=vectors,
            nested=nested,
            leaves=leaves,
            titles={n: self._columns[n].title for n in self._carried if n in remade},
            leaf_names=_leaf_names(self._columns[n] for n in found) | self._repacked.leaf_names,
            order=self._order if self._carried else (),  # otherwise nothing changes
            title=self._mine.title,
            renamed={n + CARRIER: n for n in self._carried},
        )

    def write(self, file: Any, each: Callable[[str, int, int, dict[str, Any]], None]) -> None:
        """Decode all columns into a file, block by block."""
        order = tuple(self._carried)
        schema = self._tree.schema
        lengths = (Column(at, "int64", counter=counter) for at, counter in self._lengths.values())
        columns = {c.name: c for c in (*self._written.values(), *lengths)}
        plain = TreeSchema(schema.path, schema.title, tuple(columns.values()))
        branches = [passing_branch(plain, name) for name in columns]
        rows = RowWriter(file, schema.path, schema.title, branches)
        for start, stop in blocks_of(self._tree):
            arrays = self._tree.arrays(start, stop, order)
            self._repacked.look(arrays)
            flat = {n: _flat(a, self._columns[n]) for n, a in arrays.items()}
            flat |= {
                at: Values.lengths(arrays[n], str(self._columns[n].counter)).to_array()
                for n, (at, _) in self._lengths.items()
            }
            rows.add(flat, stop - start)
            each(schema.path, start, stop, arrays)
            forget(self._tree.tree)
        rows.close()


def _flat(array: Any, column: Column) -> Any:
    """Return values as numbers, or lists of numbers."""
    values = Values.from_array(array, column)
    if values.counts is None:
        return values.flat
    return Values(values.flat.reshape(-1), values.counts * column.lanes).to_array()


def _flattened(column: Column, taken: set[str]) -> Column:
    """Describe a column as uproot writes it: lists of numbers, with a counter that counts these."""
    if column.counter is None or not (column.is_vector or column.is_nested or column.inner_shape):
        return column
    counter = unused(f"n{column.name}", taken)
    return dataclasses.replace(column, counter=counter, inner_shape=())


def _element(column: Column) -> str:
    """Return what a vector is of in C++, as the original has it."""
    return element_of(column, column.leaf or usual_leaf(column)) or usual_element(column)


def _leaves(column: Column) -> str | None:
    """Return ROOT's list of leaves for a column that uproot does not write under its own type."""
    long = column.leaf is not None and column.leaf.kind == _LONG
    if not long and (column.counter is None or not column.inner_shape):
        return None
    code = _LONG_CODES[column.dtype] if long else _CODES[column.dtype]
    sizes = usual_leaf(column).title.removeprefix(column.name)
    return f"{plain_name(column)}{sizes}/{code}"


def _leaf_names(columns: Iterable[Column]) -> dict[str, tuple[str, str]]:
    """Return the names and titles of leaves that are not called as ROOT would call them."""
    names = {}
    for column in columns:
        if column.leaf is None and plain_name(column) == column.name:
            continue
        leaf = column.leaf or usual_leaf(column)
        title = usual_leaf(column).title if leaf.kind in _PACKED_KINDS else leaf.title
        names[column.name] = leaf.name, title
    return names
