"""Section 1: streams of integers, and runs of them in contexts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from reference.byte_strings import Cursor, frame, parts
from reference.damage import hold
from reference.pages import page

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["runs", "stream"]

_WIDTHS = (2, 4, 8)
_MERGED_AT_MOST = 8  # bits of contexts


def stream(data: bytes, n: int) -> NDArray[np.int64]:
    """Return the n integers of a stream."""
    cursor = Cursor(data)
    kind, low = cursor.byte(), cursor.svarint()
    hold(kind in _KINDS, f"a stream of kind {kind}")
    hold(n or data == b"\0\0", "a stream of no integers that is not 00 00")
    u: NDArray[Any] = _KINDS[kind](cursor.rest(), n) if n else np.zeros(0, np.uint64)
    return (u.astype(np.uint64) + np.uint64(low % 2**64)).view(np.int64)


def _constant(body: bytes, n: int) -> NDArray[Any]:
    hold(not body, "bytes behind a constant")
    return np.zeros(n, np.uint64)


def _pcodec(body: bytes, n: int) -> NDArray[Any]:
    cursor = Cursor(body)
    width = cursor.byte()
    hold(width in _WIDTHS, f"a stream of numbers of {width} bytes")
    return page(cursor.rest(), 8 * width, n)


def _bytes(body: bytes, n: int) -> NDArray[Any]:
    return np.frombuffer(frame(body, n), np.uint8)


def _bits(body: bytes, n: int) -> NDArray[Any]:
    return np.unpackbits(np.frombuffer(frame(body, (n + 7) // 8), np.uint8), count=n)


def _dictionary(body: bytes, n: int) -> NDArray[Any]:
    cursor = Cursor(body)
    k = cursor.varint()
    hold(1 <= k <= n, f"a dictionary of {k} values for {n} integers")
    values = _pcodec(cursor.take(cursor.varint()), k)
    kind = cursor.byte()
    hold(kind in _OF_INDICES, f"indices of a stream of kind {kind}")
    indices = _KINDS[kind](cursor.rest(), n)
    hold(int(indices.max()) < k, f"value {int(indices.max())} of a dictionary of {k}")
    found: NDArray[Any] = values[indices.astype(np.int64)]
    return found


_OF_INDICES = (1, 2, 3)
_KINDS = {0: _constant, 1: _pcodec, 2: _bytes, 3: _bits, 4: _dictionary}


def runs(data: bytes, contexts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return integers that are stored context by context.

    Arguments:
        data: the runs.
        contexts: the context of each integer, shape (n,).
    """
    cursor = Cursor(data)
    merged = cursor.byte()
    hold(merged <= _MERGED_AT_MOST, f"contexts that are merged by {merged} bits")
    of = contexts >> merged
    present, found = np.unique(of), parts(cursor.rest())
    hold(len(found) == len(present), f"{len(found)} runs for {len(present)} contexts")
    out = np.empty(len(of), np.int64)
    for value, run in zip(present, found, strict=True):
        where = np.flatnonzero(of == value)
        out[where] = stream(run, len(where))
    return out
