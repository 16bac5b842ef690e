"""Bytes to one zstd frame and back (RFC 8878)."""

from __future__ import annotations

import cramjam
import numpy as np

from rootae.errors import CorruptError

__all__ = ["compress", "decompress"]

_LEVEL = 12
_MAGIC = b"\x28\xb5\x2f\xfd"
_REPEATED = 1  # a block of one byte, many times


def compress(data: bytes, level: int = _LEVEL) -> bytes:
    """Compress bytes into one zstd frame.

    Arguments:
        data: what to compress.
        level: zstd's, 1 to 22.

    Returns:
        The frame.
    """
    return bytes(cramjam.zstd.compress(data, level=level))


def decompress(data: bytes, size: int) -> bytes:
    """Decompress one zstd frame whose size is known.

    Arguments:
        data: the frame.
        size: how many bytes it must hold.

    Returns:
        These bytes.

    Raises:
        CorruptError: it holds more or fewer, or is not one frame.

    Example:
        >>> decompress(compress(b"a tree"), 6)
        b'a tree'
    """
    out = np.empty(size + 1, np.uint8)
    try:
        got = int(cramjam.zstd.decompress_into(data, out.data))
    except Exception as error:
        msg = f"a zstd frame of {size} bytes does not decompress: the file is damaged"
        raise CorruptError(msg) from error
    if got != size:
        msg = f"a zstd frame holds {got} bytes, not {size}: the file is damaged"
        raise CorruptError(msg)
    if _end(data) != len(data):
        msg = f"{len(data)} bytes are not one zstd frame: the file is damaged"
        raise CorruptError(msg)
    return out[:size].tobytes()


def _end(data: bytes) -> int:
    """Return where the first frame ends: zstd itself takes any number of frames for one."""
    if data[:4] != _MAGIC:
        return -1
    about = data[4]
    alone = about >> 5 & 1
    at = 6 - alone + (0, 1, 2, 4)[about & 3] + (alone, 2, 4, 8)[about >> 6]
    while at < len(data):
        block = int.from_bytes(data[at : at + 3], "little")
        at += 3 + (1 if block >> 1 & 3 == _REPEATED else block >> 3)
        if block & 1:
            return at + 4 * (about >> 2 & 1)
    return -1
