"""Compression as ROOT's codes and as uproot's settings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import uproot

from rootae.errors import ArgumentError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["code_of", "packed_header", "setting_in", "setting_of", "used_by"]

# of what trees, and a file of its classes, say of themselves: every reader waits for it, so ZSTD
_SMALL = 1 << 16  # bytes, which the highest level takes some milliseconds for
_HEADERS = {True: uproot.ZSTD(19), False: uproot.ZSTD(12)}
_ALGORITHMS = {1: uproot.ZLIB, 2: uproot.LZMA, 4: uproot.LZ4, 5: uproot.ZSTD}


def packed_header(header: bytes) -> bytes:
    """Compress what a tree, or a file of its classes, says of itself."""
    packed: bytes = uproot.compression.compress(header, _HEADERS[len(header) <= _SMALL])
    return packed


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
