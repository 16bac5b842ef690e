"""Runs of integers as bytes: constants, pcodec pages, or zstd where that is smaller.

A stream does not say how many values it holds: its reader knows. The first byte is the kind.

    0  constant     svarint: the value
    1  pcodec       svarint: the minimum; uint8: bytes a number (2, 4, 8);
                    a pco wrapped header, chunk metadata and one page of q - minimum, unsigned
    2  zstd bytes   svarint: the minimum; one zstd frame of q - minimum as uint8
    3  zstd bits    svarint: the minimum; one zstd frame of q - minimum as packed bits

pcodec: https://github.com/pcodec/pcodec (format 4). zstd: RFC 8878. svarint: LEB128 of zigzag.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, NamedTuple

import cramjam
import numpy as np
from pcodec import ChunkConfig, DeltaSpec, ModeSpec, PagingSpec, wrapped

from rootae.codec.streams.cursor import Cursor, join, split, svarint, varint
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

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
    "zstd",
]

_CONSTANT, _PCODEC, _BYTES, _BITS = range(4)
_LEVEL = 9
_ZSTD_LEVEL = 12
_KEPT, _KEPT_AT_MOST = threading.local(), 1 << 22  # bytes of memory a thread
_WIDTHS = {2: "u16", 4: "u32", 8: "u64"}
_FILE = wrapped.FileCompressor()
_HEADER = _FILE.write_header()
_READER, _ = wrapped.FileDecompressor.new(_HEADER)


def zstd(data: bytes, level: int = _ZSTD_LEVEL) -> bytes:
    """Compress bytes into one zstd frame."""
    return bytes(cramjam.zstd.compress(data, level=level))


def unzstd(data: bytes, size: int) -> bytes:
    """Decompress a zstd frame that must hold exactly `size` bytes."""
    out = np.empty(size + 1, np.uint8)
    try:
        got = int(cramjam.zstd.decompress_into(data, out.data)) if size or data else 0
    except Exception as error:
        msg = f"a zstd frame of {size} bytes does not decompress: the file is damaged"
        raise CorruptError(msg) from error
    if got != size:
        msg = f"a zstd frame holds {got} bytes, not {size}: the file is damaged"
        raise CorruptError(msg)
    return out[:size].tobytes()


def encode(q: NDArray[Any]) -> bytes:
    """Write integers as the smallest kind of stream.

    Arguments:
        q: signed integers of shape (n,), n >= 0; int64 differences may wrap.

    Returns:
        The stream.

    Example:
        >>> decode(encode(np.array([7, 7, 7])), 3).tolist()
        [7, 7, 7]
    """
    if not len(q):
        return bytes([_CONSTANT]) + svarint(0)
    low, high = int(q.min()), int(q.max())
    if low == high:
        return bytes([_CONSTANT]) + svarint(low)
    u = q.astype(np.int64, copy=False).view(np.uint64) - np.uint64(low & (2**64 - 1))
    span = high - low
    best = _pcodec(u, span, low)
    if span <= 0xFF:
        small = u.astype(np.uint8)
        kind, data = (_BITS, np.packbits(small)) if span == 1 else (_BYTES, small)
        # a quick look first: pcodec mostly wins, and the thorough search is slow
        if len(zstd(data.tobytes(), 1)) < 1.2 * len(best):
            best = min(best, bytes([kind]) + svarint(low) + zstd(data.tobytes()), key=len)
    return best


def _pcodec(u: NDArray[np.uint64], span: int, low: int) -> bytes:
    width = 2 if span <= 0xFFFF else 4 if span <= 0xFFFFFFFF else 8
    config = ChunkConfig(
        compression_level=_LEVEL,
        delta_spec=DeltaSpec.auto(),
        mode_spec=ModeSpec.classic(),
        paging_spec=PagingSpec.exact_page_sizes([len(u)]),
    )
    chunk = _FILE.chunk_compressor(u.astype(f"u{width}"), config)
    head = bytes([_PCODEC]) + svarint(low) + bytes([width])
    return b"".join([head, _HEADER, chunk.write_meta(), chunk.write_page(0)])


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
        heads = [_Head.read(part) for part in parts]
        width = max((h.width for h in heads), default=1)
        u, at = _scratch(sum(counts), width), 0
        for part, head, n in zip(parts, heads, counts, strict=True):
            head.fill(part, u[at : at + n])
            at += n
        lows = np.array([h.low & (2**64 - 1) for h in heads], np.uint64).view(np.int64)
        wide = any(_signed(h.low, 8 * h.width) is np.int64 for h in heads)
        return cls(u, lows, np.int64 if wide else np.int32)

    def whole(self, counts: Sequence[int]) -> NDArray[Any]:
        """Return the streams' integers, the minima added in one go."""
        lows = self.lows.astype(self.dtype)
        added = lows[0] if len(lows) == 1 else np.repeat(lows, counts)
        if self.dtype is np.int32:
            values = self.values.astype(np.int32)
            values += added
            return values
        return (self.values.astype(np.uint64) + added.view(np.uint64)).view(np.int64)


class _Head(NamedTuple):
    """What comes before a stream's values.

    Arguments:
        kind: of the stream.
        low: the minimum.
        width: bytes a number, 1 to 8.
        start: where the values begin.
    """

    kind: int
    low: int
    width: int
    start: int

    @classmethod
    def read(cls, data: bytes) -> _Head:
        cursor = Cursor(data)
        kind, low, width = cursor.byte(), cursor.svarint(), 1
        if kind > _BITS:
            msg = f"a stream is of the unknown kind {kind}: the file is damaged"
            raise CorruptError(msg)
        if kind == _PCODEC:
            width = cursor.byte()
            if width not in _WIDTHS:
                msg = f"a stream has numbers of {width} bytes: the file is damaged"
                raise CorruptError(msg)
        return cls(kind, low, width, cursor.at)

    def fill(self, data: bytes, out: NDArray[Any]) -> None:
        """Write the values less their minimum."""
        n = len(out)
        if self.kind == _CONSTANT:
            out[:] = 0
        elif self.kind == _PCODEC:
            own = out if out.itemsize == self.width else np.empty(n, f"u{self.width}")
            _read_page(data[self.start :], own, self.width)
            if own is not out:
                out[:] = own
        elif self.kind == _BYTES:
            out[:] = np.frombuffer(unzstd(data[self.start :], n), np.uint8)
        elif self.kind == _BITS:
            packed = np.frombuffer(unzstd(data[self.start :], (n + 7) // 8), np.uint8)
            out[:] = np.unpackbits(packed, count=n)


def _scratch(n: int, width: int) -> NDArray[Any]:
    """Return memory that this thread has used before where it has: fresh memory is slow."""
    size = n * width
    kept: NDArray[np.uint8] | None = getattr(_KEPT, "memory", None)
    if kept is None or len(kept) < size:
        kept = np.empty(size, np.uint8)
        if size <= _KEPT_AT_MOST:
            _KEPT.memory = kept
    return kept[:size].view(f"u{width}")


def _signed(low: int, bits: int) -> type[np.int32] | type[np.int64]:
    return np.int32 if bits < 32 and -(2**30) < low < 2**30 else np.int64


def _read_page(data: bytes, out: NDArray[Any], width: int) -> None:
    n = len(out)
    try:
        if data.startswith(_HEADER):
            file, used = _READER, len(_HEADER)
        else:
            file, used = wrapped.FileDecompressor.new(data)
        chunk, more = file.chunk_decompressor(data[used:], _WIDTHS[width])
        progress, _ = chunk.read_page_into(data[used + more :], n, out)
    except (RuntimeError, TypeError) as error:
        msg = f"a pcodec page of {n} numbers does not decompress: the file is damaged"
        raise CorruptError(msg) from error
    if progress.n_processed != n:
        msg = f"a pcodec page holds {progress.n_processed} numbers, not {n}: the file is damaged"
        raise CorruptError(msg)
