"""Bookkeeping branches read basket by basket, without the machinery of uproot's arrays."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import numpy as np
import uproot

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["basket_key", "is_constant", "read_branch"]


def read_branch(branch: Any, start: int = 0, stop: int | None = None) -> NDArray[Any]:
    """Read a branch of numbers or of bytes, basket by basket.

    This is several times quicker than uproot's arrays, which bookkeeping of a few values would wait
    for, and it stays in this thread, which may be one of the pool that uproot would wait for.

    Arguments:
        branch: the uproot branch.
        start, stop: the first entry to read, and the one after the last.

    Returns:
        One item an entry: numbers, or arrays of bytes as objects.

    Raises:
        ValueError: the branch holds something else, or not as many entries as it says.
    """
    ends = [int(x) for x in branch.entry_offsets]
    stop = ends[-1] if stop is None else stop
    numbers = [i for i in range(len(ends) - 1) if ends[i] < stop and ends[i + 1] > start]
    parts = [_basket(branch, i, ends[i + 1] - ends[i]) for i in numbers]
    if not parts:
        return _items(branch, np.zeros(0, np.uint8), np.zeros(1, np.int64), 0)
    whole = parts[0] if len(parts) == 1 else np.concatenate(parts)
    return whole[max(start - ends[numbers[0]], 0) : stop - ends[numbers[0]]]


def is_constant(branch: Any, value: int) -> bool:
    """Say whether a branch of one byte an entry holds nothing but a value, in every basket.

    Arguments:
        branch: the uproot branch.
        value: the byte.

    Raises:
        Exception: whatever uproot raises over a basket that it cannot read.
    """
    ends = [int(x) for x in branch.entry_offsets]
    parts = (branch.basket(i).data for i in range(len(ends) - 1))
    return all(
        len(part) == high - low and bool((part == value).all())
        for part, (low, high) in zip(parts, itertools.pairwise(ends), strict=True)
    )


def basket_key(branch: Any, number: int) -> Any:
    """Return the key of one basket; uproot's own asks for it by numpy's integers.

    These XRootD's client does not take.
    """
    start = int(branch.member("fBasketSeek")[number])
    stop = start + uproot.reading._key_format_big.size
    chunk, cursor = branch.file.source.chunk(start, stop), uproot.source.cursor.Cursor(start)
    return uproot.reading.ReadOnlyKey(chunk, cursor, {}, branch.file, branch, read_strings=False)


def _basket(branch: Any, number: int, entries: int) -> NDArray[Any]:
    basket = branch.basket(number)
    return _items(branch, np.asarray(basket.data), basket.byte_offsets, entries)


def _items(
    branch: Any, data: NDArray[Any], offsets: NDArray[Any] | None, entries: int
) -> NDArray[Any]:
    """Cut a basket's bytes into entries."""
    kind = branch.interpretation
    if isinstance(kind, uproot.AsDtype):
        values = np.frombuffer(data, kind.from_dtype)
        if len(values) == entries:
            return values.astype(kind.to_dtype.base)
    elif isinstance(kind, uproot.AsJagged) and offsets is not None and _ascends(offsets, data):
        items = np.empty(len(offsets) - 1, object)
        for i, (low, high) in enumerate(itertools.pairwise(offsets.tolist())):
            items[i] = data[low:high]
        if len(items) == entries and kind.content.from_dtype.itemsize == 1:
            return items
    msg = f"{branch.name} holds something else than its {entries} entries"
    raise ValueError(msg)


def _ascends(offsets: NDArray[Any], data: NDArray[Any]) -> bool:
    """Say whether offsets lie within the data, in order."""
    inside = offsets[0] >= 0 and offsets[-1] <= len(data)
    return bool(inside and (np.diff(offsets) >= 0).all())
