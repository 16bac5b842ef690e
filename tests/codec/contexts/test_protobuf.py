from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rootae.codec.contexts.protobuf import BYTES, FIXED32, VARINT, members, signed, varints
from rootae.errors import CorruptError


def test_members_of_each_kind_are_read() -> None:
    data = b"\x08\x96\x01" + b"\x12\x02hi" + b"\x1d\0\0\x80\x3f" + b"\xa2\x01\x00"
    found = [(m.number, m.wire, m.data, m.value) for m in members(data)]
    assert found == [
        (1, VARINT, b"", 150),
        (2, BYTES, b"hi", 0),
        (3, FIXED32, b"\0\0\x80\x3f", 0),
        (20, BYTES, b"", 0),
    ]
    assert list(varints(b"\x00\x96\x01")) == [0, 150]
    assert [signed(2**64 - 1), signed(5)] == [-1, 5]


@pytest.mark.parametrize(
    "data",
    [
        b"\xba\x80\x80\x80\x10\x00",  # field 7, with a bit beyond 32: others see field 7
        b"\xba\x80\x00\x00",  # field 7 in three bytes
        b"\x8a\x00\x00",  # field 1 in two bytes
        b"\x02\x00",  # field 0
        b"\x82\x02\x00",  # field 32
        b"\x7b\x7c",  # a group
        b"\x09" + bytes(8),  # a fixed number of 64 bits
        b"\x0a\x05hi",  # ends early
        b"\x0d\0\0",
        b"\x08",
        b"\x08" + b"\xff" * 10,  # 2^70 - 1
        b"\x08" + b"\x80" * 10 + b"\x00",  # eleven bytes
        b"\x0a\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
    ],
)
def test_what_two_parsers_could_read_in_two_ways_is_refused(data: bytes) -> None:
    with pytest.raises(CorruptError, match="not a protobuf message"):
        list(members(data))


@given(st.binary(max_size=64))
def test_any_bytes_are_members_or_damage(data: bytes) -> None:
    try:
        found = list(members(data))
    except CorruptError:
        return
    assert sum(len(m.data) for m in found) <= len(data)
