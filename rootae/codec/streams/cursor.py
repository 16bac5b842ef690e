"""Byte strings of small parts: varints, lengths, and reading them back when they may lie.

varint: LEB128; svarint: LEB128 of zigzag.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Cursor", "join", "split", "svarint", "varint"]


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
        self.at = 0

    def take(self, n: int) -> bytes:
        """Return the next n bytes."""
        if n < 0 or self.at + n > len(self._data):
            msg = f"a blob ends {self.at + n - len(self._data)} bytes early: the file is damaged"
            raise CorruptError(msg)
        self.at += n
        return self._data[self.at - n : self.at]

    def byte(self) -> int:
        """Return the next byte as an integer."""
        if self.at >= len(self._data):
            self.take(1)
        self.at += 1
        return self._data[self.at - 1]

    def varint(self) -> int:
        """Return the next unsigned integer."""
        byte = self.byte()
        if byte < 0x80:
            return byte
        value, shift = byte & 0x7F, 7
        while byte >= 0x80 and shift < 70:
            byte = self.byte()
            value |= (byte & 0x7F) << shift
            shift += 7
        if byte >= 0x80 or value >> 64:
            msg = "a blob holds an integer of over 64 bits: the file is damaged"
            raise CorruptError(msg)
        if not byte:
            msg = "a blob holds an integer with bytes that say nothing: the file is damaged"
            raise CorruptError(msg)
        return value

    def svarint(self) -> int:
        """Return the next signed integer."""
        value = self.varint()
        return -((value + 1) >> 1) if value & 1 else value >> 1

    def rest(self) -> bytes:
        """Return everything that is left."""
        return self.take(len(self._data) - self.at)


def join(parts: Iterable[bytes]) -> bytes:
    """Concatenate byte strings behind their count and lengths."""
    parts = list(parts)
    return b"".join([varint(len(parts)), *(varint(len(p)) for p in parts), *parts])


def split(data: bytes, most: int | None = None) -> list[bytes]:
    """Undo `join`.

    Arguments:
        data: the bytes.
        most: parts that there may be.

    Raises:
        CorruptError: the bytes are no such parts, or go on behind them.
    """
    cursor = Cursor(data)
    count = cursor.varint()
    if count > len(data):
        msg = f"a blob announces {count} parts in {len(data)} bytes: the file is damaged"
        raise CorruptError(msg)
    if most is not None and count > most:
        msg = f"{count} parts where there are {most} at most: the file is damaged"
        raise CorruptError(msg)
    parts = [cursor.take(n) for n in [cursor.varint() for _ in range(count)]]
    if cursor.at != len(data):
        msg = f"{len(data) - cursor.at} bytes follow the parts of a blob: the file is damaged"
        raise CorruptError(msg)
    return parts
