"""Values that occur again and again: each once, and which one it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from rootae.codec.streams.cursor import Cursor, varint
from rootae.codec.streams.kind import Effort
from rootae.codec.streams.kinds.bits import Bits
from rootae.codec.streams.kinds.bytes import Bytes
from rootae.codec.streams.kinds.pco import Pco
from rootae.errors import CorruptError
from rootae.kernels import lanes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rootae.codec.streams.kind import Kind

__all__ = ["Dictionary"]

_LEAST_SPAN = 0x100  # below, pcodec has a bin for each value
_SAVING = 0.95  # of another kind at most: reading takes twice as long
_VALUES = Pco()
_INDICES: dict[int, Kind] = {kind.code: kind for kind in (Pco(), Bytes(), Bits())}
_LOOK, _ANY = 1 << 13, 1 << 62


class Dictionary:
    """The number of distinct values; these, ascending, by pcodec; indices by a kind of theirs."""

    code: ClassVar[int] = 4
    name: ClassVar[str] = "dictionary"

    def encode(self, u: NDArray[Any], span: int, rival: int, effort: Effort) -> bytes | None:
        """Write integers that occur at least twice on average."""
        if span < _LEAST_SPAN:
            return None
        room = int(_SAVING * rival)
        found = lanes.distinct(u, min(len(u) // 2, 2 * room))
        if found is None:
            return None
        values, counts, indices = found
        k = len(values)
        if room < _bits(counts) / 8 and not _in_order(indices[:_LOOK], k, room / len(u)):
            return None
        first = _VALUES.encode(values, span, rival, effort) or b""
        head = varint(k) + varint(len(first)) + first
        second = _shortest(indices, k, room - len(head), effort)
        return None if second is None else head + second

    def width(self, body: bytes) -> int:
        """Return that of the values."""
        return _VALUES.width(_parts(body)[1])

    def decode(self, body: bytes, out: NDArray[Any]) -> None:
        """Read both, and put each value where its indices are."""
        k, first, code, second = _parts(body)
        if not 0 < k <= len(out):
            msg = f"a dictionary has {k} values for {len(out)} numbers: the file is damaged"
            raise CorruptError(msg)
        kind = _INDICES.get(code)
        if kind is None:
            msg = f"a dictionary's indices are of the unknown kind {code}: the file is damaged"
            raise CorruptError(msg)
        values = np.empty(k, f"u{_VALUES.width(first)}")
        indices = np.empty(len(out), f"u{kind.width(second)}")
        _VALUES.decode(first, values)
        kind.decode(second, indices)
        if int(indices.max()) >= k:
            msg = f"value {indices.max()} of a dictionary of {k}: the file is damaged"
            raise CorruptError(msg)
        out[:] = values[indices]


def _bits(counts: NDArray[Any]) -> float:
    """Return the least that indices can take in any order, by how often each value occurs."""
    n = int(counts.sum(dtype=np.int64))
    return float(n * np.log2(n) - (counts * np.log2(counts)).sum())


def _in_order(indices: NDArray[Any], k: int, room: float) -> bool:
    """Say whether indices repeat a pattern, by the bytes that each may take."""
    quick = Effort(is_quick=True)
    frames = (kind.encode(indices, k - 1, _ANY, quick) for kind in (Bits(), Bytes()))
    return any(f is not None and len(f) < room * len(indices) for f in frames)


def _shortest(indices: NDArray[Any], k: int, room: int, effort: Effort) -> bytes | None:
    """Return a kind and its body, or None if none has less than some bytes."""
    best = None
    for code, kind in _INDICES.items():
        body = kind.encode(indices, k - 1, room, effort)
        if body is not None and 1 + len(body) < room:
            best, room = bytes([code]) + body, 1 + len(body)
    return best


def _parts(body: bytes) -> tuple[int, bytes, int, bytes]:
    cursor = Cursor(body)
    k, first = cursor.varint(), cursor.take(cursor.varint())
    return k, first, cursor.byte(), cursor.rest()
