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

from typing import TYPE_CHECKING, Any

import cramjam
import numpy as np
from pcodec import ChunkConfig, DeltaSpec, ModeSpec, PagingSpec, wrapped

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["Cursor", "decode", "encode", "join", "split", "svarint", "varint", "zstd"]

_CONSTANT, _PCODEC, _BYTES, _BITS = range(4)
_LEVEL = 8
_ZSTD_LEVEL = 12
_WIDTHS = {2: "u16", 4: "u32", 8: "u64"}
_FILE = wrapped.FileCompressor()
_HEADER = _FILE.write_header()


def varint(value: int) -> bytes:
    r"""Write an unsigned integer as LEB128.

    Example:
        >>> varint(300)
        b'\xac\x02'
    """
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def svarint(value: int) -> bytes:
    """Write a signed integer as LEB128 of its zigzag code."""
    return varint(value << 1 if value >= 0 else (-value << 1) - 1)


class Cursor:
    """Read front to back through bytes that may lie.

    Arguments:
        data: what to read.

    Raises:
        CorruptError: more was asked for than is there.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0

    def take(self, n: int) -> bytes:
        """Return the next n bytes."""
        if n < 0 or self._at + n > len(self._data):
            msg = f"a blob ends {self._at + n - len(self._data)} bytes early: the file is damaged"
            raise CorruptError(msg)
        self._at += n
        return self._data[self._at - n : self._at]

    def byte(self) -> int:
        """Return the next byte as an integer."""
        return self.take(1)[0]

    def varint(self) -> int:
        """Return the next unsigned integer."""
        value = shift = 0
        more = True
        while more and shift < 70:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            more, shift = byte >= 0x80, shift + 7
        if more or value >> 64:
            msg = "a blob holds an integer of over 64 bits: the file is damaged"
            raise CorruptError(msg)
        return value

    def svarint(self) -> int:
        """Return the next signed integer."""
        value = self.varint()
        return -((value + 1) >> 1) if value & 1 else value >> 1

    def rest(self) -> bytes:
        """Return everything that is left."""
        return self.take(len(self._data) - self._at)


def join(parts: Iterable[bytes]) -> bytes:
    """Concatenate byte strings behind their count and lengths."""
    parts = list(parts)
    return b"".join([varint(len(parts)), *(varint(len(p)) for p in parts), *parts])


def split(data: bytes) -> list[bytes]:
    """Undo `join`."""
    cursor = Cursor(data)
    count = cursor.varint()
    if count > len(data):
        msg = f"a blob announces {count} parts in {len(data)} bytes: the file is damaged"
        raise CorruptError(msg)
    lengths = [cursor.varint() for _ in range(count)]
    return [cursor.take(n) for n in lengths]


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
    cursor = Cursor(data)
    kind, low = cursor.byte(), cursor.svarint()
    if kind == _CONSTANT:
        return np.full(n, low, _signed(low, 0))
    if kind == _PCODEC:
        width = cursor.byte()
        if width not in _WIDTHS:
            msg = f"a stream has numbers of {width} bytes: the file is damaged"
            raise CorruptError(msg)
        u = _read_page(cursor.rest(), n, width)
    elif kind == _BYTES:
        width, u = 1, np.frombuffer(unzstd(cursor.rest(), n), np.uint8)
    elif kind == _BITS:
        packed = np.frombuffer(unzstd(cursor.rest(), (n + 7) // 8), np.uint8)
        width, u = 1, np.unpackbits(packed, count=n)
    else:
        msg = f"a stream is of the unknown kind {kind}: the file is damaged"
        raise CorruptError(msg)
    dtype = _signed(low, 8 * width)
    if dtype is np.int64:
        return (u.astype(np.uint64) + np.uint64(low & (2**64 - 1))).view(np.int64)
    return u.astype(np.int32) + np.int32(low)


def _signed(low: int, bits: int) -> type[np.int32] | type[np.int64]:
    return np.int32 if bits < 32 and -(2**30) < low < 2**30 else np.int64


def _read_page(data: bytes, n: int, width: int) -> NDArray[Any]:
    out = np.empty(n, f"u{width}")
    try:
        file, used = wrapped.FileDecompressor.new(data)
        chunk, more = file.chunk_decompressor(data[used:], _WIDTHS[width])
        progress, _ = chunk.read_page_into(data[used + more :], n, out)
    except (RuntimeError, TypeError) as error:
        msg = f"a pcodec page of {n} numbers does not decompress: the file is damaged"
        raise CorruptError(msg) from error
    if progress.n_processed != n:
        msg = f"a pcodec page holds {progress.n_processed} numbers, not {n}: the file is damaged"
        raise CorruptError(msg)
    return out
