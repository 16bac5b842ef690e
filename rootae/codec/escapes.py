"""Positions and values that a grid cannot keep."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec.streams import stream, zstd
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["escapes_of", "read_escapes"]


def escapes_of(x: NDArray[Any], at: NDArray[np.intp]) -> bytes:
    """Return the head of a lane's bytes: rows and values that no code stands for.

    Arguments:
        x: all values of the lane, shape (rows,).
        at: rows of the escapes, rising.
    """
    if not len(at):
        return stream.varint(0)
    rows = stream.encode(np.diff(at, prepend=0))
    raw = zstd.compress(x[at].astype(x.dtype.newbyteorder("<")).tobytes())
    lengths = [stream.varint(len(at)), stream.varint(len(rows)), rows]
    return b"".join([*lengths, stream.varint(len(raw)), raw])


def read_escapes(
    cursor: stream.Cursor, rows: int, dtype: str
) -> tuple[NDArray[np.int64], NDArray[Any]]:
    """Return rows and values of a lane's escapes.

    Raises:
        CorruptError: they cannot be of that lane.
    """
    n = cursor.varint()
    stored = np.dtype(dtype).newbyteorder("<")
    if not n:
        return np.zeros(0, np.int64), np.zeros(0, dtype)
    if n > rows:
        msg = f"a lane of {rows} rows has {n} escapes: the block is damaged"
        raise CorruptError(msg)
    at = np.cumsum(stream.decode(cursor.take(cursor.varint()), n).astype(np.int64))
    if at.min() < 0 or at.max() >= rows or (np.diff(at) <= 0).any():  # sums may wrap
        msg = f"escapes lie outside a lane of {rows} rows: the block is damaged"
        raise CorruptError(msg)
    raw = zstd.decompress(cursor.take(cursor.varint()), n * stored.itemsize)
    return at, np.frombuffer(raw, stored).astype(dtype)
