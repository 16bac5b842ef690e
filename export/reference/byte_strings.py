"""Section 1: varints, joined byte strings and zstd frames."""

from __future__ import annotations

import cramjam
import numpy as np

from reference.damage import Damaged, hold

__all__ = ["Cursor", "frame", "join", "parts", "varint"]

_MAGIC = b"\x28\xb5\x2f\xfd"
_REPEATED = 1  # a zstd block of one byte, many times


class Cursor:
    """Bytes, read from the front.

    Arguments:
        data: the bytes, from a stranger.
    """

    def __init__(self, data: bytes) -> None:
        self.data, self.at = bytes(data), 0

    def take(self, n: int) -> bytes:
        """Return the next n bytes."""
        hold(self.at + n <= len(self.data), "a byte string ends early")
        self.at += n
        return self.data[self.at - n : self.at]

    def byte(self) -> int:
        """Return the next byte as a number."""
        return self.take(1)[0]

    def varint(self) -> int:
        """Return the next varint."""
        value = shift = 0
        while True:
            byte = self.byte()
            value |= (byte & 127) << shift
            hold(value < 2**64 and shift < 70, "a varint of 2^64 or more")
            if byte < 128:
                hold(byte or not shift, "a varint that is longer than it has to be")
                return value
            shift += 7

    def svarint(self) -> int:
        """Return the next svarint."""
        v = self.varint()
        return -(v + 1) // 2 if v & 1 else v // 2

    def rest(self) -> bytes:
        """Return all that is left."""
        return self.take(len(self.data) - self.at)


def varint(value: int) -> bytes:
    """Write a varint."""
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def join(strings: list[bytes]) -> bytes:
    """Join byte strings."""
    return varint(len(strings)) + b"".join([*(varint(len(s)) for s in strings), *strings])


def parts(data: bytes) -> list[bytes]:
    """Take a join apart."""
    cursor = Cursor(data)
    count = cursor.varint()
    hold(count <= len(data), f"{count} parts in {len(data)} bytes")
    found = [cursor.take(n) for n in [cursor.varint() for _ in range(count)]]
    hold(not cursor.rest(), "bytes behind the parts of a join")
    return found


def frame(data: bytes, size: int) -> bytes:
    """Decompress one zstd frame that holds `size` bytes, and nothing else.

    Arguments:
        data: the frame.
        size: how many bytes it has to hold; no more are ever unpacked.
    """
    out = np.empty(size + 1, np.uint8)
    hold(_end(data) == len(data), "other bytes than one zstd frame")
    try:
        got = int(cramjam.zstd.decompress_into(data, out.data))
    except Exception as error:
        msg = f"a zstd frame of {size} bytes does not decompress"
        raise Damaged(msg) from error
    hold(got == size, f"a zstd frame of {got} bytes, not {size}")
    return out[:size].tobytes()


def _end(data: bytes) -> int:
    """Return where the first frame ends (RFC 8878, 3.1.1): zstd takes several for one."""
    cursor = Cursor(data)
    hold(cursor.take(4) == _MAGIC, "no zstd frame where one has to be")
    about = cursor.byte()
    single, content, dictionary = about >> 5 & 1, about >> 6, about & 3
    cursor.take((1 - single) + (0, 1, 2, 4)[dictionary] + (single, 2, 4, 8)[content])
    last = 0
    while not last:
        block = int.from_bytes(cursor.take(3), "little")
        last, kind, size = block & 1, block >> 1 & 3, block >> 3
        cursor.take(1 if kind == _REPEATED else size)
    cursor.take(4 * (about >> 2 & 1))
    return cursor.at
