"""Passes over a block's values: what the native core does in one pass each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

__all__ = ["count", "follow", "look", "scatter"]


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
    return np.bincount(contexts >> merge, minlength=1).astype(np.int64, copy=False)


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
    order = np.argsort(contexts >> merge, kind="stable")
    sums = runs.astype(np.uint64) + np.repeat(lows.view(np.uint64), counts)
    out = np.empty(len(contexts), dtype)
    out[order] = sums.view(np.int64)
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
    inside = np.clip(codes.astype(np.int64), low, low + len(table) - 1) - low
    found: NDArray[Any] = table[inside]
    return found


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
    state = np.zeros(rows, np.uint32)
    for seen, table, width in zip(inputs, tables, widths, strict=True):
        state = np.take(table.astype(np.uint32), state * np.uint32(width) + seen, mode="clip")
    return state.astype(np.uint8)
