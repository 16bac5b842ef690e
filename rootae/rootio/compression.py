"""Compression as ROOT's codes and as uproot's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import uproot
import xxhash

from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["code_of", "packed_header", "setting_in", "setting_of", "used_by"]

# of what trees, and a file of its classes, say of themselves: every reader waits for it, so ZSTD
_SMALL = 1 << 16  # bytes, which the highest level takes some milliseconds for
_HEADERS = {True: uproot.ZSTD(19), False: uproot.ZSTD(12)}
_PIECE = 9  # bytes before each piece: the algorithm, its version, and both sizes
_DESCRIPTOR, _HAS_SUM = 4, 1 << 2  # of a zstd frame: where it says what it has, and a checksum
_ALGORITHMS = {1: uproot.ZLIB, 2: uproot.LZMA, 4: uproot.LZ4, 5: uproot.ZSTD}


def packed_header(header: bytes) -> bytes:
    """Compress what a tree, or a file of its classes, says of itself, with a checksum.

    ROOT believes what it reads there, and may crash where that is damaged; so its zstd is to refuse
    it before.
    """
    packed: bytes = uproot.compression.compress(header, _HEADERS[len(header) <= _SMALL])
    if len(packed) >= len(header):  # it is stored as it is
        return header
    checked = _with_sums(packed, header)
    return checked if len(checked) < len(header) else packed


def _with_sums(packed: bytes, whole: bytes) -> bytes:
    """Give each zstd frame the checksum of its content that RFC 8878 has for it."""
    out, at, done = bytearray(), 0, 0
    while at < len(packed):
        before = packed[at : at + _PIECE]
        size, length = (int.from_bytes(before[i : i + 3], "little") for i in (3, 6))
        frame = bytearray(packed[at + _PIECE : at + _PIECE + size])
        frame[_DESCRIPTOR] |= _HAS_SUM
        found = xxhash.xxh64_intdigest(whole[done : done + length])
        frame += (found & 0xFFFFFFFF).to_bytes(4, "little")
        out += before[:3] + len(frame).to_bytes(3, "little") + before[6:] + frame
        at, done = at + _PIECE + size, done + length
    return bytes(out)


def setting_of(code: int | None, own: Any) -> Any:
    """Turn ROOT's algorithm * 100 + level into a setting.

    Arguments:
        code: the number, or None for the input's own setting.
        own: that setting, if the input has any.

    Raises:
        ArgumentError: there is no such setting.
    """
    if code is None:
        return own or uproot.ZSTD(5)
    if code == 0:
        return None
    algorithm = _ALGORITHMS.get(code // 100)
    if algorithm is None or not 1 <= code % 100 <= 9:
        msg = f"compression {code} is unknown: use 101 (ZLIB), 207 (LZMA), 404 (LZ4) or 505 (ZSTD)"
        raise ArgumentError(msg)
    return algorithm(code % 100)


def code_of(compression: Any) -> int:
    """Return an uproot setting as ROOT's algorithm * 100 + level."""
    return 0 if compression is None else int(compression.code)


def setting_in(found: Any) -> Any:
    """Return the compression of a file or a branch, None if it says none that there is."""
    try:
        return found.compression
    except ValueError:  # a level beyond 9, or an algorithm of its own
        return None


def used_by(branches: Iterable[Any], source: Any) -> Any:
    """Read the algorithm off the first basket: uproot leaves a branch's own setting at zero.

    Arguments:
        branches: those of a file; their baskets lie in it.
        source: what uproot reads the file by.

    Returns:
        A setting, or None where no basket says any.
    """
    kinds = {
        b"ZS": uproot.ZSTD(5),
        b"XZ": uproot.LZMA(9),
        b"L4": uproot.LZ4(4),
        b"ZL": uproot.ZLIB(1),
    }
    for branch in branches:
        if branch.num_baskets and branch.member("fBasketSeek").any():
            at = int(branch.member("fBasketSeek")[0])
            data = bytes(source.chunk(at, at + 512).raw_data)
            head = int.from_bytes(data[14:16], "big")  # TKey.fKeyLen
            return kinds.get(data[head : head + 2])
    return None
