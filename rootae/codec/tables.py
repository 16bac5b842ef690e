"""A codec's tables as bytes: what its plan's indices lead to."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import numpy as np

from rootae.codec.streams import stream
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["pack", "unpack"]

_NUMBERS_AT_MOST = 1 << 24  # of all tables: a constant one of any length takes a few bytes


def pack(tables: Iterable[NDArray[np.int64]]) -> bytes:
    """Write tables as bytes.

    Arguments:
        tables: whole numbers, each of shape (numbers,).

    Example:
        >>> [t.tolist() for t in unpack(pack([np.arange(3), np.array([7])]))]
        [[0, 1, 2], [7]]
    """
    whole = [np.asarray(t, np.int64) for t in tables]
    return stream.join(stream.varint(len(t)) + stream.encode(t) for t in whole)


def unpack(data: bytes) -> list[NDArray[np.int64]]:
    """Read tables.

    Raises:
        CorruptError: the bytes are no tables, or announce more numbers than any codec has.
    """
    parts, counts, left = list[bytes](), list[int](), _NUMBERS_AT_MOST
    for part in stream.split(data):
        cursor = stream.Cursor(part)
        n = cursor.varint()
        left -= n
        if left < 0:
            msg = f"a codec's tables have over {_NUMBERS_AT_MOST} numbers: the file is damaged"
            raise CorruptError(msg)
        parts.append(cursor.rest())
        counts.append(n)
    if not parts:
        return []
    numbers, ends = (
        stream.decode_all(parts, counts).astype(np.int64),
        [*itertools.accumulate(counts)],
    )
    return [numbers[end - n : end] for n, end in zip(counts, ends, strict=True)]
