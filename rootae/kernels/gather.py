"""Passes over a block's values: compiled where the extension was built, else in numpy.

numpy needs several passes and as much fresh memory for each of these; the compiled module of the
same functions makes reading a third faster. Both give the same numbers.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

try:
    _compiled: Any = import_module("rootae.kernels._passes")
except ImportError:  # no compiler was at hand
    _compiled = None

__all__ = ["compiled", "count", "follow", "look", "scatter"]

_STEPS_AT_MOST = 64  # that the compiled loop takes; a plan may have more


def compiled() -> bool:
    """Say whether the compiled passes are in use."""
    return _compiled is not None


def count(contexts: NDArray[Any], merge: int) -> NDArray[np.int64]:
    """Count how often each context occurs.

    Arguments:
        contexts: unsigned integers of shape (rows,), uint8 or uint16.
        merge: how many low bits of contexts to drop, at most 8.

    Returns:
        Counts of shape (contexts,), beyond the highest context possibly zeros.

    Example:
        >>> count(np.array([0, 3, 2], np.uint8), 1)[:2].tolist()
        [1, 2]
    """
    if _compiled is None:
        return np.bincount(contexts >> merge).astype(np.int64, copy=False)
    counts = np.zeros((int(contexts.max(initial=0)) >> merge) + 1, np.int64)
    _compiled.count(contexts, merge, counts)
    return counts


def scatter(
    runs: NDArray[Any],
    contexts: NDArray[Any],
    merge: int,
    counts: NDArray[np.int64],
    lows: NDArray[np.int64],
    dtype: type[Any],
) -> NDArray[Any]:
    """Put values that lie sorted by context back into their places.

    Arguments:
        runs: each context's values one behind the other, unsigned integers of shape (rows,).
        contexts, merge, counts: as in `count`.
        lows: what is added to each context's values, modulo 2^64; shape of `counts`.
        dtype: of the result, int32 or int64.

    Returns:
        Integers of shape (rows,).

    Example:
        >>> c = np.array([1, 0, 1], np.uint8)
        >>> scatter(np.array([5, 0, 9], np.uint8), c, 0, count(c, 0), np.array([0, 7]), np.int32)
        array([ 7,  5, 16], dtype=int32)
    """
    if _compiled is None:
        order = np.argsort(contexts >> merge, kind="stable")
        sums = runs.astype(np.uint64) + np.repeat(lows.view(np.uint64), counts)
        out = np.empty(len(contexts), dtype)
        out[order] = sums.view(np.int64)
        return out
    out = np.empty(len(contexts), dtype)
    _compiled.scatter(runs, contexts, merge, np.cumsum(counts) - counts, lows, out)
    return out


def look(codes: NDArray[Any], low: int, table: NDArray[Any]) -> NDArray[Any]:
    """Look codes up in a table that begins at code `low`; codes outside it get its ends.

    Arguments:
        codes: int32 or int64 of shape (rows,).
        low: the first entry's code.
        table: at least one entry.

    Returns:
        Entries of shape (rows,), the table's dtype.

    Example:
        >>> look(np.array([7, 5, 99]), 5, np.array([1.0, 2.0, 3.0])).tolist()
        [3.0, 1.0, 3.0]
    """
    if not len(table):
        msg = "a table is empty: the codec is damaged"
        raise CorruptError(msg)
    if _compiled is None or codes.dtype not in (np.int32, np.int64):
        inside = np.clip(codes.astype(np.int64), low, low + len(table) - 1) - low
        found: NDArray[Any] = table[inside]
        return found
    out = np.empty(len(codes), table.dtype)
    kind = f"u{table.itemsize}"
    _compiled.look(np.ascontiguousarray(codes), low, table.view(kind), out.view(kind))
    return out


def follow(
    inputs: Sequence[NDArray[Any]],
    tables: Sequence[NDArray[np.int64]],
    widths: Sequence[int],
    rows: int,
) -> NDArray[np.uint8]:
    """Take every row through a diagram: each step's state is table[state * width + input].

    Arguments:
        inputs: what is looked at in each step, unsigned integers of shape (rows,).
        tables: the next states, of shape (states * width,), each below 2^32.
        widths: how many values each input has.
        rows: the number of rows.

    Returns:
        The last states, shape (rows,). What lies outside a table is moved to its end.

    Example:
        >>> follow([np.array([0, 1], np.uint8)], [np.array([4, 6])], [2], 2).tolist()
        [4, 6]
    """
    if not all(map(len, tables)):
        msg = "a table of states is empty: the codec is damaged"
        raise CorruptError(msg)
    if _compiled is None or len(inputs) > _STEPS_AT_MOST:
        state = np.zeros(rows, np.uint32)
        for seen, table, width in zip(inputs, tables, widths, strict=True):
            state = np.take(table.astype(np.uint32), state * np.uint32(width) + seen, mode="clip")
        return state.astype(np.uint8)
    out = np.empty(rows, np.uint8)
    _compiled.follow(list(inputs), [_narrow(t) for t in tables], list(widths), out)
    return out


def _narrow(table: NDArray[np.int64]) -> NDArray[Any]:
    """Store a table in as few bytes as its entries need: it stays near the processor."""
    most = int(table.max())
    return table.astype(np.uint8 if most < 1 << 8 else np.uint16 if most < 1 << 16 else np.uint32)
