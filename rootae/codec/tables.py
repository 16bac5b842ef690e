"""A codec's tables as bytes: what its plan's indices lead to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from rootae.codec import packed
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["narrow", "pack", "unpack"]

_AT_MOST = 1 << 20
_NUMBERS_AT_MOST = 1 << 24  # of all tables: each takes eight bytes in memory
_WIDTHS = {w: np.dtype(f"<i{w}") for w in (1, 2, 4, 8)}  # bytes of a table's numbers


def pack(tables: Iterable[NDArray[np.int64]]) -> bytes:
    """Write tables as bytes, each in the fewest bytes a number.

    Arguments:
        tables: whole numbers, each of shape (numbers,).

    Example:
        >>> [t.tolist() for t in unpack(pack([np.arange(3), np.array([7])]))]
        [[0, 1, 2], [7]]
    """
    return packed.pack(narrow(np.asarray(t, np.int64)) for t in tables)


def narrow(table: NDArray[np.int64]) -> bytes:
    """Write one table: bytes a number, as few as will do, and the numbers."""
    kinds = ((w, table.astype(kind)) for w, kind in _WIDTHS.items())
    width, narrow = next((w, x) for w, x in kinds if np.array_equal(x, table))
    return bytes([width]) + narrow.tobytes()


def unpack(data: bytes) -> list[NDArray[np.int64]]:
    """Read tables.

    Raises:
        CorruptError: the bytes are no tables, or announce more numbers than any codec has.
    """
    tables = [_table(part) for part in packed.unpack(data, "tables", _AT_MOST)]
    if sum(map(len, tables)) > _NUMBERS_AT_MOST:
        msg = f"a codec's tables have over {_NUMBERS_AT_MOST} numbers: the file is damaged"
        raise CorruptError(msg)
    return [t.astype(np.int64) for t in tables]


def _table(part: bytes) -> NDArray[Any]:
    """Return a table in as many bytes a number as it is stored in."""
    kind = _WIDTHS.get(part[0] if part else 0)
    if kind is None or (len(part) - 1) % kind.itemsize:
        msg = f"a table of a codec has {len(part)} bytes, no whole numbers: the file is damaged"
        raise CorruptError(msg)
    return np.frombuffer(part, kind, offset=1)
