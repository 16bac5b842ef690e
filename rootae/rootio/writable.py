"""Branches that pass through: which uproot can write, and as what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import awkward as ak
import numpy as np

from rootae.rootio.sink import RowBranch

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.schema.column import Column
    from rootae.schema.tree import TreeSchema

__all__ = ["passing_branch", "passing_names", "unused", "writable", "written_bytes"]

_LONG = 255  # bytes of a text, or more, whose length takes five bytes


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


def written_bytes(
    schema: TreeSchema, name: str, array: Any
) -> tuple[NDArray[np.uint8], NDArray[np.int64] | None]:
    """Return the bytes that entries of a passing branch take in baskets.

    Arguments:
        schema: the tree's.
        name: the branch.
        array: its entries.

    Returns:
        The bytes, and how many each entry has, None where all have as many.
    """
    column = schema.column(name)
    if column is None:
        return _text_bytes(ak.without_parameters(array))
    dtype = np.dtype(column.dtype)
    if column.counter is None:
        return _bytes(array, dtype), None
    sizes = np.asarray(ak.num(array, axis=1), np.int64) * dtype.itemsize
    return _bytes(ak.flatten(array, axis=1), dtype), sizes


def _bytes(array: Any, dtype: np.dtype[Any]) -> NDArray[np.uint8]:
    values = np.asarray(array if isinstance(array, np.ndarray) else ak.to_numpy(array), dtype)
    return np.ascontiguousarray(values, dtype.newbyteorder(">")).reshape(-1).view(np.uint8)


def _text_bytes(texts: ak.Array) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Return texts with their lengths before them: one byte, or 255 and four more."""
    lengths = np.asarray(ak.num(texts, axis=1), np.int64)
    starts = np.cumsum(lengths) - lengths
    long = lengths >= _LONG
    places, before = starts, np.minimum(lengths, _LONG).astype(np.uint8)
    if long.any():
        more = np.frombuffer(lengths[long].astype(">u4"), np.uint8)
        places = np.concatenate([places, np.repeat(starts[long], 4)])
        before = np.concatenate([before, more])
    flat = np.asarray(ak.to_numpy(ak.flatten(texts, axis=1)), np.uint8)
    return np.insert(flat, places, before), lengths + 1 + 4 * long
