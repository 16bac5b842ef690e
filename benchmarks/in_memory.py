"""Trees in memory, written back as plain ROOT files: what throughput and memory are measured on."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np
import uproot

from rootae.schema.column import SIZES
from rootae.schema.values import Values
from rootae.source.source import Source

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from rootae.schema.tree import TreeSchema

_CHUNK = 32 * 1024 * 1024  # bytes of columns between two flushes


@dataclass(frozen=True)
class Table:
    """One tree.

    Arguments:
        schema: its columns.
        values: values of every numeric column.
        strings: its other columns, as awkward arrays.
        entries: how many.
    """

    schema: TreeSchema
    values: dict[str, Values]
    strings: dict[str, Any]
    entries: int

    @property
    def nbytes(self) -> int:
        """Return the bytes of the numeric columns' values."""
        return sum(v.flat.nbytes for v in self.values.values())

    @property
    def left_out(self) -> list[str]:
        """Name the branches that `save` cannot write."""
        names = [name for name, _ in self.schema.unsupported]
        return names + [c.name for c in self.schema.columns if c.counter and c.inner_shape]


def load(path: Path, tree: str | None = None) -> dict[str, Table]:
    """Read all trees of a file, or one."""
    found = {}
    with Source.open(path) as source:
        for name in source.tree_paths((tree,) if tree else ()):
            one = source.tree(name)
            strings = one.arrays(0, one.entries, [b.name for b in one.schema.passing])
            found[name] = Table(one.schema, one.values(0, one.entries), strings, one.entries)
    return found


def part(table: Table, start: int, stop: int) -> Table:
    """Return a range of a table's entries."""
    values = {n: _part(v, start, stop) for n, v in table.values.items()}
    strings = {n: a[start:stop] for n, a in table.strings.items()}
    return dataclasses.replace(table, values=values, strings=strings, entries=stop - start)


def _part(values: Values, start: int, stop: int) -> Values:
    if values.counts is None:
        return Values(values.flat[start:stop])
    ends = np.concatenate([np.zeros(1, np.int64), np.cumsum(values.counts)])
    return Values(values.flat[ends[start] : ends[stop]], values.counts[start:stop])


def save(path: Path, tables: dict[str, Table], compression: Any, times: int = 1) -> None:
    """Write tables through uproot, their entries several times over; vectors become counted."""
    with uproot.recreate(path, compression=compression) as file:
        for name, table in tables.items():
            arrays = dict(_arrays(table))
            counters = {c.name: _counter(c.counter) for c in table.schema.columns if c.counter}
            tree = file.mktree(
                name,
                {n: _type(a) for n, a in arrays.items()},
                title=table.schema.title,
                counter_name=counters.__getitem__,
            )
            step = max(_CHUNK * table.entries // max(table.nbytes, 1), 1)
            for start in [*range(0, table.entries, step)] * times:
                tree.extend({n: a[start : start + step] for n, a in arrays.items()})


def _counter(name: str) -> str:
    return f"n{name.removesuffix(SIZES)}" if name.endswith(SIZES) else name


def _arrays(table: Table) -> Iterator[tuple[str, Any]]:
    for name in table.schema.order:
        values = table.values.get(name)
        if name in table.strings:
            yield name, table.strings[name]
        elif values is not None and name not in table.left_out:
            yield name, values.flat if values.counts is None else values.to_array()


def _type(array: Any) -> Any:
    if isinstance(array, np.ndarray):
        return np.dtype((array.dtype, array.shape[1:]))
    strings = ak.parameters(array).get("__array__") == "string"
    return "string" if strings else array.type.content
