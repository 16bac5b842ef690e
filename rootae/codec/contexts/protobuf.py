"""Protocol buffers' wire format, read strictly: what two parsers could read in two ways is refused.

Source: https://protobuf.dev/programming-guides/encoding. A parser may keep the low 32 bits of a
tag, take the last of several values or merge messages; so none of that is let in.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from rootae.errors import CorruptError

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["BYTES", "FIXED32", "VARINT", "Member", "members", "signed", "varints"]

VARINT, BYTES, FIXED32 = 0, 2, 5  # the kinds on the wire that models have use for
_MOST = 10  # bytes of a varint


class Member(NamedTuple):
    """One member of a message.

    Arguments:
        number: the field's.
        wire: the kind on the wire, one of `VARINT`, `BYTES`, `FIXED32`.
        data: its bytes, or those of a fixed number.
        value: of a varint, unsigned.
    """

    number: int
    wire: int
    data: bytes
    value: int


def members(data: bytes) -> Iterator[Member]:
    r"""Yield the members of a message.

    Arguments:
        data: the message, from a stranger.

    Raises:
        CorruptError: it ends early, or holds a tag that is not written as short as can be, a group
            or a field's number beyond 31: models of the closed grammar have no use for any.

    Example:
        >>> [(m.number, m.data) for m in members(b"\x0a\x02hi\x10\x05")]
        [(1, b'hi'), (2, b'')]
    """
    at = 0
    while at < len(data):
        first = at
        tag, at = _varint(data, at)
        if tag >> 8 or at - first != 1 + (tag > 0x7F) or not tag >> 3:
            raise _damaged()
        wire, value = tag & 7, 0
        if wire == VARINT:
            value, end = _varint(data, at)
        elif wire == FIXED32:
            end = at + 4
        elif wire == BYTES:
            size, at = _varint(data, at)
            end = at + size
        else:
            raise _damaged()
        if end > len(data):
            raise _damaged()
        yield Member(tag >> 3, wire, data[at:end] if wire != VARINT else b"", value)
        at = end


def varints(data: bytes) -> Iterator[int]:
    r"""Yield the unsigned integers of a packed field.

    Example:
        >>> list(varints(b"\x01\xac\x02"))
        [1, 300]
    """
    at = 0
    while at < len(data):
        value, at = _varint(data, at)
        yield value


def signed(value: int) -> int:
    """Return what an int64 field means by a varint.

    Example:
        >>> signed(2**64 - 1)
        -1
    """
    return value - 2**64 if value >> 63 else value


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    for byte in data[at : at + _MOST]:
        value |= (byte & 0x7F) << shift
        at += 1
        if byte < 0x80:
            if value >> 64:
                break
            return value, at
        shift += 7
    raise _damaged()


def _damaged() -> CorruptError:
    return CorruptError("a stored network is not a protobuf message: the file is damaged")
