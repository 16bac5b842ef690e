"""Byte strings of a codec in one zstd frame: its tables, and its networks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rootae.codec.streams import stream, zstd
from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["pack", "unpack"]

_BYTES_AT_MOST = 1 << 26


def pack(parts: Iterable[bytes]) -> bytes:
    """Join byte strings and compress them.

    Example:
        >>> unpack(pack([b"ab", b""]), "tables", 2)
        [b'ab', b'']
    """
    joined = stream.join(parts)
    return stream.varint(len(joined)) + zstd.compress(joined, 19)


def unpack(data: bytes, what: str, most: int) -> list[bytes]:
    """Read byte strings that were packed.

    Arguments:
        data: the bytes.
        what: they are, for messages.
        most: of them that a codec has.

    Raises:
        CorruptError: the bytes are none, or announce more than any codec has.
    """
    cursor = stream.Cursor(data)
    size = cursor.varint()
    if size > _BYTES_AT_MOST:
        msg = f"a codec announces {size} bytes of {what}: the file is damaged"
        raise CorruptError(msg)
    return list(stream.split(zstd.decompress(cursor.rest(), size), most))
