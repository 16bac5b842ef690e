"""Branches that pass through: which uproot can write, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import awkward as ak
import numpy as np

from rootae.rootio.sink import RowBranch

if TYPE_CHECKING:
    from rootae.schema.column import Column
    from rootae.schema.tree import TreeSchema

__all__ = ["passing_branch", "passing_names", "unused", "writable"]


def unused(name: str, taken: set[str]) -> str:
    """Return a name that is not taken yet, and take it."""
    while name in taken:
        name += "_"
    taken.add(name)
    return name


def writable(column: Column, schema: TreeSchema) -> bool:
    """Say whether uproot can write a column as the branch that it was."""
    if column.leaf is not None:
        return False
    if column.counter is None or not column.has_branch:
        return True
    return (
        not column.inner_shape
        and schema.column(column.counter) is not None
        and (column.counter in schema.order)
    )


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
