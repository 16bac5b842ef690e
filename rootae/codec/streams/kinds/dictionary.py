"""Values that occur again and again: each once, and which one it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from rootae.codec.streams.cursor import Cursor, varint
from rootae.codec.streams.kinds.pco import Pco
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.streams.kind import Effort

__all__ = ["Dictionary"]

_LEAST_SPAN = 0x100  # below, pcodec has a bin for each value
_SAVING = 0.95  # of another kind at most: reading takes twice as long
_PAGE = Pco()


class Dictionary:
    """The number of distinct values and two bodies of pcodec: these, ascending, and indices."""

    code: ClassVar[int] = 4
    name: ClassVar[str] = "dictionary"

    def encode(self, u: NDArray[np.uint64], span: int, rival: int, effort: Effort) -> bytes | None:
        """Write integers that occur at least twice on average."""
        if span < _LEAST_SPAN:
            return None
        ordered = np.sort(u.astype(np.uint32) if span < 1 << 32 else u)
        starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1]))
        k = len(starts)
        if 2 * k > len(u):
            return None
        left = _SAVING * rival - _bits(np.diff(starts, append=len(u))) / 8
        if left < k / 2:
            return None
        values = ordered[starts]
        first = _PAGE.encode(values.astype(np.uint64), span, rival, effort) or b""
        if left < len(first):
            return None
        indices = np.searchsorted(values, u.astype(values.dtype))
        second = _PAGE.encode(indices.astype(np.uint64), k - 1, rival, effort) or b""
        body = varint(k) + varint(len(first)) + first + second
        return body if len(body) < _SAVING * rival else None

    def width(self, body: bytes) -> int:
        """Return that of the values."""
        return _PAGE.width(_parts(body)[1])

    def decode(self, body: bytes, out: NDArray[Any]) -> None:
        """Read both, and put each value where its indices are."""
        k, first, second = _parts(body)
        if not 0 < k <= len(out):
            msg = f"a dictionary has {k} values for {len(out)} numbers: the file is damaged"
            raise CorruptError(msg)
        values = np.empty(k, f"u{_PAGE.width(first)}")
        indices = np.empty(len(out), f"u{_PAGE.width(second)}")
        _PAGE.decode(first, values)
        _PAGE.decode(second, indices)
        if int(indices.max()) >= k:
            msg = f"value {indices.max()} of a dictionary of {k}: the file is damaged"
            raise CorruptError(msg)
        out[:] = values[indices]


def _bits(counts: NDArray[np.int64]) -> float:
    """Return the least that indices can take, by how often each value occurs."""
    n = int(counts.sum())
    return float(n * np.log2(n) - (counts * np.log2(counts)).sum())


def _parts(body: bytes) -> tuple[int, bytes, bytes]:
    cursor = Cursor(body)
    k = cursor.varint()
    return k, cursor.take(cursor.varint()), cursor.rest()
