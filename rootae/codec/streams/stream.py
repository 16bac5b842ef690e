"""Runs of integers as bytes, by the kind that takes fewest.

A stream does not say how many values it holds: its reader knows. It begins with

    uint8     the kind, see `registry`
    svarint   the minimum
              the kind's body, which holds the integers less the minimum

svarint: LEB128 of zigzag.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from rootae.codec.streams.cursor import Cursor, join, split, svarint, varint
from rootae.codec.streams.kind import THOROUGH, Effort
from rootae.codec.streams.registry import KINDS
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from rootae.codec.streams.kind import Kind

__all__ = [
    "Cursor",
    "Runs",
    "decode",
    "decode_all",
    "encode",
    "join",
    "split",
    "svarint",
    "varint",
]

_ANY = 1 << 62  # bytes: any stream is shorter
_OF_NONE = b"\0\0"  # a constant, 0
_KEPT, _KEPT_AT_MOST = threading.local(), 1 << 22  # bytes of memory a thread


def encode(q: NDArray[Any], effort: Effort = THOROUGH) -> bytes:
    """Write integers as the smallest kind of stream.

    Arguments:
        q: signed integers of shape (n,), n >= 0; int64 differences may wrap.
        effort: how long to look for the smallest.

    Returns:
        The stream.

    Example:
        >>> decode(encode(np.array([7, 7, 7])), 3).tolist()
        [7, 7, 7]
    """
    low, high = (int(q.min()), int(q.max())) if len(q) else (0, 0)
    u = _above(q, low, high - low)
    minimum, best, rival = svarint(low), b"", _ANY
    for kind in KINDS.values():
        body = kind.encode(u, high - low, rival, effort)
        if body is not None and 1 + len(minimum) + len(body) < rival:
            best = bytes([kind.code]) + minimum + body
            rival = len(best)
        if body == b"":
            break
    return best


def _above(q: NDArray[Any], low: int, span: int) -> NDArray[Any]:
    """Return what lies above the minimum, in as few bytes as that takes, but two."""
    width = 2 if span <= 0xFFFF else 4 if span <= 0xFFFFFFFF else 8
    u = q.astype(f"u{width}")  # modulo 2^bits, as is the difference
    u -= u.dtype.type(low & (1 << 8 * width) - 1)
    return u


def decode(data: bytes, n: int) -> NDArray[Any]:
    """Read a stream of n integers.

    Arguments:
        data: what `encode` returned.
        n: the number of values.

    Returns:
        Integers of shape (n,): int32 where they fit, else int64.

    Raises:
        CorruptError: the bytes are no such stream.
    """
    return decode_all([data], [n])


def decode_all(parts: Sequence[bytes], counts: Sequence[int]) -> NDArray[Any]:
    """Read streams one behind the other into one array.

    Arguments:
        parts: streams.
        counts: the number of values in each.

    Returns:
        Integers of shape (sum of counts,): int32 where they fit, else int64.

    Raises:
        CorruptError: the bytes are no such streams.

    Example:
        >>> decode_all([encode(np.array([7, 7])), encode(np.array([1, 2]))], [2, 2]).tolist()
        [7, 7, 1, 2]
    """
    return Runs.read(parts, counts).whole(counts)


class Runs(NamedTuple):
    """Streams one behind the other, their minima not added yet.

    Arguments:
        values: what lies above each stream's minimum, unsigned integers of shape (values,), in
            memory that this thread's next `read` writes over.
        lows: each stream's minimum modulo 2^64, shape (streams,).
        dtype: that holds the sums: int32 or int64.
    """

    values: NDArray[Any]
    lows: NDArray[np.int64]
    dtype: type[Any]

    @classmethod
    def read(cls, parts: Sequence[bytes], counts: Sequence[int]) -> Runs:
        """Read streams into one array, each in its place.

        Raises:
            CorruptError: the bytes are no such streams.
        """
        if any(not n and part != _OF_NONE for part, n in zip(parts, counts, strict=True)):
            msg = "a stream of no integers holds some: the file is damaged"
            raise CorruptError(msg)
        opened = [_opened(part) for part in parts]
        widths = [kind.width(body) for kind, _, body in opened]
        width = max(widths, default=1)
        u, at = _scratch(sum(counts), width), 0
        for (kind, _, body), n in zip(opened, counts, strict=True):
            kind.decode(body, u[at : at + n])
            at += n
        lows = [low for _, low, _ in opened]
        narrow = width < 4 and max(map(abs, lows), default=0) < 1 << 30
        return cls(u, np.array(lows, np.int64), np.int32 if narrow else np.int64)

    def whole(self, counts: Sequence[int]) -> NDArray[Any]:
        """Return the streams' integers, the minima added in one go."""
        lows = self.lows.astype(self.dtype)
        added = lows[0] if len(lows) == 1 else np.repeat(lows, counts)
        if self.dtype is np.int32:
            values = self.values.astype(np.int32)
            values += added
            return values
        return (self.values.astype(np.uint64) + added.view(np.uint64)).view(np.int64)


def _opened(data: bytes) -> tuple[Kind, int, bytes]:
    """Take a stream apart into its kind, the minimum and the body."""
    cursor = Cursor(data)
    code, low = cursor.byte(), cursor.svarint()
    kind = KINDS.get(code)
    if kind is None:
        msg = f"a stream is of the unknown kind {code}: the file is damaged"
        raise CorruptError(msg)
    return kind, low, data[cursor.at :]


def _scratch(n: int, width: int) -> NDArray[Any]:
    """Return memory that this thread has used before where it has: fresh memory is slow."""
    size = n * width
    kept: NDArray[np.uint8] | None = getattr(_KEPT, "memory", None)
    if kept is None or len(kept) < size:
        kept = np.empty(size, np.uint8)
        if size <= _KEPT_AT_MOST:
            _KEPT.memory = kept
    return kept[:size].view(f"u{width}")
